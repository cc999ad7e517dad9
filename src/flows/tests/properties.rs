//! What holds for any lines, mappings, agreements and settings.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::equation::{revised, rows};
use super::{House, day};
use crate::domain::addition::Subject;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::billing_period;
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::{DateBadge, Line, LineDates};
use crate::domain::marker::marker;
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Plan};
use crate::domain::policy::{AutoCancel, ClosedPeriodPolicy, RecurringPolicy, ResidualPolicy};
use crate::domain::psa::{AgreementStatus, InvoicingCycle};
use crate::flows::by_currency;

/// One line in small numbers.
#[derive(Debug, Clone)]
struct Spec {
    organization: usize,
    month: usize,
    subscription: Option<u8>,
    charge_type: ChargeType,
    cycle: Option<BillingCycle>,
    start: i32,
    length: Option<i32>,
    quantity: i64,
    price: Option<i64>,
    off: i64,
    usd: bool,
    status: InvoiceStatus,
    dates: (Option<i32>, Option<Option<i32>>, bool),
    own: (Option<i64>, Option<i64>, Option<i64>),
    post_once: bool,
    revised: bool,
}

/// One agreement in small numbers.
#[derive(Debug, Clone)]
struct Terms {
    company: i64,
    default_type: bool,
    usd: Option<bool>,
    active: bool,
    start: i32,
    next_invoice: Option<i32>,
    prorates: bool,
    bills_once: bool,
    cycle: Option<BillingCycle>,
    contract_year: bool,
}

#[derive(Debug, Clone)]
struct World {
    lines: Vec<Spec>,
    agreements: Vec<Terms>,
    contactless: bool,
    recurring: RecurringPolicy,
    residual: ResidualPolicy,
    closed: ClosedPeriodPolicy,
    price_decimals: u32,
}

const MONTHS: [&str; 4] = ["2026-03", "2026-04", "2026-05", "2026-06"];
const EPOCH: &str = "2026-01-15";

fn cycles() -> impl Strategy<Value = Option<BillingCycle>> {
    prop_oneof![
        6 => Just(Some(BillingCycle::Monthly)),
        2 => proptest::sample::select(&BillingCycle::ALL).prop_map(Some),
        1 => Just(None),
    ]
}

fn specs() -> impl Strategy<Value = Spec> {
    let what = (
        0usize..4,
        0usize..4,
        proptest::option::weighted(0.8, 0u8..4),
        prop_oneof![2 => Just(ChargeType::CycleFee), 1 => proptest::sample::select(&ChargeType::ALL)],
        cycles(),
    );
    let when = (-40i32..130, proptest::option::weighted(0.9, 0i32..70));
    let money = (
        -3i64..40,
        proptest::option::weighted(0.9, -5_000i64..500_000),
        prop_oneof![3 => Just(0i64), 1 => -3i64..4],
        proptest::bool::weighted(0.1),
    );
    let person = (
        prop_oneof![6 => Just(InvoiceStatus::Verified), 1 => proptest::sample::select(&InvoiceStatus::ALL)],
        (
            proptest::option::weighted(0.15, -40i32..130),
            proptest::option::weighted(0.2, proptest::option::of(60i32..200)),
            any::<bool>(),
        ),
        (
            proptest::option::weighted(0.1, 1i64..4),
            proptest::option::weighted(0.1, 100i64..103),
            proptest::option::weighted(0.1, 10i64..15),
        ),
        proptest::bool::weighted(0.05),
        proptest::bool::weighted(0.1),
    );
    (what, when, money, person).prop_map(|(what, when, money, person)| Spec {
        organization: what.0,
        month: what.1,
        subscription: what.2,
        charge_type: what.3,
        cycle: what.4,
        start: when.0,
        length: when.1,
        quantity: money.0,
        price: money.1,
        off: money.2,
        usd: money.3,
        status: person.0,
        dates: person.1,
        own: person.2,
        post_once: person.3,
        revised: person.4,
    })
}

fn terms() -> impl Strategy<Value = Terms> {
    (
        1i64..4,
        proptest::bool::weighted(0.8),
        proptest::option::weighted(0.9, proptest::bool::weighted(0.1)),
        proptest::bool::weighted(0.9),
        -200i32..40,
        proptest::option::weighted(0.4, -10i32..120),
        (proptest::bool::weighted(0.2), proptest::bool::weighted(0.1), any::<bool>()),
        cycles(),
    )
        .prop_map(|(company, default_type, usd, active, start, next_invoice, flags, cycle)| {
            Terms {
                company,
                default_type,
                usd,
                active,
                start,
                next_invoice,
                prorates: flags.0,
                bills_once: flags.1,
                contract_year: flags.2,
                cycle,
            }
        })
}

