//! First and last day (design 6.4).

use super::house::{only, reasons, refused};
use super::{House, day};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::line::{DateBadge, LineDates};
use crate::domain::plan::Plan;
use crate::domain::policy::{ClosedPeriodPolicy, OneTimeEnd};
use crate::domain::psa::InvoicingCycle;

/// (start, end, description) of the only write.
fn told(plan: &Plan) -> (String, String, String) {
    let f = only(plan).after.as_ref().unwrap();
    let end = f.cancelled.map(|d| d.to_string()).unwrap_or_default();
    (f.effective.to_string(), end, f.invoice_description.clone())
}

fn is(plan: &Plan, start: &str, end: &str, description: &str) {
    assert_eq!(told(plan), (start.into(), end.into(), description.into()));
}

fn by_user(start: Option<&str>, end: Option<&str>) -> LineDates {
    LineDates {
        start: start.map(day),
        start_badge: if start.is_some() { DateBadge::UserUpdated } else { DateBadge::None },
        end: end.map(day),
        end_badge: if end.is_some() { DateBadge::UserUpdated } else { DateBadge::None },
    }
}

#[test]
fn what_is_billed_once_lives_inside_one_billing_period() {
    let mut house = House::new();
    let line = house.usage("u", "2026-05");
    line.charge_start = day("2026-04-20");
    line.charge_end = Some(day("2026-05-19"));
    is(&house.plan(), "2026-04-20", "2026-04-30", "Office - Usage Fee (2026-04-20 to 2026-05-19)");
    house.line("u").charge_end = None;
    is(&house.plan(), "2026-04-20", "2026-04-30", "Office - Usage Fee (from 2026-04-20)");
    house.line("u").charge_end = Some(day("2026-04-25"));
    is(&house.plan(), "2026-04-20", "2026-04-25", "Office - Usage Fee");

    house.line("u").charge_end = Some(day("2026-05-19"));
    house.policy.one_time_end = OneTimeEnd::ChargeEnd;
    let plan = house.plan();
    is(&plan, "2026-04-20", "2026-05-19", "Office - Usage Fee");
    assert!(reasons(only(&plan)).contains(&"spans-billing-periods"));
}

#[test]
fn the_agreement_says_what_its_billing_period_is() {
    let mut house = House::new();
    let line = house.usage("u", "2026-05");
    line.charge_start = day("2026-04-20");
    line.charge_end = Some(day("2027-04-19"));
    let a = house.agreement(10, 1);
    a.bill_start = Some(day("2026-01-15"));
    a.invoicing_cycle = InvoicingCycle::ContractYear;
    assert_eq!(told(&house.plan()).1, "2026-05-14");
    house.agreement(10, 1).cycle = Some(BillingCycle::Quarterly);
    assert_eq!(told(&house.plan()).1, "2026-07-14");
    house.agreement(10, 1).bills_once = true;
    assert_eq!(told(&house.plan()).1, "2027-04-19");
}

#[test]
fn a_yearly_fee_on_a_monthly_agreement_is_billed_once() {
    let mut house = House::new();
    let line = house.fee("s@1", "2026-05");
    line.billing_cycle = Some("Yearly".into());
    line.charge_end = Some(day("2027-04-30"));
    let plan = house.plan();
    is(&plan, "2026-05-01", "2026-05-31", "Office - Cycle Fee (2026-05-01 to 2027-04-30)");
    assert_eq!(reasons(only(&plan)), ["posted-once"]);
}

#[test]
fn precedence_is_typed_then_rule_then_default() {
    let mut house = House::new();
    house.usage("u", "2026-05").dates = LineDates {
        start: Some(day("2026-05-03")),
        start_badge: DateBadge::SystemUpdated,
        end: Some(day("2026-05-20")),
        end_badge: DateBadge::SystemUpdated,
    };
    is(&house.plan(), "2026-05-03", "2026-05-20", "Office - Usage Fee (2026-05-01 to 2026-05-31)");
    house.line("u").dates = by_user(Some("2026-05-05"), Some("2026-05-06"));
    assert_eq!(told(&house.plan()).0, "2026-05-05");
    assert_eq!(told(&house.plan()).1, "2026-05-06");
    house.line("u").dates = LineDates { end_badge: DateBadge::UserUpdated, ..LineDates::default() };
    assert_eq!(told(&house.plan()).1, "", "a person asked for an open end");
}

#[test]
fn recurring_additions_are_open_ended_unless_a_rule_or_a_person_says_otherwise() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    is(&house.plan(), "2026-05-01", "", "Office - Cycle Fee");
    house.line("s@1").dates = by_user(None, Some("2026-08-31"));
    is(&house.plan(), "2026-05-01", "2026-08-31", "Office - Cycle Fee");
}

#[test]
fn a_start_before_the_billing_start_is_refused() {
    for recurring in [false, true] {
        let mut house = House::new();
        house.agreement(10, 1).bill_start = Some(day("2026-05-02"));
        if recurring {
            house.fee("x", "2026-05")
        } else {
            house.usage("x", "2026-05")
        };
        assert_eq!(refused(&house.plan()), "start-before-billing-start");
        house.line("x").dates = by_user(Some("2026-05-02"), None);
        assert_eq!(told(&house.plan()).0, "2026-05-02");
    }
}

#[test]
fn a_start_in_an_invoiced_period_moves_or_is_refused() {
    let mut house = House::new();
    house.agreement(10, 1).next_invoice = Some(day("2026-07-01"));
    house.usage("u", "2026-05");
    let plan = house.plan();
    is(&plan, "2026-07-01", "2026-07-31", "Office - Usage Fee (2026-05-01 to 2026-05-31)");
    assert_eq!(reasons(only(&plan)), ["posted-once", "start-moved"]);

    house.policy.closed_period = ClosedPeriodPolicy::Refuse;
    assert_eq!(refused(&house.plan()), "closed-period");
    house.agreement(10, 1).prorates = true;
    assert_eq!(told(&house.plan()).0, "2026-05-01", "the PSA bills it after the fact");
    house.agreement(10, 1).prorates = false;
    house.agreement(10, 1).next_invoice = Some(day("2026-05-01"));
    assert_eq!(told(&house.plan()).0, "2026-05-01", "the open period begins there");
}

#[test]
fn a_recurring_start_that_moved_is_told() {
    let mut house = House::new();
    house.agreement(10, 1).next_invoice = Some(day("2026-06-01"));
    house.fee("s@1", "2026-05");
    let plan = house.plan();
    is(&plan, "2026-06-01", "", "Office - Cycle Fee (2026-05-01 to 2026-05-31)");
    assert_eq!(reasons(only(&plan)), ["new-subscription", "start-moved"]);
}

#[test]
fn an_end_before_the_start_is_refused() {
    for recurring in [false, true] {
        let mut house = House::new();
        let line = if recurring { house.fee("x", "2026-05") } else { house.usage("x", "2026-05") };
        line.dates = by_user(None, Some("2026-04-30"));
        assert_eq!(refused(&house.plan()), "end-before-start");
    }
}

#[test]
fn a_ruled_end_that_lies_before_a_moved_start_gives_way() {
    let mut house = House::new();
    house.agreement(10, 1).next_invoice = Some(day("2026-07-01"));
    let line = house.usage("u", "2026-05");
    line.dates.end = Some(day("2026-05-31"));
    line.dates.end_badge = DateBadge::SystemUpdated;
    assert_eq!(told(&house.plan()).1, "2026-07-31");
}
