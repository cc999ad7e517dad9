//! Guards: what is said before money moves, and what is stopped where the settings ask for consent.

use super::house::{notices, only, refused};
use super::{House, day, dec};
use crate::domain::guard::GuardAction;
use crate::domain::plan::Plan;

fn codes(plan: &Plan) -> Vec<&str> {
    plan.warnings.iter().map(|w| &*w.code).collect()
}

#[test]
fn a_share_of_a_share_is_told_and_stopped_only_when_asked_to() {
    let mut house = House::new();
    let line = house.usage("u", "2026-05");
    line.charge_start = day("2026-05-10");
    line.charge_end = Some(day("2026-05-31"));
    assert!(codes(&house.plan()).is_empty(), "the agreement does not prorate");
    house.agreement(10, 1).prorates = true;
    let plan = house.plan();
    assert_eq!(codes(&plan), ["prorated-twice"]);
    assert_eq!(&*plan.warnings[0].line, "u");
    assert!(plan.warnings[0].message.contains("2026-05-01 to 2026-05-31"));
    assert_eq!(plan.actions.len(), 1, "a warning stops nothing");

    house.policy.guard.action = GuardAction::Consent;
    assert_eq!(refused(&house.plan()), "prorated-twice");
    house.scope.accept_warnings = true;
    assert_eq!(codes(&house.plan()), ["prorated-twice"]);
    house.policy.guard.action = GuardAction::Off;
    assert!(codes(&house.plan()).is_empty());

    // A charge that fills the period is no share.
    house.policy.guard.action = GuardAction::Warn;
    house.line("u").charge_start = day("2026-05-01");
    assert!(codes(&house.plan()).is_empty());
}

#[test]
fn a_start_in_an_invoiced_period_is_told_with_the_line() {
    let mut house = House::new();
    let line = house.usage("u", "2026-05");
    line.charge_start = day("2026-05-10");
    line.charge_end = Some(day("2026-05-31"));
    house.agreement(10, 1).next_invoice = Some(day("2026-06-01"));
    let plan = house.plan();
    assert_eq!(codes(&plan), ["period-invoiced"]);
    assert_eq!(only(&plan).after.as_ref().unwrap().effective, day("2026-06-01"));
    house.policy.guard.action = GuardAction::Consent;
    assert_eq!(refused(&house.plan()), "period-invoiced");
}

#[test]
fn an_addition_that_is_invoiced_is_not_altered() {
    let mut house = House::new();
    house.usage("u", "2026-05");
    house.sync();
    // Its line is open again (it failed, or was taken back), and says something else by now.
    let line = house.line("u");
    line.posted = None;
    line.psa_status = crate::domain::status::PsaStatus::NotSynced;
    line.total += dec("1");
    line.unit_price = Some(line.total);
    line.quantity = dec("1");
    assert_eq!(house.plan().actions.len(), 1);
    house.agreement(10, 1).next_invoice = Some(day("2099-01-01"));
    assert_eq!(refused(&house.plan()), "invoiced");
}

#[test]
fn a_month_with_less_money_than_the_one_before_is_told() {
    let mut house = House::new();
    for key in ["a", "b", "c", "d"] {
        house.usage(key, "2026-04");
    }
    house.usage("e", "2026-05");
    house.scope.periods = vec!["2026-05".parse().unwrap()];
    house.tally();
    let plan = house.plan();
    assert_eq!(notices(&plan), ["month-looks-partial"]);
    assert!(plan.notices[0].text.starts_with("2026-05"), "{}", plan.notices[0].text);
    // As much as the month before: nothing to say.
    for key in ["f", "g", "h"] {
        house.usage(key, "2026-05");
    }
    house.tally();
    assert!(notices(&house.plan()).is_empty());
}
