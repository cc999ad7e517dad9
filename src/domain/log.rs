//! System Logs: what a user is told happened, kept 30 days (domain.md 1.12).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The three levels of domain.md 1.12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    /// Something was done.
    Info,
    /// Something was left out, and nothing is broken.
    Warning,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The store's number; 0 for an entry that is not stored yet.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// How bad.
    pub level: LogLevel,
    /// Title line.
    pub title: String,
    /// Details: cause, remedy, the raw answer. Never a secret.
    pub details: String,
    /// The run it belongs to.
    pub run: Option<i64>,
    /// The line it belongs to, by key.
    pub line: Option<String>,
}
