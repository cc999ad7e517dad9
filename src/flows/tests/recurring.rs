//! Persistent additions through the months (design 6.3).

use super::house::{notices, only, reasons, refused};
use super::{House, day, dec};
use crate::domain::addition::Subject;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::line::DateBadge;
use crate::domain::plan::{Action, ActionKind, Plan};
use crate::domain::policy::RecurringPolicy;
use crate::domain::psa::AgreementStatus;
use crate::domain::status::PsaStatus;

fn numbers(action: &Action) -> Option<(u32, u32)> {
    match action.subject {
        Some(Subject::Recurring { occurrence, life, .. }) => Some((occurrence, life)),
        _ => None,
    }
}

#[test]
fn a_later_period_updates_what_differs_and_keeps_the_effective_date() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.sync();
    let line = house.fee("s@2", "2026-06");
    line.quantity = dec("3");
    line.total = dec("31.5");
    let plan = house.sync();
    let action = only(&plan);
    assert_eq!((action.kind, plan.counts.update), (ActionKind::Update, 1));
    assert_eq!(action.before.as_ref().unwrap().quantity, dec("2"));
    let after = action.after.as_ref().unwrap();
    assert_eq!((after.quantity, after.effective), (dec("3"), day("2026-05-01")));
    assert_eq!(after.invoice_description, "Office - Cycle Fee", "the kept start is not told");
    assert!(action.reasons[0].text.contains("quantity"));
    assert!(house.plan().actions.is_empty());
}

#[test]
fn a_month_with_nothing_new_costs_no_write() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.sync();
    house.fee("s@2", "2026-06");
    let plan = house.sync();
    assert!(plan.actions.is_empty());
    assert_eq!((plan.settled.len(), plan.counts.unchanged), (1, 2));
    assert_eq!(house.line("s@2").psa_status, PsaStatus::Synced);
    assert!(house.plan().settled.is_empty());
}

#[test]
fn a_yearly_fee_takes_no_number_from_the_monthly_one_of_its_subscription() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    let yearly = house.fee("a@1", "2026-05");
    yearly.subscription_id = Some("s".into());
    yearly.billing_cycle = Some("Yearly".into());
    let plan = house.plan();
    let monthly = |plan: &Plan| -> Vec<_> { plan.actions.iter().filter_map(numbers).collect() };
    assert_eq!((plan.actions.len(), monthly(&plan)), (2, vec![(1, 1)]));

    // A run that ends between the two: the monthly one keeps its number.
    let mut half = plan.clone();
    half.actions.retain(|a| numbers(a).is_none());
    house.apply(&half);
    let rest = house.sync();
    assert_eq!(
        only(&rest).marker,
        plan.actions.iter().find(|a| numbers(a).is_some()).unwrap().marker
    );
    // Nor does it take another one in a month without the yearly fee.
    house.fee("s@2", "2026-06");
    assert!(house.sync().actions.is_empty());
}

#[test]
fn several_months_at_once_are_a_creation_and_updates_in_order() {
    let mut house = House::new();
    for (n, month) in ["2026-07", "2026-05", "2026-06"].iter().enumerate() {
        let line = house.fee(&format!("s@{n}"), month);
        line.quantity = line.period.first_day().month().into();
        line.unit_price = Some(dec("1"));
        line.total = line.quantity;
    }
    let plan = house.sync();
    let told: Vec<(ActionKind, String)> =
        plan.actions.iter().map(|a| (a.kind, a.period.unwrap().to_string())).collect();
    assert_eq!(
        told,
        [
            (ActionKind::Create, "2026-05".to_owned()),
            (ActionKind::Update, "2026-06".to_owned()),
            (ActionKind::Update, "2026-07".to_owned())
        ]
    );
    assert!(plan.actions.iter().all(|a| a.marker == plan.actions[0].marker));
    assert_eq!(house.input.additions.len(), 1);
    assert!(house.plan().actions.is_empty());
}

#[test]
fn what_is_persistent() {
    let cases: [(&str, bool, fn(&mut House)); 8] = [
        ("a monthly fee on a monthly agreement", true, |_| {}),
        ("a purchase fee", true, |h| h.line("s@1").charge_type = ChargeType::PurchaseFee),
        ("the settings say per line", false, |h| h.policy.recurring = RecurringPolicy::PerLine),
        ("no subscription", false, |h| h.line("s@1").subscription_id = None),
        ("a cycle that nobody knows", false, |h| h.line("s@1").billing_cycle = Some("?".into())),
        ("no cycle", false, |h| h.line("s@1").billing_cycle = None),
        ("another cycle", false, |h| h.agreement(10, 1).cycle = Some(BillingCycle::Quarterly)),
        ("an agreement that bills once", false, |h| h.agreement(10, 1).bills_once = true),
    ];
    for (what, persistent, change) in cases {
        let mut house = House::new();
        house.fee("s@1", "2026-05");
        change(&mut house);
        let plan = house.plan();
        assert_eq!(numbers(only(&plan)).is_some(), persistent, "{what}");
    }
}

