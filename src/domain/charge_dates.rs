//! What the start and the end of a charge become: the rules that run when a line is loaded
//! (design 6.4; domain.md 1.10).

use jiff::civil::Date;

use super::billing_cycle::BillingCycle;
use super::line::{CanonicalLine, DateBadge, LineDates};
use super::period::Period;
use super::policy::{ChargeEndRule, ChargeStartRule, Policy};

/// Runs the rules on a line that is being loaded.
pub fn at_load(line: &CanonicalLine, policy: &Policy) -> LineDates {
    let start_rule = line
        .billing_cycle
        .as_deref()
        .and_then(BillingCycle::parse)
        .and_then(|c| policy.charge_start.get(&c))
        .copied()
        .unwrap_or_default();
    let end_rule = policy.charge_end.get(&line.charge_type).copied().unwrap_or_default();
    let start = start_by_rule(start_rule, line.invoice_date, line.charge_start);
    let end = end_by_rule(end_rule, line.invoice_date, line.charge_end);
    LineDates { start, start_badge: badge(start.is_some()), end, end_badge: badge(end.is_some()) }
}

fn badge(ruled: bool) -> DateBadge {
    if ruled { DateBadge::SystemUpdated } else { DateBadge::None }
}

fn start_by_rule(rule: ChargeStartRule, invoice: Date, own: Date) -> Option<Date> {
    match rule {
        ChargeStartRule::None => None,
        ChargeStartRule::FirstDayOfInvoiceMonth => Some(Period::of(invoice).first_day()),
        ChargeStartRule::FirstDayOfFollowingMonth => Some(Period::of(invoice).next().first_day()),
        ChargeStartRule::ChargeStart => Some(own),
    }
}

/// An end rule that wants the charge's own end does nothing where there is none.
fn end_by_rule(rule: ChargeEndRule, invoice: Date, own: Option<Date>) -> Option<Date> {
    match rule {
        ChargeEndRule::None => None,
        ChargeEndRule::LastDayOfInvoiceMonth => Some(Period::of(invoice).last_day()),
        ChargeEndRule::FirstDayOfFollowingMonth => Some(Period::of(invoice).next().first_day()),
        ChargeEndRule::ChargeEnd => own,
    }
}
