//! Sorting rows: each level is a counting sort over small codes, the last level first, so that a
//! million rows take a few milliseconds a level and equal rows keep their order.

use rusqlite::Connection;

use super::super::error::StoreError;
use super::asked;
use super::columns::{Index, NONE, words};
use super::{Column, Level};

/// More codes than this are sorted by comparison: counting them would cost more than the rows.
const COUNTED: usize = 4_000_000;

/// Sorts rows, which stand in order of their numbers.
pub(super) fn sort(
    conn: &Connection,
    index: &Index,
    rows: &mut Vec<u32>,
    levels: &[Level],
) -> Result<(), StoreError> {
    for level in levels.iter().rev() {
        let ranks = ranks(conn, index, rows, level.column)?;
        let highest = ranks.iter().copied().filter(|r| *r != NONE).max().unwrap_or(0);
        // Empty cells stand last either way.
        let key = |rank: u32| match rank {
            NONE => highest + 1,
            r if level.descending => highest - r,
            r => r,
        };
        if highest as usize >= COUNTED {
            let mut keyed: Vec<(u32, u32)> =
                ranks.iter().map(|r| key(*r)).zip(rows.iter().copied()).collect();
            keyed.sort_by_key(|(k, _)| *k);
            *rows = keyed.into_iter().map(|(_, row)| row).collect();
            continue;
        }
        let mut starts = vec![0_u32; highest as usize + 3];
        for rank in &ranks {
            starts[key(*rank) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut sorted = vec![0; rows.len()];
        for (rank, row) in ranks.iter().zip(rows.iter()) {
            let place = &mut starts[key(*rank) as usize];
            sorted[*place as usize] = *row;
            *place += 1;
        }
        *rows = sorted;
    }
    Ok(())
}

/// The place of each row's cell among all cells of the column; [`NONE`]: empty.
fn ranks(
    conn: &Connection,
    index: &Index,
    rows: &[u32],
    column: Column,
) -> Result<Vec<u32>, StoreError> {
    if let Some(day) = index.days(column) {
        let days: Vec<i32> = rows.iter().map(|r| day(*r)).collect();
        let first = days.iter().copied().filter(|d| *d != 0).min().unwrap_or(0);
        return Ok(days.iter().map(|d| if *d == 0 { NONE } else { d.abs_diff(first) }).collect());
    }
    if let Some(numbers) = asked::numbers(conn, index, column)? {
        return Ok(rows.iter().map(|r| numbers.rank(*r)).collect());
    }
    if column == Column::Line {
        let places = asked::key_places(conn, index)?;
        return Ok(rows.iter().map(|r| places[*r as usize]).collect());
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
        return Ok(rows.iter().map(|r| rank[index.code(column, *r) as usize]).collect());
    }
    let texts = index.texts(column);
    Ok(rows.iter().map(|r| texts.map_or(NONE, |t| t.rank_of(index.code(column, *r)))).collect())
}
