//! What one line becomes: money, description, product, refusals (design 6.1, 6.5, 6.6).

use rust_decimal::Decimal;

use super::house::{only, reasons, refused};
use super::{House, day, dec};
use crate::domain::addition::{OwnAddition, Subject};
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::marker::marker;
use crate::domain::plan::{ActionKind, AgreementTarget};
use crate::domain::policy::{ClosedPeriodPolicy, ResidualPolicy};
use crate::domain::problem::ProblemKind;
use crate::domain::psa::AgreementStatus;
use crate::domain::status::PsaStatus;

#[test]
fn a_usage_charge_is_posted_once() {
    let mut house = House::new();
    house.usage("u", "2026-05");
    let plan = house.plan();
    let action = only(&plan);
    assert_eq!(
        (action.kind, &action.agreement),
        (ActionKind::Create, &AgreementTarget::Existing(10))
    );
    let subject = Subject::Line { source: "canonical".into(), key: "u".into() };
    assert_eq!(action.marker.as_deref(), Some(marker(&subject).as_str()));
    assert_eq!(action.subject, Some(subject));
    assert_eq!((action.amount, action.lines.len(), action.line_ids.len()), (dec("21"), 1, 1));
    let fields = action.after.as_ref().unwrap();
    assert_eq!(
        (fields.product_id, fields.quantity, fields.unit_price),
        (100, dec("2"), dec("10.5"))
    );
    assert_eq!(fields.unit_cost, Some(dec("8")));
    assert_eq!((fields.effective, fields.cancelled), (day("2026-05-01"), Some(day("2026-05-31"))));
    assert_eq!(fields.invoice_description, "Office - Usage Fee");
    assert_eq!((plan.counts.create, plan.counts.failed), (1, 0));
    assert_eq!(reasons(action), ["posted-once"]);
}

#[test]
fn the_types_of_the_one_time_class_are_never_persistent() {
    for charge_type in ChargeType::ALL {
        let mut house = House::new();
        house.fee("x", "2026-05").charge_type = charge_type;
        let plan = house.plan();
        let persistent = matches!(only(&plan).subject, Some(Subject::Recurring { .. }));
        assert_eq!(persistent, charge_type.is_recurring(), "{charge_type}");
    }
}

#[test]
fn credits_keep_their_sign() {
    let mut house = House::new();
    let line = house.usage("u", "2026-05");
    line.unit_price = Some(dec("-10.5"));
    line.total = dec("-21");
    let plan = house.plan();
    assert_eq!(only(&plan).after.as_ref().unwrap().amount(), dec("-21"));
}

#[test]
fn cents_go_as_the_settings_say() {
    let mut house = House::new();
    house.usage("u", "2026-05").total = dec("21.01");
    let plan = house.plan();
    let fields = only(&plan).after.clone().unwrap();
    assert_eq!((fields.quantity, fields.unit_price), (dec("1"), dec("21.01")));
    assert_eq!(fields.unit_cost, Some(dec("16")));
    assert_eq!(fields.invoice_description, "Office - Usage Fee (quantity 2)");

    house.policy.residual = ResidualPolicy::Refuse;
    assert_eq!(refused(&house.plan()), "residual");

    house.policy.residual = ResidualPolicy::RoundingLine;
    let plan = house.plan();
    assert_eq!(plan.actions.len(), 2);
    let (main, cents) = (&plan.actions[0], &plan.actions[1]);
    assert!(matches!(cents.subject, Some(Subject::Rounding { .. })) && cents.lines.is_empty());
    assert_eq!(cents.after.as_ref().unwrap().amount(), dec("0.01"));
    assert_eq!(main.after.as_ref().unwrap().amount(), dec("21"));
    assert_eq!(main.amount, dec("21.01"), "the line is settled whole");
    let ended = cents.after.as_ref().unwrap().cancelled;
    assert_eq!(ended, Some(day("2026-05-31")), "cents are billed once");
    house.apply(&plan);
    assert!(house.plan().actions.is_empty());
}

#[test]
fn cents_that_a_dead_run_left_out_are_posted_later() {
    let mut house = House::new();
    house.policy.residual = ResidualPolicy::RoundingLine;
    house.usage("u", "2026-05").total = dec("21.01");
    house.sync();
    house.input.additions.retain(|a| !matches!(a.subject, Subject::Rounding { .. }));
    let plan = house.sync();
    assert_eq!(only(&plan).after.as_ref().unwrap().amount(), dec("0.01"));
    assert!(house.plan().actions.is_empty());
}

