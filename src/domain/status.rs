//! The two statuses of a line, with exactly the words of design 3.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether a line has all that posting needs (design 6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MappingStatus {
    /// Organization and offer are mapped, and both targets exist.
    Mapped,
    /// Something is missing.
    Unmapped,
    /// The PSA could not be read when the records were last refreshed.
    #[serde(rename = "Response Error")]
    ResponseError,
}

/// What has become of a line in the PSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PsaStatus {
    /// Nothing was posted.
    #[serde(rename = "Not Synced")]
    NotSynced,
    /// A write is unresolved.
    Posting,
    /// Posted. Frozen from here on (design 6.8).
    Synced,
    /// The last try failed.
    Error,
}

impl MappingStatus {
    /// The exact words of design 3.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mapped => "Mapped",
            Self::Unmapped => "Unmapped",
            Self::ResponseError => "Response Error",
        }
    }
}

impl PsaStatus {
    /// All of them; the position is what the store keeps.
    pub const ALL: [Self; 4] = [Self::NotSynced, Self::Posting, Self::Synced, Self::Error];

    /// The exact words of design 3.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSynced => "Not Synced",
            Self::Posting => "Posting",
            Self::Synced => "Synced",
            Self::Error => "Error",
        }
    }
}

impl fmt::Display for MappingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for PsaStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
