use jiff::civil::date as day;
use serde_json::json;

use super::*;
use crate::domain::policy::Policy;
use crate::domain::problem::FileRefusal;
use crate::sources::SourceError;

fn given(items: Vec<Value>) -> (Vec<Value>, Option<FileRefusal>) {
    let policy = Policy::default();
    let mut sink = |_| true;
    let mut to = Collector::new(&[], &policy, &mut sink);
    let found = |(row, record)| Found { page: "p".into(), row, record };
    let items = invoice((1..).zip(items).map(found).collect(), &mut to);
    let refusal = match to.finish() {
        Err(SourceError::Refused(refusal)) => Some(refusal),
        _ => None,
    };
    (items.into_iter().map(|f| f.record).collect(), refusal)
}

#[test]
fn whole_months_and_ends_of_months_tell_what_an_end_is() {
    let (inclusive, exclusive) = (Some(End::Inclusive), Some(End::Exclusive));
    for (start, end, what) in [
        // Pax8's own examples.
        (day(2019, 4, 1), day(2019, 5, 1), exclusive),
        (day(2025, 2, 1), day(2025, 2, 28), inclusive),
        (day(2025, 6, 11), day(2025, 6, 30), inclusive),
        (day(2025, 6, 11), day(2025, 7, 1), exclusive),
        (day(2025, 6, 11), day(2025, 7, 11), exclusive),
        (day(2025, 6, 11), day(2025, 7, 10), inclusive),
        (day(2025, 6, 11), day(2026, 6, 10), inclusive),
        (day(2025, 6, 11), day(2026, 6, 11), exclusive),
        (day(2025, 6, 11), day(2025, 6, 11), inclusive),
        // Months of different lengths.
        (day(2025, 1, 31), day(2025, 3, 31), None),
        (day(2025, 1, 31), day(2025, 2, 28), None),
        (day(2025, 1, 30), day(2025, 2, 27), inclusive),
        // A whole month by one reading, up to a month's end by the other.
        (day(2025, 6, 2), day(2025, 7, 1), None),
        (day(2025, 6, 11), day(2025, 6, 20), None),
    ] {
        assert_eq!(told(start, end), what, "{start} to {end}");
    }
}

fn period(start: &str, end: &str) -> Value {
    json!({"startPeriod": start, "endPeriod": end})
}

#[test]
fn what_a_period_does_not_tell_the_invoice_tells_or_it_is_refused() {
    let unclear = || period("2025-06-11", "2025-06-20");
    let (items, none) = given(vec![unclear(), period("2025-06-01", "2025-07-01")]);
    assert!(none.is_none());
    assert_eq!(items[0]["endPeriod"], "2025-06-19");
    assert_eq!(items[1]["endPeriod"], "2025-06-30");

    let (items, none) = given(vec![unclear(), period("2025-06-01", "2025-06-30")]);
    assert!(none.is_none());
    assert_eq!(items[0]["endPeriod"], "2025-06-20");

    let both = [period("2025-06-01", "2025-06-30"), period("2025-06-01", "2025-07-01")];
    for others in [&both[..], &[period("2025-06-05", "2025-06-05")], &[]] {
        let mut items = others.to_vec();
        items.push(unclear());
        let (_, refusal) = given(items);
        let refusal = refusal.expect("it is refused");
        let p = &refusal.problems[0];
        assert_eq!((p.code.as_ref(), p.row), ("ambiguous-end", Some(others.len() as u64 + 1)));
    }
    let (items, none) = given(vec![period("2025-06-11", ""), json!({"startPeriod": null})]);
    assert!(none.is_none() && items.len() == 2, "an end that is not there is no question");
}

fn bill(header: Value, items: &[(&str, &str)]) -> Vec<Value> {
    let item = |(kind, due): &(&str, &str)| {
        let due: Value = serde_json::from_str(due).unwrap();
        json!({
            "type": kind, "quantity": 2, "price": 5, "total": due, "amountDue": due,
            "salesTax": 1, "invoices": header,
        })
    };
    items.iter().map(item).collect()
}

#[test]
fn the_invoices_total_tells_the_sign_of_credits() {
    let items = [("subscription", "100.10"), ("rebate", "10.05"), ("service-credit", "5")];
    let (items, none) = given(bill(json!({"id": "i", "total": 85.05}), &items));
    assert!(none.is_none(), "{none:?}");
    assert_eq!(items[0]["total"].to_string(), "100.10");
    assert_eq!(items[1]["total"].to_string(), "-10.05");
    assert_eq!(
        (items[1]["quantity"].to_string(), items[1]["price"].to_string()),
        ("-2".into(), "5".into())
    );

    let items = [("subscription", "100.10"), ("rebate", "-10.05")];
    let (items, none) = given(bill(json!({"id": "i", "total": 90.05}), &items));
    assert!(none.is_none());
    assert_eq!(items[1]["quantity"].to_string(), "2", "it was written with its sign");

    // A credit that is charged back is no credit.
    let (items, none) =
        given(bill(json!({"id": "i", "total": 110}), &[("one-time", "100"), ("rebate", "10")]));
    assert!(none.is_none());
    assert_eq!(items[1]["total"].to_string(), "10");
}

#[test]
fn the_total_may_hold_tax_and_an_older_balance_and_must_hold() {
    let items = [("subscription", "100"), ("prorate", "20")];
    for (total, carried, holds) in [
        ("120", "0", true),
        ("122", "0", true),
        ("150", "30", true),
        ("152", "30", true),
        ("120.01", "0", false),
        ("119", "0", false),
        ("150", "0", false),
    ] {
        let header = format!(r#"{{"id": "i", "total": {total}, "carriedBalance": {carried}}}"#);
        let (_, refusal) = given(bill(serde_json::from_str(&header).unwrap(), &items));
        assert_eq!(refusal.is_none(), holds, "{header}");
        if let Some(refusal) = refusal {
            assert_eq!(refusal.problems[0].code, "control-total");
        }
    }
    let (_, none) = given(bill(json!({"id": "i"}), &items));
    assert_eq!(none.expect("refused").problems[0].code, "missing-control-total");
    let (_, null) = given(bill(json!({"id": "i", "total": 100}), &[("subscription", "null")]));
    assert_eq!(null.expect("refused").problems[0].code, "missing-value");
}
