//! Filter and sort over rows that are all in memory, as pure functions. The runtime calls them off
//! the drawing thread; the invoice lines have the store's own index instead.

use std::borrow::Cow;

use super::{GridId, SortKey, Spec, Value, columns};
use crate::tui::model::filter::Filter;
use crate::tui::model::record::{Money, Row, add_money};

/// Indexes of the rows that the filter lets through, sorted; the sort is stable.
pub fn ordered<'a>(
    grid: GridId,
    count: usize,
    row: &dyn Fn(usize) -> Cow<'a, Row>,
    filter: &Filter,
    sort: &[SortKey],
) -> Vec<u32> {
    let mut found: Vec<u32> = (0u32..)
        .zip(0..count)
        .filter(|(_, at)| filter.is_empty() || filter.matches(grid, &row(*at).record))
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
            let row = row(i as usize);
            (levels.iter().map(|(s, _)| (s.cell)(&row.record).value).collect(), i)
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

/// Money of these rows; absent: of all.
pub fn totals<'a>(
    count: usize,
    row: &dyn Fn(usize) -> Cow<'a, Row>,
    which: Option<&[u32]>,
) -> Money {
    let mut sums = Money::new();
    let mut add = |at: usize| {
        for (currency, amount) in row(at).record.money() {
            add_money(&mut sums, currency, amount);
        }
    };
    match which {
        Some(which) => which.iter().for_each(|i| add(*i as usize)),
        None => (0..count).for_each(add),
    }
    sums
}
