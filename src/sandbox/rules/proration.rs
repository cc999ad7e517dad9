//! How much of its billing period an addition is charged for that starts in mid-period.

use jiff::civil::Date;
use jiff::{ToSpan, Unit};
use rust_decimal::Decimal;

use crate::domain::billing_cycle::BillingCycle;
use crate::sandbox::records::Agreement;

/// The share of the period that is left from `start` on; `None` when the agreement does not
/// prorate or the start is the period's first day.
pub(in crate::sandbox) fn share(agreement: &Agreement, start: Date) -> Option<Decimal> {
    if !agreement.prorates {
        return None;
    }
    // Agreements of the sandbox are counted by calendar; cycle numbers are those of its seed.
    let months: i16 = match crate::sandbox::seed::cycle(agreement.cycle_id)? {
        BillingCycle::Monthly => 1,
        BillingCycle::BiMonthly => 2,
        BillingCycle::Quarterly => 3,
        BillingCycle::SemiAnnual => 6,
        BillingCycle::Yearly => 12,
        _ => return None,
    };
    let first_month = (i16::from(start.month()) - 1) / months * months + 1;
    let first = Date::new(start.year(), i8::try_from(first_month).ok()?, 1).ok()?;
    let next = first.checked_add(i32::from(months).months()).ok()?;
    if start == first {
        return None;
    }
    let days = |from: Date| Some(from.until((Unit::Day, next)).ok()?.get_days());
    Some(Decimal::from(days(start)?) / Decimal::from(days(first)?))
}
