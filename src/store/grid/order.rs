//! Sorting rows: each level is a counting sort over small codes, the last level first, so that a
//! million rows take a few milliseconds a level and equal rows keep their order.

use rusqlite::Connection;

use super::super::error::StoreError;
use super::asked;
use super::columns::{Index, NONE, words};
use super::{Column, Level};

/// More codes than this are sorted by comparison: counting them would cost more than the rows.
const COUNTED: usize = 4_000_000;

/// Sorts rows, which stand in order of their numbers; `None`: all rows, and nothing to sort by.
pub(super) fn sort(
    conn: &Connection,
    index: &Index,
    mut rows: Option<Vec<u32>>,
    levels: &[Level],
) -> Result<Option<Vec<u32>>, StoreError> {
    for level in levels.iter().rev() {
        let ranks = ranks(conn, index, rows.as_deref(), level.column)?;
        let sorted = match &rows {
            Some(rows) => sorted(rows.iter().copied(), rows.len(), &ranks, level.descending),
            None => sorted(0..index.len() as u32, index.len(), &ranks, level.descending),
        };
        rows = Some(sorted);
    }
    Ok(rows)
}

/// Rows in the order of their ranks. No list is made but the result: ranks are asked for twice.
fn sorted(
    rows: impl Iterator<Item = u32> + Clone,
    count: usize,
    ranks: &Ranks<'_>,
    descending: bool,
) -> Vec<u32> {
    let last = ranks.count;
    // Empty cells stand last either way.
    let key = |row: u32| match (ranks.of)(row) {
        NONE => last,
        r if descending => last - 1 - r,
        r => r,
    };
    if last as usize >= COUNTED {
        let mut keyed: Vec<(u32, u32)> = rows.map(|row| (key(row), row)).collect();
        keyed.sort_by_key(|(k, _)| *k);
        return keyed.into_iter().map(|(_, row)| row).collect();
    }
    let mut starts = vec![0_u32; last as usize + 2];
    for row in rows.clone() {
        starts[key(row) as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut sorted = vec![0; count];
    for row in rows {
        let place = &mut starts[key(row) as usize];
        sorted[*place as usize] = row;
        *place += 1;
    }
    sorted
}

/// The place of each row's cell among all cells of a column; [`NONE`]: empty.
struct Ranks<'i> {
    /// All places are below this.
    count: u32,
    of: Box<dyn Fn(u32) -> u32 + 'i>,
}

fn ranks<'i>(
    conn: &Connection,
    index: &'i Index,
    rows: Option<&[u32]>,
    column: Column,
) -> Result<Ranks<'i>, StoreError> {
    if let Some(day) = index.days(column) {
        let (first, last) = match rows {
            Some(rows) => ends(rows.iter().map(|r| day(*r))),
            None => ends((0..index.len() as u32).map(&day)),
        };
        return Ok(Ranks {
            count: last.abs_diff(first) + 1,
            of: Box::new(move |row| match day(row) {
                0 => NONE,
                day => day.abs_diff(first),
            }),
        });
    }
    if let Some(numbers) = asked::numbers(conn, index, column)? {
        return Ok(Ranks {
            count: numbers.distinct() as u32,
            of: Box::new(|row| numbers.rank(row)),
        });
    }
    if column == Column::Line {
        let places = asked::key_places(conn, index)?;
        let of = |row: u32| places[row as usize];
        return Ok(Ranks { count: places.len() as u32, of: Box::new(of) });
    }
    if let Some(words) = words(column) {
        let mut sorted = words.clone();
        sorted.sort_unstable();
        let rank: Vec<u32> = words
            .iter()
            .map(|w| match sorted.iter().position(|s| s == w) {
                Some(at) if !w.is_empty() => at as u32,
                _ => NONE,
            })
            .collect();
        let of = move |row| rank[index.code(column, row) as usize];
        return Ok(Ranks { count: words.len() as u32, of: Box::new(of) });
    }
    Ok(match index.texts(column) {
        Some(texts) => {
            let count = texts.len() as u32;
            let places: Vec<u32> = (0..count).map(|at| texts.rank_of(at)).collect();
            let of =
                move |row| places.get(index.code(column, row) as usize).copied().unwrap_or(NONE);
            Ranks { count, of: Box::new(of) }
        }
        None => Ranks { count: 0, of: Box::new(|_| NONE) },
    })
}

/// The first and the last day; 0 is none.
fn ends(days: impl Iterator<Item = i32>) -> (i32, i32) {
    let mut ends = (i32::MAX, i32::MIN);
    for day in days.filter(|day| *day != 0) {
        ends = (ends.0.min(day), ends.1.max(day));
    }
    if ends.0 > ends.1 { (0, 0) } else { ends }
}
