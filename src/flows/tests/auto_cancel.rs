//! Recurring additions that no line stands for any more (design 6.9).

use super::house::{notices, only};
use super::{House, day, dec};
use crate::domain::plan::{ActionKind, Plan};
use crate::domain::policy::{AutoCancel, RecurringPolicy};

/// May with ten subscriptions, carried out; June lacks the first.
fn june_without_one() -> House {
    let mut house = House::new();
    for n in 0..10 {
        house.fee(&format!("s{n}@1"), "2026-05");
    }
    house.sync();
    for n in 1..10 {
        house.fee(&format!("s{n}@2"), "2026-06");
    }
    house
}

fn cancels(plan: &Plan) -> u64 {
    let found = plan.actions.iter().filter(|a| a.kind == ActionKind::Cancel).count() as u64;
    assert_eq!(found, plan.counts.cancel);
    found
}

#[test]
fn what_is_missing_ends_with_the_month_before() {
    let mut house = june_without_one();
    let plan = house.sync();
    let action = only(&plan);
    assert_eq!(action.kind, ActionKind::Cancel);
    let (before, after) = (action.before.as_ref().unwrap(), action.after.as_ref().unwrap());
    assert_eq!((before.cancelled, after.cancelled), (None, Some(day("2026-05-31"))));
    assert_eq!((after.effective, after.quantity), (before.effective, before.quantity));
    assert!(action.lines.is_empty() && action.addition_id.is_some());
    assert_eq!(action.amount, dec("-21"));
    assert!(!plan.cancels_need_consent);
    assert!(house.plan().actions.is_empty());
}

#[test]
fn off_ask_and_on() {
    let mut house = june_without_one();
    house.policy.auto_cancel = AutoCancel::Off;
    assert_eq!(cancels(&house.plan()), 0);
    house.policy.auto_cancel = AutoCancel::Ask;
    let plan = house.plan();
    assert!(plan.cancels_need_consent && cancels(&plan) == 1);
}

#[test]
fn never_on_a_period_that_looks_partial() {
    // Less money.
    let mut house = june_without_one();
    house.input.lines.retain(|l| !["s2@2", "s3@2"].contains(&&*l.key));
    let plan = house.plan();
    assert_eq!((cancels(&plan), notices(&plan)), (0, vec!["partial-period"]));
    house.policy.partial_share = dec("0.7");
    assert_eq!(cancels(&house.plan()), 3);

    // Fewer organizations.
    let mut house = june_without_one();
    for n in 0..4 {
        let id = format!("o{n}");
        house.organization(&id, 50 + n);
        let line = house.fee_of(&id, &format!("x{n}"), "2026-05");
        line.total = dec("0");
        line.unit_price = Some(dec("0"));
        line.psa_status = crate::domain::status::PsaStatus::Synced;
    }
    assert_eq!(notices(&house.plan()), ["partial-period"]);

    // No month before to compare with.
    let mut house = june_without_one();
    house.input.lines.retain(|l| l.period.to_string() != "2026-05");
    let plan = house.plan();
    assert_eq!((cancels(&plan), notices(&plan)), (0, vec!["partial-period"]));
}

#[test]
fn only_a_whole_sync_cancels() {
    let mut house = june_without_one();
    house.scope.lines = vec!["s3@2".into()];
    assert_eq!(cancels(&house.plan()), 0);
    house.scope = crate::domain::policy::Scope { failed_only: true, ..Default::default() };
    assert_eq!(cancels(&house.plan()), 0);
    house.scope = Default::default();
    house.scope.periods = vec!["2026-05".parse().unwrap()];
    assert_eq!(cancels(&house.plan()), 0, "May has them all");
}

#[test]
fn a_line_that_is_there_but_fails_keeps_its_addition() {
    let mut house = june_without_one();
    house.fee("s0@2", "2026-06").choice.product = Some(999);
    let plan = house.plan();
    assert_eq!((cancels(&plan), plan.counts.skipped_unmapped), (0, 1));
}

#[test]
fn the_second_of_two_occurrences_is_missed() {
    let mut house = House::new();
    for n in 0..10 {
        house.fee(&format!("s{n}@1"), "2026-05");
    }
    house.fee("s0@1b", "2026-05").charge_start = day("2026-05-02");
    house.sync();
    for n in 0..10 {
        house.fee(&format!("s{n}@2"), "2026-06");
    }
    let plan = house.sync();
    assert_eq!(cancels(&plan), 1);
    let gone = only(&plan).marker.clone().unwrap();
    let own = house.input.additions.iter().find(|a| a.marker == gone).unwrap();
    assert_eq!(&*own.line, "s0@1b");
}

#[test]
fn what_other_additions_bill_now_is_ended_here() {
    // The organization goes to another company.
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.sync();
    house.company(2);
    house.agreement(20, 2);
    let key = ("canonical".into(), "org-1".into());
    house.input.organizations.get_mut(&key).unwrap().companies = vec![2];
    house.fee("s@2", "2026-06");
    let plan = house.sync();
    assert_eq!((plan.counts.create, cancels(&plan)), (1, 1));
    assert_eq!(plan.actions[1].reasons[0].code, "billed-elsewhere");
    assert!(house.plan().actions.is_empty());

    // The lines are posted one by one from now on; the question is asked again until it is
    // answered.
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.sync();
    house.policy.recurring = RecurringPolicy::PerLine;
    house.fee("s@2", "2026-06");
    let mut plan = house.plan();
    assert_eq!((plan.counts.create, cancels(&plan)), (1, 1));
    plan.actions.retain(|a| a.kind != ActionKind::Cancel);
    house.apply(&plan);
    assert_eq!(cancels(&house.plan()), 1);
}

#[test]
fn an_end_that_lies_ahead_is_brought_forward() {
    let mut house = june_without_one();
    house.input.additions[0].fields.cancelled = Some(day("2026-12-31"));
    assert_eq!(cancels(&house.plan()), 1);
    house.input.additions[0].fields.cancelled = Some(day("2026-05-31"));
    assert_eq!(cancels(&house.plan()), 0);
}

#[test]
fn what_has_not_begun_is_left_to_a_person() {
    let mut house = june_without_one();
    house.input.additions[0].fields.effective = day("2026-06-01");
    let plan = house.plan();
    assert_eq!((cancels(&plan), notices(&plan)), (0, vec!["cancel-before-start"]));
}

#[test]
fn a_foreign_source_is_not_judged() {
    let mut house = june_without_one();
    for line in &mut house.input.lines {
        if line.period.to_string() == "2026-06" {
            line.source = "other".into();
        }
    }
    assert_eq!(cancels(&house.plan()), 0);
}
