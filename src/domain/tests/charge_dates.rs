use proptest::prelude::*;

use super::{any_day, day, sample};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_dates::at_load;
use crate::domain::charge_type::ChargeType;
use crate::domain::line::{DateBadge, LineDates};
use crate::domain::policy::{ChargeEndRule, ChargeStartRule, Policy};

fn policy(start: ChargeStartRule, end: ChargeEndRule) -> Policy {
    let mut p = Policy::default();
    p.charge_start.insert(BillingCycle::Monthly, start);
    p.charge_end.insert(ChargeType::CycleFee, end);
    p
}

#[test]
fn end_rules_count_from_the_invoice_date() {
    use ChargeEndRule::{FirstDayOfFollowingMonth as First, LastDayOfInvoiceMonth as Last};
    // The examples of domain.md 1.10.
    for (invoice, rule, end) in [
        ("2026-05-18", Last, "2026-05-31"),
        ("2026-02-01", Last, "2026-02-28"),
        ("2028-02-10", Last, "2028-02-29"),
        ("2026-05-18", First, "2026-06-01"),
        ("2026-12-05", First, "2027-01-01"),
    ] {
        let mut line = sample();
        line.invoice_date = day(invoice);
        let dates = at_load(&line, &policy(ChargeStartRule::None, rule));
        assert_eq!(dates.end, Some(day(end)), "{invoice} {rule:?}");
        assert_eq!(dates.end_badge, DateBadge::SystemUpdated);
        assert_eq!((dates.start, dates.start_badge), (None, DateBadge::None));
    }
}

#[test]
fn start_rules_count_from_the_invoice_date() {
    use ChargeStartRule::{ChargeStart, FirstDayOfFollowingMonth, FirstDayOfInvoiceMonth};
    for (rule, start) in [
        (FirstDayOfInvoiceMonth, "2026-12-01"),
        (FirstDayOfFollowingMonth, "2027-01-01"),
        (ChargeStart, "2026-11-20"),
    ] {
        let mut line = sample();
        line.invoice_date = day("2026-12-31");
        line.charge_start = day("2026-11-20");
        let dates = at_load(&line, &policy(rule, ChargeEndRule::None));
        assert_eq!(
            (dates.start, dates.start_badge),
            (Some(day(start)), DateBadge::SystemUpdated),
            "{rule:?}"
        );
    }
}

#[test]
fn rules_are_per_charge_type_and_per_cycle() {
    let p = policy(ChargeStartRule::FirstDayOfInvoiceMonth, ChargeEndRule::LastDayOfInvoiceMonth);
    let mut other = sample();
    other.charge_type = ChargeType::UsageFee;
    other.billing_cycle = Some("Yearly".into());
    assert_eq!(at_load(&other, &p), LineDates::default());
    other.billing_cycle = None;
    assert_eq!(at_load(&other, &p), LineDates::default());
    other.billing_cycle = Some("every blue moon".into());
    assert_eq!(at_load(&other, &p), LineDates::default());
}

#[test]
fn an_end_that_is_not_there_gets_no_badge() {
    let mut line = sample();
    line.charge_end = None;
    let dates = at_load(&line, &policy(ChargeStartRule::None, ChargeEndRule::ChargeEnd));
    assert_eq!(dates, LineDates::default());
}

proptest! {
    #[test]
    fn a_charges_own_dates_never_shift(invoice in any_day(), start in any_day(), end in any_day()) {
        let mut line = sample();
        line.invoice_date = invoice;
        line.charge_start = start;
        line.charge_end = Some(end);
        let own = at_load(&line, &policy(ChargeStartRule::ChargeStart, ChargeEndRule::ChargeEnd));
        prop_assert_eq!((own.start, own.end), (Some(start), Some(end)));
        let without = at_load(&line, &Policy::default());
        prop_assert_eq!(without, LineDates::default());
    }
}
