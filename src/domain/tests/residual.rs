use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{any_amount, dec};
use crate::domain::money::cents;
use crate::domain::policy::ResidualPolicy::{self, Collapse, Refuse, RoundingLine};
use crate::domain::residual::{AdditionMoney, LineMoney, Residual, settle};

fn money(quantity: &str, price: &str, total: &str) -> LineMoney {
    LineMoney {
        quantity: dec(quantity),
        unit_price: (!price.is_empty()).then(|| dec(price)),
        unit_cost: Some(dec("1")),
        total: dec(total),
    }
}

/// (quantity, price, note of the real quantity, rounding)
type Told = (Decimal, Decimal, Option<Decimal>, Option<Decimal>);

fn told(m: &AdditionMoney) -> Told {
    (m.quantity, m.unit_price, m.collapsed_from, m.rounding)
}

#[test]
fn what_fits_is_posted_as_it_is() {
    for (q, p, t) in [
        ("3", "12.50", "37.5"),
        ("-3", "12.50", "-37.5"),
        ("3", "-12.50", "-37.5"),
        ("0.5", "3", "1.50"),
        ("0", "12.5", "0"),
        ("1", "0", "0"),
        // No price: the total shared out, where that is exact.
        ("4", "", "10"),
        ("-2", "", "10.02"),
        ("0", "", "0"),
    ] {
        for policy in [Collapse, RoundingLine, Refuse] {
            let m = settle(&money(q, p, t), policy, 2).unwrap();
            assert_eq!(m.quantity * m.unit_price, dec(t), "{q} x {p} = {t}");
            assert_eq!((m.quantity, m.collapsed_from, m.rounding), (dec(q), None, None));
        }
    }
}

#[test]
fn collapse_posts_one_at_the_total() {
    for (q, p, t) in [
        ("3", "3.33", "10"),
        ("3", "", "10"),
        ("0", "", "5"),
        ("7", "1.4286", "10.00"),
        ("-3", "3.33", "-10"),
        // Exact, but the price has more decimals than it may.
        ("1000", "0.005", "5"),
    ] {
        let m = settle(&money(q, p, t), Collapse, 2).unwrap();
        assert_eq!(told(&m), (Decimal::ONE, dec(t), Some(dec(q)), None), "{q} x {p} = {t}");
        assert_eq!(m.unit_cost, Some(dec(q)), "the cost of all units");
    }
    let one = settle(&money("1", "9.99", "10"), Collapse, 2).unwrap();
    assert_eq!(told(&one), (Decimal::ONE, dec("10"), None, None), "there is no other quantity");
    let finer = settle(&money("1000", "0.005", "5"), Collapse, 3).unwrap();
    assert_eq!(finer.quantity, dec("1000"));
}

#[test]
fn rounding_lines_carry_the_missing_cents() {
    for (q, p, t, price, cents) in [
        ("3", "3.33", "10", "3.33", "0.01"),
        ("3", "", "10", "3.33", "0.01"),
        ("-3", "3.33", "-10", "3.33", "-0.01"),
        ("3", "3.34", "10", "3.34", "-0.02"),
        ("7", "1.4286", "10.00", "1.43", "-0.01"),
    ] {
        let m = settle(&money(q, p, t), RoundingLine, 2).unwrap();
        assert_eq!(told(&m), (dec(q), dec(price), None, Some(dec(cents))), "{q} x {p} = {t}");
    }
    // Nothing to multiply, and shares of a cent: one amount.
    for (q, p, t) in [("0", "3", "10"), ("1.5", "3.333", "5.00")] {
        let m = settle(&money(q, p, t), RoundingLine, 2).unwrap();
        assert_eq!(told(&m), (Decimal::ONE, dec(t), Some(dec(q)), None));
    }
}

#[test]
fn refuse_says_what_it_would_have_been() {
    let why = settle(&money("3", "3.33", "10"), Refuse, 2);
    assert_eq!(why, Err(Residual { product: dec("9.99") }));
    assert!(settle(&money("1000", "0.005", "5"), Refuse, 2).is_err());
}

#[test]
fn the_largest_numbers_do_not_panic() {
    let all = [Decimal::MAX, Decimal::MIN, dec("0.0000000000000000000000000001"), Decimal::ZERO];
    for quantity in all {
        for price in [None, Some(Decimal::MAX), Some(dec("0.0000000000000000000000000001"))] {
            for total in all {
                for policy in [Collapse, RoundingLine, Refuse] {
                    let line = LineMoney {
                        quantity,
                        unit_price: price,
                        unit_cost: Some(Decimal::MAX),
                        total,
                    };
                    let _ = settle(&line, policy, 2);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_posted_is_the_total_to_the_cent(
        quantity in any_amount(6),
        price in proptest::option::of(any_amount(6)),
        total in any_amount(2),
        policy in proptest::sample::select(vec![Collapse, RoundingLine]),
        decimals in 0u32..6,
    ) {
        let line = LineMoney { quantity, unit_price: price, unit_cost: None, total };
        let m = settle(&line, policy, decimals).unwrap();
        prop_assert_eq!(m.quantity * m.unit_price + m.rounding.unwrap_or_default(), total);
        prop_assert!(m.unit_price.normalize().scale() <= decimals.max(2));
        if let Some(r) = m.rounding {
            prop_assert_eq!(cents(r), r);
            prop_assert!(policy == ResidualPolicy::RoundingLine && !r.is_zero());
        }
    }

    #[test]
    fn refuse_posts_the_very_numbers_or_nothing(quantity in any_amount(3), price in any_amount(3), exact in any::<bool>()) {
        let total = if exact { quantity * price } else { quantity * price + dec("0.01") };
        let line = LineMoney { quantity, unit_price: Some(price), unit_cost: None, total };
        match settle(&line, Refuse, 3) {
            Ok(m) => prop_assert!(exact && m.quantity == quantity && m.unit_price == price),
            Err(_) => prop_assert!(!exact),
        }
    }
}
