//! What a plan is asked for, what it rests on, and its id.

use super::House;
use super::house::refused;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::guard::GuardAction;
use crate::domain::plan::Plan;
use crate::domain::policy::{
    AutoCancel, ChargeEndRule, ChargeStartRule, ClosedPeriodPolicy, IdentityPlace, OneTimeEnd,
    Policy, PostingMode, RecurringPolicy, ResidualPolicy, Scope,
};
use crate::domain::price::PriceRounding;
use crate::domain::psa::AgreementType;
use crate::domain::status::PsaStatus;

fn lines(plan: &Plan) -> Vec<&str> {
    let mut keys: Vec<&str> =
        plan.actions.iter().flat_map(|a| a.lines.iter().map(|l| &**l)).collect();
    keys.sort_unstable();
    keys
}

fn house() -> House {
    let mut house = House::new();
    house.usage("a", "2026-05");
    house.usage("b", "2026-06");
    house.usage("c/d", "2026-06").psa_status = PsaStatus::Error;
    house
}

#[test]
fn periods_lines_and_failures() {
    let mut house = house();
    assert_eq!(lines(&house.plan()), ["a", "b", "c/d"]);
    house.scope.periods = vec!["2026-06".parse().unwrap()];
    assert_eq!(lines(&house.plan()), ["b", "c/d"]);
    house.scope.lines = vec!["a".into(), "b".into()];
    assert_eq!(lines(&house.plan()), ["b"]);
    house.scope = Scope { lines: vec!["canonical/c/d".into()], ..Scope::default() };
    assert_eq!(lines(&house.plan()), ["c/d"]);
    house.scope = Scope { lines: vec!["other/a".into(), "/a".into()], ..Scope::default() };
    assert_eq!(lines(&house.plan()), [""; 0]);
    house.scope = Scope { failed_only: true, ..Scope::default() };
    assert_eq!(lines(&house.plan()), ["c/d"]);
}

#[test]
fn money_and_counts_are_those_of_the_scope() {
    let mut house = house();
    house.scope.lines = vec!["a".into()];
    let plan = house.plan();
    assert_eq!(plan.money.len(), 1);
    assert_eq!(plan.money[0].source, super::dec("21"));
    assert_eq!(plan.counts.create, 1);
}

#[test]
fn the_basis_names_what_changed() {
    let mut house = house();
    let before = house.plan();
    let changed = |house: &mut House| {
        let after = house.plan();
        assert_ne!(after.run, before.run);
        let (a, b) = (&after.basis, &before.basis);
        [a.lines != b.lines, a.mappings != b.mappings, a.settings != b.settings, a.psa != b.psa]
    };
    let mut other = house.clone();
    other.line("a").choice.post_once = true;
    assert_eq!(changed(&mut other), [true, false, false, false]);
    let mut other = house.clone();
    other.line("a").invoice_number = "INV-2".into();
    assert_eq!(changed(&mut other), [true, false, false, false]);
    let mut other = house.clone();
    let key = ("canonical".into(), "offer".into());
    other.offer("x", 200);
    other.input.offers.get_mut(&key).unwrap().product = Some(200);
    assert_eq!(changed(&mut other), [false, true, false, false]);
    let mut other = house.clone();
    other.policy.price_decimals = 3;
    assert_eq!(changed(&mut other), [false, false, true, false]);
    let mut other = house.clone();
    other.agreement(10, 1).next_invoice = Some(super::day("2026-05-01"));
    assert_eq!(changed(&mut other), [false, false, false, true]);
    // What no line in scope uses changes nothing.
    let mut other = house.clone();
    other.organization("org-9", 9);
    other.agreement(90, 9);
    other.offer("unused", 900);
    assert_eq!(other.plan(), before);
    assert_eq!(house.plan(), before);
}

#[test]
fn an_agreement_type_that_nobody_uses_is_no_part_of_the_basis() {
    let mut house = house();
    let before = house.plan().basis;
    let other =
        AgreementType { name: "Other".into(), id: 99, ..house.input.agreement_types[0].clone() };
    house.input.agreement_types.push(other);
    assert_eq!(house.plan().basis, before);
    house.input.agreement_types[0].prorate ^= true;
    assert_ne!(house.plan().basis.mappings, before.mappings);
}

#[test]
fn each_setting_is_part_of_the_basis() {
    let mut house = house();
    let other = AgreementType { name: "Other".into(), ..house.input.agreement_types[0].clone() };
    house.input.agreement_types.push(other);
    let mut seen = std::collections::HashSet::from([house.plan().basis.settings]);
    let changes: [fn(&mut Policy); 22] = [
        |p| p.agreement_type = Some("Other".into()),
        |p| p.recurring = RecurringPolicy::PerLine,
        |p| p.posting = PostingMode::NetPerEvent,
        |p| p.prices.round = PriceRounding::Unit,
        |p| p.prices.all = "markup 20%".parse().unwrap(),
        |p| assert!(p.prices.set(Some("org"), None, "add 1.5".parse().unwrap())),
        |p| assert!(p.prices.set(Some("org"), Some("offer"), "margin 15%".parse().unwrap())),
        |p| assert!(p.prices.set(None, Some("offer"), "margin 16%".parse().unwrap())),
        |p| p.guard.action = GuardAction::Consent,
        |p| p.guard.price_change = None,
        |p| p.identity = IdentityPlace::CustomField("Here".into()),
        |p| p.residual = ResidualPolicy::RoundingLine,
        |p| p.price_decimals = 3,
        |p| p.closed_period = ClosedPeriodPolicy::Refuse,
        |p| p.one_time_end = OneTimeEnd::ChargeEnd,
        |p| p.auto_cancel = AutoCancel::Off,
        |p| p.partial_share = super::dec("0.5"),
        |p| p.description.push('!'),
        |p| p.home_currency = Some("USD".parse().unwrap()),
        |p| p.charge_end = [(ChargeType::UsageFee, ChargeEndRule::default())].into(),
        |p| p.charge_start = [(BillingCycle::Monthly, ChargeStartRule::default())].into(),
        |p| p.charge_names = [(ChargeType::UsageFee, "Used".into())].into(),
    ];
    // One after another: what is written after a map is part of it, too.
    for (at, change) in changes.into_iter().enumerate() {
        change(&mut house.policy);
        assert!(seen.insert(house.plan().basis.settings), "change {at}");
    }
    house.policy.new_agreement.name = Some("{company}".into());
    assert!(seen.insert(house.plan().basis.settings));
}

#[test]
fn a_record_that_a_line_uses_is_part_of_the_basis() {
    let mut house = house();
    let before = house.plan();
    house.company(1).deleted = true;
    assert_ne!(house.plan().basis.mappings, before.basis.mappings);
    house.company(1).deleted = false;
    house.input.products.get_mut(&100).unwrap().inactive = true;
    assert_ne!(house.plan().basis.mappings, before.basis.mappings);
}

#[test]
fn the_basis_of_a_refused_line_is_what_refused_it() {
    let mut house = House::new();
    house.agreement(11, 1);
    house.usage("a", "2026-05");
    let before = house.plan();
    assert_eq!(refused(&before), "several-agreements");
    house.input.agreements.remove(&11);
    assert_ne!(house.plan().run, before.run);
}
