//! Tests of the rules: tables for what design 5 and 6 say in words, properties for the rest.

mod billing_period;
mod charge_dates;
mod compare;
mod description;
mod event;
mod identity;
mod marker;
mod net;
mod period;
mod price;
mod residual;
mod revision;

use jiff::civil::Date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::charge_type::ChargeType;
use super::invoice_status::InvoiceStatus;
use super::line::{CanonicalLine, Line, LineDates, LineId};
use super::line_choice::OwnChoice;
use super::status::PsaStatus;

/// So many cases of a property, unless the environment says how many: a number in the code would win
/// over `PROPTEST_CASES=20000`, which makes a run longer.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let said = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if said { config.cases } else { usual }, ..config }
}

/// A day from its text.
fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A decimal from its text.
fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A line as a source may give it: a monthly fee of May 2026.
fn sample() -> CanonicalLine {
    CanonicalLine {
        line_id: None,
        invoice_number: "INV-1".into(),
        invoice_date: day("2026-05-18"),
        invoice_status: InvoiceStatus::Verified,
        organization_id: "org-1".into(),
        organization_name: "Fourth Coffee".into(),
        contract_id: Some("c-1".into()),
        subscription_id: Some("s-1".into()),
        subscription_name: Some("Office for all".into()),
        offer_id: "o-1".into(),
        offer_name: "Office".into(),
        part_number: None,
        charge_type: ChargeType::CycleFee,
        billing_cycle: Some("Monthly".into()),
        charge_start: day("2026-05-01"),
        charge_end: Some(day("2026-05-31")),
        quantity: dec("3"),
        unit_price: Some(dec("12.5")),
        unit_cost: Some(dec("10")),
        total: dec("37.5"),
        currency: "EUR".parse().unwrap(),
        raw: None,
        extra: None,
    }
}

/// The same line as the store keeps it.
fn kept(line: &CanonicalLine) -> Line {
    Line {
        id: LineId(1),
        source: "canonical".into(),
        key: "k".into(),
        period: line.period(),
        invoice_number: (*line.invoice_number).into(),
        invoice_date: line.invoice_date,
        invoice_status: line.invoice_status,
        organization_id: (*line.organization_id).into(),
        organization_name: (*line.organization_name).into(),
        contract_id: line.contract_id.as_deref().map(Into::into),
        subscription_id: line.subscription_id.as_deref().map(Into::into),
        subscription_name: line.subscription_name.as_deref().map(Into::into),
        offer_id: (*line.offer_id).into(),
        offer_name: (*line.offer_name).into(),
        part_number: line.part_number.as_deref().map(Into::into),
        charge_type: line.charge_type,
        billing_cycle: line.billing_cycle.as_deref().map(Into::into),
        charge_start: line.charge_start,
        charge_end: line.charge_end,
        quantity: line.quantity,
        unit_price: line.unit_price,
        unit_cost: line.unit_cost,
        total: line.total,
        currency: line.currency,
        side: None,
        dates: LineDates::default(),
        choice: OwnChoice::default(),
        psa_status: PsaStatus::NotSynced,
        posted: None,
        revision: None,
        error: None,
    }
}

/// Any day that a bill may name.
fn any_day() -> impl Strategy<Value = Date> {
    (1990i16..2100, 1i8..=12, 1i8..=31)
        .prop_filter_map("no such day", |(y, m, d)| Date::new(y, m, d).ok())
}

/// Any amount with so many decimals at most.
fn any_amount(decimals: u32) -> impl Strategy<Value = Decimal> {
    (-1_000_000_000i64..1_000_000_000, 0..=decimals).prop_map(|(n, scale)| Decimal::new(n, scale))
}
