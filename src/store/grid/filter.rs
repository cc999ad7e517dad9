//! Filtering rows: a term is tried on every text or amount that occurs, once; a row then only looks
//! its code up.

use std::cmp::Ordering;
use std::collections::HashSet;

use rusqlite::Connection;

use super::super::error::StoreError;
use super::columns::{Index, words};
use super::{Abandon, Column, Comparison, Term, Wanted, abandoned, asked};
use crate::domain::money;

/// Rows between two looks at whether anybody still waits.
const STRIDE: usize = 65_536;

/// Columns that a term without a column is tried on.
const ANY: [Column; 17] = [
    Column::Organization,
    Column::Offer,
    Column::Subscription,
    Column::Invoice,
    Column::Company,
    Column::Product,
    Column::Agreement,
    Column::Contract,
    Column::Cycle,
    Column::Currency,
    Column::Mapping,
    Column::Status,
    Column::ChargeType,
    Column::StartBadge,
    Column::EndBadge,
    Column::InvoiceStatus,
    Column::Error,
];

/// The rows that satisfy all terms, in order of their numbers; all of them are not listed.
pub(super) enum Found {
    /// Every row.
    All,
    /// These.
    Some(Vec<u32>),
    /// Abandoned.
    Nobody,
}

/// Looks for the rows that satisfy all terms. While terms are tried a row takes a bit; what is found
/// is listed once, in a list that is as long as it has to be.
pub(super) fn matching(
    conn: &Connection,
    index: &Index,
    terms: &[Term],
    abandon: &Abandon,
) -> Result<Found, StoreError> {
    if terms.is_empty() {
        return Ok(Found::All);
    }
    let all = index.len();
    let mut bits = vec![u64::MAX; all.div_ceil(WORD)];
    if let Some(last) = bits.last_mut().filter(|_| !all.is_multiple_of(WORD)) {
        *last = (1 << (all % WORD)) - 1;
    }
    for term in terms {
        let test = test(conn, index, term)?;
        for (at, word) in bits.iter_mut().enumerate() {
            if at.is_multiple_of(STRIDE / WORD) && abandoned(abandon) {
                return Ok(Found::Nobody);
            }
            for row in rows_of(at, *word) {
                if test(row) == term.not {
                    *word &= !(1 << (row as usize % WORD));
                }
            }
        }
    }
    let count: u32 = bits.iter().map(|word| word.count_ones()).sum();
    let mut found = Vec::with_capacity(count as usize);
    for (at, word) in bits.iter().enumerate() {
        found.extend(rows_of(at, *word));
    }
    Ok(Found::Some(found))
}

/// Rows that share a word.
const WORD: usize = 64;

/// The rows whose bits are set in a word.
fn rows_of(at: usize, word: u64) -> impl Iterator<Item = u32> {
    let first = (at * WORD) as u32;
    let mut left = word;
    std::iter::from_fn(move || {
        let bit = (left != 0).then(|| left.trailing_zeros())?;
        left &= left - 1;
        Some(first + bit)
    })
}

type Test<'i> = Box<dyn Fn(u32) -> bool + 'i>;

fn test<'i>(conn: &Connection, index: &'i Index, term: &Term) -> Result<Test<'i>, StoreError> {
    let Some(column) = term.column else {
        let tests: Vec<Test<'i>> =
            ANY.into_iter().filter_map(|c| text_test(index, c, term)).collect();
        return Ok(Box::new(move |row| tests.iter().any(|t| t(row))));
    };
    if column == Column::Line {
        let found: HashSet<u32> = asked::rows_with_key(conn, index, |key| text_hit(key, term))?;
        return Ok(Box::new(move |row| found.contains(&row)));
    }
    if let Some(day) = index.days(column) {
        let comparison = term.comparison;
        return Ok(match &term.wanted {
            Wanted::Day(wanted) => {
                let wanted = super::encoding::day(*wanted) as i32;
                Box::new(move |row| {
                    let day = day(row);
                    day != 0 && satisfies(comparison, day.cmp(&wanted))
                })
            }
            Wanted::Text(wanted) => {
                // `2026-1` is contained in `2026-11-01`.
                let wanted = wanted.clone();
                Box::new(move |row| {
                    let day = day(row);
                    let shown =
                        format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
                    day != 0 && shown.contains(&wanted)
                })
            }
            Wanted::Number(_) => Box::new(|_| false),
        });
    }
    if let Some(numbers) = asked::numbers(conn, index, column)? {
        let comparison = term.comparison;
        return Ok(match &term.wanted {
            Wanted::Number(wanted) => {
                let order = numbers.against(*wanted);
                Box::new(move |row| order(row).is_some_and(|o| satisfies(comparison, o)))
            }
            Wanted::Text(_) => {
                let term = term.clone();
                numbers.satisfying(move |amount| text_hit(&money::text(amount), &term))
            }
            Wanted::Day(_) => Box::new(|_| false),
        });
    }
    Ok(text_test(index, column, term).unwrap_or_else(|| Box::new(|_| false)))
}

/// A test on a column of texts; `None` when no text of it satisfies the term.
fn text_test<'i>(index: &'i Index, column: Column, term: &Term) -> Option<Test<'i>> {
    let hits: Vec<bool> = match (words(column), index.texts(column)) {
        (Some(words), _) => words.iter().map(|w| text_hit(w, term)).collect(),
        (None, Some(texts)) => {
            (0..texts.len() as u32).map(|at| text_hit(texts.get(at), term)).collect()
        }
        (None, None) => return None,
    };
    if !hits.contains(&true) {
        return None;
    }
    Some(Box::new(move |row| hits.get(index.code(column, row) as usize).copied().unwrap_or(false)))
}

fn text_hit(text: &str, term: &Term) -> bool {
    if text.is_empty() {
        return false;
    }
    let wanted = match &term.wanted {
        Wanted::Text(wanted) => wanted.to_lowercase(),
        Wanted::Number(number) => number.to_string(),
        Wanted::Day(day) => day.to_string(),
    };
    let text = text.to_lowercase();
    match term.comparison {
        Comparison::Contains => text.contains(&wanted),
        other => satisfies(other, text.cmp(&wanted)),
    }
}

fn satisfies(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Contains | Comparison::Equals => order == Ordering::Equal,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::AtLeast => order != Ordering::Less,
        Comparison::Less => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
    }
}
