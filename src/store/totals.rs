//! Lines grouped for the equation (design 6.10). The rows are summed here and not in SQL: SQL would
//! sort a million rows to group them, and its sums know no decimals.

use foldhash::{HashMap, HashMapExt};
use futures_util::{StreamExt, TryStreamExt, stream};
use rusqlite::Connection;
use rust_decimal::Decimal;

use super::Store;
use super::encoding::{at_position, line_numbers, month, status, to_amount, to_month};
use super::error::StoreError;
use super::mappings;
use super::months::{Held, held_of};
use super::names::{Names, each};
use crate::domain::line::Text;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::status::PsaStatus;
use crate::domain::totals::LineGroup;

/// Lines of a month that one connection sums; a larger month is shared.
const PART: i64 = 125_000;
/// Parts that are summed at once: the other connections stay free for the screen.
const AT_ONCE: usize = 2;

impl Store {
    /// Lines grouped for the equation; all periods when none is named. Ordered by period, source,
    /// organization and offer.
    pub async fn totals(&self, periods: &[Period]) -> Result<Vec<LineGroup>, StoreError> {
        Ok(self.totals_and(periods, |_| Ok(())).await?.0)
    }

    /// The same with all mappings, read together unless there are many lines.
    pub async fn totals_and_mappings(
        &self,
        periods: &[Period],
    ) -> Result<(Vec<LineGroup>, (Vec<OrganizationMapping>, Vec<OfferMapping>)), StoreError> {
        let mappings =
            |conn: &Connection| Ok((mappings::organizations(conn)?, mappings::offers(conn)?));
        self.totals_and(periods, mappings).await
    }

    /// Totals, and what is read with them at last.
    async fn totals_and<T: Send + 'static>(
        &self,
        periods: &[Period],
        rest: fn(&Connection) -> Result<T, StoreError>,
    ) -> Result<(Vec<LineGroup>, T), StoreError> {
        let wanted: Vec<i64> = periods.iter().map(|p| month(*p)).collect();
        let few = self.read(move |conn| {
            let parts = parts(conn, &wanted)?;
            if parts.iter().map(|(_, (first, last))| last - first + 1).sum::<i64>() > PART {
                return Ok(Err(parts));
            }
            let (mut names, mut groups) = (Names::all(conn), Groups::new());
            for (month, range) in parts {
                gather(&mut groups, month, sums(conn, &mut names, range)?)?;
            }
            Ok(Ok((named(conn, groups)?, rest(conn)?)))
        });
        let many = match few.await? {
            Ok(all) => return Ok(all),
            Err(parts) => parts,
        };
        let mut summed = stream::iter(many.into_iter().map(|(month, range)| {
            self.read(move |conn| Ok((month, sums(conn, &mut Names::all(conn), range)?)))
        }))
        .buffer_unordered(AT_ONCE);
        let mut groups = Groups::new();
        while let Some((month, sides)) = summed.try_next().await? {
            gather(&mut groups, month, sides)?;
        }
        self.read(move |conn| Ok((named(conn, groups)?, rest(conn)?))).await
    }
}

/// Sums by month and side.
type Groups = HashMap<(i64, Side), Sums>;

/// Adds a part of a month.
fn gather(
    groups: &mut Groups,
    month: i64,
    sides: impl IntoIterator<Item = (Side, Sums)>,
) -> Result<(), StoreError> {
    for (side, sums) in sides {
        let group = groups.entry((month, side)).or_default();
        group.lines += sums.lines;
        group.source = add(group.source, sums.source)?;
        group.posted = add(group.posted, sums.posted)?;
    }
    Ok(())
}

/// Months in parts: each month's first and last number, cut where the month is large.
fn parts(conn: &Connection, wanted: &[i64]) -> Result<Vec<(i64, (i64, i64))>, StoreError> {
    let mut parts = Vec::new();
    for Held { month, last } in held_of(conn, wanted)? {
        let mut first = line_numbers(month).0;
        while first <= last {
            let end = (first + PART - 1).min(last);
            parts.push((month, (first, end)));
            first = end + 1;
        }
    }
    Ok(parts)
}