fn worlds() -> impl Strategy<Value = World> {
    (
        proptest::collection::vec(specs(), 1..24),
        proptest::collection::vec(terms(), 0..5),
        any::<bool>(),
        prop_oneof![3 => Just(RecurringPolicy::Persistent), 1 => Just(RecurringPolicy::PerLine)],
        proptest::sample::select(vec![
            ResidualPolicy::Collapse,
            ResidualPolicy::RoundingLine,
            ResidualPolicy::Refuse,
        ]),
        proptest::sample::select(vec![ClosedPeriodPolicy::NextOpen, ClosedPeriodPolicy::Refuse]),
        0u32..4,
    )
        .prop_map(|(lines, agreements, contactless, recurring, residual, closed, decimals)| {
            World {
                lines,
                agreements,
                contactless,
                recurring,
                residual,
                closed,
                price_decimals: decimals,
            }
        })
}

fn at(days: i32) -> jiff::civil::Date {
    day(EPOCH).saturating_add(jiff::ToSpan::days(days))
}

/// Three organizations with a company each (the fourth is excluded), three offers' products.
fn build(world: &World) -> House {
    let mut house = House::empty();
    for n in 1..=4 {
        house.organization(&format!("org-{n}"), n);
    }
    let last = ("canonical".into(), "org-4".into());
    house.input.organizations.get_mut(&last).unwrap().excluded = true;
    if world.contactless {
        house.company(2).contact = None;
    }
    house.offer("other", 101);
    for (id, t) in (10i64..).zip(&world.agreements) {
        let a = house.agreement(id, t.company);
        if !t.default_type {
            a.type_id += 1;
        }
        a.currency = t.usd.map(|usd| if usd { "USD" } else { "EUR" }.parse().unwrap());
        if !t.active {
            a.status = AgreementStatus::Expired;
        }
        a.start = Some(at(t.start));
        a.bill_start = a.start;
        a.next_invoice = t.next_invoice.map(at);
        a.prorates = t.prorates;
        a.bills_once = t.bills_once;
        a.cycle = t.cycle;
        if t.contract_year {
            a.invoicing_cycle = InvoicingCycle::ContractYear;
        }
    }
    house.policy.recurring = world.recurring;
    house.policy.residual = world.residual;
    house.policy.closed_period = world.closed;
    house.policy.price_decimals = world.price_decimals;
    house.policy.auto_cancel = AutoCancel::On;
    for (n, s) in world.lines.iter().enumerate() {
        let line = house.fee_of(
            &format!("org-{}", s.organization + 1),
            &format!("line-{n}"),
            MONTHS[s.month],
        );
        line.subscription_id = s.subscription.map(|s| format!("sub-{s}").into());
        line.charge_type = s.charge_type;
        line.billing_cycle = s.cycle.map(|c| c.as_str().into());
        line.charge_start = at(s.start);
        line.charge_end = s.length.map(|l| at(s.start + l));
        line.quantity = s.quantity.into();
        line.unit_price = s.price.map(|p| Decimal::new(p, 3));
        let product = line.quantity * line.unit_price.unwrap_or_default();
        line.total = crate::domain::money::cents(product) + Decimal::new(s.off, 2);
        if s.usd {
            line.currency = "USD".parse().unwrap();
        }
        line.invoice_status = s.status;
        let badge = if s.dates.2 { DateBadge::UserUpdated } else { DateBadge::SystemUpdated };
        if let Some(start) = s.dates.0 {
            line.dates = LineDates { start: Some(at(start)), start_badge: badge, ..line.dates };
        }
        // Only a person asks for an open end.
        match s.dates.1 {
            Some(Some(end)) => {
                line.dates = LineDates { end: Some(at(end)), end_badge: badge, ..line.dates };
            }
            Some(None) if s.dates.2 => line.dates.end_badge = badge,
            _ => {}
        }
        (line.choice.company, line.choice.product, line.choice.agreement) = s.own;
        line.choice.post_once = s.post_once;
    }
    house
}

fn line_of<'a>(house: &'a House, key: &str) -> &'a Line {
    house.input.lines.iter().find(|l| &*l.key == key).unwrap()
}

fn writes(plan: &Plan) -> impl Iterator<Item = &Action> {
    plan.actions
        .iter()
        .filter(|a| matches!(a.kind, ActionKind::Create | ActionKind::Update) && a.marker.is_some())
}

