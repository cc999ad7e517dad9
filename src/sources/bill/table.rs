//! The header of a foreign table, held against a profile.

use super::super::problems::{Problems, shown};
use super::super::profile::Profile;
use super::super::profile::columns::Col;
use super::super::profile::field::{Field, MANDATORY};

/// Nobody's bill is wider.
const WIDEST: usize = 2_000;

/// What each position of a row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A column of the profile; its value is shown in a field as it is.
    Shown(Col),
    /// A column of the profile that is kept as raw data, too.
    Used(Col),
    /// A column that the profile does not know.
    Unknown,
}

/// The header of one table.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// What each position holds.
    pub places: Vec<Place>,
    /// The names as the file has them.
    pub names: Vec<String>,
    /// The position that tells a repeated header: the invoice number's.
    key: Option<usize>,
}

impl Header {
    /// Reads the header's cells; `None` when a complaint makes the rest unreadable.
    pub(super) fn read<'a>(
        profile: &Profile,
        cells: impl Iterator<Item = &'a str>,
        row: u64,
        problems: &mut Problems,
    ) -> Option<Self> {
        let before = problems.count();
        let mut header = Self { places: Vec::new(), names: Vec::new(), key: None };
        let mut seen: Vec<Option<usize>> = vec![None; profile.columns.len()];
        for (at, cell) in cells.enumerate() {
            if at >= WIDEST {
                problems.push(Some(row), None, "too-many-columns", || {
                    (format!("the file has more than {WIDEST} columns"), "remove some".into())
                });
                return None;
            }
            let name: String =
                cell.trim().trim_start_matches('\u{feff}').chars().take(200).collect();
            let place = match profile.columns.find(&name).filter(|_| !name.is_empty()) {
                Some(col) => {
                    if let Some(first) = seen[col.0].replace(at) {
                        let first = header.names[first].clone();
                        problems.push(Some(row), Some(&name), "duplicate-column", || {
                            (
                                format!(
                                    "{} and {} are the same column",
                                    shown(&first),
                                    shown(&name)
                                ),
                                "remove one of them".into(),
                            )
                        });
                    }
                    if profile.columns.get(col).shown {
                        Place::Shown(col)
                    } else {
                        Place::Used(col)
                    }
                }
                None => Place::Unknown,
            };
            header.places.push(place);
            header.names.push(if name.is_empty() { format!("column {}", at + 1) } else { name });
        }
        header.generations(profile, row, problems);
        for field in missing(profile, &|col| seen[col.0].is_some()) {
            let wanted = wanted(profile, field);
            problems.push(Some(row), Some(&wanted), "missing-column", || {
                let near = crate::config::nearest(&wanted, &header.unknown());
                let remedy = match near {
                    Some(near) => {
                        format!("if {} is the column, say so in a profile of your own", shown(near))
                    }
                    None => format!(
                        "row {row} names the columns; export the bill with it, or set \
                         source.profile to the profile of this bill"
                    ),
                };
                (format!("the column {wanted} is missing; {} comes from it", field.name()), remedy)
            });
        }
        let invoice = &profile.fields[Field::InvoiceNumber as usize].columns;
        header.key = invoice.iter().find_map(|c| seen[c.0]);
        (problems.count() == before).then_some(header)
    }

    fn unknown(&self) -> Vec<&str> {
        let both = self.places.iter().zip(&self.names);
        both.filter(|(p, _)| **p == Place::Unknown).map(|(_, n)| n.as_str()).collect()
    }

    /// Two generations of the header in one are refused: somebody put the file together.
    fn generations(&self, profile: &Profile, row: u64, problems: &mut Problems) {
        let mut found = profile.generations.iter().filter_map(|(name, headers)| {
            let own = self.names.iter().find(|n| headers.contains(n))?;
            Some((name, own))
        });
        if let (Some((first, one)), Some((second, other))) = (found.next(), found.next()) {
            problems.push(Some(row), None, "mixed-headers", || {
                (
                    format!(
                        "the header mixes two generations: {} ({first}) and {} ({second})",
                        shown(one),
                        shown(other)
                    ),
                    "load each export as a file of its own, as it was downloaded".into(),
                )
            });
        }
    }

    /// Whether a row is the header again, in whatever case.
    pub(super) fn is_again(&self, cell: impl Fn(usize) -> Option<String>) -> bool {
        self.key.is_some_and(|at| {
            cell(at).is_some_and(|c| {
                let plain = super::super::profile::columns::plain;
                plain(&c) == plain(&self.names[at])
            })
        })
    }

    /// How a position is called in a complaint.
    pub(super) fn name(&self, at: usize) -> &str {
        self.names.get(at).map_or("", String::as_str)
    }
}

/// The mandatory fields that nothing in a file can fill.
pub(super) fn missing(profile: &Profile, has: &dyn Fn(Col) -> bool) -> Vec<Field> {
    MANDATORY
        .into_iter()
        .filter(|field| {
            let rule = &profile.fields[*field as usize];
            let joined = !rule.join.is_empty() && rule.join.iter().all(|c| has(*c));
            // A charge rule can do without the word.
            !(rule.constant.is_some()
                || joined
                || rule.columns.iter().any(|c| has(*c))
                || rule.month_of.is_some_and(has))
        })
        .collect()
}

/// The column that a field wants first.
fn wanted(profile: &Profile, field: Field) -> String {
    let rule = &profile.fields[field as usize];
    let col = rule.columns.first().or(rule.join.first()).copied().or(rule.month_of);
    col.map_or(field.name().to_owned(), |c| profile.columns.get(c).name.clone())
}
