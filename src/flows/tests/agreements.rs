//! Which agreement a line goes to, and new ones (design 6.2).

use super::house::{TYPE, only, reasons, refused};
use super::{House, day};
use crate::domain::mapping::ContractMapping;
use crate::domain::plan::{ActionKind, AgreementTarget};
use crate::domain::psa::AgreementStatus;

fn remember(house: &mut House, agreement: i64) {
    house.input.contracts.push(ContractMapping {
        source: "canonical".into(),
        id: "contract".into(),
        agreement,
    });
}

#[test]
fn own_choice_then_remembered_then_the_only_one() {
    let mut house = House::new();
    house.agreement(11, 1).type_id = TYPE + 1;
    house.agreement(12, 1).type_id = TYPE + 1;
    house.agreement(13, 1).status = AgreementStatus::Cancelled;
    house.agreement(14, 1).currency = Some("USD".parse().unwrap());
    house.usage("u", "2026-05");
    let on = |house: &mut House| only(&house.plan()).agreement.clone();
    assert_eq!(on(&mut house), AgreementTarget::Existing(10));
    remember(&mut house, 11);
    assert_eq!(on(&mut house), AgreementTarget::Existing(11), "whatever its type");
    house.line("u").choice.agreement = Some(12);
    assert_eq!(on(&mut house), AgreementTarget::Existing(12));
}

#[test]
fn an_agreement_remembered_for_another_company_does_not_count() {
    let mut house = House::new();
    house.company(2);
    house.agreement(20, 2);
    remember(&mut house, 20);
    house.usage("u", "2026-05");
    assert_eq!(only(&house.plan()).agreement, AgreementTarget::Existing(10));
}

#[test]
fn several_are_named() {
    let mut house = House::new();
    house.agreement(11, 1).name = "Cloud\u{1b}[2J two".into();
    house.usage("u", "2026-05");
    let plan = house.plan();
    assert_eq!(refused(&plan), "several-agreements");
    let message = &plan.errors[0].problem.message;
    assert!(message.contains("10") && message.contains("Agreement 10"), "{message}");
    assert!(message.contains("11") && !message.contains('\u{1b}'), "{message}");
}

#[test]
fn a_chosen_agreement_that_does_not_fit_is_refused() {
    let cases: [(&str, fn(&mut House)); 4] = [
        ("agreement-inactive", |h| h.agreement(11, 1).status = AgreementStatus::Expired),
        ("currency-mismatch", |h| h.agreement(11, 1).currency = Some("USD".parse().unwrap())),
        ("agreement-of-other-company", |h| h.agreement(11, 1).company_id = 2),
        ("agreement-gone", |h| drop(h.input.agreements.remove(&11))),
    ];
    for (code, spoil) in cases {
        for chosen in [true, false] {
            let mut house = House::new();
            house.agreement(11, 1);
            house.usage("u", "2026-05");
            if chosen {
                house.line("u").choice.agreement = Some(11);
            } else if code == "agreement-of-other-company" || code == "agreement-gone" {
                continue;
            } else {
                remember(&mut house, 11);
            }
            spoil(&mut house);
            assert_eq!(refused(&house.plan()), code);
        }
    }
}

