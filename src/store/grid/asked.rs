//! Columns that the index does not hold at first: they are read when they are asked for.

use std::collections::HashSet;

use rusqlite::{Connection, Row};
use rust_decimal::Decimal;

use super::super::encoding::to_amount_or_none;
use super::super::error::StoreError;
use super::super::line_rows::each_line;
use super::super::names::Names;
use super::columns::{Index, NONE};
use super::numbers::{self, Numbers};
use super::{Abandon, Column, abandoned};
use crate::domain::line::{Line, LineId};

/// Lines between two looks at whether anybody still waits.
const STRIDE: i64 = 16_384;

/// The amounts of a column; `None` for other columns. Those that the index does not hold are read
/// once, for the rows that it has.
pub(super) fn numbers<'i>(
    conn: &Connection,
    index: &'i Index,
    column: Column,
) -> Result<Option<&'i Numbers>, StoreError> {
    let (cell, name) = match column {
        Column::Amount => return Ok(Some(&index.amounts)),
        Column::LineCost | Column::Sold | Column::Margin => {
            let at = WORKED_OUT.iter().position(|c| *c == column);
            return Ok(at.and_then(|at| Some(&*index.worked_out.get()?[at])));
        }
        Column::Quantity => (&index.quantities, "quantity"),
        Column::Price => (&index.prices, "unit_price"),
        Column::Cost => (&index.costs, "unit_cost"),
        _ => return Ok(None),
    };
    if let Some(known) = cell.get() {
        return Ok(Some(known));
    }
    let mut values = numbers::Growing::new(None, index.len());
    each_row(conn, index, name, |row, r| {
        values.put(row, to_amount_or_none(r.get_ref(1)?)?);
        Ok(())
    })?;
    Ok(Some(cell.get_or_init(|| values.padded(index.len()).done())))
}

/// The columns that are worked out from whole lines, in this order.
const WORKED_OUT: [Column; 3] = [Column::LineCost, Column::Sold, Column::Margin];

/// Works these columns out by a rule, once; false: abandoned.
pub(super) fn work_out(
    conn: &Connection,
    index: &Index,
    rule: &dyn Fn(&Line) -> [Option<Decimal>; 3],
    abandon: &Abandon,
) -> Result<bool, StoreError> {
    if index.worked_out.get().is_some() {
        return Ok(true);
    }
    let Some((first, last)) = index.numbering.ends() else { return Ok(true) };
    let mut columns = [(); 3].map(|()| numbers::Growing::new(None, index.len()));
    let mut names = Names::all(conn);
    let (mut from, mut gone) = (first, false);
    while from <= last && !gone {
        // In parts, so that it can be given up.
        let to = last.min(from + STRIDE - 1).min(from | 0xFFFF_FFFF);
        each_line(conn, &mut names, (from, to), |line, _| {
            if let Some(row) = index.numbering.row(LineId(line.id.0)) {
                for (column, amount) in columns.iter_mut().zip(rule(&line)) {
                    column.put(row, amount);
                }
            }
            Ok(())
        })?;
        gone = abandoned(abandon);
        from = index.numbering.after(to).unwrap_or(i64::MAX);
    }
    if gone {
        return Ok(false);
    }
    index.worked_out.get_or_init(|| columns.map(|c| c.padded(index.len()).done()));
    Ok(true)
}

/// The place of each row in the order of the keys, read once.
pub(super) fn key_places<'i>(conn: &Connection, index: &'i Index) -> Result<&'i [u32], StoreError> {
    if let Some(known) = index.keys.get() {
        return Ok(known);
    }
    let mut keys: Vec<(Box<str>, u32)> = Vec::with_capacity(index.len());
    each_row(conn, index, "key", |row, r| {
        let key = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        keys.push((key.to_lowercase().into(), row));
        Ok(())
    })?;
    keys.sort_unstable();
    let mut places = vec![NONE; index.len()];
    for (place, (_, row)) in (0..).zip(&keys) {
        places[*row as usize] = place;
    }
    Ok(index.keys.get_or_init(|| places))
}

/// The rows whose key satisfies a test.
pub(super) fn rows_with_key(
    conn: &Connection,
    index: &Index,
    test: impl Fn(&str) -> bool,
) -> Result<HashSet<u32>, StoreError> {
    let mut found = HashSet::new();
    each_row(conn, index, "key", |row, r| {
        if test(r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?) {
            found.insert(row);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Reads a column for the rows of the index; lines that came or went since are passed over.
fn each_row(
    conn: &Connection,
    index: &Index,
    column: &str,
    mut take: impl FnMut(u32, &Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT id, {column} FROM line WHERE id BETWEEN ?1 AND ?2 ORDER BY id"
    ))?;
    let Some((first, last)) = index.numbering.ends() else { return Ok(()) };
    let mut rows = statement.query((first, last))?;
    while let Some(r) = rows.next()? {
        if let Some(row) = index.numbering.row(LineId(r.get(0)?)) {
            take(row, r)?;
        }
    }
    Ok(())
}
