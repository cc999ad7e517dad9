//! Billing sources: they turn a foreign bill into canonical lines. They only read (design 1, 5).

mod bill;
mod check;
mod collector;
mod columns;
mod delimited;
mod duplicates;
mod files;
mod http;
mod json_lines;
mod options;
mod platform;
mod problems;
mod profile;
mod raw;
mod records;
#[cfg(test)]
mod tests;
mod unpacked;
mod values;
mod workbook;

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::domain::load::LoadedLine;
use crate::domain::period::Period;
use crate::domain::policy::Policy;
use crate::domain::problem::{FileRefusal, Problem};
pub use bill::{FileLook, LineLook, Look};
use collector::Collector;
pub use options::Options;
use profile::Profile;
pub use profile::{Known, TEMPLATES, known};

/// Where lines come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Files named by the user (`load --from`); every period in them unless narrowed.
    Files(Vec<PathBuf>),
    /// `source.location`: a file or a folder whose files are read.
    Location(PathBuf),
    /// `source.location`: a Platform that serves canonical lines over HTTP
    /// (`GET {url}/invoice-lines?period=YYYY-MM`, JSON Lines, paged with `Link: rel="next"`,
    /// the secret as a bearer token), or whatever the profile's `[http]` says of the address.
    Url(String),
}

/// The source as the settings have it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// `source.profile`: a profile that is shipped, or the path of one.
    pub profile: &'a str,
    /// `source.account`: the seller's own id at the source, where its profile asks for one.
    pub account: Option<&'a str>,
    /// The source's secret; only HTTP sources have one.
    pub secret: Option<&'a SecretString>,
    /// What else the settings choose.
    pub options: &'a Options,
}

impl<'a> Source<'a> {
    /// A source without account and secret.
    pub fn of(profile: &'a str) -> Self {
        Self { profile, account: None, secret: None, options: Options::NONE }
    }

    fn asked(self, periods: &'a [Period]) -> http::Asked<'a> {
        let root = self.options.root_certificate.as_deref();
        http::Asked { account: self.account, secret: self.secret, periods, root }
    }
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
    /// Records that are no lines to post, by the reason that the profile gives.
    pub left_out: BTreeMap<String, u64>,
}

/// The address that a profile asks where `source.location` names none; `None`: it reads files.
///
/// # Errors
/// There is no such profile, or it is refused.
pub fn address(profile: &str) -> Result<Option<String>, Problem> {
    if profile == "canonical" {
        return Ok(None);
    }
    http::base(&Profile::find(profile)?)
}

/// Whether the profile's source still serves these months, seen from `this` one.
///
/// # Errors
/// `no-longer-served`: the source would be empty for them; and what is wrong with the profile.
pub fn serves(profile: &str, periods: &[Period], this: Period) -> Result<(), Problem> {
    if profile == "canonical" {
        return Ok(());
    }
    http::serves(&Profile::find(profile)?, periods, this)
}

/// Asks a source what it is going to bill, as far as it tells. The lines are for showing: they must
/// not be stored, and nothing here stores them.
///
/// # Errors
/// As [`read`]; `no-forecast` where the profile knows none.
pub fn forecast(
    source: Source<'_>,
    url: &str,
    policy: &Policy,
    sink: &mut dyn FnMut(Vec<LoadedLine>) -> bool,
) -> Result<ReadReport, SourceError> {
    let profile = Profile::find(source.profile).map_err(SourceError::Failed)?;
    let mut collector = Collector::new(&[], policy, sink);
    http::forecast(&profile, url, &source.asked(&[]), &mut collector)?;
    collector.finish()
}

/// Looks at files by a profile without loading anything: the first `most` lines as they would be
/// stored, and what would be refused. `canonical` has no profile to be looked at.
///
/// # Errors
/// [`SourceError::Failed`] when the profile or the files cannot be looked at.
pub fn look(
    source: Source<'_>,
    paths: &[PathBuf],
    policy: &Policy,
    most: usize,
) -> Result<Look, SourceError> {
    let mut look = Look::default();
    let mut sink = |batch: Vec<LoadedLine>| {
        look.take(batch, most);
        true
    };
    let origin = Origin::Files(paths.to_vec());
    let result = read(source, &origin, &[], policy, &mut sink);
    if source.profile != "canonical" {
        let profile = Profile::find(source.profile).map_err(SourceError::Failed)?;
        look.files = bill::looked_at(&profile, source.options, paths)?;
    }
    match result {
        Ok(report) => {
            look.count = report.lines;
            look.left_out = report.left_out;
        }
        Err(SourceError::Refused(refusal)) => look.refusal = refusal,
        Err(other) => return Err(other),
    }
    Ok(look)
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
    source: Source<'_>,
    origin: &Origin,
    periods: &[Period],
    policy: &Policy,
    sink: &mut dyn FnMut(Vec<LoadedLine>) -> bool,
) -> Result<ReadReport, SourceError> {
    if let Origin::Url(url) = origin
        && source.profile != "canonical"
    {
        let profile = Profile::find(source.profile).map_err(SourceError::Failed)?;
        let mut collector = Collector::new(periods, policy, sink);
        http::read(&profile, url, &source.asked(periods), &mut collector)?;
        return collector.finish();
    }
    let mut collector = Collector::new(periods, policy, sink);
    let canonical = source.profile == "canonical";
    let mut from_files = |paths: &[PathBuf]| {
        if canonical {
            return files::read(paths, &mut collector);
        }
        let profile = Profile::find(source.profile).map_err(SourceError::Failed)?;
        bill::read(profile, source.options, paths, &mut collector)
    };
    match origin {
        Origin::Files(paths) => from_files(paths)?,
        Origin::Location(place) => from_files(&files::of_location(place, !canonical)?)?,
        Origin::Url(url) => platform::read(url, &source.asked(periods), &mut collector)?,
    }
    collector.finish()
}
