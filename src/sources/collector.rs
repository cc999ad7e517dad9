//! Takes the checked lines of all files: refuses ids that stand twice, leaves out other periods,
//! and hands over batches with identity and dates.

use super::duplicates::Duplicates;
use super::problems::{Problems, shown};
use super::{ReadReport, SourceError};
use crate::domain::charge_dates;
use crate::domain::identity::Identities;
use crate::domain::line::{CanonicalLine, LineDates};
use crate::domain::load::LoadedLine;
use crate::domain::period::Period;
use crate::domain::policy::Policy;

/// Lines handed over at once: about a megabyte, which a processor's cache still holds.
const BATCH: usize = 1024;

/// One load.
pub(super) struct Collector<'a> {
    periods: &'a [Period],
    policy: &'a Policy,
    sink: &'a mut dyn FnMut(Vec<LoadedLine>) -> bool,
    /// What is wrong so far.
    pub(super) problems: Problems,
    duplicates: Duplicates,
    identities: Identities,
    batch: Vec<LoadedLine>,
    report: ReadReport,
}

impl<'a> Collector<'a> {
    pub(super) fn new(
        periods: &'a [Period],
        policy: &'a Policy,
        sink: &'a mut dyn FnMut(Vec<LoadedLine>) -> bool,
    ) -> Self {
        Self {
            periods,
            policy,
            sink,
            problems: Problems::default(),
            duplicates: Duplicates::default(),
            identities: Identities::default(),
            batch: Vec::new(),
            report: ReadReport::default(),
        }
    }

    /// What follows stands in this file.
    pub(super) fn enter(&mut self, file: &str) {
        // Lines of one page may come one by one.
        if !self.problems.enter(file) {
            return;
        }
        self.duplicates.enter(self.problems.file());
    }

    /// So many records are no lines to post, for this reason.
    pub(super) fn leave_out(&mut self, reason: &str, count: u64) {
        *self.report.left_out.entry(reason.to_owned()).or_insert(0) += count;
    }

    /// Whether anybody still waits for lines; asked while a source is slow to give some.
    pub(super) fn still_wanted(&mut self) -> Result<(), SourceError> {
        if (self.sink)(Vec::new()) { Ok(()) } else { Err(SourceError::Abandoned) }
    }

    /// Takes a line.
    pub(super) fn take(&mut self, row: u64, line: CanonicalLine) -> Result<(), SourceError> {
        self.take_mapped(row, line, None)
    }

    /// Takes a line that a profile made, with the digest of what tells it apart, where the profile
    /// says that.
    pub(super) fn take_mapped(
        &mut self,
        row: u64,
        line: CanonicalLine,
        identity: Option<[u8; 16]>,
    ) -> Result<(), SourceError> {
        if let Some(id) = &line.line_id
            && let Some(first) = self.duplicates.add(id, row)
        {
            self.problems.push(Some(row), Some("line_id"), "duplicate-line-id", || {
                let place = match &first.file {
                    Some(file) => format!("{file}, row {}", first.row),
                    None => format!("row {}", first.row),
                };
                (
                    format!("the line_id {} stands in {place} already", shown(id)),
                    "each line has an id of its own; remove the row if it is there twice".into(),
                )
            });
        }
        // Nothing of a refused load is kept: the rest is only checked.
        if self.problems.count() > 0 {
            return Ok(());
        }
        if !self.periods.is_empty() && !self.periods.contains(&line.period()) {
            self.report.outside += 1;
            return Ok(());
        }
        let (key, content) = match identity {
            Some(identity) => self.identities.by_fields(&line, identity),
            None => self.identities.of(&line),
        };
        let ruled = !(self.policy.charge_start.is_empty() && self.policy.charge_end.is_empty());
        let dates =
            if ruled { charge_dates::at_load(&line, self.policy) } else { LineDates::default() };
        if self.batch.capacity() == 0 {
            self.batch.reserve_exact(BATCH);
        }
        self.batch.push(LoadedLine { key, content, line, dates });
        if self.batch.len() == BATCH { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), SourceError> {
        let batch = std::mem::take(&mut self.batch);
        self.report.lines += batch.len() as u64;
        if batch.is_empty() || (self.sink)(batch) { Ok(()) } else { Err(SourceError::Abandoned) }
    }

    /// The end of all files.
    pub(super) fn finish(mut self) -> Result<ReadReport, SourceError> {
        if self.problems.count() == 0 {
            self.hand_over()?;
        }
        self.problems.finish().map_err(SourceError::Refused)?;
        Ok(self.report)
    }
}
