//! The agreement's billing period that holds a day: what is to be billed once must live inside one
//! (design 6.4).

use jiff::ToSpan;
use jiff::civil::Date;

use super::billing_cycle::BillingCycle;
use super::psa::{Agreement, InvoicingCycle};

/// First and last day, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingPeriod {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
}

/// The billing period of an agreement that holds the day. An agreement that bills once has none;
/// one whose cycle is unknown counts as monthly, the shortest that ConnectWise offers by default.
pub fn holding(agreement: &Agreement, day: Date) -> Option<BillingPeriod> {
    if agreement.bills_once || agreement.cycle == Some(BillingCycle::OneTime) {
        return None;
    }
    let cycle = agreement.cycle.unwrap_or(BillingCycle::Monthly);
    let anchor = match agreement.invoicing_cycle {
        InvoicingCycle::ContractYear => agreement.bill_start.or(agreement.start),
        InvoicingCycle::CalendarYear => None,
    };
    Some(match cycle.months() {
        Some(months) => by_months(anchor, months, day),
        None => by_weeks(anchor, if cycle == BillingCycle::Weekly { 7 } else { 14 }, day),
    })
}

/// Periods of whole months from the anchor, or from the first of January.
fn by_months(anchor: Option<Date>, months: i32, day: Date) -> BillingPeriod {
    let anchor = anchor.unwrap_or_else(|| Date::constant(2000, 1, 1));
    if months == 1 && anchor.day() == 1 {
        // By far the most of them, asked for every line of a plan.
        return BillingPeriod { first: day.first_of_month(), last: day.last_of_month() };
    }
    let month_number = |d: Date| i32::from(d.year()) * 12 + i32::from(d.month()) - 1;
    let mut steps = (month_number(day) - month_number(anchor)).div_euclid(months);
    if nth(anchor, steps, months) > day {
        steps -= 1;
    }
    let next = nth(anchor, steps + 1, months);
    BillingPeriod {
        first: nth(anchor, steps, months),
        // At the end of the calendar there is no next period to count back from.
        last: if next > day { next.saturating_sub(1.day()) } else { Date::MAX },
    }
}

/// The anchor moved by so many periods. A 31st becomes the last day of a shorter month, and the
/// next period is counted from the anchor again, so that days do not drift.
fn nth(anchor: Date, steps: i32, months: i32) -> Date {
    // Within 10,000 years of the calendar the product stays far below what a span holds.
    let limit = 12 * 19_000;
    anchor.saturating_add((steps.saturating_mul(months)).clamp(-limit, limit).months())
}

/// Periods of whole weeks from the anchor, or from a Monday.
fn by_weeks(anchor: Option<Date>, days: i32, day: Date) -> BillingPeriod {
    let anchor = anchor.unwrap_or_else(|| Date::constant(2001, 1, 1));
    let since = anchor.until(day).map_or(0, |s| s.get_days());
    // Counted back from the day itself, which keeps every span within the calendar.
    let into = since.rem_euclid(days);
    BillingPeriod {
        first: day.saturating_sub(into.days()),
        last: day.saturating_add((days - 1 - into).days()),
    }
}
