//! Billing sources: they turn a foreign bill into canonical lines. They only read (design 1, 5).

mod check;
mod collector;
mod columns;
mod delimited;
mod duplicates;
mod files;
mod json_lines;
mod platform;
mod problems;
#[allow(dead_code, unused_imports, reason = "the readers that use all of it come next")]
mod profile;
mod raw;
mod records;
#[cfg(test)]
mod tests;
mod unpacked;
mod values;
mod workbook;

use std::path::PathBuf;

use secrecy::SecretString;

use crate::domain::load::LoadedLine;
use crate::domain::period::Period;
use crate::domain::policy::Policy;
use crate::domain::problem::{FileRefusal, Problem, ProblemKind};
use crate::domain::text::harmless;
use collector::Collector;

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
/// gives up, and batches may have been handed over by then. `sink` returns false to stop.
///
/// # Errors
///
/// [`SourceError::Refused`] names each refused row; [`SourceError::Failed`] when the source as a
/// whole cannot be read; [`SourceError::Abandoned`] when `sink` returned false.
pub fn read(
    profile: &str,
    origin: &Origin,
    secret: Option<&SecretString>,
    periods: &[Period],
    policy: &Policy,
    sink: &mut dyn FnMut(Vec<LoadedLine>) -> bool,
) -> Result<ReadReport, SourceError> {
    if profile != "canonical" {
        return Err(SourceError::Failed(Problem::new(
            ProblemKind::NotSetUp,
            "unknown-source-profile",
            format!("there is no source profile {}", harmless(profile)),
            "set source.profile to \"canonical\"",
        )));
    }
    let mut collector = Collector::new(periods, policy, sink);
    match origin {
        Origin::Files(paths) => files::read(paths, &mut collector)?,
        Origin::Location(place) => files::read(&files::of_location(place)?, &mut collector)?,
        Origin::Url(url) => platform::read(url, secret, periods, &mut collector)?,
    }
    collector.finish()
}
