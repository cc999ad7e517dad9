//! Reads the files of a bill by a profile: a first look at each file decides what only the whole
//! file can tell, then every row becomes a line or a complaint.

mod counts;
mod cut;
mod decoded;
mod inspect;
mod lines;
mod open;
mod rows;
mod sheet;
mod sum;
mod survey;
mod table;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::collector::Collector;
use super::problems::{Problems, shown};
use super::profile::written::DateOrder;
use super::profile::{Choices, Fate, Foreign, Mapped, Mapper, Profile};
use super::{Options, SourceError, files};
use counts::Counts;
pub(super) use inspect::looked_at;
pub use inspect::{FileLook, LineLook, Look};
use open::each_row;
use rows::{Flow, Row, Sink};
use sum::Sums;
use survey::survey;

/// The profiles of one load: the one that was asked for, and those whose files may stand beside.
struct Profiles {
    list: Vec<Profile>,
}

impl Profiles {
    fn find(profile: Profile) -> Result<Self, SourceError> {
        let mut list = vec![profile];
        for name in list[0].also.clone() {
            list.push(Profile::find(&name).map_err(SourceError::Failed)?);
        }
        Ok(Self { list })
    }

    /// The profile that a file belongs to: the first in whose eyes nothing is missing from it.
    fn of(&self, file: &Path) -> Result<usize, SourceError> {
        if self.list.len() == 1 {
            return Ok(0);
        }
        for (n, profile) in self.list.iter().enumerate() {
            if inspect::fits(profile, file)? {
                return Ok(n);
            }
        }
        Ok(0)
    }
}

/// One file, after the first look.
struct File<'f> {
    path: &'f Path,
    profile: usize,
    order: Option<DateOrder>,
}

/// Reads the files and gives their lines to the collector.
///
/// # Errors
/// What is wrong with rows is among the collector's problems; here only what ends the load.
pub(super) fn read(
    profile: Profile,
    options: &Options,
    paths: &[PathBuf],
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    let profiles = Profiles::find(profile)?;
    let (files, newest) = first_look(&profiles, options, paths, &mut to.problems)?;
    let choices = Choices { leave_out: options.leave_out.clone(), newest };
    let mut counts = Counts::default();
    let mut works = Vec::new();
    for profile in &profiles.list {
        let sums = profile.aggregate.as_ref().map(|a| Sums::new(a, &options.group_by));
        works.push(Work {
            mapper: Mapper::new(profile, choices.clone()),
            sums: sums.transpose().map_err(SourceError::Failed)?,
        });
    }
    options.check(&profiles.list).map_err(SourceError::Failed)?;
    for file in &files {
        to.enter(&file.path.display().to_string());
        let profile = &profiles.list[file.profile];
        let work = &mut works[file.profile];
        work.mapper.dates_are(file.order);
        let mut taking = Taking {
            profile,
            work,
            counts: &mut counts,
            lines: Vec::new(),
            left_out: 0,
            sum: Decimal::ZERO,
            told: None,
        };
        // The collector owns the problems, so lines wait here for the end of their batch.
        let mut problems = std::mem::take(&mut to.problems);
        let mut hand = |lines: &mut Vec<(u64, Mapped)>, problems: &mut Problems| {
            std::mem::swap(&mut to.problems, problems);
            let result =
                lines.drain(..).try_for_each(|(row, m)| to.take_mapped(row, m.line, m.identity));
            std::mem::swap(&mut to.problems, problems);
            result
        };
        let mut sink = Handing { taking: &mut taking, hand: &mut hand };
        let result = each_row(profile, file.path, &mut sink, &mut problems);
        let rest = hand(&mut taking.lines, &mut problems);
        taking.end(&mut problems);
        let left_out = taking.left_out;
        to.problems = problems;
        result.and(rest)?;
        if left_out > 0 {
            to.leave_out(&format!("left out by the profile {}", profile.name), left_out);
        }
    }
    for work in works {
        work.mapper.finish(&mut to.problems);
        let Some(sums) = work.sums else { continue };
        for (n, mapped) in sums.lines().enumerate() {
            counts.add(&mapped.line, &mut to.problems);
            to.take_mapped(n as u64 + 1, mapped.line, mapped.identity)?;
        }
    }
    Ok(())
}

type Newest = HashMap<Box<str>, jiff::civil::Date>;

