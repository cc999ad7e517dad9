//! One row of a table, cut into the columns of a profile; for text and workbooks alike.

use std::borrow::Cow;

use super::super::SourceError;
use super::super::check::look;
use super::super::problems::Problems;
use super::super::profile::Profile;
use super::super::profile::columns::plain;
use super::super::raw::RawData;
use super::rows::{Flow, Row, Sink};
use super::table::{Header, Place};

/// The state of one table.
pub(super) struct Table<'p> {
    profile: &'p Profile,
    pub(super) header: Option<Header>,
    /// The footer began.
    footer: bool,
    buffer: Vec<u8>,
}

impl<'p> Table<'p> {
    pub(super) fn new(profile: &'p Profile) -> Self {
        Self { profile, header: None, footer: false, buffer: Vec::new() }
    }

    /// Whether this row may be the header: the one that the profile names, or the first.
    pub(super) fn before_header(&self, row: u64) -> bool {
        self.header.is_none() && self.profile.file.header_row.is_some_and(|h| row < h)
    }

    /// Whether the footer began.
    pub(super) fn in_footer(&self) -> bool {
        self.footer
    }

    /// Takes a row that is not blank. `texts` gives its cells in their order.
    pub(super) fn take(
        &mut self,
        number: u64,
        texts: &[&str],
        sink: &mut dyn Sink,
        problems: &mut Problems,
    ) -> Result<Flow, SourceError> {
        let Some(header) = &self.header else {
            self.header = Header::read(self.profile, texts.iter().copied(), number, problems);
            return Ok(match &self.header {
                Some(header) if sink.header(header) => Flow::On,
                _ => Flow::Enough,
            });
        };
        if self.is_footer(texts) {
            self.footer = true;
            let cells = self.cells(header, texts);
            let row = Row { number, cells: &cells, raw: RawData::default(), whole: None };
            sink.footer(row, problems);
            return Ok(Flow::On);
        }
        if self.footer {
            problems.push(Some(number), None, "text-after-footer", || {
                (
                    "a row stands behind the footer".into(),
                    "remove the footer, or what stands behind it".into(),
                )
            });
            return Ok(Flow::On);
        }
        // A row may end early where a workbook has no further cells, but text says each cell.
        if texts.len() > header.places.len() {
            problems.push(Some(number), None, "ragged-row", || {
                (
                    format!(
                        "the row has {} cells, the header {}",
                        texts.len(),
                        header.places.len()
                    ),
                    "put cells that hold the delimiter into quotation marks".into(),
                )
            });
            return Ok(Flow::On);
        }
        if header.is_again(|at| texts.get(at).map(|t| (*t).to_owned())) {
            problems.push(Some(number), None, "header-repeated", || {
                (
                    "the header stands here again".into(),
                    "load the exports one by one; two bills glued together may hold lines twice"
                        .into(),
                )
            });
            return Ok(Flow::On);
        }
        let mut raw = RawData::default();
        if sink.wants_raw() {
            for ((place, name), text) in header.places.iter().zip(&header.names).zip(texts) {
                if !matches!(place, Place::Shown(_))
                    && look(text, true, Some(number), name, problems).is_some()
                {
                    raw.text(name, text.trim());
                }
            }
        }
        let whole = self
            .profile
            .identity
            .all_but
            .as_ref()
            .map(|but| whole_row(&mut self.buffer, &header.names, texts, but));
        let cells = self.cells(header, texts);
        sink.row(Row { number, cells: &cells, raw, whole }, problems)
    }

    fn cells<'t>(&self, header: &Header, texts: &[&'t str]) -> Vec<Cow<'t, str>> {
        let mut cells = vec![Cow::Borrowed(""); self.profile.columns.len()];
        for (place, text) in header.places.iter().zip(texts) {
            if let Place::Shown(col) | Place::Used(col) = place {
                cells[col.0] = Cow::Borrowed(*text);
            }
        }
        cells
    }

    fn is_footer(&self, texts: &[&str]) -> bool {
        let begins = &self.profile.file.footer;
        if begins.is_empty() {
            return false;
        }
        let first = texts.iter().map(|t| t.trim()).find(|t| !t.is_empty()).unwrap_or_default();
        let first = first.to_lowercase();
        begins.iter().any(|b| first.starts_with(b.as_str()))
    }
}

/// The digest of all cells by the names of their columns, whatever the columns' order.
fn whole_row(buffer: &mut Vec<u8>, names: &[String], texts: &[&str], but: &[String]) -> [u8; 16] {
    let mut cells: Vec<(String, String)> = names
        .iter()
        .zip(texts)
        .map(|(name, text)| (plain(name), text.trim().to_lowercase()))
        .filter(|(name, text)| !text.is_empty() && !but.contains(name))
        .collect();
    cells.sort_unstable();
    buffer.clear();
    for (name, text) in &cells {
        for part in [name, text] {
            buffer.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
            buffer.extend(part.as_bytes());
        }
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&blake3::hash(buffer).as_bytes()[..16]);
    digest
}