/// Each line is in one place, and the counts say so.
fn accounted(house: &House, plan: &Plan) {
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
fn to_the_cent(house: &House, plan: &Plan) {
    let mut cents: BTreeMap<&str, Decimal> = BTreeMap::new();
    for (n, a) in plan.actions.iter().enumerate() {
        if let Some(Subject::Rounding { key, .. }) = &a.subject {
            *cents.entry(key).or_default() += a.after.as_ref().unwrap().amount();
            let main = plan.actions.iter().position(|a| a.lines.contains(key));
            assert!(main.is_none_or(|main| main < n), "{key}: cents before their addition");
        }
    }
    for a in writes(plan).filter(|a| !a.lines.is_empty()) {
        let line = line_of(house, &a.lines[0]);
        let more = cents.remove(&*line.key).unwrap_or_default();
        assert_eq!(a.after.as_ref().unwrap().amount() + more, line.total, "{}", line.key);
        assert_eq!((a.amount, a.currency), (line.total, line.currency));
    }
    for s in &plan.settled {
        cents.remove(&*s.line);
    }
    assert!(cents.is_empty(), "cents of no line: {cents:?}");
}

fn within_bounds(house: &House, plan: &Plan) {
    let mut made = BTreeSet::new();
    for a in writes(plan) {
        let (subject, fields) = (a.subject.as_ref().unwrap(), a.after.as_ref().unwrap());
        assert_eq!(a.marker.as_deref(), Some(marker(subject).as_str()));
        if a.kind == ActionKind::Create {
            assert!(made.insert(a.marker.clone()), "made twice");
        }
        assert!(fields.cancelled.is_none_or(|c| c >= fields.effective));
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

fn in_balance(house: &House, plan: &Plan) {
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

fn check(house: &House, plan: &Plan) {
    accounted(house, plan);
    to_the_cent(house, plan);
    within_bounds(house, plan);
    in_balance(house, plan);
}

fn turned<T>(items: &mut [T], by: usize) {
    if !items.is_empty() {
        let by = by % items.len();
        items.rotate_left(by);
        items.reverse();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_accounts_for_every_line_and_is_done_after_one_run(world in worlds()) {
        let mut house = build(&world);
        let plan = house.plan();
        check(&house, &plan);
        house.apply(&plan);
        for (n, s) in world.lines.iter().enumerate().filter(|(_, s)| s.revised) {
            let _ = s;
            let key = format!("line-{n}");
            if house.line(&key).posted.is_some() {
                let revision = revised(house.line(&key), "7.77");
                house.line(&key).revision = Some(Box::new(revision));
            }
        }
        // Only additions that are there can be missed: what this run made for an early month and
        // the newest month lacks ends with the next run.
        let cancels = house.sync();
        prop_assert!(cancels.actions.iter().all(|a| a.kind == ActionKind::Cancel));
        let again = house.plan();
        check(&house, &again);
        prop_assert!(again.actions.is_empty(), "{:#?}", again.actions);
        prop_assert!(again.settled.is_empty());
        // A refused line waits as superseded once a later one of its subscription is posted.
        let left = |p: &Plan| p.counts.failed + p.counts.waiting;
        prop_assert_eq!(left(&again), left(&plan));
    }

    #[test]
    fn month_by_month_posts_what_all_at_once_posts(world in worlds()) {
        let mut house = build(&world);
        house.policy.auto_cancel = AutoCancel::Off;
        let mut posted = BTreeSet::new();
        let all = house.clone().sync();
        for month in MONTHS {
            house.scope.periods = vec![month.parse::<Period>().unwrap()];
            let plan = house.sync();
            posted.extend(writes(&plan).flat_map(|a| a.lines.clone()));
            posted.extend(plan.settled.iter().map(|s| s.line.clone()));
        }
        let at_once: BTreeSet<_> = writes(&all)
            .flat_map(|a| a.lines.clone())
            .chain(all.settled.iter().map(|s| s.line.clone()))
            .collect();
        // A new agreement starts with the earliest line of the plan that makes it, and a home
        // currency is judged by the lines in scope: there the two ways may differ.
        let differs = all.counts.create_agreement > 0
            || all.errors.iter().any(|e| e.problem.code == "home-currency-unknown");
        prop_assert!(differs || posted == at_once, "{:?} {:?}", posted, at_once);
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(world in worlds(), by in 0usize..24) {
        let mut house = build(&world);
        let plan = house.plan();
        let mut other = house.clone();
        turned(&mut other.input.lines, by);
        turned(&mut other.input.contracts, by);
        prop_assert_eq!(&other.plan(), &plan);
        house.apply(&plan);
        let mut other = house.clone();
        turned(&mut other.input.lines, by);
        turned(&mut other.input.additions, by);
        prop_assert_eq!(other.plan(), house.plan());
    }

    #[test]
    fn lines_posted_one_by_one_are_posted_once(world in worlds()) {
        let mut house = build(&world);
        house.policy.auto_cancel = AutoCancel::Off;
        let keys: Vec<String> = house.input.lines.iter().map(|l| l.key.to_string()).collect();
        for key in keys.iter().rev() {
            house.scope.lines = vec![key.clone()];
            let plan = house.sync();
            to_the_cent(&house, &plan);
        }
        house.scope.lines.clear();
        let mut markers = BTreeSet::new();
        for own in &house.input.additions {
            prop_assert!(markers.insert(own.marker.clone()));
        }
        for line in house.input.lines.iter().filter(|l| l.posted.is_some()) {
            prop_assert!(markers.contains(&line.posted.as_ref().unwrap().marker));
        }
    }
}