#[test]
fn cents_that_cannot_be_posted_any_more_are_told() {
    let mut house = House::new();
    house.policy.residual = ResidualPolicy::RoundingLine;
    house.policy.closed_period = ClosedPeriodPolicy::Refuse;
    house.usage("u", "2026-05").total = dec("21.01");
    house.sync();
    assert!(house.plan().notices.is_empty(), "nothing is missing");
    house.input.additions.retain(|a| !matches!(a.subject, Subject::Rounding { .. }));
    house.agreement(10, 1).next_invoice = Some(day("2026-07-01"));
    let plan = house.plan();
    assert!(plan.actions.is_empty());
    let told: Vec<&str> = plan.notices.iter().map(|n| &*n.code).collect();
    assert_eq!(told, ["cents-missing"]);
    assert!(plan.notices[0].text.contains("u (0.01 EUR)"), "{}", plan.notices[0].text);
}

#[test]
fn cents_are_told_and_not_posted_to_an_agreement_that_takes_none() {
    let spoilt: [(&str, fn(&mut House)); 2] = [
        ("agreement-gone", |h| {
            h.input.agreements.remove(&10);
        }),
        ("agreement-inactive", |h| h.agreement(10, 1).status = AgreementStatus::Cancelled),
    ];
    for (code, spoil) in spoilt {
        let mut house = House::new();
        house.policy.residual = ResidualPolicy::RoundingLine;
        house.usage("u", "2026-05").total = dec("21.01");
        house.sync();
        spoil(&mut house);
        assert!(house.plan().notices.is_empty(), "{code}: nothing is missing");
        house.input.additions.retain(|a| !matches!(a.subject, Subject::Rounding { .. }));
        let plan = house.plan();
        assert!(plan.actions.is_empty(), "{code}");
        let told: Vec<&str> = plan.notices.iter().map(|n| &*n.code).collect();
        assert_eq!(told, ["cents-missing"], "{code}");
    }
}

/// A line that was posted with its cents, taken back but for them, and billed otherwise since.
fn with_cents_of_before(total: &str) -> House {
    let mut house = House::new();
    house.policy.residual = ResidualPolicy::RoundingLine;
    house.usage("u", "2026-05").total = dec("21.01");
    house.sync();
    house.input.additions.retain(|a| matches!(a.subject, Subject::Rounding { .. }));
    let line = house.line("u");
    (line.posted, line.psa_status, line.total) = (None, PsaStatus::NotSynced, dec(total));
    house
}

#[test]
fn cents_follow_a_line_that_leaves_out_others_by_now() {
    for (total, cents) in [("21.03", "0.03"), ("20.98", "-0.02"), ("21.00", "0")] {
        let mut house = with_cents_of_before(total);
        let plan = house.sync();
        let [main, rest] = plan.actions.as_slice() else { panic!("{plan:#?}") };
        assert_eq!((main.kind, rest.kind), (ActionKind::Create, ActionKind::Update), "{total}");
        assert_eq!(rest.after.as_ref().unwrap().amount(), dec(cents), "{total}");
        assert_eq!(rest.amount, dec(cents) - dec("0.01"), "{total}");
        assert_eq!((plan.counts.create, plan.counts.update), (1, 1));
        let there: Decimal = house.input.additions.iter().map(|a| a.fields.amount()).sum();
        assert_eq!(there, dec(total));
        assert!(house.plan().actions.is_empty());
    }
    let mut same = with_cents_of_before("21.01");
    assert_eq!(same.sync().actions.len(), 1, "cents that are right stay as they are");
}

#[test]
fn cents_go_to_nothing_when_the_settings_no_longer_want_them() {
    let mut house = with_cents_of_before("21.01");
    house.policy.residual = ResidualPolicy::Collapse;
    house.sync();
    let there: Decimal = house.input.additions.iter().map(|a| a.fields.amount()).sum();
    assert_eq!(there, dec("21.01"), "not a cent twice");
}

#[test]
fn cents_that_are_invoiced_are_not_altered() {
    let mut house = with_cents_of_before("21.03");
    let next = Some(day("2026-06-01"));
    house.input.agreements.values_mut().for_each(|a| a.next_invoice = next);
    assert_eq!(refused(&house.plan()), "invoiced");
}

#[test]
fn cents_that_a_person_deleted_are_posted_again_only_when_told_to() {
    let mut house = House::new();
    house.policy.residual = ResidualPolicy::RoundingLine;
    house.usage("u", "2026-05").total = dec("21.01");
    house.sync();
    let cents = |a: &&mut OwnAddition| matches!(a.subject, Subject::Rounding { .. });
    house.input.additions.iter_mut().find(cents).unwrap().gone = true;
    assert!(house.plan().actions.is_empty());
    house.scope.repost_deleted = true;
    assert_eq!(only(&house.sync()).after.as_ref().unwrap().amount(), dec("0.01"));
    assert!(house.plan().actions.is_empty());
}

#[test]
fn another_residual_policy_posts_no_cents_of_what_was_collapsed() {
    let mut house = House::new();
    house.usage("u", "2026-05").total = dec("21.01");
    house.sync();
    house.policy.residual = ResidualPolicy::RoundingLine;
    assert!(house.plan().actions.is_empty());
}

