//! Lines as text: CSV cells and JSON.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::domain::line::CanonicalLine;
use crate::sandbox::values::number;

/// The canonical columns (design 5).
pub(super) const COLUMNS: [&str; 21] = [
    "line_id",
    "invoice_number",
    "invoice_date",
    "invoice_status",
    "organization_id",
    "organization_name",
    "contract_id",
    "subscription_id",
    "subscription_name",
    "offer_id",
    "offer_name",
    "part_number",
    "charge_type",
    "billing_cycle",
    "charge_start_date",
    "charge_end_date",
    "quantity",
    "unit_price",
    "unit_cost",
    "total",
    "currency",
];

/// A line's cells in the order of [`COLUMNS`]; empty means absent.
pub(super) fn cells(line: &CanonicalLine) -> [String; 21] {
    let text = |t: &Option<Box<str>>| t.as_deref().unwrap_or_default().to_owned();
    let money = |d: Option<Decimal>| d.map(|d| d.to_string()).unwrap_or_default();
    [
        text(&line.line_id),
        line.invoice_number.to_string(),
        line.invoice_date.to_string(),
        line.invoice_status.as_str().to_owned(),
        line.organization_id.to_string(),
        line.organization_name.to_string(),
        text(&line.contract_id),
        text(&line.subscription_id),
        text(&line.subscription_name),
        line.offer_id.to_string(),
        line.offer_name.to_string(),
        text(&line.part_number),
        line.charge_type.as_str().to_owned(),
        text(&line.billing_cycle),
        line.charge_start.to_string(),
        line.charge_end.map(|d| d.to_string()).unwrap_or_default(),
        line.quantity.to_string(),
        money(line.unit_price),
        money(line.unit_cost),
        line.total.to_string(),
        line.currency.to_string(),
    ]
}

/// A line as a JSON object. Decimals are numbers on even lines and texts on odd ones: both are in
/// use, and a reader must take both.
pub(super) fn json(line: &CanonicalLine, at: usize) -> String {
    let decimals = ["quantity", "unit_price", "unit_cost", "total"];
    let mut map = Map::new();
    for (name, cell) in COLUMNS.into_iter().zip(cells(line)) {
        if cell.is_empty() {
            continue;
        }
        let value = match cell.parse::<Decimal>() {
            Ok(d) if at.is_multiple_of(2) && decimals.contains(&name) => number(d),
            _ => Value::String(cell),
        };
        map.insert(name.to_owned(), value);
    }
    Value::Object(map).to_string()
}
