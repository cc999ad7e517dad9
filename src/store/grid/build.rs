//! Building the index from the store, and reading the columns that it does not hold at first.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::super::encoding::{line_numbers, to_amount};
use super::super::error::StoreError;
use super::super::months::held_of;
use super::super::names::{each, to_currency};
use super::super::totals::revised_totals;
use super::super::{logs, psa_records};
use super::codes;
use super::columns::{ALL_FLAGS, Flags, Index, NONE, Records};
use super::numbering::Numbering;
use super::numbers;
use super::{Abandon, abandoned};
use crate::domain::line_choice::LineChoice;
use crate::domain::problem::Problem;
use crate::domain::psa::{Agreement, Company, Product};

/// Rows between two looks at whether anybody still waits.
const STRIDE: usize = 16_384;

/// Builds the index of some months; all when none is named. Columns that say what those of the
/// index before say are shared with it. `None`: abandoned.
pub(super) fn build(
    conn: &Connection,
    wanted: &[i64],
    before: Option<&Index>,
    abandon: &Abandon,
) -> Result<Option<Index>, StoreError> {
    let mut index = Index::default();
    psa(conn, &mut index)?;
    mappings(conn, &mut index)?;
    dictionaries(conn, &mut index)?;
    let held = held_of(conn, wanted)?;
    // Lists that grow by doubling would take twice the memory for a moment.
    let expected: i64 = held.iter().map(|h| h.at_most()).sum();
    let expected = usize::try_from(expected).unwrap_or(0);
    let mut columns = Growing::new(&index, before, expected);
    for h in held {
        if !rows(conn, &mut index, &mut columns, line_numbers(h.month), abandon)? {
            return Ok(None);
        }
    }
    columns.done(&mut index);
    for texts in [
        &mut index.customer.names,
        &mut index.item.names,
        &mut index.subscription.names,
        &mut index.subscription.contract_names,
        &mut index.subscription.cycle_names,
        &mut index.invoice.numbers,
        &mut index.invoice.currency_names,
        &mut index.psa.companies.names,
        &mut index.psa.products.names,
        &mut index.psa.agreements.names,
        &mut index.errors,
    ] {
        if abandoned(abandon) {
            return Ok(None);
        }
        texts.rank();
    }
    // The first sort by amount would be the one that a person waits for.
    index.amounts.settle();
    Ok(Some(index))
}

/// The columns while they are built.
struct Growing {
    numbering: Numbering,
    customers: codes::Growing,
    items: codes::Growing,
    subscriptions: codes::Growing,
    invoices: codes::Growing,
    flags: codes::Growing,
    starts: codes::Growing,
    ends: codes::Growing,
    days: Vec<i32>,
    /// Positions in `days`.
    day_codes: HashMap<i32, u32>,
    amounts: numbers::Growing,
}

impl Growing {
    fn new(index: &Index, before: Option<&Index>, rows: usize) -> Self {
        let column = |of: fn(&Index) -> &Arc<codes::Codes>, numbers: usize| {
            codes::Growing::new(before.map(of), rows, numbers as u32)
        };
        // Days keep their positions, so that columns of them can be the same.
        let days = before.map(|b| b.days.clone()).unwrap_or_default();
        Self {
            numbering: Numbering::default(),
            customers: column(|i| &i.customers, index.customer.organizations.len()),
            items: column(|i| &i.items, index.item.offers.len()),
            subscriptions: column(|i| &i.subscriptions, index.subscription.contracts.len()),
            invoices: column(|i| &i.invoices, index.invoice.days.len()),
            flags: column(|i| &i.flags, ALL_FLAGS as usize),
            starts: column(|i| &i.starts, days.len()),
            ends: column(|i| &i.ends, days.len()),
            day_codes: days.iter().copied().zip(0..).collect(),
            days,
            amounts: numbers::Growing::new(before.map(|b| &b.amounts), rows),
        }
    }

    fn day(&mut self, day: i32) -> u32 {
        *self.day_codes.entry(day).or_insert_with(|| {
            self.days.push(day);
            self.days.len() as u32 - 1
        })
    }

    fn done(self, index: &mut Index) {
        index.numbering = self.numbering;
        index.customers = self.customers.done();
        index.items = self.items.done();
        index.subscriptions = self.subscriptions.done();
        index.invoices = self.invoices.done();
        index.flags = self.flags.done();
        index.starts = self.starts.done();
        index.ends = self.ends.done();
        index.days = self.days;
        index.amounts = self.amounts.done();
    }
}

