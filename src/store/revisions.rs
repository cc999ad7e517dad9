//! What a posted line was changed to at the source, and content that goes from one row to another.

use rusqlite::{Connection, OptionalExtension, Row};

use super::about_lines::about_lines;
use super::encoding::{
    at_position, identity, line_numbers, month, month_of, short, to_amount, to_amount_or_none,
    to_day,
};
use super::error::StoreError;
use super::names::Names;
use super::sides;
use crate::domain::charge_type::ChargeType;
use crate::domain::line::{CanonicalLine, Revision};
use crate::domain::line_extra::LineSide;
use crate::domain::period::Period;

/// The columns that hold what the source says, the same in `line` and `revision`.
const CONTENT: &str = "invoice, customer, item, total, subscription, charge_type, charge_start, \
     charge_end, quantity, unit_price, unit_cost, own_key, key, content";

/// What [`revision`] reads, after the line's number.
pub(super) const SELECT: [&str; 2] = about_lines!(
    "SELECT line, invoice, customer, item, total, subscription, charge_type, charge_start, \
     charge_end, quantity, unit_price, unit_cost, own_key, key, raw, side FROM revision"
);

/// Tables beside `line`, whose rows go with it.
pub(super) const BESIDE: [&str; 10] = [
    "line_key",
    "line_raw",
    "line_side",
    "line_choice",
    "line_problem",
    "revision",
    "posting",
    "entry_line",
    "settled",
    "withdrawn",
];

/// A row of [`SELECT`].
pub(super) fn revision(
    r: &Row<'_>,
    names: &mut Names<'_>,
    side: Option<&LineSide>,
) -> Result<Revision, StoreError> {
    let text = |column| r.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let invoice = names.invoice(r.get(1)?)?.clone();
    let customer = names.customer(r.get(2)?)?.clone();
    let item = names.item(r.get(3)?)?.clone();
    let subscription = names.subscription(r.get(5)?)?.clone();
    let total = to_amount(r.get_ref(4)?)?;
    let own_key: bool = r.get(12)?;
    let boxed = |t: &crate::domain::line::Text| Box::<str>::from(&**t);
    let line = CanonicalLine {
        line_id: if own_key { Some(Box::from(text(13)?)) } else { None },
        invoice_number: boxed(&invoice.number),
        invoice_date: invoice.date,
        invoice_status: invoice.status,
        organization_id: boxed(&customer.organization),
        organization_name: boxed(&customer.name),
        contract_id: subscription.contract.as_ref().map(boxed),
        subscription_id: subscription.key.as_ref().map(boxed),
        subscription_name: subscription.name.as_ref().map(boxed),
        offer_id: boxed(&item.offer),
        offer_name: boxed(&item.name),
        part_number: item.part_number.as_ref().map(boxed),
        charge_type: at_position(&ChargeType::ALL, r.get(6)?)?,
        billing_cycle: subscription.cycle.as_ref().map(boxed),
        charge_start: to_day(r.get(7)?)?,
        charge_end: r.get::<_, Option<i64>>(8)?.map(to_day).transpose()?,
        quantity: to_amount(r.get_ref(9)?)?,
        unit_price: to_amount_or_none(r.get_ref(10)?)?,
        unit_cost: to_amount_or_none(r.get_ref(11)?)?,
        total,
        currency: invoice.currency,
        raw: r.get::<_, Option<String>>(14)?.map(String::into_boxed_str),
        extra: side.map(|s| Box::new(sides::extra(s))),
    };
    Ok(Revision { total, line: Box::new(line) })
}

/// A line that is no longer posted takes the content that the source gave it since, if any. Dates
/// that a user typed and choices stay.
pub(super) fn adopt(tx: &Connection, line: i64) -> Result<(), StoreError> {
    let there: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM revision WHERE line = ?1)")?
        .query_row([line], |r| r.get(0))?;
    if !there {
        return Ok(());
    }
    forget_key(tx, line)?;
    take_content(tx, line, "revision", "line", line)?;
    tx.prepare_cached("DELETE FROM line_raw WHERE line = ?1")?.execute([line])?;
    tx.prepare_cached(
        "INSERT INTO line_raw (line, raw) SELECT line, raw FROM revision \
         WHERE line = ?1 AND raw IS NOT NULL",
    )?
    .execute([line])?;
    let side = tx
        .prepare_cached("SELECT side FROM revision WHERE line = ?1")?
        .query_row([line], |r| r.get(0))?;
    sides::put(tx, line, side)?;
    tx.prepare_cached("DELETE FROM revision WHERE line = ?1")?.execute([line])?;
    let (hash, date): (i64, i64) = key_and_date(tx, line)?;
    tx.prepare_cached("INSERT INTO line_key (hash, line) VALUES (?1, ?2)")?
        .execute((hash, line))?;
    let home = month(Period::of(to_day(date)?));
    if home != month_of(line) {
        let free = next_number(tx, home)?;
        renumber(tx, line, free)?;
    }
    Ok(())
}

