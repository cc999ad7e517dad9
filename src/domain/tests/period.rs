use jiff::civil::Date;
use proptest::prelude::*;

use super::any_day;
use crate::domain::period::Period;

#[test]
fn the_ends_of_the_calendar_do_not_panic() {
    let last = Period::of(Date::MAX);
    assert_eq!(last.next(), last);
    let first = Period::of(Date::MIN);
    assert_eq!(first.previous(), first);
}

#[test]
fn only_months_are_read() {
    for wrong in ["2026-13", "2026-00", "26-01", "2026-1", "2026/01", "2026-01-01", "", "9999-01"] {
        assert!(wrong.parse::<Period>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn a_month_holds_its_days_and_its_neighbours_do_not(day in any_day()) {
        let p = Period::of(day);
        prop_assert!(p.holds(day) && p.holds(p.first_day()) && p.holds(p.last_day()));
        prop_assert!(!p.next().holds(day) && !p.previous().holds(day));
        prop_assert_eq!(p.next().previous(), p);
        prop_assert_eq!(p.last_day().tomorrow().unwrap(), p.next().first_day());
        prop_assert_eq!(p.to_string().parse::<Period>().unwrap(), p);
    }
}
