//! Which months hold lines.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::encoding::{line_numbers, month_of};
use super::error::StoreError;

/// A month that holds lines.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub month: i64,
    /// The highest number of its lines.
    pub last: i64,
}

impl Held {
    /// How many lines there are at most: numbers may have gaps, and mostly have none.
    pub(super) fn at_most(self) -> i64 {
        self.last - line_numbers(self.month).0 + 1
    }
}

/// The months that hold lines, oldest first. One look into the table for each.
pub(super) fn held(conn: &Connection) -> Result<Vec<Held>, StoreError> {
    let mut before = conn.prepare_cached("SELECT max(id) FROM line WHERE id < ?1")?;
    let mut found = Vec::new();
    let mut below = i64::MAX;
    while let Some(last) = before.query_row([below], |r| r.get::<_, Option<i64>>(0))? {
        let month = month_of(last);
        found.push(Held { month, last });
        below = line_numbers(month).0;
    }
    found.reverse();
    Ok(found)
}

/// Those of the months that hold lines which are wanted, all when none is named; oldest first.
pub(super) fn held_of(conn: &Connection, wanted: &[i64]) -> Result<Vec<Held>, StoreError> {
    if wanted.is_empty() {
        return held(conn);
    }
    let wanted: BTreeSet<i64> = wanted.iter().copied().collect();
    let mut newest = conn.prepare_cached("SELECT max(id) FROM line WHERE id BETWEEN ?1 AND ?2")?;
    let mut found = Vec::new();
    for month in wanted {
        let last: Option<i64> = newest.query_row(line_numbers(month), |r| r.get(0))?;
        found.extend(last.map(|last| Held { month, last }));
    }
    Ok(found)
}
