//! What a profile makes of a file, for those who write profiles: `addendum source check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::problems::Problems;
use super::super::profile::Profile;
use super::super::profile::field;
use super::super::{Options, SourceError};
use super::open::each_row;
use super::rows::{Flow, Row, Sink};
use super::table::{self, Header, Place};
use super::{Profiles, first_look};
use crate::domain::load::LoadedLine;
use crate::domain::problem::FileRefusal;

/// One file as a profile sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileLook {
    /// The file.
    pub file: String,
    /// The profile that reads it.
    pub profile: String,
    /// The order of its dates, where it has any that need one: `mdy` or `dmy`.
    pub date_order: Option<&'static str>,
    /// The file's columns and what each fills; empty: kept as raw data. Tables only.
    pub columns: Vec<(String, Vec<&'static str>)>,
}

/// A line as it would be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineLook {
    /// The line with its identity.
    pub loaded: LoadedLine,
}

/// What a profile makes of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Each file.
    pub files: Vec<FileLook>,
    /// The first lines.
    pub lines: Vec<LineLook>,
    /// How many lines there are in all.
    pub count: u64,
    /// Rows that are no lines to post, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// What would be refused.
    pub refusal: FileRefusal,
}

impl Look {
    /// Takes the first lines.
    pub(in super::super) fn take(&mut self, batch: Vec<LoadedLine>, most: usize) {
        let room = most.saturating_sub(self.lines.len());
        self.lines.extend(batch.into_iter().take(room).map(|loaded| LineLook { loaded }));
    }
}

/// Each file as its profile sees it.
pub(in super::super) fn looked_at(
    profile: &Profile,
    options: &Options,
    paths: &[PathBuf],
) -> Result<Vec<FileLook>, SourceError> {
    let profiles = Profiles::find(profile.clone())?;
    let (found, _) = first_look(&profiles, options, paths, &mut Problems::default())?;
    let mut looks = Vec::new();
    for file in found {
        let profile = &profiles.list[file.profile];
        let mut head = Head::new(profile);
        each_row(profile, file.path, &mut head, &mut Problems::default())?;
        looks.push(FileLook {
            file: file.path.display().to_string(),
            profile: profile.name.clone(),
            date_order: file.order.and_then(super::super::profile::written::DateOrder::word),
            columns: head.columns,
        });
    }
    Ok(looks)
}

/// Whether a file can be read by a profile: nothing mandatory is missing from its header, or from
/// its first record.
pub(super) fn fits(profile: &Profile, file: &Path) -> Result<bool, SourceError> {
    let mut head = Head::new(profile);
    each_row(profile, file, &mut head, &mut Problems::default())?;
    Ok(head.fits)
}

/// Reads a header, or one record, and no more.
struct Head<'p> {
    profile: &'p Profile,
    columns: Vec<(String, Vec<&'static str>)>,
    fits: bool,
}

impl<'p> Head<'p> {
    fn new(profile: &'p Profile) -> Self {
        Self { profile, columns: Vec::new(), fits: false }
    }
}

impl Sink for Head<'_> {
    fn wants_raw(&self) -> bool {
        false
    }

    fn header(&mut self, header: &Header) -> bool {
        self.fits = true;
        for (place, name) in header.places.iter().zip(&header.names) {
            let fields = match place {
                Place::Shown(col) | Place::Used(col) => (0..field::COUNT)
                    .filter(|n| {
                        let rule = &self.profile.fields[*n];
                        rule.columns.contains(col)
                            || rule.join.contains(col)
                            || rule.month_of == Some(*col)
                    })
                    .map(|n| field::NAMES[n])
                    .collect(),
                Place::Unknown => Vec::new(),
            };
            self.columns.push((name.clone(), fields));
        }
        false
    }

    fn row(&mut self, row: Row<'_>, _: &mut Problems) -> Result<Flow, SourceError> {
        let has = |col: super::super::profile::columns::Col| !row.cells[col.0].trim().is_empty();
        self.fits = table::missing(self.profile, &has).is_empty();
        Ok(Flow::Enough)
    }
}
