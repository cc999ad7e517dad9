//! The sample months: what a marketplace bills an MSP's customers, and a mapping that fits most of
//! it. Deterministic from the seed, dated relative to a given today, made line by line so that a
//! million lines cost no memory.

mod lines;
mod mapping;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, Write};

use jiff::civil::Date;

use crate::domain::line::CanonicalLine;
use crate::domain::period::Period;

/// Organizations have about this many lines a month.
const LINES_OF_ONE: usize = 12;

/// The sample of one seed. Cheap: lines are made when they are asked for.
#[derive(Debug, Clone)]
pub struct Sample {
    seed: u64,
    today: Date,
    lines: usize,
    tidy: bool,
    /// The customers that the Platform knows, by their place in the PSA's sample.
    organizations: Vec<u64>,
}

impl Sample {
    /// The sample that a sandbox with these options serves.
    pub fn new(options: &super::SandboxOptions) -> Self {
        let month = options.lines.div_ceil(2);
        let wanted = options.organizations.unwrap_or(month.div_ceil(LINES_OF_ONE)).max(1);
        let all = 0..u64::try_from(options.companies).unwrap_or(u64::MAX);
        let organizations = all
            .filter(|i| {
                !options.tidy || super::seed::customer::customer(options.seed, *i).is_plain()
            })
            .take(wanted)
            .collect();
        Self {
            seed: options.seed,
            today: options.today(),
            lines: options.lines,
            tidy: options.tidy,
            organizations,
        }
    }

    /// The month before today's and today's.
    pub fn periods(&self) -> [Period; 2] {
        let this = Period::of(self.today);
        [this.previous(), this]
    }

    /// How many lines a period has; none for other periods than the two.
    pub fn count(&self, period: Period) -> usize {
        let [before, this] = self.periods();
        match period {
            _ if self.organizations.is_empty() => 0,
            p if p == before => self.lines.div_ceil(2),
            p if p == this => self.lines / 2,
            _ => 0,
        }
    }

    /// The lines of a period, in order; none for other periods than the two.
    pub fn lines(&self, period: Period) -> impl Iterator<Item = CanonicalLine> + '_ {
        (0..self.count(period)).map(move |at| self.line(period, at))
    }

    /// Line `at` of a period.
    fn line(&self, period: Period, at: usize) -> CanonicalLine {
        lines::line(self, period, at)
    }

    /// Line `at` of a period as JSON.
    pub(super) fn json(&self, period: Period, at: usize) -> String {
        text::json(&self.line(period, at), at)
    }

    /// Writes periods as CSV with a header.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_csv(&self, periods: &[Period], to: impl Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(text::COLUMNS)?;
        for period in periods {
            for line in self.lines(*period) {
                csv.write_record(text::cells(&line))?;
            }
        }
        csv.flush()
    }

    /// Writes periods as JSON Lines.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_jsonl(&self, periods: &[Period], mut to: impl Write) -> io::Result<()> {
        for period in periods {
            for at in 0..self.count(*period) {
                writeln!(to, "{}", self.json(*period, at))?;
            }
        }
        Ok(())
    }

    /// The mapping file (`addendum map import`) that fits this sample and the sandbox's PSA. Some
    /// organizations and offers are left unmapped or excluded on purpose, unless the sample is
    /// tidy.
    pub fn mapping_csv(&self) -> String {
        self.mapping_csv_with(&str::to_owned)
    }

    /// The same with other ids of the Platform's side.
    pub(super) fn mapping_csv_with(&self, id: &dyn Fn(&str) -> String) -> String {
        mapping::csv(self, id)
    }
}