#[test]
fn one_new_agreement_for_a_company_and_currency() {
    let mut house = House::empty();
    house.organization("org-1", 1);
    house.usage("a", "2026-05");
    house.usage("b", "2026-04").charge_start = day("2026-03-17");
    house.fee("s@1", "2026-05");
    let usd = house.usage("c", "2026-05");
    usd.currency = "USD".parse().unwrap();
    let plan = house.plan();
    assert!(plan.errors.is_empty(), "{:?}", plan.errors);
    let new: Vec<_> =
        plan.actions.iter().filter(|a| a.kind == ActionKind::CreateAgreement).collect();
    assert_eq!((new.len(), plan.counts.create_agreement, plan.counts.create), (2, 2, 4));
    assert!(plan.actions[..2].iter().all(|a| a.kind == ActionKind::CreateAgreement));
    let eur = new.iter().find(|a| a.currency.as_str() == "EUR").unwrap();
    let fields = eur.new_agreement.as_ref().unwrap();
    assert_eq!(fields.start, day("2026-03-01"), "first of the month of the earliest line");
    assert_eq!((fields.type_id, fields.company_id, fields.contact_id), (TYPE, 1, 7));
    assert_eq!((fields.location_id, fields.department_id), (Some(2), Some(3)));
    assert_eq!(fields.billing_cycle_id, Some(4));
    assert_eq!(fields.defaults["employeeCompRate"], "Hourly");
    assert!(fields.name.contains("Company 1") && fields.name.contains("EUR"));
    house.apply(&plan);
    assert!(house.plan().actions.is_empty());
}

#[test]
fn a_new_agreement_only_for_lines_that_it_carries() {
    let mut house = House::empty();
    house.organization("org-1", 1);
    // Refused before any call: the agreement would be made for nothing.
    let line = house.usage("u", "2026-05");
    line.dates.end = Some(day("2026-04-01"));
    line.dates.end_badge = crate::domain::line::DateBadge::UserUpdated;
    assert_eq!(refused(&house.plan()), "end-before-start");
    let line = house.line("u");
    line.dates = Default::default();
    line.invoice_status = crate::domain::invoice_status::InvoiceStatus::New;
    assert!(house.plan().actions.is_empty());
}

#[test]
fn a_company_without_a_contact_is_refused_before_any_call() {
    let mut house = House::empty();
    house.organization("org-1", 1);
    house.company(1).contact = None;
    house.usage("u", "2026-05");
    let plan = house.plan();
    assert_eq!(refused(&plan), "no-contact");
    assert!(plan.errors[0].problem.message.contains("Company 1"));
}

#[test]
fn settings_beat_the_types_defaults_and_names_fit() {
    let mut house = House::empty();
    house.organization("org-1", 1);
    house.company(1).name = "Ä".repeat(200);
    house.policy.new_agreement.location = Some(22);
    house.policy.new_agreement.name = Some("{company} {type}".into());
    house.usage("u", "2026-05");
    let plan = house.plan();
    let fields = plan.actions[0].new_agreement.as_ref().unwrap();
    assert_eq!((fields.location_id, fields.department_id), (Some(22), Some(3)));
    assert_eq!(fields.name, "Ä".repeat(100));
}

#[test]
fn a_psa_that_names_no_currency() {
    let mut house = House::new();
    house.agreement(10, 1).currency = None;
    house.usage("u", "2026-05");
    assert_eq!(only(&house.plan()).agreement, AgreementTarget::Existing(10), "all lines agree");
    house.usage("v", "2026-05").currency = "USD".parse().unwrap();
    let plan = house.plan();
    let codes: Vec<&str> = plan.errors.iter().map(|e| &*e.problem.code).collect();
    assert_eq!(codes, ["home-currency-unknown"; 2]);
    assert!(plan.errors[0].problem.remedy.contains("home_currency"));
    house.policy.home_currency = Some("EUR".parse().unwrap());
    let plan = house.plan();
    assert!(plan.errors.is_empty());
    let dollars = plan.actions.iter().find(|a| a.currency.as_str() == "USD").unwrap();
    assert_eq!(dollars.kind, ActionKind::CreateAgreement, "EUR is home, dollars need their own");
}

#[test]
fn a_prorating_agreement_is_told_where_it_matters() {
    let mut house = House::new();
    house.agreement(10, 1).prorates = true;
    house.usage("u", "2026-05");
    assert_eq!(reasons(only(&house.plan())), ["posted-once"], "a whole period is not prorated");
    house.line("u").charge_start = day("2026-05-10");
    let plan = house.plan();
    assert_eq!(reasons(only(&plan)), ["posted-once", "agreement-prorates"]);
    assert_eq!(super::house::notices(&plan), ["agreement-prorates"]);
}
