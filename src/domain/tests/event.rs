//! Microsoft's documented scenarios of seat changes, as people should read them.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{day, dec, kept, sample};
use crate::domain::charge_type::ChargeType;
use crate::domain::event::{fold, seats, tell, tell_with_money};
use crate::domain::line::Line;
use crate::domain::line_extra::LineSide;

/// A leg: offer, quantity, total, first and last day.
fn leg(offer: &str, quantity: &str, total: &str, start: &str, end: &str) -> Line {
    let mut line = kept(&sample());
    line.key = format!("{offer} {quantity} {total} {start}").into();
    line.charge_type = ChargeType::Correction;
    line.offer_id = offer.into();
    line.offer_name = offer.into();
    line.quantity = dec(quantity);
    line.unit_price = None;
    line.total = dec(total);
    line.charge_start = day(start);
    line.charge_end = Some(day(end));
    line
}

fn of_event(mut line: Line, id: &str) -> Line {
    line.side = Some(Arc::new(LineSide { event_id: Some(id.into()), ..LineSide::default() }));
    line
}

fn told(lines: &[Line]) -> String {
    let lines: Vec<&Line> = lines.iter().collect();
    let net: Decimal = lines.iter().map(|l| l.total).sum();
    tell_with_money(&lines, net)
}

fn events(lines: &[Line]) -> Vec<Vec<usize>> {
    fold(&lines.iter().collect::<Vec<_>>())
}

#[test]
fn a_purchase_stands_alone() {
    let bought = [leg("Standard", "10", "100.80", "2026-06-18", "2026-07-17")];
    assert!(events(&bought).is_empty());
    assert_eq!(told(&bought), "10 seats from 18 Jun, +100.80");
}

#[test]
fn added_and_removed_seats_are_told_as_one() {
    let window = ("2026-06-20", "2026-07-17");
    let add = [
        leg("Standard", "10", "-94.08", window.0, window.1),
        leg("Standard", "12", "112.89", window.0, window.1),
    ];
    assert_eq!(events(&add), [[0, 1]]);
    assert_eq!(told(&add), "10 to 12 seats on 20 Jun, +18.81");
    let remove = [
        leg("Standard", "12", "-112.89", window.0, window.1),
        leg("Standard", "8", "75.26", window.0, window.1),
    ];
    assert_eq!(events(&remove), [[0, 1]]);
    assert_eq!(told(&remove), "12 to 8 seats on 20 Jun, -37.63");
}

#[test]
fn a_cancellation_gives_all_seats_back() {
    let cancelled = [leg("Standard", "10", "-94.20", "2026-07-17", "2026-08-14")];
    assert_eq!(told(&cancelled), "10 to 0 seats on 17 Jul, -94.20");
}

#[test]
fn a_conversion_names_both_products() {
    let full = [
        of_event(leg("Standard", "300", "-2316", "2026-06-25", "2026-07-17"), "e"),
        of_event(leg("Premium", "300", "1476", "2026-06-25", "2026-07-17"), "e"),
    ];
    assert_eq!(events(&full), [[0, 1]]);
    assert_eq!(told(&full), "300 seats of Standard became 300 of Premium on 25 Jun, -840.00");
    // Without the source's word two products are two things.
    let untold = [
        leg("Standard", "300", "-2316", "2026-06-25", "2026-07-17"),
        leg("Premium", "300", "1476", "2026-06-25", "2026-07-17"),
    ];
    assert!(events(&untold).is_empty());
    // A part goes on under a subscription of its own; some seats stay what they are.
    let mut moved = leg("Premium", "100", "492", "2026-06-25", "2026-07-17");
    moved.subscription_id = Some("s-2".into());
    let partial = [
        of_event(leg("Standard", "300", "-2316", "2026-06-25", "2026-07-17"), "e"),
        of_event(leg("Standard", "200", "1544", "2026-06-25", "2026-07-17"), "e"),
        of_event(moved, "e"),
    ];
    assert_eq!(events(&partial), [[0, 1, 2]]);
    assert_eq!(told(&partial), "Premium 0 to 100, Standard 300 to 200 on 25 Jun, -280.00");
}