#[test]
fn unmapped_and_excluded_lines_are_counted_and_left() {
    let mut house = House::new();
    house.usage("u", "2026-05");
    let key = ("canonical".into(), "org-1".into());
    house.input.organizations.get_mut(&key).unwrap().excluded = true;
    let plan = house.plan();
    assert_eq!((plan.counts.skipped_excluded, plan.money[0].excluded), (1, dec("21")));
    assert!(plan.actions.is_empty() && plan.errors.is_empty());

    house.input.organizations.get_mut(&key).unwrap().excluded = false;
    let spoil: [fn(&mut House); 6] = [
        |h| h.company(1).deleted = true,
        |h| drop(h.input.companies.remove(&1)),
        |h| h.input.products.get_mut(&100).unwrap().inactive = true,
        |h| h.input.products.get_mut(&100).unwrap().class = "bundle".into(),
        |h| drop(h.input.products.remove(&100)),
        |h| h.input.offers.clear(),
    ];
    for spoil in spoil {
        let mut house = house.clone();
        spoil(&mut house);
        let plan = house.plan();
        assert_eq!((plan.counts.skipped_unmapped, plan.money[0].unmapped), (1, dec("21")));
        assert!(plan.actions.is_empty() && plan.errors.is_empty());
    }

    house.input.organizations.clear();
    assert_eq!(house.plan().counts.skipped_excluded, 1, "what nobody has looked at is excluded");
}

#[test]
fn the_lines_own_choice_beats_the_mapping() {
    let mut house = House::new();
    house.company(2);
    house.agreement(20, 2);
    house.offer("other", 200);
    let line = house.usage("u", "2026-05");
    line.choice.company = Some(2);
    line.choice.product = Some(200);
    let plan = house.plan();
    let action = only(&plan);
    assert_eq!((action.company_id, &action.agreement), (2, &AgreementTarget::Existing(20)));
    assert_eq!(action.after.as_ref().unwrap().product_id, 200);
}

#[test]
fn only_verified_issued_and_paid_lines_are_posted() {
    for status in InvoiceStatus::ALL {
        let mut house = House::new();
        house.usage("u", "2026-05").invoice_status = status;
        let plan = house.plan();
        assert_eq!(plan.actions.len(), usize::from(status.may_be_posted()), "{status}");
        assert_eq!(plan.counts.waiting, u64::from(!status.may_be_posted()));
        assert_eq!(plan.money[0].open, dec("21"));
    }
}

#[test]
fn a_write_that_is_unresolved_is_left_alone() {
    let mut house = House::new();
    house.usage("u", "2026-05").psa_status = PsaStatus::Posting;
    let plan = house.plan();
    assert!(plan.actions.is_empty() && plan.settled.is_empty());
    assert_eq!((plan.counts.waiting, plan.money[0].open), (1, dec("21")));
}

#[test]
fn a_posted_line_is_frozen_whatever_changes() {
    let mut house = House::new();
    house.usage("u", "2026-05");
    house.sync();
    let line = house.line("u");
    line.quantity = dec("7");
    line.total = dec("70");
    line.dates.start = Some(day("2026-05-09"));
    house.policy.charge_names.insert(ChargeType::UsageFee, "Usage".into());
    let plan = house.plan();
    assert!(plan.actions.is_empty() && plan.settled.is_empty());
    assert_eq!(plan.counts.unchanged, 1);
}

#[test]
fn what_was_deleted_in_the_psa_is_posted_again_only_when_told() {
    for recurring in [false, true] {
        let mut house = House::new();
        let line = house.fee("x", "2026-05");
        if !recurring {
            line.charge_type = ChargeType::UsageFee;
        }
        house.sync();
        house.input.additions[0].gone = true;
        house.line("x").psa_status = PsaStatus::Error;
        house.line("x").posted = None;
        assert_eq!(refused(&house.plan()), "deleted-in-psa");
        house.scope.repost_deleted = true;
        let plan = house.sync();
        assert_eq!(only(&plan).kind, ActionKind::Create);
        assert_eq!(only(&plan).marker.as_ref(), Some(&house.input.additions[0].marker));
    }
}

#[test]
fn the_agreement_type_must_be_set_up() {
    let mut house = House::new();
    house.usage("u", "2026-05");
    let code = |house: &mut House| {
        let problem = house.try_plan().unwrap_err();
        assert_eq!(problem.kind, ProblemKind::NotSetUp);
        problem.code.into_owned()
    };
    house.policy.agreement_type = Some("Managed Clouds".into());
    assert_eq!(code(&mut house), "unknown-agreement-type");
    house.policy.agreement_type = Some("  ".into());
    assert_eq!(code(&mut house), "no-agreement-type");
    house.policy.agreement_type = None;
    assert_eq!(code(&mut house), "no-agreement-type");
    house.policy.agreement_type = Some("Managed Cloud".into());
    house.input.agreement_types[0].inactive = true;
    assert_eq!(code(&mut house), "no-agreement-types-pulled");
}
