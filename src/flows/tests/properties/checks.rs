//! What holds for any plan.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::super::House;
use super::super::equation::rows;
use crate::domain::addition::Subject;
use crate::domain::billing_period;
use crate::domain::line::{DateBadge, Line};
use crate::domain::marker::marker;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Plan};
use crate::flows::by_currency;

pub(super) fn line_of<'a>(house: &'a House, key: &str) -> &'a Line {
    house.input.lines.iter().find(|l| &*l.key == key).unwrap()
}

pub(super) fn writes(plan: &Plan) -> impl Iterator<Item = &Action> {
    plan.actions
        .iter()
        .filter(|a| matches!(a.kind, ActionKind::Create | ActionKind::Update) && a.marker.is_some())
}

/// Each line is in one place, and the counts say so.
pub(super) fn accounted(house: &House, plan: &Plan) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let in_actions = plan.actions.iter().flat_map(|a| a.lines.iter());
    let others = plan.settled.iter().map(|s| &s.line).chain(plan.errors.iter().map(|e| &e.line));
    for key in in_actions.chain(others) {
        assert!(seen.insert(key), "{key} stands in two places");
    }
    let c = plan.counts;
    let of = |kind| plan.actions.iter().filter(|a| a.kind == kind).count() as u64;
    assert_eq!(c.create, of(ActionKind::Create));
    assert_eq!(c.update, of(ActionKind::Update));
    assert_eq!(c.cancel, of(ActionKind::Cancel));
    assert_eq!(c.create_agreement, of(ActionKind::CreateAgreement));
    assert_eq!(c.failed, plan.errors.len() as u64);
    let written = plan.actions.iter().map(|a| a.lines.len() as u64).sum::<u64>();
    assert_eq!(
        written + c.unchanged + c.skipped_excluded + c.skipped_unmapped + c.failed + c.waiting,
        house.input.lines.len() as u64
    );
}

/// What is posted of a line equals its total to the cent, cents of their own included.
pub(super) fn to_the_cent(house: &House, plan: &Plan) {
    let mut cents: BTreeMap<&str, Decimal> = BTreeMap::new();
    for (n, a) in plan.actions.iter().enumerate() {
        if let Some(Subject::Rounding { key, .. }) = &a.subject {
            *cents.entry(key).or_default() += a.after.as_ref().unwrap().amount();
            let main = plan.actions.iter().position(|a| a.lines.contains(key));
            assert!(main.is_none_or(|main| main < n), "{key}: cents before their addition");
        }
    }
    for a in writes(plan).filter(|a| !a.lines.is_empty()) {
        let (mut total, mut sold, mut more) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for key in &a.lines {
            let line = line_of(house, key);
            total += line.total;
            sold += a.sold_for(key).unwrap_or(line.total);
            more += cents.remove(&**key).unwrap_or_default();
            assert_eq!(a.currency, line.currency);
        }
        assert_eq!(a.after.as_ref().unwrap().amount() + more, sold, "{:?}", a.lines);
        assert_eq!(a.amount, total);
        assert!(a.sold.is_empty() || a.sold.len() == a.lines.len());
    }
    for s in &plan.settled {
        cents.remove(&*s.line);
    }
    assert!(cents.is_empty(), "cents of no line: {cents:?}");
}

pub(super) fn within_bounds(house: &House, plan: &Plan) {
    let mut made = BTreeSet::new();
    for a in writes(plan) {
        let (subject, fields) = (a.subject.as_ref().unwrap(), a.after.as_ref().unwrap());
        assert_eq!(a.marker.as_deref(), Some(marker(subject).as_str()));
        if a.kind == ActionKind::Create {
            assert!(made.insert(a.marker.clone()), "made twice");
        }
        assert!(fields.cancelled.is_none_or(|c| c >= fields.effective));
        if let Subject::Net { .. } = subject {
            net_within_bounds(house, a);
        }
        let Subject::Line { key, .. } = subject else { continue };
        if a.kind != ActionKind::Create {
            continue;
        }
        let line = line_of(house, key);
        let moved = a.reasons.iter().any(|r| r.code == "start-moved");
        let wanted = line.dates.start.unwrap_or(line.charge_start);
        assert!(moved || fields.effective == wanted, "a date shifted");
        let AgreementTarget::Existing(id) = a.agreement else { continue };
        let agreement = &house.input.agreements[&id];
        assert!(agreement.bill_start.is_none_or(|b| fields.effective >= b));
        assert_eq!(agreement.company_id, a.company_id);
        if let Some(open) =
            agreement.next_invoice.filter(|_| !agreement.prorates && !agreement.bills_once)
        {
            assert!(fields.effective >= open, "inside an invoiced period");
        }
        if line.dates.end_badge == DateBadge::None
            && let Some(period) = billing_period::holding(agreement, fields.effective)
        {
            assert!(
                fields.cancelled.is_some_and(|c| c <= period.last),
                "billed once, lives in one billing period"
            );
        }
        let own = fields.effective == line.charge_start && fields.cancelled == line.charge_end;
        let told = fields.invoice_description.contains(&line.charge_start.to_string());
        assert_eq!(told, !own, "{}", fields.invoice_description);
    }
}

/// A net addition stands for lines of one kind, and is billed once.
pub(super) fn net_within_bounds(house: &House, a: &Action) {
    assert!(a.lines.len() > 1 && a.kind == ActionKind::Create);
    let fields = a.after.as_ref().unwrap();
    let lines: Vec<&Line> = a.lines.iter().map(|key| line_of(house, key)).collect();
    let first = lines[0];
    for l in &lines {
        assert_eq!((l.period, &l.organization_id), (first.period, &first.organization_id));
        assert!(!l.choice.post_once && l.posted.is_none());
    }
    if let AgreementTarget::Existing(id) = a.agreement
        && let Some(period) =
            billing_period::holding(&house.input.agreements[&id], fields.effective)
    {
        assert!(fields.cancelled.is_some_and(|end| end <= period.last));
    }
    assert!(fields.invoice_description.contains(&format!("net of {} lines", a.lines.len())));
}

pub(super) fn in_balance(house: &House, plan: &Plan) {
    assert!(plan.money.iter().all(|m| m.holds()));
    let source: Decimal = house.input.lines.iter().map(Line::source_total).sum();
    assert_eq!(plan.money.iter().map(|m| m.source).sum::<Decimal>(), source);
    let rows = rows(house);
    assert!(rows.iter().all(|r| r.money.holds()));
    let sums = by_currency(&rows);
    assert_eq!(sums.iter().map(|m| m.source).sum::<Decimal>(), source);
    // The two differ only in what this plan refuses.
    for (a, b) in plan.money.iter().zip(&sums) {
        assert_eq!((a.posted, a.excluded, a.unmapped), (b.posted, b.excluded, b.unmapped));
        assert_eq!((a.failed + a.open, a.revisions), (b.failed + b.open, b.revisions));
    }
}

pub(super) fn check(house: &House, plan: &Plan) {
    accounted(house, plan);
    to_the_cent(house, plan);
    within_bounds(house, plan);
    in_balance(house, plan);
}
