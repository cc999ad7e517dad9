//! What a person chose for one line. Most lines have no choice, so that a line keeps none.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

/// What a person chose for one line; beats the mappings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct LineChoice {
    /// PSA company.
    pub company: Option<i64>,
    /// PSA catalog item.
    pub product: Option<i64>,
    /// PSA agreement.
    pub agreement: Option<i64>,
    /// Post a superseded recurring line once, as an addition of its own (design 6.3).
    pub post_once: bool,
}

impl LineChoice {
    const NONE: Self = Self { company: None, product: None, agreement: None, post_once: false };
}

/// A line's [`LineChoice`]: reads as one, and takes a word of memory until something is chosen.
#[derive(Debug, Clone, Default)]
pub struct OwnChoice(Option<Box<LineChoice>>);

impl From<LineChoice> for OwnChoice {
    fn from(choice: LineChoice) -> Self {
        Self((choice != LineChoice::NONE).then(|| Box::new(choice)))
    }
}

impl Deref for OwnChoice {
    type Target = LineChoice;

    fn deref(&self) -> &LineChoice {
        self.0.as_deref().unwrap_or(&LineChoice::NONE)
    }
}

impl DerefMut for OwnChoice {
    fn deref_mut(&mut self) -> &mut LineChoice {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for OwnChoice {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for OwnChoice {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_a_choice_keeps_nothing_and_equals_one_whose_choice_was_taken_back() {
        let mut choice = OwnChoice::default();
        assert_eq!(choice.company, None);
        choice.company = Some(7);
        assert_eq!(choice, LineChoice { company: Some(7), ..LineChoice::default() }.into());
        choice.company = None;
        assert_eq!(choice, OwnChoice::default());
        assert_eq!(size_of::<OwnChoice>(), size_of::<usize>());
    }
}
