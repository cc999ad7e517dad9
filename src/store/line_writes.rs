//! The statements that write what a source says of a line.

use super::dictionary::Codes;
use super::encoding::{Amount, badges, day, position};
use super::error::StoreError;
use crate::domain::charge_type::ChargeType;
use crate::domain::load::LoadedLine;

/// A new line.
pub(super) const INSERT: &str = "INSERT INTO line (id, invoice, customer, item, psa_status, total, \
     subscription, charge_type, charge_start, charge_end, start_date, end_date, badges, quantity, \
     unit_price, unit_cost, own_key, key, content) \
     VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
/// A line that is not posted takes other content; dates that a user typed stay.
pub(super) const REPLACE: &str = "UPDATE line SET invoice = ?2, customer = ?3, item = ?4, psa_status = 0, \
     total = ?5, subscription = ?6, charge_type = ?7, charge_start = ?8, charge_end = ?9, \
     start_date = CASE WHEN badges % 3 = 2 THEN start_date ELSE ?10 END, \
     end_date = CASE WHEN badges / 3 = 2 THEN end_date ELSE ?11 END, \
     badges = CASE WHEN badges % 3 = 2 THEN 2 ELSE ?12 % 3 END \
         + 3 * CASE WHEN badges / 3 = 2 THEN 2 ELSE ?12 / 3 END, \
     quantity = ?13, unit_price = ?14, unit_cost = ?15, own_key = ?16, key = ?17, content = ?18 \
     WHERE id = ?1";
/// The newest content of a posted line.
pub(super) const REVISE: &str = "INSERT OR REPLACE INTO revision (line, invoice, customer, item, total, \
     subscription, charge_type, charge_start, charge_end, start_date, end_date, badges, quantity, \
     unit_price, unit_cost, own_key, key, content) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";

/// Runs one of the statements above.
pub(super) fn bind(
    statement: &mut rusqlite::Statement<'_>,
    id: i64,
    codes: &Codes,
    loaded: &LoadedLine,
) -> Result<(), StoreError> {
    let (line, dates) = (&loaded.line, &loaded.dates);
    statement.execute(rusqlite::params![
        id,
        codes.invoice.id,
        codes.customer,
        codes.item,
        Amount(line.total),
        codes.subscription,
        position(&ChargeType::ALL, &line.charge_type),
        day(line.charge_start),
        line.charge_end.map(day),
        dates.start.map(day),
        dates.end.map(day),
        badges(dates),
        Amount(line.quantity),
        line.unit_price.map(Amount),
        line.unit_cost.map(Amount),
        line.line_id.is_some(),
        &*loaded.key,
        loaded.content.as_slice(),
    ])?;
    Ok(())
}
