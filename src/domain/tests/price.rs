use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{dec, kept, sample};
use crate::domain::line::Line;
use crate::domain::line_extra::LineSide;
use crate::domain::policy::ResidualPolicy;
use crate::domain::price::{NoPrice, PriceRounding, PriceRule, PriceRules, sale};
use crate::domain::residual::settle;

/// A line whose bill says only what we pay.
fn costs(quantity: &str, unit: &str, total: &str) -> Line {
    let mut line = kept(&sample());
    line.side = Some(Arc::new(LineSide { cost_only: true, ..LineSide::default() }));
    (line.quantity, line.total) = (dec(quantity), dec(total));
    (line.unit_price, line.unit_cost) = (None, Some(dec(unit)));
    line
}

fn rules(rule: &str, round: PriceRounding) -> PriceRules {
    let mut rules = PriceRules::for_all(rule.parse().unwrap());
    rules.round = round;
    rules
}

fn sold(line: &Line, rule: &str, round: PriceRounding) -> Decimal {
    sale(line, &rules(rule, round), Some(dec("15"))).unwrap().sold
}

#[test]
fn each_rule_has_its_price() {
    let seats = costs("10", "10.08", "100.80");
    // Rule, rounded by line, rounded by unit.
    for (rule, by_line, by_unit) in [
        ("as-billed", "100.80", "100.80"),
        ("markup 20%", "120.96", "121.00"),
        ("markup 0%", "100.80", "100.80"),
        ("markup -10%", "90.72", "90.70"),
        ("margin 20%", "126.00", "126.00"),
        ("margin 15%", "118.59", "118.60"),
        ("add 1.50", "115.80", "115.80"),
        ("add -20", "0", "0"),
        ("product", "150", "150"),
    ] {
        assert_eq!(sold(&seats, rule, PriceRounding::Line), dec(by_line), "{rule}");
        assert_eq!(sold(&seats, rule, PriceRounding::Unit), dec(by_unit), "{rule}");
    }
}

#[test]
fn halves_of_a_cent_go_away_from_zero() {
    for (total, is) in [("0.05", "0.06"), ("-0.05", "-0.06"), ("0.02", "0.02"), ("0.25", "0.28")] {
        assert_eq!(sold(&costs("1", total, total), "markup 10%", PriceRounding::Line), dec(is));
    }
}

#[test]
fn many_units_of_a_small_price_lose_nothing_by_line() {
    let usage = costs("123456", "0.000123", "15.19");
    assert_eq!(sold(&usage, "markup 20%", PriceRounding::Line), dec("18.23"));
}

#[test]
fn what_costs_nothing_is_sold_for_nothing() {
    for rule in ["markup 20%", "margin 20%", "add 3", "product"] {
        for round in [PriceRounding::Line, PriceRounding::Unit] {
            assert_eq!(sold(&costs("25", "0", "0"), rule, round), dec("0"), "{rule}");
        }
    }
}

#[test]
fn a_rule_takes_the_cost_where_the_bill_has_both() {
    let mut line = kept(&sample());
    (line.quantity, line.unit_price, line.unit_cost) =
        (dec("3"), Some(dec("12.5")), Some(dec("10")));
    line.total = dec("37.5");
    let s = sale(&line, &rules("markup 20%", PriceRounding::Line), None).unwrap();
    assert_eq!((s.sold, s.cost), (dec("36"), Some(dec("30"))));
    let as_billed = sale(&line, &PriceRules::default(), None).unwrap();
    assert_eq!((as_billed.sold, as_billed.cost), (dec("37.5"), Some(dec("30"))));
    // A credit whose unit cost has no sign is a credit all the same.
    line.total = dec("-37.5");
    let s = sale(&line, &rules("markup 20%", PriceRounding::Line), None).unwrap();
    assert_eq!((s.sold, s.cost), (dec("-36"), Some(dec("-30"))));
}

#[test]
fn a_product_without_a_price_gives_none() {
    let line = costs("10", "10.08", "100.80");
    let product = rules("product", PriceRounding::Line);
    assert_eq!(sale(&line, &product, None), Err(NoPrice::ProductHasNone));
    let large = costs("1", "1", "79228162514264337593543950335");
    let rule = rules("markup 10000%", PriceRounding::Line);
    assert_eq!(sale(&large, &rule, None), Err(NoPrice::TooLarge));
}

#[test]
fn rules_are_read_as_they_are_written() {
    for text in ["as-billed", "markup 20%", "margin -5%", "margin 12.5%", "add 1.5", "product"] {
        assert_eq!(text.parse::<PriceRule>().unwrap().to_string(), text);
    }
    assert_eq!(" Markup  20.0 % ".parse::<PriceRule>().unwrap().to_string(), "markup 20%");
    for text in [
        "",
        "20%",
        "markup",
        "markup 20",
        "markup -101%",
        "margin 100%",
        "margin 200%",
        "add",
        "add 1e999",
        "add 9999999",
        "product 3",
        "as billed",
        "markup 99999%",
    ] {
        assert!(text.parse::<PriceRule>().is_err(), "{text}");
    }
}

fn any_rule() -> impl Strategy<Value = PriceRule> {
    prop_oneof![
        Just(PriceRule::AsBilled),
        (-100i64..10_000).prop_map(|n| PriceRule::Markup(Decimal::new(n, 1))),
        (-10_000i64..999).prop_map(|n| PriceRule::Margin(Decimal::new(n, 1))),
        (-500i64..5_000).prop_map(|n| PriceRule::Add(Decimal::new(n, 2))),
        Just(PriceRule::Product),
    ]
}

proptest! {
    #[test]
    fn a_price_is_in_cents_and_a_credit_is_its_mirror(
        rule in any_rule(),
        by_unit in any::<bool>(),
        quantity in 1i64..500,
        unit in 0i64..1_000_000,
        scale in 2u32..5,
        product in 0i64..100_000,
    ) {
        let round = if by_unit { PriceRounding::Unit } else { PriceRounding::Line };
        let mut rules = PriceRules::for_all(rule);
        rules.round = round;
        let product = Some(Decimal::new(product, 2));
        let mut line = costs("1", "1", "1");
        line.quantity = quantity.into();
        line.unit_cost = Some(Decimal::new(unit, scale));
        line.total = crate::domain::money::cents(line.quantity * Decimal::new(unit, scale));
        let charge = sale(&line, &rules, product).unwrap();
        prop_assert!(charge.sold.normalize().scale() <= 2);
        prop_assert!(charge.sold >= Decimal::ZERO);
        prop_assert_eq!(charge.cost, Some(line.total));
        // What is posted is the price, to the cent, whatever the residual policy.
        for policy in [ResidualPolicy::Collapse, ResidualPolicy::RoundingLine] {
            let money = settle(&charge.money(&line), policy, 2).unwrap();
            let posted = money.quantity * money.unit_price + money.rounding.unwrap_or_default();
            prop_assert_eq!(posted, charge.sold);
        }
        line.total = -line.total;
        let credit = sale(&line, &rules, product).unwrap();
        prop_assert_eq!(credit.sold, -charge.sold);
    }
}