/// The rows of a month; false: abandoned.
fn rows(
    conn: &Connection,
    index: &mut Index,
    columns: &mut Growing,
    range: (i64, i64),
    abandon: &Abandon,
) -> Result<bool, StoreError> {
    let mut choices = choices(conn, range)?;
    let mut problems = problems(conn, range)?;
    let revised = revised_totals(conn, range)?;
    let mut statement = conn.prepare_cached(
        "SELECT id, invoice, customer, item, psa_status, total, subscription, charge_type, \
         charge_start, charge_end, start_date, end_date, badges FROM line \
         WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    )?;
    let mut rows = statement.query(range)?;
    while let Some(r) = rows.next()? {
        let row = columns.numbering.len() as u32;
        if (row as usize).is_multiple_of(STRIDE) && abandoned(abandon) {
            return Ok(false);
        }
        let id: i64 = r.get(0)?;
        columns.numbering.push(id);
        columns.invoices.push(code(r, 1)?);
        columns.customers.push(code(r, 2)?);
        columns.items.push(code(r, 3)?);
        columns.subscriptions.push(code(r, 6)?);
        let choice = if choices.is_empty() { None } else { choices.remove(&id) };
        let newest = if revised.is_empty() { None } else { revised.get(&id).copied() };
        let badges: i64 = r.get(12)?;
        let flags = Flags::new(r.get(4)?, r.get(7)?, badges, choice.is_some(), newest.is_some());
        columns.flags.push(flags.0);
        if let Some(choice) = choice {
            index.choices.insert(row, choice);
        }
        if !problems.is_empty()
            && let Some(message) = problems.remove(&id)
        {
            let at = index.errors.push(&message);
            index.failed.insert(row, at);
        }
        columns.amounts.push(Some(match newest {
            Some(total) => total,
            None => to_amount(r.get_ref(5)?)?,
        }));
        let (start, end) = (effective(r, badges % 3, 10, 8)?, effective(r, badges / 3, 11, 9)?);
        let (start, end) = (columns.day(start), columns.day(end));
        columns.starts.push(start);
        columns.ends.push(end);
    }
    Ok(true)
}

/// The date that counts: set by user or rule, else the charge's own.
fn effective(r: &Row<'_>, badge: i64, set: usize, own: usize) -> Result<i32, StoreError> {
    let column = if badge == 0 { own } else { set };
    Ok(r.get::<_, Option<i32>>(column)?.unwrap_or(0))
}

fn code(r: &Row<'_>, column: usize) -> Result<u32, StoreError> {
    let id: i64 = r.get(column)?;
    u32::try_from(id).map_err(|_| StoreError::fault("more texts than can be numbered"))
}

fn choices(conn: &Connection, range: (i64, i64)) -> Result<HashMap<i64, LineChoice>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT line, company, product, agreement, post_once FROM line_choice \
         WHERE line BETWEEN ?1 AND ?2",
    )?;
    let rows = statement.query_map(range, |r| {
        let choice = LineChoice {
            company: r.get(1)?,
            product: r.get(2)?,
            agreement: r.get(3)?,
            post_once: r.get(4)?,
        };
        Ok((r.get(0)?, choice))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn problems(conn: &Connection, range: (i64, i64)) -> Result<HashMap<i64, String>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT line, problem FROM line_problem WHERE line BETWEEN ?1 AND ?2")?;
    let mut rows = statement.query(range)?;
    let mut found = HashMap::new();
    while let Some(r) = rows.next()? {
        let text = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let problem: Problem = serde_json::from_str(text)?;
        found.insert(r.get(0)?, problem.message);
    }
    Ok(found)
}

fn records(found: impl Iterator<Item = (i64, String, bool)>) -> Records {
    let mut records = Records::default();
    for (id, name, usable) in found {
        let at = records.names.push(&name);
        records.at.insert(id, at);
        records.ids.push(id);
        records.usable.push(usable);
    }
    records
}

fn psa(conn: &Connection, index: &mut Index) -> Result<(), StoreError> {
    let companies: Vec<Company> = psa_records::all(conn)?;
    let products: Vec<Product> = psa_records::all(conn)?;
    let agreements: Vec<Agreement> = psa_records::all(conn)?;
    let psa = &mut index.psa;
    psa.companies = records(companies.into_iter().map(|c| (c.id, c.name, !c.deleted)));
    psa.products = records(products.into_iter().map(|p| {
        let usable = !p.inactive && !p.class.eq_ignore_ascii_case("Bundle");
        (p.id, p.description, usable)
    }));
    psa.agreements = records(agreements.into_iter().map(|a| (a.id, a.name, true)));
    psa.response_error = logs::response_error(conn)?;
    Ok(())
}

/// Puts a value at a position of a list that grows to it.
fn put<T: Clone>(list: &mut Vec<T>, at: i64, value: T, gap: T) -> Result<usize, StoreError> {
    let at = usize::try_from(at).map_err(|_| StoreError::fault("a row has no number"))?;
    if list.len() <= at {
        list.resize(at + 1, gap);
    }
    list[at] = value;
    Ok(at)
}

fn mappings(conn: &Connection, index: &mut Index) -> Result<(), StoreError> {
    each(conn, "SELECT id, excluded FROM organization ORDER BY id", |r| {
        put(&mut index.customer.companies, r.get(0)?, NONE, NONE)?;
        put(&mut index.customer.excluded, r.get(0)?, r.get(1)?, false)?;
        Ok(())
    })?;
    let sql = "SELECT organization, company FROM organization_company WHERE position = 0";
    each(conn, sql, |r| {
        let at = index.psa.companies.at.get(&r.get(1)?).copied().unwrap_or(NONE);
        put(&mut index.customer.companies, r.get(0)?, at, NONE)?;
        Ok(())
    })?;
    each(conn, "SELECT id, product FROM offer ORDER BY id", |r| {
        let product: Option<i64> = r.get(1)?;
        let at = product.and_then(|p| index.psa.products.at.get(&p).copied()).unwrap_or(NONE);
        put(&mut index.item.products, r.get(0)?, at, NONE)?;
        Ok(())
    })?;
    each(conn, "SELECT contract, company, agreement FROM contract_agreement", |r| {
        let at = index.psa.agreements.at.get(&r.get(2)?).copied().unwrap_or(NONE);
        index.psa.remembered.insert((code(r, 0)?, r.get(1)?), at);
        Ok(())
    })
}

fn dictionaries(conn: &Connection, index: &mut Index) -> Result<(), StoreError> {
    each(conn, "SELECT id, name, organization FROM customer ORDER BY id", |r| {
        let at = put(&mut index.customer.organizations, r.get(0)?, code(r, 2)?, NONE)?;
        index.customer.names.put(at, r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?);
        Ok(())
    })?;
    each(conn, "SELECT id, name, offer FROM item ORDER BY id", |r| {
        let at = put(&mut index.item.offers, r.get(0)?, code(r, 2)?, NONE)?;
        index.item.names.put(at, r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?);
        Ok(())
    })?;
    each(conn, "SELECT id, key FROM contract ORDER BY id", |r| {
        let key = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        index.subscription.contract_names.put(code(r, 0)? as usize, key);
        Ok(())
    })?;
    let mut cycles: HashMap<String, u32> = HashMap::new();
    let subscription = &mut index.subscription;
    each(conn, "SELECT id, name, contract, cycle FROM subscription ORDER BY id", |r| {
        let text = |column| r.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from);
        let contract = r.get::<_, Option<u32>>(2)?.unwrap_or(NONE);
        let at = put(&mut subscription.contracts, r.get(0)?, contract, NONE)?;
        subscription.names.put(at, text(1)?.unwrap_or_default());
        let cycle = match text(3)? {
            None => NONE,
            Some(word) => match cycles.get(word) {
                Some(at) => *at,
                None => {
                    let at = subscription.cycle_names.push(word);
                    cycles.insert(word.to_owned(), at);
                    at
                }
            },
        };
        put(&mut subscription.cycles, r.get(0)?, cycle, NONE)?;
        Ok(())
    })?;
    let mut currencies: HashMap<String, u32> = HashMap::new();
    let invoice = &mut index.invoice;
    each(conn, "SELECT id, number, date, status, currency FROM invoice ORDER BY id", |r| {
        let at = put(&mut invoice.days, r.get(0)?, r.get(2)?, 0)?;
        put(&mut invoice.statuses, r.get(0)?, code(r, 3)?, NONE)?;
        invoice.numbers.put(at, r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?);
        let currency: String = r.get(4)?;
        let code = match currencies.get(&currency) {
            Some(at) => *at,
            None => {
                invoice.codes.push(to_currency(&currency)?);
                let at = invoice.currency_names.push(&currency);
                currencies.insert(currency, at);
                at
            }
        };
        put(&mut invoice.currencies, r.get(0)?, code, NONE)?;
        Ok(())
    })
}
