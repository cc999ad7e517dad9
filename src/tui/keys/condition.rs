//! Where a binding holds: a boolean expression over what the screen is doing right now, such as
//! `grid and not text`. This is how one key can mean two things without code.

use std::fmt;

/// What the screen is doing: a set of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Contexts(u32);

/// One thing that the screen can be doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Context {
    /// No dialog is open and no text has the keyboard.
    Plain,
    /// A text field has the keyboard.
    Text,
    /// The text field is a grid's filter.
    Filter,
    /// A grid is in front.
    Grid,
    /// A dialog is in front.
    Dialog,
    /// The dialog is a list to choose from with a text to narrow it.
    Choice,
    /// The dialog asks yes or no.
    Confirm,
    /// The dialog shows a text that can be scrolled.
    Reading,
    /// The dialog or page is a form.
    Form,
    /// A range of rows is being marked.
    Range,
    /// Rows are marked.
    Marked,
    /// A job runs.
    Running,
    /// The run is paused.
    Paused,
    /// A plan is on the screen.
    Planned,
    /// A run has ended since the start.
    Ended,
    /// What reconcile found is on the screen.
    Proved,
    /// Tab 1.
    Dashboard,
    /// Tab 2.
    Credentials,
    /// Tab 3.
    Configuration,
    /// Tab 4.
    Organizations,
    /// Tab 5.
    Products,
    /// Tab 6.
    Invoices,
    /// Tab 7.
    Sync,
    /// Tab 8.
    Logs,
    /// The list of past runs is in front.
    Runs,
    /// The columns dialog is in front.
    Columns,
    /// The guided tour is shown.
    Tour,
    /// What reconcile found is in front.
    Findings,
    /// The cursor of a list to choose from stands on a suggestion for a row.
    Suggestion,
}

impl Context {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::Plain,
        Self::Text,
        Self::Filter,
        Self::Grid,
        Self::Dialog,
        Self::Choice,
        Self::Confirm,
        Self::Reading,
        Self::Form,
        Self::Range,
        Self::Marked,
        Self::Running,
        Self::Paused,
        Self::Planned,
        Self::Ended,
        Self::Proved,
        Self::Dashboard,
        Self::Credentials,
        Self::Configuration,
        Self::Organizations,
        Self::Products,
        Self::Invoices,
        Self::Sync,
        Self::Logs,
        Self::Runs,
        Self::Columns,
        Self::Tour,
        Self::Findings,
        Self::Suggestion,
    ];

    /// The word in `keymap.toml`.
    pub fn word(self) -> String {
        format!("{self:?}").to_ascii_lowercase()
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }
}

impl Contexts {
    /// Adds one.
    pub fn add(&mut self, context: Context) {
        self.0 |= 1 << context as u32;
    }

    /// Adds one if it is so.
    pub fn add_if(&mut self, context: Context, so: bool) {
        if so {
            self.add(context);
        }
    }

    /// Whether it is among them.
    pub fn has(self, context: Context) -> bool {
        self.0 & (1 << context as u32) != 0
    }
}

impl FromIterator<Context> for Contexts {
    fn from_iter<I: IntoIterator<Item = Context>>(iter: I) -> Self {
        let mut all = Self::default();
        for c in iter {
            all.add(c);
        }
        all
    }
}

/// A boolean expression over [`Context`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Holds everywhere, text fields included.
    Always,
    /// Holds where the context is.
    Is(Context),
    /// Holds where the inner does not.
    Not(Box<Condition>),
    /// Holds where both do.
    And(Box<Condition>, Box<Condition>),
    /// Holds where one does.
    Or(Box<Condition>, Box<Condition>),
}

/// The text is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACondition {
    /// A word that is no context.
    #[error("{0:?} is no place; known are {all}", all = known())]
    Unknown(String),
    /// The expression breaks off or goes on.
    #[error("a condition reads like `grid and not text`")]
    Shape,
}

fn known() -> String {
    Context::ALL.map(Context::word).join(", ")
}

impl Condition {
    /// Whether it holds.
    pub fn holds(&self, now: Contexts) -> bool {
        match self {
            Self::Always => true,
            Self::Is(c) => now.has(*c),
            Self::Not(a) => !a.holds(now),
            Self::And(a, b) => a.holds(now) && b.holds(now),
            Self::Or(a, b) => a.holds(now) || b.holds(now),
        }
    }

    /// Reads `a and not (b or c)`; an empty text holds always.
    pub fn parse(text: &str) -> Result<Self, NotACondition> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        if words.is_empty() {
            return Ok(Self::Always);
        }
        let mut at = 0;
        let all = Self::either(&words, &mut at)?;
        if at == words.len() { Ok(all) } else { Err(NotACondition::Shape) }
    }

    fn either(words: &[&str], at: &mut usize) -> Result<Self, NotACondition> {
        let mut left = Self::both(words, at)?;
        while words.get(*at) == Some(&"or") {
            *at += 1;
            left = Self::Or(Box::new(left), Box::new(Self::both(words, at)?));
        }
        Ok(left)
    }

    fn both(words: &[&str], at: &mut usize) -> Result<Self, NotACondition> {
        let mut left = Self::single(words, at)?;
        while words.get(*at) == Some(&"and") {
            *at += 1;
            left = Self::And(Box::new(left), Box::new(Self::single(words, at)?));
        }
        Ok(left)
    }

    fn single(words: &[&str], at: &mut usize) -> Result<Self, NotACondition> {
        let word = *words.get(*at).ok_or(NotACondition::Shape)?;
        *at += 1;
        match word {
            "not" => Ok(Self::Not(Box::new(Self::single(words, at)?))),
            "(" => {
                let inner = Self::either(words, at)?;
                if words.get(*at) != Some(&")") {
                    return Err(NotACondition::Shape);
                }
                *at += 1;
                Ok(inner)
            }
            "and" | "or" | ")" => Err(NotACondition::Shape),
            word => Context::parse(word)
                .map(Self::Is)
                .ok_or_else(|| NotACondition::Unknown(word.into())),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("everywhere"),
            Self::Is(c) => f.write_str(&c.word()),
            Self::Not(a) => write!(f, "not {a}"),
            Self::And(a, b) => write!(f, "{a} and {b}"),
            Self::Or(a, b) => write!(f, "({a} or {b})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_binds_tighter_than_or_and_not_tightest() {
        let c = Condition::parse("grid and not text or logs").unwrap();
        let holds = |on: &[Context]| c.holds(on.iter().copied().collect());
        assert!(holds(&[Context::Grid]));
        assert!(!holds(&[Context::Grid, Context::Text]));
        assert!(holds(&[Context::Grid, Context::Text, Context::Logs]));
        assert_eq!(Condition::parse(&c.to_string()).unwrap(), c);
    }

    #[test]
    fn wrong_words_are_named() {
        assert_eq!(Condition::parse("gird"), Err(NotACondition::Unknown("gird".into())));
        for shape in ["and", "grid grid", "(grid", "not"] {
            assert_eq!(Condition::parse(shape), Err(NotACondition::Shape), "{shape}");
        }
    }
}
