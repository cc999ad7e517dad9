//! What a reader of files hands on, whatever the file's kind.

use std::borrow::Cow;

use super::super::SourceError;
use super::super::problems::Problems;
use super::super::raw::RawData;
use super::table::Header;

/// One row.
pub(super) struct Row<'a> {
    /// As a spreadsheet counts it; in JSON Lines the line, from 1.
    pub number: u64,
    /// Cells by column of the profile.
    pub cells: &'a [Cow<'a, str>],
    /// What no field shows; empty when it was not asked for.
    pub raw: RawData,
    /// The digest of the whole row, where the profile's identity asks for it.
    pub whole: Option<[u8; 16]>,
}

/// Takes the rows of one file.
pub(super) trait Sink {
    /// Whether columns that no field shows are wanted.
    fn wants_raw(&self) -> bool;

    /// The header of a table; false: nothing more of this file.
    fn header(&mut self, header: &Header) -> bool {
        let _ = header;
        true
    }

    /// A row. Complaints go to `problems`.
    ///
    /// # Errors
    /// Nothing more is wanted of any file.
    fn row(&mut self, row: Row<'_>, problems: &mut Problems) -> Result<Flow, SourceError>;

    /// A row of the footer.
    fn footer(&mut self, row: Row<'_>, problems: &mut Problems) {
        let _ = (row, problems);
    }
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// With the next row.
    On,
    /// Nothing more of this file is wanted.
    Enough,
}
