//! Filter and sort over rows that are all in memory, as pure functions. The runtime calls them off
//! the drawing thread; the invoice lines have the store's own index instead.

use super::{GridId, SortKey, Spec, Value, columns};
use crate::tui::model::filter::Filter;
use crate::tui::model::record::{Money, Row, add_money};

/// Indexes of the rows that the filter lets through, sorted; the sort is stable.
pub fn ordered(grid: GridId, rows: &[Row], filter: &Filter, sort: &[SortKey]) -> Vec<u32> {
    let mut found: Vec<u32> = (0u32..)
        .zip(rows)
        .filter(|(_, row)| filter.is_empty() || filter.matches(grid, &row.record))
        .map(|(i, _)| i)
        .collect();
    let specs = columns::of(grid);
    let levels: Vec<(&Spec, bool)> = sort
        .iter()
        .filter_map(|k| Some((specs.iter().find(|s| s.name == k.column)?, k.descending)))
        .collect();
    if levels.is_empty() {
        return found;
    }
    let mut keyed: Vec<(Vec<Value>, u32)> = found
        .drain(..)
        .map(|i| {
            let record = &rows[i as usize].record;
            (levels.iter().map(|(s, _)| (s.cell)(record).value).collect(), i)
        })
        .collect();
    keyed.sort_by(|(a, _), (b, _)| {
        for ((x, y), (_, descending)) in a.iter().zip(b).zip(&levels) {
            let order = x.compare(y);
            // Nothing stays last whichever way the column is sorted.
            let order = if *descending && *x != Value::Empty && *y != Value::Empty {
                order.reverse()
            } else {
                order
            };
            if order.is_ne() {
                return order;
            }
        }
        std::cmp::Ordering::Equal
    });
    keyed.into_iter().map(|(_, i)| i).collect()
}

/// Money of these rows.
pub fn totals(rows: &[Row], which: &[u32]) -> Money {
    let mut sums = Money::new();
    for i in which {
        for (currency, amount) in rows[*i as usize].record.money() {
            add_money(&mut sums, currency, amount);
        }
    }
    sums
}
