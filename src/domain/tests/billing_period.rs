use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;

use super::{any_day, day};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::billing_period::holding;
use crate::domain::psa::{Agreement, AgreementStatus, InvoicingCycle};

fn agreement(cycle: Option<BillingCycle>, by: InvoicingCycle, start: Option<Date>) -> Agreement {
    Agreement {
        id: 1,
        name: "Cloud".into(),
        type_id: 1,
        company_id: 1,
        currency: None,
        status: AgreementStatus::Active,
        start,
        end: None,
        bill_start: start,
        next_invoice: None,
        prorates: false,
        bills_once: false,
        cycle,
        invoicing_cycle: by,
    }
}

#[test]
fn periods_of_every_cycle() {
    use BillingCycle as C;
    use InvoicingCycle::{CalendarYear, ContractYear};
    for (cycle, by, start, at, first, last) in [
        (C::Monthly, CalendarYear, "2026-01-15", "2026-02-10", "2026-02-01", "2026-02-28"),
        (C::Monthly, CalendarYear, "2026-01-15", "2028-02-29", "2028-02-01", "2028-02-29"),
        (C::Monthly, ContractYear, "2026-01-15", "2026-02-10", "2026-01-15", "2026-02-14"),
        (C::Monthly, ContractYear, "2026-01-15", "2026-02-15", "2026-02-15", "2026-03-14"),
        // A 31st: counted from the billing start each time, so that it does not drift to the 28th.
        (C::Monthly, ContractYear, "2026-01-31", "2026-02-28", "2026-02-28", "2026-03-30"),
        (C::Monthly, ContractYear, "2026-01-31", "2026-03-30", "2026-02-28", "2026-03-30"),
        (C::Monthly, ContractYear, "2026-01-31", "2026-03-31", "2026-03-31", "2026-04-29"),
        (C::BiMonthly, CalendarYear, "2026-01-01", "2026-04-30", "2026-03-01", "2026-04-30"),
        (C::Quarterly, CalendarYear, "2026-02-01", "2026-05-01", "2026-04-01", "2026-06-30"),
        (C::Quarterly, ContractYear, "2026-02-01", "2026-05-01", "2026-05-01", "2026-07-31"),
        (C::SemiAnnual, CalendarYear, "2026-02-01", "2026-06-30", "2026-01-01", "2026-06-30"),
        (C::Yearly, CalendarYear, "2026-02-01", "2026-06-30", "2026-01-01", "2026-12-31"),
        (C::Yearly, ContractYear, "2024-02-29", "2025-02-28", "2025-02-28", "2026-02-27"),
        (C::Yearly, ContractYear, "2026-07-01", "2026-06-30", "2025-07-01", "2026-06-30"),
        (C::BiYearly, ContractYear, "2026-01-01", "2027-12-31", "2026-01-01", "2027-12-31"),
        (C::TriYearly, ContractYear, "2026-01-01", "2029-01-01", "2029-01-01", "2031-12-31"),
        (C::Weekly, ContractYear, "2026-01-01", "2026-01-08", "2026-01-08", "2026-01-14"),
        (C::Weekly, CalendarYear, "2026-01-01", "2026-01-08", "2026-01-05", "2026-01-11"),
        (C::BiWeekly, ContractYear, "2026-01-01", "2026-01-08", "2026-01-01", "2026-01-14"),
        (C::BiWeekly, ContractYear, "2026-01-01", "2025-12-31", "2025-12-18", "2025-12-31"),
    ] {
        let found = holding(&agreement(Some(cycle), by, Some(day(start))), day(at)).unwrap();
        assert_eq!(
            (found.first, found.last),
            (day(first), day(last)),
            "{cycle} {by:?} from {start}, at {at}"
        );
    }
}

#[test]
fn what_bills_once_has_no_period() {
    let mut once = agreement(Some(BillingCycle::Monthly), InvoicingCycle::CalendarYear, None);
    once.bills_once = true;
    assert_eq!(holding(&once, day("2026-01-01")), None);
    let by_cycle = agreement(Some(BillingCycle::OneTime), InvoicingCycle::CalendarYear, None);
    assert_eq!(holding(&by_cycle, day("2026-01-01")), None);
}

#[test]
fn the_ends_of_the_calendar_do_not_panic() {
    for by in [InvoicingCycle::CalendarYear, InvoicingCycle::ContractYear] {
        for cycle in BillingCycle::ALL {
            for start in [Date::MIN, Date::MAX, day("2026-01-31")] {
                for at in [Date::MIN, Date::MAX] {
                    if let Some(p) = holding(&agreement(Some(cycle), by, Some(start)), at) {
                        assert!(p.last >= at);
                    }
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn every_day_lies_in_exactly_one_period(
        at in any_day(),
        start in proptest::option::of(any_day()),
        cycle in proptest::option::of(proptest::sample::select(&BillingCycle::ALL[..9])),
        contract_year in any::<bool>(),
    ) {
        let by = if contract_year { InvoicingCycle::ContractYear } else { InvoicingCycle::CalendarYear };
        let a = agreement(cycle, by, start);
        let p = holding(&a, at).unwrap();
        prop_assert!(p.first <= at && at <= p.last);
        prop_assert_eq!(holding(&a, p.first), Some(p));
        prop_assert_eq!(holding(&a, p.last), Some(p));
        // The neighbours begin and end where this one ends and begins.
        prop_assert_eq!(holding(&a, p.last.saturating_add(1.day())).unwrap().first, p.last.saturating_add(1.day()));
        prop_assert_eq!(holding(&a, p.first.saturating_sub(1.day())).unwrap().last, p.first.saturating_sub(1.day()));
    }
}