/// What puts lines on the same side of the equation: organization and offer, the line's choice of
/// company and product, its status, and what its invoice says.
#[derive(PartialEq, Eq, Hash)]
struct Side {
    organization_id: i64,
    organization: Text,
    offer: Text,
    company: Option<i64>,
    product: Option<i64>,
    status: i64,
    source: Text,
    may_be_posted: bool,
    currency: Currency,
}

#[derive(Default, Clone, Copy)]
struct Sums {
    lines: u64,
    source: Decimal,
    posted: Decimal,
}

/// The groups with the names of their organizations.
fn named(conn: &Connection, groups: Groups) -> Result<Vec<LineGroup>, StoreError> {
    let mut names: HashMap<i64, Text> = HashMap::new();
    each(conn, "SELECT id, name FROM organization", |r| {
        names.insert(r.get(0)?, Text::from(r.get::<_, String>(1)?));
        Ok(())
    })?;
    let mut groups = groups
        .into_iter()
        .map(|((month, side), sums)| {
            Ok(LineGroup {
                source: side.source,
                period: to_month(month)?,
                organization: side.organization,
                organization_name: names.get(&side.organization_id).cloned().unwrap_or_default(),
                offer: side.offer,
                company: side.company,
                product: side.product,
                psa_status: at_position(&PsaStatus::ALL, side.status)?,
                may_be_posted: side.may_be_posted,
                currency: side.currency,
                lines: sums.lines,
                source_total: sums.source,
                posted_total: sums.posted,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
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

/// The sums of the lines with numbers in the range.
fn sums(
    conn: &Connection,
    names: &mut Names<'_>,
    range: (i64, i64),
) -> Result<Vec<(Side, Sums)>, StoreError> {
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
    // Invoices that differ in nothing that matters here stand for each other, and customers and
    // items are looked up once a group: a line costs one look into a map of small numbers.
    let mut kinds: Vec<(Text, bool, Currency)> = Vec::new();
    let mut kind_of: HashMap<i64, usize> = HashMap::new();
    let mut groups: HashMap<(i64, i64, usize, i64, Option<i64>, Option<i64>), Sums> =
        HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT id, invoice, customer, item, psa_status, total FROM line \
         WHERE id BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query(range)?;
    while let Some(r) = rows.next()? {
        let id: i64 = r.get(0)?;
        let invoice: i64 = r.get(1)?;
        let kind = match kind_of.get(&invoice) {
            Some(kind) => *kind,
            None => {
                let i = names.invoice(invoice)?;
                let kind = (i.source.clone(), i.status.may_be_posted(), i.currency);
                let at = kinds.iter().position(|k| *k == kind).unwrap_or_else(|| {
                    kinds.push(kind);
                    kinds.len() - 1
                });
                kind_of.insert(invoice, at);
                at
            }
        };
        let (company, product) = if choices.is_empty() {
            (None, None)
        } else {
            choices.get(&id).copied().unwrap_or_default()
        };
        let status: i64 = r.get(4)?;
        let total = to_amount(r.get_ref(5)?)?;
        let group =
            groups.entry((r.get(2)?, r.get(3)?, kind, status, company, product)).or_default();
        group.lines += 1;
        let newest = if revised.is_empty() { None } else { revised.get(&id).copied() };
        group.source = add(group.source, newest.unwrap_or(total))?;
        if status == synced {
            group.posted = add(group.posted, total)?;
        }
    }
    let mut sides = Vec::with_capacity(groups.len());
    for ((customer, item, kind, status, company, product), sums) in groups {
        let (source, may_be_posted, currency) = kinds[kind].clone();
        let customer = names.customer(customer)?;
        let side = Side {
            organization_id: customer.organization_id,
            organization: customer.organization.clone(),
            offer: names.item(item)?.offer.clone(),
            company,
            product,
            status,
            source,
            may_be_posted,
            currency,
        };
        sides.push((side, sums));
    }
    Ok(sides)
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
    a.checked_add(b).ok_or_else(too_large)
}

/// A sum is beyond what a decimal holds.
pub(super) fn too_large() -> StoreError {
    StoreError::refused(
        "sum-too-large",
        "the lines of a period add up to more than can be counted (28 digits)",
        "Correct the amounts at the source and load the period again.",
    )
}
