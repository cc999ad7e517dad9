//! Building the index from the store, and reading the columns that it does not hold at first.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row};

use super::super::encoding::{line_numbers, to_amount, to_amount_or_none};
use super::super::error::StoreError;
use super::super::line_rows::months;
use super::super::names::{each, to_currency};
use super::super::revisions::next_number;
use super::super::totals::revised_totals;
use super::super::{logs, psa_records};
use super::columns::{Flags, Index, NONE, Records};
use super::numbers::Numbers;
use super::{Abandon, Column, abandoned};
use crate::domain::line::LineChoice;
use crate::domain::problem::Problem;
use crate::domain::psa::{Agreement, Company, Product};

/// Rows between two looks at whether anybody still waits.
const STRIDE: usize = 16_384;

/// Builds the index of some months; all when none is named. `None`: abandoned.
pub(super) fn build(
    conn: &Connection,
    wanted: &[i64],
    abandon: &Abandon,
) -> Result<Option<Index>, StoreError> {
    let mut index = Index::default();
    psa(conn, &mut index)?;
    mappings(conn, &mut index)?;
    dictionaries(conn, &mut index)?;
    let mut months = months(conn)?;
    months.retain(|m| wanted.is_empty() || wanted.contains(m));
    make_room(conn, &mut index, &months)?;
    for month in months {
        let range = line_numbers(month);
        index.spans.push((range.0, index.sequence.len() as u32));
        if !rows(conn, &mut index, range, abandon)? {
            return Ok(None);
        }
    }
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
    index.amounts.ranks();
    Ok(Some(index))
}

/// Lists that grow by doubling would take twice the memory for a moment.
fn make_room(conn: &Connection, index: &mut Index, months: &[i64]) -> Result<(), StoreError> {
    let mut rows = 0;
    for month in months {
        // Most months have no gaps in their numbers.
        let lines = next_number(conn, *month)? - line_numbers(*month).0;
        rows += usize::try_from(lines).unwrap_or(0);
    }
    for list in [
        &mut index.sequence,
        &mut index.customers,
        &mut index.items,
        &mut index.subscriptions,
        &mut index.invoices,
    ] {
        list.reserve_exact(rows);
    }
    index.flags.reserve_exact(rows);
    index.starts.reserve_exact(rows);
    index.ends.reserve_exact(rows);
    index.amounts = Numbers::with_room(rows);
    Ok(())
}

/// The rows of a month; false: abandoned.
fn rows(
    conn: &Connection,
    index: &mut Index,
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
        let row = index.sequence.len() as u32;
        if (row as usize).is_multiple_of(STRIDE) && abandoned(abandon) {
            return Ok(false);
        }
        let id: i64 = r.get(0)?;
        index.sequence.push((id & 0xFFFF_FFFF) as u32);
        index.invoices.push(code(r, 1)?);
        index.customers.push(code(r, 2)?);
        index.items.push(code(r, 3)?);
        index.subscriptions.push(code(r, 6)?);
        let choice = if choices.is_empty() { None } else { choices.remove(&id) };
        let newest = if revised.is_empty() { None } else { revised.get(&id).copied() };
        let badges: i64 = r.get(12)?;
        index.flags.push(Flags::new(
            r.get(4)?,
            r.get(7)?,
            badges,
            choice.is_some(),
            newest.is_some(),
        ));
        if let Some(choice) = choice {
            index.choices.insert(row, choice);
        }
        if !problems.is_empty()
            && let Some(message) = problems.remove(&id)
        {
            let at = index.errors.push(&message);
            index.failed.insert(row, at);
        }
        index.amounts.push(Some(match newest {
            Some(total) => total,
            None => to_amount(r.get_ref(5)?)?,
        }));
        index.starts.push(effective(r, badges % 3, 10, 8)?);
        index.ends.push(effective(r, badges / 3, 11, 9)?);
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

/// The amounts of a column; `None` for other columns. Those that the index does not hold are read
/// once, for the rows that it has.
pub(super) fn numbers<'i>(
    conn: &Connection,
    index: &'i Index,
    column: Column,
) -> Result<Option<&'i Numbers>, StoreError> {
    let (cell, name) = match column {
        Column::Amount => return Ok(Some(&index.amounts)),
        Column::Quantity => (&index.quantities, "quantity"),
        Column::Price => (&index.prices, "unit_price"),
        Column::Cost => (&index.costs, "unit_cost"),
        _ => return Ok(None),
    };
    if let Some(known) = cell.get() {
        return Ok(Some(known));
    }
    let mut values = Numbers::empty(index.len());
    each_row(conn, index, name, |row, r| {
        values.set(row, to_amount_or_none(r.get_ref(1)?)?);
        Ok(())
    })?;
    Ok(Some(cell.get_or_init(|| values)))
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
    for (n, (base, first)) in index.spans.iter().enumerate() {
        let last = index.spans.get(n + 1).map_or(index.len(), |(_, f)| *f as usize);
        let mut row = *first as usize;
        let mut rows = statement.query((base, base | 0xFFFF_FFFF))?;
        while let Some(r) = rows.next()? {
            let sequence = (r.get::<_, i64>(0)? & 0xFFFF_FFFF) as u32;
            while row < last && index.sequence[row] < sequence {
                row += 1;
            }
            if row < last && index.sequence[row] == sequence {
                take(row as u32, r)?;
            }
        }
    }
    Ok(())
}
