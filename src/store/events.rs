//! Lines that may be part of an event: those that the source names one for, refunds, and charges of
//! a refund's subscription on its days. Few of a month, found in one pass over its numbers.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;

use super::Store;
use super::encoding::{line_numbers, month, to_amount};
use super::error::StoreError;
use super::line_rows::read_many;
use super::months::held_of;
use super::names::Names;
use crate::domain::line::Line;
use crate::domain::period::Period;

/// So many lines are read at most: beyond it nobody looks through a list.
const MOST: usize = 50_000;

impl Store {
    /// Lines that may be part of an event, of these periods; all when none is named. What belongs
    /// together is decided by [`crate::domain::event::fold`].
    pub async fn event_lines(&self, periods: &[Period]) -> Result<Vec<Line>, StoreError> {
        let wanted: Vec<i64> = periods.iter().map(|p| month(*p)).collect();
        self.read(move |conn| {
            let mut ids = Vec::new();
            for h in held_of(conn, &wanted)?.into_iter().rev() {
                if ids.len() < MOST {
                    candidates(conn, h.month, &mut ids)?;
                }
            }
            ids.truncate(MOST);
            read_many(conn, &mut Names::few(conn), &ids)
        })
        .await
    }
}

/// What a refund and its charge have in common, as codes.
type Window = (i64, i64, i64, Option<i64>);

fn candidates(conn: &Connection, month: i64, ids: &mut Vec<i64>) -> Result<(), StoreError> {
    let range = line_numbers(month);
    let mut named = conn.prepare_cached(
        "SELECT l.line FROM line_side l JOIN side s ON s.id = l.side \
         WHERE l.line BETWEEN ?1 AND ?2 AND s.event IS NOT NULL",
    )?;
    let named: HashSet<i64> =
        named.query_map(range, |r| r.get(0))?.collect::<Result<_, rusqlite::Error>>()?;
    let mut charges: HashMap<Window, Vec<i64>> = HashMap::new();
    let mut refunds: HashSet<Window> = HashSet::new();
    let mut found: Vec<i64> = named.iter().copied().collect();
    let mut statement = conn.prepare_cached(
        "SELECT id, subscription, charge_type, charge_start, charge_end, total FROM line \
         WHERE id BETWEEN ?1 AND ?2",
    )?;
    // Twice over the numbers of a month costs less than remembering all of its charges.
    for pass in 0..2 {
        let mut rows = statement.query(range)?;
        while let Some(r) = rows.next()? {
            let total = to_amount(r.get_ref(5)?)?;
            if total.is_zero() {
                continue;
            }
            let window: Window = (r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?);
            let id: i64 = r.get(0)?;
            match (pass, total.is_sign_negative()) {
                (0, true) if !named.contains(&id) => {
                    refunds.insert(window);
                }
                (1, _) if refunds.contains(&window) && !named.contains(&id) => {
                    charges.entry(window).or_default().push(id);
                }
                _ => {}
            }
        }
        if refunds.is_empty() {
            break;
        }
    }
    found.extend(charges.into_values().filter(|of| of.len() > 1).flatten());
    found.sort_unstable();
    ids.extend(found);
    Ok(())
}
