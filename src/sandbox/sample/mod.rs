//! The sample months: what a marketplace bills an MSP's customers, and a mapping that fits most of
//! it. Deterministic from the seed, dated relative to a given today, made line by line so that a
//! million lines cost no memory.

use std::io::{self, Write};

use crate::domain::line::CanonicalLine;
use crate::domain::period::Period;

/// The sample of one seed. Cheap: lines are made when they are asked for.
#[derive(Debug, Clone)]
pub struct Sample {}

#[expect(clippy::todo, unused_variables, reason = "the interface stands first")]
impl Sample {
    /// The sample that a sandbox with these options serves.
    pub fn new(options: &super::SandboxOptions) -> Self {
        todo!()
    }
    /// The month before today's and today's.
    pub fn periods(&self) -> [Period; 2] {
        todo!()
    }
    /// How many lines a period has.
    pub fn count(&self, period: Period) -> usize {
        todo!()
    }
    /// The lines of a period, in order; none for other periods than the two.
    pub fn lines(&self, period: Period) -> impl Iterator<Item = CanonicalLine> + '_ {
        std::iter::empty()
    }
    /// Writes periods as CSV with a header.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_csv(&self, periods: &[Period], to: impl Write) -> io::Result<()> {
        todo!()
    }
    /// Writes periods as JSON Lines.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_jsonl(&self, periods: &[Period], to: impl Write) -> io::Result<()> {
        todo!()
    }
    /// The mapping file (`addendum map import`) that fits this sample and the sandbox's PSA.
    pub fn mapping_csv(&self) -> String {
        todo!()
    }
}
