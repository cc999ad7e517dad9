//! The equation from grouped lines agrees with the one that the plan tells (design 6.10).

use std::collections::BTreeMap;

use super::{House, dec};
use crate::domain::line::{CanonicalLine, Line, Revision};
use crate::domain::status::PsaStatus;
use crate::domain::totals::LineGroup;
use crate::flows::{EquationRow, by_currency, equation};

/// What the store's `totals` would give: one group for each line.
fn groups(house: &House) -> Vec<LineGroup> {
    house
        .input
        .lines
        .iter()
        .map(|l| LineGroup {
            source: l.source.clone(),
            period: l.period,
            organization: l.organization_id.clone(),
            organization_name: l.organization_name.clone(),
            offer: l.offer_id.clone(),
            company: l.choice.company,
            product: l.choice.product,
            psa_status: l.psa_status,
            may_be_posted: l.invoice_status.may_be_posted(),
            currency: l.currency,
            lines: 1,
            source_total: l.source_total(),
            posted_total: l.posted.as_ref().map(|p| p.total).unwrap_or_default(),
        })
        .collect()
}

pub(super) fn rows(house: &House) -> Vec<EquationRow> {
    let organizations: Vec<_> = house.input.organizations.values().cloned().collect();
    let offers: Vec<_> = house.input.offers.values().cloned().collect();
    let input = &house.input;
    equation(
        &groups(house),
        &organizations,
        &offers,
        &|id| input.companies.get(&id).is_some_and(|c| !c.deleted),
        &|id| input.products.get(&id).is_some_and(|p| !p.inactive && p.class != "Bundle"),
    )
}

/// The newest content of a line, for a revision.
pub(super) fn revised(line: &Line, total: &str) -> Revision {
    Revision {
        total: dec(total),
        line: Box::new(CanonicalLine {
            line_id: None,
            invoice_number: (*line.invoice_number).into(),
            invoice_date: line.invoice_date,
            invoice_status: line.invoice_status,
            organization_id: (*line.organization_id).into(),
            organization_name: (*line.organization_name).into(),
            contract_id: None,
            subscription_id: None,
            subscription_name: None,
            offer_id: (*line.offer_id).into(),
            offer_name: (*line.offer_name).into(),
            part_number: None,
            charge_type: line.charge_type,
            billing_cycle: None,
            charge_start: line.charge_start,
            charge_end: line.charge_end,
            quantity: line.quantity,
            unit_price: line.unit_price,
            unit_cost: line.unit_cost,
            total: dec(total),
            currency: line.currency,
            raw: None,
            extra: None,
        }),
    }
}

#[test]
fn each_line_stands_on_one_side() {
    let mut house = House::new();
    house.organization("org-x", 2);
    house.usage("posted", "2026-05");
    house.sync();
    let revision = revised(house.line("posted"), "25");
    house.line("posted").revision = Some(Box::new(revision));
    house.usage("failed", "2026-05").psa_status = PsaStatus::Error;
    house.usage("open", "2026-05");
    house.usage("posting", "2026-05").psa_status = PsaStatus::Posting;
    house.usage("unmapped", "2026-05").choice.product = Some(999);
    house.fee_of("org-x", "excluded", "2026-05").psa_status = PsaStatus::Error;
    house.fee_of("org-unknown", "unknown", "2026-06");
    let key = ("canonical".into(), "org-x".into());
    house.input.organizations.get_mut(&key).unwrap().excluded = true;

    let rows = rows(&house);
    assert_eq!(rows.len(), 3, "organization, period and currency");
    assert!(rows.iter().all(|r| r.money.holds()));
    let m = by_currency(&rows)[0];
    assert_eq!((m.source, m.posted, m.revisions), (dec("151"), dec("21"), dec("4")));
    assert_eq!(
        (m.excluded, m.unmapped, m.failed, m.open),
        (dec("42"), dec("21"), dec("21"), dec("42"))
    );
    assert!(m.holds());
    let plan = house.plan();
    assert_eq!(plan.money, [m], "the plan says the same before the run");
    assert!(!plan.actions.iter().any(|a| a.lines.iter().any(|l| &**l == "posted")));
}

#[test]
fn the_largest_sums_do_not_panic() {
    let mut house = House::new();
    for n in 0..3 {
        house.usage(&format!("u{n}"), "2026-05").total = rust_decimal::Decimal::MAX;
    }
    let _ = (by_currency(&rows(&house)), house.try_plan());
}

#[test]
fn currencies_are_not_mixed() {
    let mut house = House::new();
    house.usage("a", "2026-05");
    house.usage("b", "2026-05").currency = "USD".parse().unwrap();
    let rows = rows(&house);
    let sums: BTreeMap<String, _> =
        by_currency(&rows).iter().map(|m| (m.currency.to_string(), m.source)).collect();
    assert_eq!(sums.len(), 2);
    assert!(sums.values().all(|s| *s == dec("21")));
}
