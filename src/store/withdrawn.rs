//! Lines that their source no longer has: known once a whole month was asked for and came without
//! them, because an invoice was voided or corrected there. Money that is posted for them stays posted,
//! and what is not posted is still loaded: both are told, and nothing is concluded.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use rust_decimal::Decimal;

use super::encoding::{line_numbers, month_of, to_amount, to_month};
use super::error::StoreError;
use super::load::Loader;
use super::names::to_currency;
use super::totals::add;
use super::{Store, additions};
use crate::domain::addition::Subject;
use crate::domain::line::{LineId, Text};
use crate::domain::load::Withdrawn;
use crate::domain::marker::marker;
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::status::PsaStatus;

/// Lines that their source no longer has, as one sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithdrawnSum {
    /// Lines.
    pub lines: u64,
    /// What they come to.
    pub money: BTreeMap<Currency, Decimal>,
}

impl Store {
    /// Posted lines that their source no longer has, and lines not posted yet. A posted line whose
    /// addition is credited for its month is settled, and not among them.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn withdrawn(&self) -> Result<(WithdrawnSum, WithdrawnSum), StoreError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT l.total, i.currency, l.id, a.marker \
                 FROM withdrawn w JOIN line l ON l.id = w.line JOIN invoice i ON i.id = l.invoice \
                 LEFT JOIN posting p ON p.line = l.id LEFT JOIN own_addition a ON a.id = p.addition",
            )?;
            let mut rows = statement.query([])?;
            let (mut posted, mut open) = (WithdrawnSum::default(), WithdrawnSum::default());
            while let Some(r) = rows.next()? {
                let sum = match r.get::<_, Option<String>>(3)? {
                    Some(marker) if credited(conn, &marker, r.get(2)?)? => continue,
                    Some(_) => &mut posted,
                    None => &mut open,
                };
                let currency = to_currency(r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
                sum.lines += 1;
                let money = sum.money.entry(currency).or_default();
                *money = add(*money, to_amount(r.get_ref(0)?)?)?;
            }
            Ok((posted, open))
        })
        .await
    }
}

/// Whether an addition is credited for the month of a line.
fn credited(conn: &Connection, of: &str, line: i64) -> Result<bool, StoreError> {
    let subject = Subject::Credit { of: of.into(), period: to_month(month_of(line))? };
    let credit = additions::by_marker(conn, &marker(&subject))?;
    Ok(credit.is_some_and(|c| !c.gone))
}

/// The numbers of all of them.
pub(super) fn all(conn: &Connection) -> Result<BTreeSet<LineId>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT line FROM withdrawn")?;
    let lines = statement.query_map([], |r| r.get(0).map(LineId))?;
    Ok(lines.collect::<Result<_, _>>()?)
}

/// Months of which lines were dropped and not loaded again.
pub(super) fn unloaded(conn: &Connection) -> Result<BTreeSet<(Period, Text)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT u.month, s.name FROM unloaded u JOIN source s ON s.id = u.source",
    )?;
    let mut rows = statement.query([])?;
    let mut found = BTreeSet::new();
    while let Some(r) = rows.next()? {
        found.insert((to_month(r.get(0)?)?, r.get::<_, String>(1)?.into()));
    }
    Ok(found)
}

/// The end of a load: of months that came whole, what they no longer have is marked and told; what
/// came is not marked any more.
pub(super) fn settle(load: &mut Loader<'_>, whole: &[i64]) -> Result<(), StoreError> {
    let mut loaded =
        load.tx.prepare_cached("DELETE FROM unloaded WHERE source = ?1 AND month = ?2")?;
    for month in load.months_read.iter().chain(whole) {
        loaded.execute((load.source, month))?;
    }
    let mut unmark = load.tx.prepare_cached("DELETE FROM withdrawn WHERE line = ?1")?;
    let marked: bool = load
        .tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM withdrawn)")?
        .query_row([], |r| r.get(0))?;
    if marked {
        for known in load.known.iter().filter(|k| k.seen) {
            unmark.execute([known.id])?;
        }
    }
    let mut mark = load.tx.prepare_cached("INSERT OR IGNORE INTO withdrawn (line) VALUES (?1)")?;
    let mut tell = load.tx.prepare_cached(
        "SELECT l.key, c.name, i.number, i.currency, l.total FROM line l \
         JOIN customer c ON c.id = l.customer JOIN invoice i ON i.id = l.invoice \
         WHERE l.id = ?1",
    )?;
    for month in whole {
        let (first, last) = line_numbers(*month);
        for known in load.known.iter().filter(|k| !k.seen && (first..=last).contains(&k.id)) {
            mark.execute([known.id])?;
            let mut rows = tell.query([known.id])?;
            if let Some(r) = rows.next()? {
                let text = |column: usize| -> Result<Text, StoreError> {
                    Ok(r.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?.into())
                };
                load.report.withdrawn.push(Withdrawn {
                    line: text(0)?,
                    organization: text(1)?,
                    invoice: text(2)?,
                    currency: to_currency(&text(3)?)?,
                    amount: to_amount(r.get_ref(4)?)?,
                    posted: matches!(known.status, PsaStatus::Synced | PsaStatus::Posting),
                });
            }
        }
    }
    load.report.withdrawn.sort_by(|a, b| a.line.cmp(&b.line));
    Ok(())
}
