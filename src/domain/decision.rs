//! What a person decides about an addition that is not in the PSA as it was posted.

use serde::{Deserialize, Serialize};

use super::line::Text;

/// The three ways out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Leave it, and say nothing more about it until it changes again.
    Keep,
    /// Write what was posted once more.
    Restore,
    /// What the PSA has counts as what was posted.
    Adopt,
}

impl Verdict {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Restore => "restore",
            Self::Adopt => "adopt",
        }
    }
}

/// A decision that is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The addition's marker.
    pub marker: Text,
    /// What was decided.
    pub verdict: Verdict,
    /// How the PSA had it then: the decision holds while that is so.
    pub seen: String,
}
