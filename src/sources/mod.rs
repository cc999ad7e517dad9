//! Billing sources: they turn a foreign bill into canonical lines. They only read (design 1, 5).

use std::path::PathBuf;

use secrecy::SecretString;

use crate::domain::load::LoadedLine;
use crate::domain::period::Period;
use crate::domain::policy::Policy;
use crate::domain::problem::{FileRefusal, Problem};

/// Where lines come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Files named by the user (`load --from`); every period in them unless narrowed.
    Files(Vec<PathBuf>),
    /// `source.location`: a file or a folder whose files are read.
    Location(PathBuf),
    /// `source.location`: a Platform that serves canonical lines over HTTP
    /// (`GET {url}/invoice-lines?period=YYYY-MM`, JSON Lines, paged with `Link: rel="next"`,
    /// the secret as a bearer token).
    Url(String),
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Rows are refused.
    #[error("{0}")]
    Refused(FileRefusal),
    /// The whole thing failed.
    #[error("{0}")]
    Failed(Problem),
    /// The receiver of the lines stopped listening.
    #[error("the load was abandoned")]
    Abandoned,
}

/// What was read beside the lines themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// Lines given to the sink.
    pub lines: u64,
    /// Lines outside the periods asked for.
    pub outside: u64,
}

/// Reads all lines and hands them over in batches; blocking, for a thread of its own.
///
/// Nothing may be kept unless this returns `Ok`: problems are collected over all files before it
/// gives up. `sink` returns false to stop.
#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
pub fn read(
    profile: &str,
    origin: &Origin,
    secret: Option<&SecretString>,
    periods: &[Period],
    policy: &Policy,
    sink: &mut dyn FnMut(Vec<LoadedLine>) -> bool,
) -> Result<ReadReport, SourceError> {
    todo!()
}
