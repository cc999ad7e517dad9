//! Lines grouped for the equation (design 6.10). The rows are summed here and not in SQL: SQL would
//! sort a million rows to group them, and its sums know no decimals.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use rusqlite::Connection;
use rust_decimal::Decimal;

use super::Store;
use super::encoding::{at_position, line_numbers, month, status, to_amount, to_month};
use super::error::StoreError;
use super::line_rows::months;
use super::names::{Names, each};
use crate::domain::line::Text;
use crate::domain::period::Period;
use crate::domain::status::PsaStatus;
use crate::domain::totals::LineGroup;

impl Store {
    /// Lines grouped for the equation; all periods when none is named. Ordered by period, source,
    /// organization and offer.
    pub async fn totals(&self, periods: &[Period]) -> Result<Vec<LineGroup>, StoreError> {
        let wanted: Vec<i64> = periods.iter().map(|p| month(*p)).collect();
        self.read(move |conn| totals(conn, &wanted)).await
    }
}

/// What puts lines on the same side of the equation: numbers of source, organization and offer, the
/// line's choice of company and product, its status, and the invoice that tells the rest.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct Side {
    organization: i64,
    offer: i64,
    company: Option<i64>,
    product: Option<i64>,
    status: i64,
    /// First invoice row with this source, currency and readiness.
    invoice: i64,
}

#[derive(Default, Clone, Copy)]
struct Sums {
    lines: u64,
    source: Decimal,
    posted: Decimal,
}

fn totals(conn: &Connection, wanted: &[i64]) -> Result<Vec<LineGroup>, StoreError> {
    let mut names = Names::all(conn);
    let mut organization_names: HashMap<i64, Text> = HashMap::new();
    each(conn, "SELECT id, name FROM organization", |r| {
        organization_names.insert(r.get(0)?, Arc::from(r.get::<_, String>(1)?));
        Ok(())
    })?;
    let mut groups = Vec::new();
    for month in months(conn)?.into_iter().filter(|m| wanted.is_empty() || wanted.contains(m)) {
        let period = to_month(month)?;
        for (side, sums) in sums(conn, &mut names, month)? {
            let invoice = names.invoice(side.invoice)?.clone();
            groups.push((
                LineGroup {
                    source: invoice.source,
                    period,
                    organization: Text::default(),
                    organization_name: organization_names
                        .get(&side.organization)
                        .cloned()
                        .unwrap_or_default(),
                    offer: Text::default(),
                    company: side.company,
                    product: side.product,
                    psa_status: at_position(&PsaStatus::ALL, side.status)?,
                    may_be_posted: invoice.status.may_be_posted(),
                    currency: invoice.currency,
                    lines: sums.lines,
                    source_total: sums.source,
                    posted_total: sums.posted,
                },
                side,
            ));
        }
    }
    let mut keys: HashMap<i64, Text> = HashMap::new();
    each(conn, "SELECT id, key FROM organization", |r| {
        keys.insert(r.get(0)?, Arc::from(r.get::<_, String>(1)?));
        Ok(())
    })?;
    let mut offers: HashMap<i64, Text> = HashMap::new();
    each(conn, "SELECT id, key FROM offer", |r| {
        offers.insert(r.get(0)?, Arc::from(r.get::<_, String>(1)?));
        Ok(())
    })?;
    let mut groups: Vec<LineGroup> = groups
        .into_iter()
        .map(|(group, side)| LineGroup {
            organization: keys.get(&side.organization).cloned().unwrap_or_default(),
            offer: offers.get(&side.offer).cloned().unwrap_or_default(),
            ..group
        })
        .collect();
    groups.sort_by(|a, b| {
        let key = |g: &LineGroup| {
            (g.period, g.company, g.product, status(g.psa_status), g.may_be_posted, g.currency)
        };
        (a.period, &a.source, &a.organization, &a.offer)
            .cmp(&(b.period, &b.source, &b.organization, &b.offer))
            .then_with(|| key(a).cmp(&key(b)))
    });
    Ok(groups)
}

fn sums(
    conn: &Connection,
    names: &mut Names<'_>,
    month: i64,
) -> Result<HashMap<Side, Sums>, StoreError> {
    let range = line_numbers(month);
    let mut choices: HashMap<i64, (Option<i64>, Option<i64>)> = HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT line, company, product FROM line_choice WHERE line BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query(range)?;
    while let Some(r) = rows.next()? {
        choices.insert(r.get(0)?, (r.get(1)?, r.get(2)?));
    }
    let revised = revised_totals(conn, range)?;
    let synced = status(PsaStatus::Synced);
    // Invoices that differ in nothing that matters here stand for each other.
    let mut alike: HashMap<(i64, bool, crate::domain::money::Currency), i64> = HashMap::new();
    let mut stands_for: HashMap<i64, i64> = HashMap::new();
    let mut groups: HashMap<Side, Sums> = HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT id, invoice, customer, item, psa_status, total FROM line \
         WHERE id BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query(range)?;
    while let Some(r) = rows.next()? {
        let id: i64 = r.get(0)?;
        let invoice: i64 = r.get(1)?;
        let invoice = match stands_for.get(&invoice) {
            Some(first) => *first,
            None => {
                let i = names.invoice(invoice)?;
                let kind = (i.source_id, i.status.may_be_posted(), i.currency);
                let first = *alike.entry(kind).or_insert(invoice);
                stands_for.insert(invoice, first);
                first
            }
        };
        let (company, product) = if choices.is_empty() {
            (None, None)
        } else {
            choices.get(&id).copied().unwrap_or_default()
        };
        let status: i64 = r.get(4)?;
        let side = Side {
            organization: names.customer(r.get(2)?)?.organization_id,
            offer: names.item(r.get(3)?)?.offer_id,
            company,
            product,
            status,
            invoice,
        };
        let total = to_amount(r.get_ref(5)?)?;
        let group = groups.entry(side).or_default();
        group.lines += 1;
        group.source = add(group.source, revised.get(&id).copied().unwrap_or(total))?;
        if status == synced {
            group.posted = add(group.posted, total)?;
        }
    }
    Ok(groups)
}

/// The newest totals of lines that were changed after posting.
pub(super) fn revised_totals(
    conn: &Connection,
    range: (i64, i64),
) -> Result<HashMap<i64, Decimal>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT line, total FROM revision WHERE line BETWEEN ?1 AND ?2")?;
    let mut rows = statement.query(range)?;
    let mut found = HashMap::new();
    while let Some(r) = rows.next()? {
        found.insert(r.get(0)?, to_amount(r.get_ref(1)?)?);
    }
    Ok(found)
}

/// A sum, or the word that it is beyond what a decimal holds.
pub(super) fn add(a: Decimal, b: Decimal) -> Result<Decimal, StoreError> {
    a.checked_add(b).ok_or_else(|| {
        StoreError::refused(
            "sum-too-large",
            "the lines of a period add up to more than can be counted (28 digits)",
            "Correct the amounts at the source and load the period again.",
        )
    })
}
