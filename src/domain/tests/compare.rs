use proptest::prelude::*;

use super::{any_amount, any_day, day, dec};
use crate::domain::addition::AdditionFields;
use crate::domain::compare::{differences, same};

fn fields() -> AdditionFields {
    AdditionFields {
        product_id: 7,
        quantity: dec("3"),
        unit_price: dec("1.50"),
        unit_cost: Some(dec("1")),
        effective: day("2026-05-01"),
        cancelled: None,
        invoice_description: "Office - Cycle Fee".into(),
    }
}

#[test]
fn decimals_are_compared_as_numbers() {
    let mut other = fields();
    other.unit_price = dec("1.5");
    other.quantity = dec("3.000");
    assert!(same(&fields(), &other));
    assert!(differences(&fields(), &other).is_empty());
}

#[test]
fn each_field_is_named_as_connectwise_names_it() {
    let to = AdditionFields {
        product_id: 8,
        quantity: dec("4"),
        unit_price: dec("2"),
        unit_cost: Some(dec("2")),
        effective: day("2026-06-01"),
        cancelled: Some(day("2026-06-30")),
        invoice_description: "x".into(),
    };
    let found = differences(&fields(), &to);
    let names: Vec<&str> = found.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(
        names,
        [
            "product",
            "quantity",
            "unitPrice",
            "unitCost",
            "effectiveDate",
            "cancelledDate",
            "invoiceDescription"
        ]
    );
    let end = &found[5];
    assert_eq!((end.from.as_str(), end.to.as_str()), ("", "2026-06-30"));
    assert_eq!(found[2].from, "1.5");
}

#[test]
fn a_cost_that_nobody_asks_for_does_not_differ() {
    let mut to = fields();
    to.unit_cost = None;
    assert!(same(&fields(), &to));
    assert!(!same(&to, &fields()));
}

fn any_fields() -> impl Strategy<Value = AdditionFields> {
    (
        1i64..3,
        any_amount(1).prop_map(|a| a % dec("2")),
        any_amount(1).prop_map(|a| a % dec("2")),
        proptest::option::of(Just(dec("1"))),
        any_day(),
        proptest::option::of(any_day()),
        "[ab]{1}",
    )
        .prop_map(
            |(product_id, quantity, unit_price, unit_cost, effective, cancelled, text)| {
                AdditionFields {
                    product_id,
                    quantity,
                    unit_price,
                    unit_cost,
                    effective,
                    cancelled,
                    invoice_description: text,
                }
            },
        )
}

proptest! {
    #[test]
    fn the_two_ways_to_compare_agree(a in any_fields(), b in any_fields()) {
        prop_assert_eq!(same(&a, &b), differences(&a, &b).is_empty());
        prop_assert!(same(&a, &a));
    }
}
