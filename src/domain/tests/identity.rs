use std::collections::HashSet;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{any_amount, any_day, day, dec, sample};
use crate::domain::charge_type::ChargeType;
use crate::domain::identity::Identities;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::CanonicalLine;

fn of(line: &CanonicalLine) -> (String, [u8; 16]) {
    let (key, content) = Identities::default().of(line);
    (key.into(), content)
}

/// One change of each field, by name.
fn changes() -> Vec<(&'static str, Box<dyn Fn(&mut CanonicalLine)>)> {
    vec![
        ("invoice_number", Box::new(|l| l.invoice_number = "INV-2".into())),
        ("invoice_date", Box::new(|l| l.invoice_date = day("2026-05-19"))),
        ("organization_id", Box::new(|l| l.organization_id = "org-2".into())),
        ("contract_id", Box::new(|l| l.contract_id = None)),
        ("subscription_id", Box::new(|l| l.subscription_id = Some("".into()))),
        ("offer_id", Box::new(|l| l.offer_id = "o-2".into())),
        ("part_number", Box::new(|l| l.part_number = Some("p".into()))),
        ("charge_type", Box::new(|l| l.charge_type = ChargeType::Correction)),
        ("billing_cycle", Box::new(|l| l.billing_cycle = Some("Yearly".into()))),
        ("charge_start", Box::new(|l| l.charge_start = day("2026-05-02"))),
        ("charge_end", Box::new(|l| l.charge_end = None)),
        ("quantity", Box::new(|l| l.quantity = dec("4"))),
        ("unit_price", Box::new(|l| l.unit_price = None)),
        ("unit_cost", Box::new(|l| l.unit_cost = Some(dec("10.01")))),
        ("total", Box::new(|l| l.total = dec("-37.5"))),
        ("currency", Box::new(|l| l.currency = "USD".parse().unwrap())),
    ]
}

#[test]
fn what_is_charged_makes_the_key() {
    let (key, content) = of(&sample());
    let mut keys = HashSet::from([key.clone()]);
    for (name, change) in changes() {
        let mut line = sample();
        change(&mut line);
        let (k, c) = of(&line);
        assert!(keys.insert(k), "{name} does not count");
        assert_ne!(c, content, "{name} does not count as content");
    }
}

#[test]
fn display_names_are_content_and_not_identity() {
    let (key, content) = of(&sample());
    let names: [fn(&mut CanonicalLine); 3] = [
        |l| l.organization_name = "x".into(),
        |l| l.subscription_name = None,
        |l| l.offer_name = "x".into(),
    ];
    for change in names {
        let mut line = sample();
        change(&mut line);
        let (k, c) = of(&line);
        assert_eq!(k, key);
        assert_ne!(c, content);
    }
}

#[test]
fn a_paid_invoice_is_no_change_and_a_verified_one_is() {
    let with = |status| {
        let mut line = sample();
        line.invoice_status = status;
        of(&line)
    };
    let verified = with(InvoiceStatus::Verified);
    assert_eq!(with(InvoiceStatus::Paid), verified);
    let new = with(InvoiceStatus::New);
    assert_eq!(new.0, verified.0);
    assert_ne!(new.1, verified.1);
    assert_ne!(with(InvoiceStatus::PaymentCardError).1, new.1);
}

#[test]
fn equal_rows_are_counted_and_an_id_is_taken_as_it_is() {
    let mut ids = Identities::default();
    let keys: Vec<String> = (0..3).map(|_| ids.of(&sample()).0.into()).collect();
    assert!(keys[0].ends_with("-1") && keys[2].ends_with("-3"), "{keys:?}");
    assert!(keys[0].starts_with("h-") && keys[0].len() >= 2 + 26 + 2);
    let mut named = sample();
    named.line_id = Some("L 1".into());
    assert_eq!(&*ids.of(&named).0, "L 1");
    assert_eq!(&*ids.of(&named).0, "L 1");
    named.total = dec("1");
    assert_eq!(&*ids.of(&named).0, "L 1");
}

#[test]
fn the_digest_is_fixed_for_all_time() {
    // Stores and markers of users rest on it: this text may never change.
    assert_eq!(of(&sample()).0, FIXED);
}

const FIXED: &str = "h-uvgrwzaxyogadk3wa4vy5w3vhi-1";

#[test]
fn a_zero_has_one_form() {
    let with = |total: &str| {
        let mut line = sample();
        line.total = dec(total);
        of(&line).0
    };
    assert_eq!(with("0"), with("-0.00"));
}

#[test]
fn a_million_lines_are_identified_within_seconds() {
    // A release build takes well below a second (benches/plan.rs); this only shows that the cost
    // is linear and small even here.
    let mut ids = Identities::default();
    let mut line = sample();
    let begun = Instant::now();
    for n in 0..50_000u32 {
        line.quantity = n.into();
        let _ = ids.of(&line);
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn neighbouring_fields_do_not_run_into_each_other(a in "[ab]{0,4}", b in "[ab]{0,4}", c in "[ab]{0,4}", d in "[ab]{0,4}") {
        let with = |contract: &str, subscription: &str| {
            let mut line = sample();
            line.contract_id = Some(contract.into());
            line.subscription_id = Some(subscription.into());
            of(&line).0
        };
        prop_assert_eq!(with(&a, &b) == with(&c, &d), (&a, &b) == (&c, &d));
    }

    #[test]
    fn how_a_number_is_written_does_not_count(amount in any_amount(4), more in 0u32..6, start in any_day()) {
        let mut line = sample();
        line.total = amount;
        line.charge_start = start;
        let key = of(&line);
        line.total.rescale(line.total.scale() + more);
        prop_assert_eq!(of(&line), key);
    }

    #[test]
    fn the_order_of_rows_does_not_change_the_keys(amounts in proptest::collection::vec(0i64..4, 1..20), by in 0usize..20) {
        let keys = |amounts: &[i64]| {
            let mut ids = Identities::default();
            let mut keys: Vec<String> = amounts
                .iter()
                .map(|a| {
                    let mut line = sample();
                    line.total = (*a).into();
                    ids.of(&line).0.into()
                })
                .collect();
            keys.sort();
            keys
        };
        let mut turned = amounts.clone();
        turned.rotate_left(by % amounts.len());
        prop_assert_eq!(keys(&amounts), keys(&turned));
    }
}
