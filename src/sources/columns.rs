//! The columns of the canonical line (design 5) and how a file's header names them.

use super::problems::Problems;
use super::profile::field::MANDATORY;

pub(super) use super::profile::field::CANONICAL as NAMES;
/// A canonical column (design 5, and each explained at `CanonicalLine`), of which there are [`COUNT`];
/// its number is its place in [`Cells`].
pub(super) use super::profile::field::Field as Column;

/// How many columns there are.
pub(super) const COUNT: usize = NAMES.len();

/// The cells of one row by column; an empty text is an absent value.
pub(super) type Cells<'a> = [&'a str; COUNT];

/// The number of the column with this name. Case does not matter, and blanks and dashes stand for
/// underscores: "Unit Price" passed over as unknown would be money lost in silence.
pub(super) fn number_of(name: &str) -> Option<usize> {
    let name = name.trim();
    NAMES.iter().position(|known| {
        known.len() == name.len()
            && known.bytes().zip(name.bytes()).all(|(k, n)| match n {
                b' ' | b'-' => k == b'_',
                n => k == n.to_ascii_lowercase(),
            })
    })
}

/// What one position of a row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A canonical column.
    Known(usize),
    /// A column that we do not know: raw data under this name.
    Unknown(String),
}

/// The header of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// What each position holds.
    pub(super) places: Vec<Place>,
    /// Whether any column is raw data.
    pub(super) has_raw: bool,
}

/// Nobody's bill is wider.
const WIDEST: usize = 2_000;

impl Header {
    /// Reads the header's cells; `None` when a complaint makes the rest of the file unreadable.
    pub(super) fn read<'a>(
        cells: impl Iterator<Item = &'a str>,
        row: u64,
        problems: &mut Problems,
    ) -> Option<Self> {
        let before = problems.count();
        let mut header = Self::default();
        let mut seen = [false; COUNT];
        for (at, cell) in cells.enumerate() {
            if at >= WIDEST {
                problems.push(Some(row), None, "too-many-columns", || {
                    (format!("the file has more than {WIDEST} columns"), "remove some".into())
                });
                return None;
            }
            let name = cell.trim();
            let Some(n) = number_of(name) else {
                header.has_raw = true;
                header.places.push(Place::Unknown(if name.is_empty() {
                    format!("column {}", at + 1)
                } else {
                    name.chars().take(200).collect()
                }));
                continue;
            };
            if seen[n] {
                problems.push(Some(row), Some(NAMES[n]), "duplicate-column", || {
                    (format!("the column {} stands twice", NAMES[n]), "remove one of them".into())
                });
            }
            seen[n] = true;
            header.places.push(Place::Known(n));
        }
        for column in MANDATORY.into_iter().filter(|c| !seen[*c as usize]) {
            problems.push(Some(row), Some(column.name()), "missing-column", || {
                let near = header
                    .places
                    .iter()
                    .filter_map(|p| match p {
                        Place::Unknown(name) => Some(name),
                        Place::Known(_) => None,
                    })
                    .map(|n| (strsim::normalized_damerau_levenshtein(column.name(), n), n))
                    .filter(|(likeness, _)| *likeness >= 0.6)
                    .max_by(|a, b| a.0.total_cmp(&b.0));
                let remedy = match near {
                    Some((_, name)) => {
                        format!(
                            "rename the column {} to {}",
                            super::problems::shown(name),
                            column.name()
                        )
                    }
                    None => format!(
                        "row {row} names the columns; one of them must be {}",
                        column.name()
                    ),
                };
                (format!("the column {} is missing", column.name()), remedy)
            });
        }
        (problems.count() == before).then_some(header)
    }

    /// How a position is called in a complaint.
    pub(super) fn name(&self, at: usize) -> &str {
        match self.places.get(at) {
            Some(Place::Unknown(name)) => name,
            Some(Place::Known(n)) => NAMES[*n],
            None => "",
        }
    }
}
