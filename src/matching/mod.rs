//! Names to candidates, with reasons. Earlier decisions and stable ids outrank names; a name is
//! compared by character grams (TF-IDF, so that rare parts weigh more), word by word (translated,
//! abbreviated, misspelled, glued and split words, initials) and by the letters in their order.
//! What is accepted without a person needs a likeness and a lead over the next candidate
//! (sources-and-competitors 4: five rows nearly always hold the answer, the first one not always).

mod align;
mod brands;
mod catalog;
mod index;
mod keys;
mod lexicon;
mod measure;
mod pairs;
mod reasons;
mod score;
mod spelling;
mod tuning;
mod variants;
mod weights;
mod words;

use std::borrow::Cow;

use serde::Serialize;

pub use catalog::Catalog;
pub use keys::{Key, KeyKind};
pub use measure::{Labelled, Measured, measure};
pub use pairs::Pairs;
pub use tuning::Acceptance;

/// What is matched. It decides what may be accepted without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Organization to company.
    Organization,
    /// Offer to catalog item.
    Offer,
}

/// One record to search in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The record's id.
    pub id: String,
    /// The record's name.
    pub name: String,
    /// Its stable keys: short id, part number, domain, tenant id.
    pub keys: Vec<Key>,
    /// How many other records say the same of themselves: with any, a name decides nothing.
    pub copies: u32,
}

/// What is searched with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The name at the source.
    pub name: String,
    /// Stable keys.
    pub keys: Vec<Key>,
    /// What was decided before for the same thing, the surest first.
    pub decided: Vec<Decided>,
    /// Records that a person rejected for it: they are not suggested again.
    pub rejected: Vec<String>,
}

impl Asked {
    /// A name alone.
    pub fn name(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// An earlier decision that holds for what is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The record that was chosen.
    pub id: String,
    /// The day, where it is known: `2026-09-02`.
    pub day: Option<String>,
    /// By which key the thing was recognised.
    pub by: KeyKind,
    /// Whether it is for the very same thing: then it is taken without asking.
    pub same: bool,
}

/// Why a candidate stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A stable kebab-case word, such as `same-domain`.
    pub code: &'static str,
    /// One sentence.
    pub text: Cow<'static, str>,
}

/// A record that a name may stand for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// The record's id.
    pub id: String,
    /// The record's name.
    pub name: String,
    /// Likeness, 0 to 1.
    pub score: f32,
    /// How far ahead of the next candidate it is; 0 for all but the first.
    pub lead: f32,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Whether it is taken without asking a person.
    pub accepted: bool,
    /// Whether a stable key or an earlier decision speaks for it, and for no other record.
    #[serde(skip)]
    pub certain: bool,
}

#[cfg(test)]
mod tests;
