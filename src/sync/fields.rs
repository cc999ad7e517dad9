//! Whether an addition is as it was asked for, field by field, as ConnectWise names the fields.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::addition::{AdditionFields, FieldChange, LiveAddition};

/// The fields of `live` that are not as asked: `from` is what was asked, `to` what is there.
///
/// A cost that was not asked for is the PSA's own. Costs are compared at the decimals that the PSA
/// keeps (how many those are is not documented); quantity and price exactly.
pub(super) fn differences(asked: &AdditionFields, live: &AdditionFields) -> Vec<FieldChange> {
    let mut found = Vec::new();
    let mut differ = |field: &str, from: String, to: String| {
        found.push(FieldChange { field: field.to_owned(), from, to });
    };
    if asked.product_id != live.product_id {
        differ("product", asked.product_id.to_string(), live.product_id.to_string());
    }
    if asked.quantity != live.quantity {
        differ("quantity", number(asked.quantity), number(live.quantity));
    }
    if asked.unit_price != live.unit_price {
        differ("unitPrice", number(asked.unit_price), number(live.unit_price));
    }
    if let Some(cost) = asked.unit_cost {
        let kept = live.unit_cost.unwrap_or_default();
        if !same_cost(cost, kept) {
            differ("unitCost", number(cost), number(kept));
        }
    }
    if asked.effective != live.effective {
        differ("effectiveDate", asked.effective.to_string(), live.effective.to_string());
    }
    if asked.cancelled != live.cancelled {
        differ("cancelledDate", day(asked.cancelled), day(live.cancelled));
    }
    if plain(&asked.invoice_description) != plain(&live.invoice_description) {
        differ(
            "invoiceDescription",
            asked.invoice_description.clone(),
            live.invoice_description.clone(),
        );
    }
    found
}

/// Whether nothing differs.
pub(super) fn same(asked: &AdditionFields, live: &AdditionFields) -> bool {
    differences(asked, live).is_empty()
}

/// As [`differences`], and `billCustomer` too, which Addendum always sets to Billable.
pub(super) fn differences_of(asked: &AdditionFields, live: &LiveAddition) -> Vec<FieldChange> {
    let mut found = differences(asked, &live.fields);
    if !live.bill_customer.is_empty() && live.bill_customer != "Billable" {
        found.push(FieldChange {
            field: "billCustomer".into(),
            from: "Billable".into(),
            to: live.bill_customer.clone(),
        });
    }
    found
}

/// The differences in one line, for a message.
pub(super) fn told(differences: &[FieldChange]) -> String {
    let parts: Vec<String> = differences
        .iter()
        .map(|d| format!("{}: \u{201c}{}\u{201d} became \u{201c}{}\u{201d}", d.field, d.from, d.to))
        .collect();
    parts.join("; ")
}

fn same_cost(asked: Decimal, kept: Decimal) -> bool {
    let decimals = kept.normalize().scale().max(2);
    asked == kept
        || asked.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero) == kept
        || asked.round_dp(decimals) == kept
}

pub(super) fn number(value: Decimal) -> String {
    value.normalize().to_string()
}

pub(super) fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |d| d.to_string())
}

/// Line breaks and outer space are not what somebody means by a change.
fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> AdditionFields {
        AdditionFields {
            product_id: 7,
            quantity: "2".parse().unwrap(),
            unit_price: "10.50".parse().unwrap(),
            unit_cost: Some("8.12345".parse().unwrap()),
            effective: "2026-11-01".parse().unwrap(),
            cancelled: None,
            invoice_description: "Mail - Cycle Fee".into(),
        }
    }

    #[test]
    fn the_same_in_another_notation_is_the_same() {
        let mut live = fields();
        live.quantity = "2.000".parse().unwrap();
        live.unit_price = "10.5".parse().unwrap();
        live.unit_cost = Some("8.1235".parse().unwrap());
        live.invoice_description = " Mail - Cycle Fee\r\n".into();
        assert!(same(&fields(), &live));
        let mut asked = fields();
        asked.unit_cost = None;
        assert!(same(&asked, &live));
    }

    #[test]
    fn each_field_is_told_by_its_name() {
        let change = |f: &dyn Fn(&mut AdditionFields)| {
            let mut live = fields();
            f(&mut live);
            differences(&fields(), &live).into_iter().map(|d| d.field).collect::<Vec<_>>()
        };
        assert_eq!(change(&|f| f.product_id = 8), ["product"]);
        assert_eq!(change(&|f| f.quantity += Decimal::ONE), ["quantity"]);
        assert_eq!(change(&|f| f.unit_price = "10.51".parse().unwrap()), ["unitPrice"]);
        assert_eq!(change(&|f| f.unit_cost = None), ["unitCost"]);
        assert_eq!(change(&|f| f.unit_cost = Some(8.into())), ["unitCost"]);
        assert_eq!(change(&|f| f.cancelled = Some(f.effective)), ["cancelledDate"]);
        assert_eq!(change(&|f| f.effective = "2026-11-02".parse().unwrap()), ["effectiveDate"]);
        assert_eq!(change(&|f| f.invoice_description.push('!')), ["invoiceDescription"]);
    }
}