/// Copies what the source says from a row of `table` to a line, dates by rule included.
fn take_content(
    tx: &Connection,
    to: i64,
    table: &str,
    column: &str,
    from: i64,
) -> Result<(), StoreError> {
    tx.prepare_cached(&format!(
        "UPDATE line SET ({CONTENT}) = (SELECT {CONTENT} FROM {table} WHERE {column} = ?2), \
         start_date = CASE WHEN badges % 3 = 2 THEN start_date \
             ELSE (SELECT start_date FROM {table} WHERE {column} = ?2) END, \
         end_date = CASE WHEN badges / 3 = 2 THEN end_date \
             ELSE (SELECT end_date FROM {table} WHERE {column} = ?2) END, \
         badges = CASE WHEN badges % 3 = 2 THEN 2 \
                 ELSE (SELECT badges % 3 FROM {table} WHERE {column} = ?2) END \
             + 3 * CASE WHEN badges / 3 = 2 THEN 2 \
                 ELSE (SELECT badges / 3 FROM {table} WHERE {column} = ?2) END \
         WHERE id = ?1"
    ))?
    .execute((to, from))?;
    Ok(())
}

/// The line takes the content of another line, which goes. It keeps its number unless its period
/// changes; then it takes that of the other one. Gives its number. The key index does not know the
/// line afterwards.
pub(super) fn replace_by(tx: &Connection, line: i64, by: i64) -> Result<i64, StoreError> {
    forget_key(tx, line)?;
    take_content(tx, line, "line", "id", by)?;
    tx.prepare_cached("DELETE FROM line_raw WHERE line = ?1")?.execute([line])?;
    tx.prepare_cached("UPDATE line_raw SET line = ?1 WHERE line = ?2")?.execute((line, by))?;
    tx.prepare_cached("DELETE FROM line_side WHERE line = ?1")?.execute([line])?;
    tx.prepare_cached("UPDATE line_side SET line = ?1 WHERE line = ?2")?.execute((line, by))?;
    tx.prepare_cached("DELETE FROM line_problem WHERE line = ?1")?.execute([line])?;
    tx.prepare_cached("UPDATE line SET psa_status = 0 WHERE id = ?1")?.execute([line])?;
    remove(tx, by)?;
    if month_of(line) == month_of(by) {
        return Ok(line);
    }
    renumber(tx, line, by)?;
    Ok(by)
}

/// The content of a new line becomes the revision of a posted one; the new line goes.
pub(super) fn revise_by(tx: &Connection, line: i64, by: i64) -> Result<(), StoreError> {
    tx.prepare_cached(&format!(
        "INSERT OR REPLACE INTO revision (line, {CONTENT}, start_date, end_date, badges, raw, side) \
         SELECT ?1, {CONTENT}, start_date, end_date, badges, \
         (SELECT raw FROM line_raw WHERE line = ?2), \
         (SELECT side FROM line_side WHERE line = ?2) FROM line WHERE id = ?2"
    ))?
    .execute((line, by))?;
    remove(tx, by)
}

/// Removes a line that nothing refers to but what its source told beside it.
pub(super) fn remove(tx: &Connection, line: i64) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM line_side WHERE line = ?1")?.execute([line])?;
    tx.prepare_cached("DELETE FROM line_raw WHERE line = ?1")?.execute([line])?;
    tx.prepare_cached("DELETE FROM line WHERE id = ?1")?.execute([line])?;
    Ok(())
}

/// Gives a line another number, with everything beside it.
pub(super) fn renumber(tx: &Connection, line: i64, number: i64) -> Result<(), StoreError> {
    let columns = format!("{CONTENT}, psa_status, start_date, end_date, badges");
    tx.prepare_cached(&format!(
        "INSERT INTO line (id, {columns}) SELECT ?2, {columns} FROM line WHERE id = ?1"
    ))?
    .execute((line, number))?;
    for table in BESIDE {
        tx.prepare_cached(&format!("UPDATE {table} SET line = ?2 WHERE line = ?1"))?
            .execute((line, number))?;
    }
    tx.prepare_cached("DELETE FROM line WHERE id = ?1")?.execute([line])?;
    Ok(())
}

/// The next free number of a month.
pub(super) fn next_number(tx: &Connection, month: i64) -> Result<i64, StoreError> {
    let (first, last) = line_numbers(month);
    let highest: Option<i64> = tx
        .prepare_cached("SELECT max(id) FROM line WHERE id BETWEEN ?1 AND ?2")?
        .query_row((first, last), |r| r.get(0))?;
    Ok(highest.map_or(first, |id| id + 1))
}

/// Takes the line out of the key index.
fn forget_key(tx: &Connection, line: i64) -> Result<(), StoreError> {
    let (hash, _) = key_and_date(tx, line)?;
    tx.prepare_cached("DELETE FROM line_key WHERE hash = ?1 AND line = ?2")?
        .execute((hash, line))?;
    Ok(())
}

/// The digest under which the key index knows a line, and its invoice date.
fn key_and_date(tx: &Connection, line: i64) -> Result<(i64, i64), StoreError> {
    let found: Option<(String, i64, i64)> = tx
        .prepare_cached(
            "SELECT l.key, i.source, i.date FROM line l JOIN invoice i ON i.id = l.invoice \
             WHERE l.id = ?1",
        )?
        .query_row([line], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?;
    let (key, source, date) =
        found.ok_or_else(|| StoreError::fault(format!("line {line} is not there")))?;
    Ok((short(identity(source, &key)), date))
}