#[test]
fn a_trial_that_turns_paid_says_so() {
    let paid = [
        of_event(leg("Trial", "25", "0", "2026-06-01", "2026-06-30"), "e"),
        of_event(leg("Trial", "25", "0", "2026-06-15", "2026-06-30"), "e"),
        of_event(leg("Premium", "25", "1315.25", "2026-06-15", "2026-07-14"), "e"),
    ];
    assert_eq!(events(&paid), [[0, 1, 2]]);
    assert_eq!(told(&paid), "trial turned paid on 1 Jun: 25 seats, +1315.25");
    let same = [
        of_event(leg("Premium", "25", "0", "2026-06-15", "2026-07-14"), "e"),
        of_event(leg("Premium", "25", "1315.25", "2026-06-15", "2026-07-14"), "e"),
    ];
    assert_eq!(told(&same), "trial turned paid on 15 Jun: 25 seats, +1315.25");
}

#[test]
fn a_new_billing_plan_is_a_charge_of_its_own() {
    let plan = [leg("Standard", "10", "200", "2026-06-20", "2026-07-19")];
    assert!(events(&plan).is_empty());
    assert_eq!(told(&plan), "10 seats from 20 Jun, +200.00");
    let price = [
        of_event(leg("Standard", "10", "-180", "2026-06-20", "2026-07-19"), "e"),
        of_event(leg("Standard", "10", "200", "2026-06-20", "2026-07-19"), "e"),
    ];
    assert_eq!(told(&price), "10 seats at another price on 20 Jun, +20.00");
}

#[test]
fn a_product_in_two_parts_is_counted_once() {
    let e5 = [
        of_event(leg("E5", "10", "-300", "2026-06-20", "2026-07-17"), "e"),
        of_event(leg("E5", "10", "-20", "2026-06-20", "2026-07-17"), "e"),
        of_event(leg("E5", "12", "360", "2026-06-20", "2026-07-17"), "e"),
        of_event(leg("E5", "12", "24", "2026-06-20", "2026-07-17"), "e"),
    ];
    assert_eq!(told(&e5), "10 to 12 seats on 20 Jun, +64.00");
    let tiers = [
        leg("Storage", "100", "5", "2026-06-01", "2026-06-30"),
        leg("Storage", "900", "36", "2026-06-01", "2026-06-30"),
    ];
    let s = seats(&tiers.iter().collect::<Vec<_>>());
    assert_eq!((s.before, s.after), (dec("0"), dec("1000")));
    assert!(events(&tiers).is_empty(), "two charges give nothing back");
}

#[test]
fn only_what_belongs_together_is_folded() {
    let window = ("2026-06-20", "2026-07-17");
    let refund = leg("Standard", "10", "-94.08", window.0, window.1);
    let charge = leg("Standard", "12", "112.89", window.0, window.1);
    let differs = |change: fn(&mut Line)| {
        let mut other = charge.clone();
        change(&mut other);
        assert!(events(&[refund.clone(), other]).is_empty());
    };
    differs(|l| l.organization_id = "org-2".into());
    differs(|l| l.subscription_id = Some("s-2".into()));
    differs(|l| l.subscription_id = None);
    differs(|l| l.charge_type = ChargeType::CycleFee);
    differs(|l| l.charge_start = day("2026-06-21"));
    differs(|l| l.charge_end = None);
    differs(|l| l.source = "other".into());
    differs(|l| l.period = "2026-07".parse().unwrap());
    // The source's word goes before what the lines look like.
    let mut far = of_event(charge.clone(), "e");
    far.charge_start = day("2026-06-28");
    assert_eq!(events(&[of_event(refund.clone(), "e"), far]), [[0, 1]]);
    assert!(events(&[of_event(refund.clone(), "e"), of_event(charge, "f")]).is_empty());
    assert_eq!(tell(&[]), "");
}