#[test]
fn a_subscription_billed_twice_in_a_period_has_two_additions() {
    let mut house = House::new();
    let late = house.fee("s@b", "2026-05");
    late.charge_start = day("2026-05-10");
    house.fee("s@a", "2026-05");
    let plan = house.sync();
    let found: Vec<_> = plan.actions.iter().map(|a| (&*a.lines[0], numbers(a).unwrap())).collect();
    assert_eq!(found, [("s@a", (1, 1)), ("s@b", (2, 1))]);
    // One of the two is asked for again: it stays the second.
    house.line("s@b").psa_status = PsaStatus::Error;
    house.line("s@b").posted = None;
    house.scope.failed_only = true;
    let plan = house.plan();
    assert!(plan.actions.is_empty());
    assert_eq!(plan.settled[0].marker, house.input.additions[1].marker);
}

#[test]
fn a_line_that_comes_later_takes_no_number_that_is_posted() {
    let mut house = House::new();
    house.fee("s@b", "2026-05");
    house.sync();
    house.fee("s@a", "2026-05").charge_start = day("2026-04-30");
    let plan = house.sync();
    assert_eq!(numbers(only(&plan)), Some((2, 1)));
    assert!(house.plan().actions.is_empty());
}

#[test]
fn an_older_line_is_superseded_and_can_be_posted_once() {
    let mut house = House::new();
    house.fee("s@2", "2026-06");
    house.sync();
    house.fee("s@1", "2026-05");
    let plan = house.plan();
    assert!(plan.actions.is_empty() && plan.errors.is_empty());
    assert_eq!((plan.counts.waiting, plan.money[0].open), (1, dec("21")));
    assert_eq!(notices(&plan), ["superseded"]);
    assert!(plan.notices[0].text.contains("s@1") && plan.notices[0].text.contains("--post-once"));
    house.line("s@1").choice.post_once = true;
    let plan = house.sync();
    assert_eq!(numbers(only(&plan)), None);
    assert_eq!(only(&plan).after.as_ref().unwrap().cancelled, Some(day("2026-05-31")));
    assert!(house.plan().actions.is_empty());
}

#[test]
fn a_subscription_that_comes_back_gets_a_new_addition() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.fee("other@1", "2026-05");
    house.sync();
    house.fee("other@2", "2026-06");
    house.policy.partial_share = dec("0.1");
    let plan = house.sync();
    assert_eq!(plan.counts.cancel, 1);
    house.fee("other@3", "2026-07");
    house.fee("s@3", "2026-07");
    let plan = house.sync();
    let action = only(&plan);
    assert_eq!((action.kind, numbers(action)), (ActionKind::Create, Some((1, 2))));
    assert_eq!(reasons(action), ["came-back"]);
    assert_eq!(action.after.as_ref().unwrap().effective, day("2026-07-01"));
    assert!(house.plan().actions.is_empty());
    // And goes on with its second life.
    house.fee("other@4", "2026-08");
    house.fee("s@4", "2026-08").quantity = dec("1");
    house.line("s@4").total = dec("10.5");
    let plan = house.plan();
    assert_eq!((only(&plan).kind, numbers(only(&plan))), (ActionKind::Update, Some((1, 2))));
}

#[test]
fn an_end_that_lies_ahead_ends_nothing_yet() {
    let mut house = House::new();
    let line = house.fee("s@1", "2026-05");
    line.dates.end = Some(day("2026-07-31"));
    line.dates.end_badge = DateBadge::UserUpdated;
    house.sync();
    house.fee("s@2", "2026-06");
    let plan = house.sync();
    assert!(plan.actions.is_empty(), "the typed end stays: {:#?}", plan.actions);
    house.fee("s@3", "2026-07");
    assert!(house.sync().actions.is_empty());
    house.fee("s@4", "2026-08");
    assert_eq!(numbers(only(&house.plan())), Some((1, 2)), "it ended, and is back");
}

#[test]
fn an_end_by_rule_moves_on_with_each_period() {
    let mut house = House::new();
    for (n, month) in [(1, "2026-05"), (2, "2026-06"), (3, "2026-09")] {
        let line = house.fee(&format!("s@{n}"), month);
        line.dates.end = Some(line.period.last_day());
        line.dates.end_badge = DateBadge::SystemUpdated;
    }
    let plan = house.sync();
    let found: Vec<_> = plan
        .actions
        .iter()
        .map(|a| (a.kind, numbers(a).unwrap().1, a.after.as_ref().unwrap().cancelled.unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (ActionKind::Create, 1, day("2026-05-31")),
            (ActionKind::Update, 1, day("2026-06-30")),
            // July and August were not billed: it came back.
            (ActionKind::Create, 2, day("2026-09-30")),
        ]
    );
    assert!(house.plan().actions.is_empty());
}

#[test]
fn an_addition_on_an_agreement_that_ended_moves_when_a_person_says_where() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.sync();
    house.agreement(11, 1);
    house.fee("s@2", "2026-06").choice.agreement = Some(11);
    assert_eq!(refused(&house.plan()), "addition-on-other-agreement");
    house.agreement(10, 1).status = AgreementStatus::Expired;
    let plan = house.plan();
    assert_eq!(
        numbers(plan.actions.iter().find(|a| a.kind == ActionKind::Create).unwrap()),
        Some((1, 2))
    );
    house.line("s@2").choice.agreement = None;
    assert_eq!(refused(&house.plan()), "agreement-inactive");
}

#[test]
fn another_product_or_price_is_an_update() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.sync();
    house.offer("offer", 200);
    house.fee("s@2", "2026-06");
    let plan = house.plan();
    assert_eq!(only(&plan).kind, ActionKind::Update);
    assert_eq!(only(&plan).after.as_ref().unwrap().product_id, 200);
}
