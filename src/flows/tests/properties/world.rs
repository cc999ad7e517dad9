//! Any lines, mappings, agreements and settings, in small numbers.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::{House, day};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::{DateBadge, LineDates};
use crate::domain::line_extra::LineSide;
use crate::domain::policy::{
    AutoCancel, ClosedPeriodPolicy, PostingMode, RecurringPolicy, ResidualPolicy,
};
use crate::domain::price::{PriceRounding, PriceRule, PriceRules};
use crate::domain::psa::{AgreementStatus, InvoicingCycle};

/// One line in small numbers.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    pub organization: usize,
    pub month: usize,
    pub subscription: Option<u8>,
    pub charge_type: ChargeType,
    pub cycle: Option<BillingCycle>,
    pub start: i32,
    pub length: Option<i32>,
    pub quantity: i64,
    pub price: Option<i64>,
    pub off: i64,
    pub usd: bool,
    pub status: InvoiceStatus,
    pub dates: (Option<i32>, Option<Option<i32>>, bool),
    pub own: (Option<i64>, Option<i64>, Option<i64>),
    pub post_once: bool,
    pub revised: bool,
    pub event: Option<u8>,
    pub cost_only: bool,
}

/// One agreement in small numbers.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub company: i64,
    pub default_type: bool,
    pub usd: Option<bool>,
    pub active: bool,
    pub start: i32,
    pub next_invoice: Option<i32>,
    pub prorates: bool,
    pub bills_once: bool,
    pub cycle: Option<BillingCycle>,
    pub contract_year: bool,
}

#[derive(Debug, Clone)]
pub(super) struct World {
    pub lines: Vec<Spec>,
    pub agreements: Vec<Terms>,
    pub contactless: bool,
    pub recurring: RecurringPolicy,
    pub residual: ResidualPolicy,
    pub closed: ClosedPeriodPolicy,
    pub price_decimals: u32,
    pub posting: PostingMode,
    pub prices: PriceRules,
}

pub(in super::super) const MODES: [PostingMode; 3] =
    [PostingMode::PerLine, PostingMode::NetPerEvent, PostingMode::NetPerSubscriptionMonth];

pub(super) const MONTHS: [&str; 4] = ["2026-03", "2026-04", "2026-05", "2026-06"];
pub(super) const EPOCH: &str = "2026-01-15";

pub(super) fn cycles() -> impl Strategy<Value = Option<BillingCycle>> {
    prop_oneof![
        6 => Just(Some(BillingCycle::Monthly)),
        2 => proptest::sample::select(&BillingCycle::ALL).prop_map(Some),
        1 => Just(None),
    ]
}

pub(super) fn specs() -> impl Strategy<Value = Spec> {
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
        (proptest::option::weighted(0.3, 0u8..3), proptest::bool::weighted(0.3)),
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
        event: person.5.0,
        cost_only: person.5.1,
    })
}

pub(super) fn terms() -> impl Strategy<Value = Terms> {
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

pub(super) fn worlds() -> impl Strategy<Value = World> {
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
        (0u32..4, proptest::sample::select(&MODES), prices()),
    )
        .prop_map(|(lines, agreements, contactless, recurring, residual, closed, more)| {
            World {
                lines,
                agreements,
                contactless,
                recurring,
                residual,
                closed,
                price_decimals: more.0,
                posting: more.1,
                prices: more.2,
            }
        })
}

/// As billed most of the time; else a rule for all, one for an organization, one for an offer.
pub(super) fn prices() -> impl Strategy<Value = PriceRules> {
    let rule = || {
        proptest::sample::select(vec![
            PriceRule::AsBilled,
            PriceRule::Markup(Decimal::from(20)),
            PriceRule::Margin(Decimal::new(125, 1)),
            PriceRule::Add(Decimal::new(150, 2)),
            PriceRule::Product,
        ])
    };
    proptest::option::of((rule(), rule(), rule(), any::<bool>())).prop_map(|rules| {
        let mut prices = PriceRules::default();
        if let Some((all, organization, offer, by_unit)) = rules {
            prices = PriceRules::for_all(all);
            prices.round = if by_unit { PriceRounding::Unit } else { PriceRounding::Line };
            prices.set(Some("org-2"), None, organization);
            prices.set(None, Some("offer"), offer);
        }
        prices
    })
}

pub(super) fn at(days: i32) -> jiff::civil::Date {
    day(EPOCH).saturating_add(jiff::ToSpan::days(days))
}

/// Three organizations with a company each (the fourth is excluded), three offers' products.
pub(super) fn build(world: &World) -> House {
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
    house.policy.posting = world.posting;
    house.policy.prices = world.prices.clone();
    house.input.products.get_mut(&100).unwrap().price = Some(Decimal::new(1795, 2));
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
        let event_id = s.event.map(|e| format!("event-{e}").into());
        let side = LineSide { event_id, cost_only: s.cost_only, ..LineSide::default() };
        line.side = (!side.is_empty()).then(|| side.into());
    }
    house
}