/// Finds out what only whole files can tell.
fn first_look<'f>(
    profiles: &Profiles,
    options: &Options,
    paths: &'f [PathBuf],
    problems: &mut Problems,
) -> Result<(Vec<File<'f>>, Newest), SourceError> {
    let mut newest = Newest::new();
    let mut looked = Vec::new();
    let mut seen = files::Seen::default();
    for path in paths {
        problems.enter(&path.display().to_string());
        if !seen.first_time(path, problems) {
            continue;
        }
        let n = profiles.of(path)?;
        let profile = &profiles.list[n];
        let order = options.date_order.or(profile.dates.order);
        let survey = survey(profile, order, path)?;
        let before = problems.count();
        let order = match order {
            Some(order) => Some(order),
            None => survey.order(problems),
        };
        survey.newest(order, &mut newest);
        // Each of its dates would be refused once more.
        if problems.count() == before {
            looked.push(File { path, profile: n, order });
        }
    }
    Ok((looked, newest))
}

/// What the files of one profile become.
struct Work<'p> {
    mapper: Mapper<'p>,
    sums: Option<Sums<'p>>,
}

/// One file while its rows are taken.
struct Taking<'w, 'p> {
    profile: &'p Profile,
    work: &'w mut Work<'p>,
    counts: &'w mut Counts,
    lines: Vec<(u64, Mapped)>,
    left_out: u64,
    /// The sum of the control column, and what the footer says of it.
    sum: Decimal,
    told: Option<(u64, Decimal)>,
}

impl Taking<'_, '_> {
    fn take(&mut self, row: Row<'_>, problems: &mut Problems) {
        if let Some(col) = self.profile.control.footer {
            let text = row.cells[col.0].trim();
            self.sum += self.profile.numbers.read(text).unwrap_or_default();
        }
        let Row { number, cells, raw, whole } = row;
        match self.work.mapper.map(Foreign { row: number, cells, raw, whole }, problems) {
            Fate::Line(mapped) => match &mut self.work.sums {
                Some(sums) => sums.add(*mapped, number, cells, problems),
                None => {
                    self.counts.add(&mapped.line, problems);
                    self.lines.push((number, *mapped));
                }
            },
            Fate::LeftOut => self.left_out += 1,
            Fate::Refused => {}
        }
    }

    /// The file's footer against its rows.
    fn end(&self, problems: &mut Problems) {
        let control = &self.profile.control;
        if control.footer.is_none() {
            return;
        }
        match self.told {
            Some((row, told)) if (told - self.sum).abs() > control.tolerance => {
                let sum = self.sum;
                problems.push(Some(row), None, "control-total", || {
                    (
                        format!(
                            "the rows sum up to {sum}, but the footer says {told}: {} is missing",
                            told - sum
                        ),
                        "fetch the bill again: rows are missing, or stand there twice".into(),
                    )
                });
            }
            None if control.required => problems.file_is(
                "missing-control-total",
                "the footer with the sum is missing: the file may be cut off",
                "fetch the bill again, with its last rows",
            ),
            _ => {}
        }
    }
}

/// Lines that wait before they are handed to the collector.
const WAITING: usize = 1_024;

/// Hands lines on in batches.
struct Handing<'h, 'w, 'p> {
    taking: &'h mut Taking<'w, 'p>,
    hand: &'h mut dyn FnMut(&mut Vec<(u64, Mapped)>, &mut Problems) -> Result<(), SourceError>,
}

impl Sink for Handing<'_, '_, '_> {
    fn wants_raw(&self) -> bool {
        self.taking.work.sums.is_none()
    }

    fn row(&mut self, row: Row<'_>, problems: &mut Problems) -> Result<Flow, SourceError> {
        self.taking.take(row, problems);
        if self.taking.lines.len() >= WAITING {
            (self.hand)(&mut self.taking.lines, problems)?;
        }
        Ok(Flow::On)
    }

    fn footer(&mut self, row: Row<'_>, problems: &mut Problems) {
        let Some(col) = self.taking.profile.control.footer else { return };
        let text = row.cells[col.0].trim();
        if text.is_empty() {
            return;
        }
        match self.taking.profile.numbers.read(text) {
            Ok(told) => self.taking.told = Some((row.number, told)),
            Err(_) => {
                let name = &self.taking.profile.columns.get(col).name;
                problems.push(Some(row.number), Some(name), "not-a-number", || {
                    (
                        format!("{} in the footer is no number", shown(text)),
                        "fetch the bill again".into(),
                    )
                });
            }
        }
    }
}
