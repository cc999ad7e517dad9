//! Field by field: what an addition has and what it should have.

use rust_decimal::Decimal;

use super::addition::{AdditionFields, FieldChange};

/// The fields that differ, under ConnectWise's names, in a fixed order. Numbers are compared as
/// numbers: `1.50` equals `1.5`. A cost that is not asked for does not differ.
pub fn differences(from: &AdditionFields, to: &AdditionFields) -> Vec<FieldChange> {
    let mut out = Vec::new();
    let mut note = |field: &str, from: String, to: String| {
        if from != to {
            out.push(FieldChange { field: field.to_owned(), from, to });
        }
    };
    note("product", from.product_id.to_string(), to.product_id.to_string());
    note("quantity", number(from.quantity), number(to.quantity));
    note("unitPrice", number(from.unit_price), number(to.unit_price));
    if let Some(cost) = to.unit_cost {
        note("unitCost", from.unit_cost.map(number).unwrap_or_default(), number(cost));
    }
    note("effectiveDate", from.effective.to_string(), to.effective.to_string());
    let day = |d: Option<jiff::civil::Date>| d.map(|d| d.to_string()).unwrap_or_default();
    note("cancelledDate", day(from.cancelled), day(to.cancelled));
    note("invoiceDescription", from.invoice_description.clone(), to.invoice_description.clone());
    out
}

/// Whether nothing differs.
pub fn same(from: &AdditionFields, to: &AdditionFields) -> bool {
    from.product_id == to.product_id
        && from.quantity == to.quantity
        && from.unit_price == to.unit_price
        && to.unit_cost.is_none_or(|c| from.unit_cost == Some(c))
        && from.effective == to.effective
        && from.cancelled == to.cancelled
        && from.invoice_description == to.invoice_description
}

fn number(n: Decimal) -> String {
    n.normalize().to_string()
}
