//! What lines are sold for, and what the guard says of it.

use super::house::{only, refused};
use super::{House, day, dec};
use crate::domain::addition::Subject;
use crate::domain::charge_type::ChargeType;
use crate::domain::guard::GuardAction;
use crate::domain::line::Line;
use crate::domain::line_extra::LineSide;
use crate::domain::plan::{ActionKind, Plan};
use crate::domain::policy::{PostingMode, ResidualPolicy};
use crate::domain::price::{PriceRounding, PriceRules};

fn rule(house: &mut House, rule: &str) {
    house.policy.prices = PriceRules::for_all(rule.parse().unwrap());
}

/// The bill says that the line costs us this much.
fn costs(line: &mut Line, quantity: &str, unit: &str, total: &str) {
    line.side = Some(LineSide { cost_only: true, ..LineSide::default() }.into());
    (line.quantity, line.total) = (dec(quantity), dec(total));
    (line.unit_price, line.unit_cost) = (None, Some(dec(unit)));
}

fn warned(plan: &Plan) -> Vec<(&str, &str)> {
    plan.warnings.iter().map(|w| (&*w.line, &*w.code)).collect()
}

#[test]
fn a_rule_makes_the_price_and_the_equation_counts_the_cost() {
    let mut house = House::new();
    rule(&mut house, "markup 20%");
    costs(house.usage("u", "2026-05"), "10", "10", "100");
    let plan = house.plan();
    let action = only(&plan);
    let fields = action.after.as_ref().unwrap();
    assert_eq!((fields.quantity, fields.unit_price), (dec("10"), dec("12")));
    assert_eq!(fields.unit_cost, Some(dec("10")));
    assert_eq!((action.amount, action.sold.as_slice()), (dec("100"), [dec("120")].as_slice()));
    assert_eq!(plan.money[0].open, dec("100"));
    let [sales] = plan.sales.as_slice() else { panic!("{:?}", plan.sales) };
    assert_eq!((sales.lines, sales.cost, sales.sold), (1, dec("100"), dec("120")));
    assert_eq!(sales.margin, dec("20"));
    house.apply(&plan);
    let posted = house.line("u").posted.clone().unwrap();
    assert_eq!((posted.total, posted.sold), (dec("100"), dec("120")));
    // A changed rule changes nothing that is posted.
    rule(&mut house, "markup 50%");
    let again = house.plan();
    assert!(again.actions.is_empty() && again.settled.is_empty());
    assert_eq!((again.money[0].posted, again.sales[0].sold), (dec("100"), dec("120")));
}

#[test]
fn a_price_that_does_not_divide_is_one_amount_at_its_cost() {
    let mut house = House::new();
    rule(&mut house, "markup 20%");
    house.policy.residual = ResidualPolicy::Refuse;
    costs(house.usage("u", "2026-05"), "12", "9.408", "112.89");
    let plan = house.plan();
    let fields = only(&plan).after.as_ref().unwrap();
    assert_eq!((fields.quantity, fields.unit_price), (dec("1"), dec("135.47")));
    assert_eq!(fields.unit_cost, Some(dec("112.89")));
    assert!(fields.invoice_description.ends_with("(quantity 12)"));
}

#[test]
fn the_product_decides_where_the_rule_says_so() {
    let mut house = House::new();
    rule(&mut house, "product");
    costs(house.usage("u", "2026-05"), "2", "10", "20");
    assert_eq!(refused(&house.plan()), "no-product-price");
    house.input.products.get_mut(&100).unwrap().price = Some(dec("17.95"));
    let before = house.plan();
    assert_eq!(only(&before).after.as_ref().unwrap().amount(), dec("35.90"));
    // What the plan rests on is the price too.
    house.input.products.get_mut(&100).unwrap().price = Some(dec("18"));
    assert_ne!(house.plan().basis.mappings, before.basis.mappings);
}

#[test]
fn a_subscription_takes_the_new_price_with_its_next_line() {
    let mut house = House::new();
    rule(&mut house, "markup 20%");
    costs(house.fee("s@1", "2026-05"), "2", "10", "20");
    house.sync();
    rule(&mut house, "markup 50%");
    assert!(house.plan().actions.is_empty());
    costs(house.fee("s@2", "2026-06"), "2", "10", "20");
    let plan = house.sync();
    let action = only(&plan);
    assert_eq!(action.kind, ActionKind::Update);
    assert_eq!(action.after.as_ref().unwrap().unit_price, dec("15"));
    assert_eq!(warned(&plan), [("s@2", "price-changed")]);
    costs(house.fee("s@3", "2026-07"), "2", "10", "20");
    let plan = house.sync();
    assert!(plan.actions.is_empty());
    assert_eq!((plan.settled[0].amount, plan.settled[0].sold), (dec("20"), Some(dec("30"))));
    assert_eq!(house.line("s@3").posted.as_ref().unwrap().sold, dec("30"));
}

#[test]
fn nets_and_missing_cents_are_of_the_price() {
    let mut house = House::new();
    rule(&mut house, "markup 20%");
    house.policy.posting = PostingMode::NetPerEvent;
    for (key, quantity, total) in [("refund", "10", "-94.08"), ("charge", "12", "112.89")] {
        let line = house.usage(key, "2026-06");
        line.charge_type = ChargeType::Correction;
        line.subscription_id = Some("s".into());
        costs(line, quantity, "9.408", total);
    }
    let plan = house.plan();
    let action = only(&plan);
    // -112.90 and 135.47.
    assert_eq!(action.after.as_ref().unwrap().amount(), dec("22.57"));
    assert_eq!((action.amount, &action.sold), (dec("18.81"), &vec![dec("135.47"), dec("-112.90")]));
    assert_eq!(action.after.as_ref().unwrap().unit_cost, Some(dec("18.81")));

    let mut house = House::new();
    rule(&mut house, "markup 20%");
    house.policy.residual = ResidualPolicy::RoundingLine;
    costs(house.usage("u", "2026-05"), "12", "9.408", "112.89");
    let plan = house.sync();
    let amounts: Vec<_> = plan.actions.iter().map(|a| a.after.as_ref().unwrap().amount()).collect();
    assert_eq!(amounts, [dec("135.48"), dec("-0.01")]);
    assert!(house.plan().actions.is_empty());
}

/// 24 at a margin of 12.5 %: 3 x 9.14 where units are rounded, else 27.43.
#[test]
fn cents_of_a_posted_line_are_those_of_the_price_it_was_posted_at() {
    let mut house = House::new();
    rule(&mut house, "margin 12.5%");
    house.policy.residual = ResidualPolicy::RoundingLine;
    costs(house.usage("u", "2026-05"), "3", "8", "24");
    let mut by_line = house.clone();
    house.policy.prices.round = PriceRounding::Unit;
    assert_eq!(only(&house.sync()).sold, [dec("27.42")]);
    house.policy.prices.round = PriceRounding::Line;
    assert!(house.plan().actions.is_empty(), "a changed rule adds no cent to what is posted");

    // Nor does it keep back a cent that a dead run left out.
    assert_eq!(by_line.sync().actions.len(), 2);
    by_line.input.additions.retain(|a| !matches!(a.subject, Subject::Rounding { .. }));
    for changed in ["markup 50%", "as-billed"] {
        rule(&mut by_line, changed);
        let mut healed = by_line.clone();
        let plan = healed.sync();
        let cents = only(&plan).after.as_ref().unwrap();
        assert_eq!((cents.quantity, cents.unit_price), (dec("1"), dec("0.01")));
        assert!(healed.plan().actions.is_empty());
    }
}

#[test]
fn what_is_sold_below_cost_is_told_or_needs_consent() {
    let mut house = House::new();
    let line = house.usage("u", "2026-05");
    line.unit_cost = Some(dec("11"));
    let plan = house.plan();
    assert_eq!(warned(&plan), [("u", "below-cost")]);
    assert_eq!(plan.warnings[0].message, "it is sold for 21.00 EUR, and costs 22.00");
    assert_eq!(plan.counts.create, 1);
    house.policy.guard.action = GuardAction::Consent;
    assert_eq!(refused(&house.plan()), "below-cost");
    house.scope.accept_warnings = true;
    assert_eq!(house.plan().counts.create, 1);
    house.policy.guard.action = GuardAction::Off;
    assert!(house.plan().warnings.is_empty());
    // A credit of what was sold at a profit is no loss.
    let mut house = House::new();
    let line = house.usage("u", "2026-05");
    (line.unit_price, line.unit_cost, line.total) =
        (Some(dec("-10.5")), Some(dec("-8")), dec("-21"));
    assert!(house.plan().warnings.is_empty());
}

#[test]
fn jumps_since_the_month_before_are_told() {
    let with = |change: fn(&mut Line)| {
        let mut house = House::new();
        house.fee("s@1", "2026-05");
        house.sync();
        change(house.fee("s@2", "2026-06"));
        house.plan().warnings.iter().map(|w| w.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(with(|_| {}), [""; 0]);
    // 10.50 to 11.55 is ten percent, which is not more than ten.
    assert_eq!(with(|l| (l.unit_price, l.total) = (Some(dec("11.55")), dec("23.10"))), [""; 0]);
    assert_eq!(
        with(|l| (l.unit_price, l.total) = (Some(dec("11.56")), dec("23.12"))),
        ["price-changed"]
    );
    assert_eq!(with(|l| (l.quantity, l.total) = (dec("7"), dec("73.5"))), ["quantity-jumped"]);
    assert_eq!(with(|l| (l.quantity, l.total) = (dec("5"), dec("52.5"))), [""; 0]);
}

#[test]
fn a_trial_that_turned_paid_is_told() {
    let mut house = House::new();
    let line = house.fee("s@1", "2026-05");
    (line.unit_price, line.unit_cost, line.total) = (Some(dec("0")), None, dec("0"));
    house.sync();
    house.fee("s@2", "2026-06");
    assert_eq!(warned(&house.plan()), [("s@2", "trial-turned-paid")]);
}

#[test]
fn a_credit_larger_than_its_charge_is_told_unless_an_event_explains_it() {
    let mut house = House::new();
    house.fee("s@1", "2026-05");
    house.sync();
    let credit = |house: &mut House, key: &str, total: &str| {
        let line = house.usage(key, "2026-06");
        line.charge_type = ChargeType::Correction;
        line.subscription_id = Some("s".into());
        line.charge_start = day("2026-06-20");
        (line.unit_price, line.unit_cost, line.total) = (None, None, dec(total));
    };
    credit(&mut house, "small", "-21");
    assert!(house.plan().warnings.is_empty());
    credit(&mut house, "large", "-21.01");
    assert_eq!(warned(&house.plan()), [("large", "credit-exceeds-charge")]);
    credit(&mut house, "charge", "30");
    assert!(house.plan().warnings.is_empty());
}

#[test]
fn costs_without_a_rule_are_told_once() {
    let mut house = House::new();
    costs(house.usage("a", "2026-05"), "1", "10", "10");
    costs(house.usage("b", "2026-05"), "1", "10", "10");
    let plan = house.plan();
    let told: Vec<_> = plan.notices.iter().filter(|n| n.code == "sold-at-cost").collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.starts_with("2 lines posted at what we pay"), "{}", told[0].text);
    rule(&mut house, "markup 5%");
    assert!(house.plan().notices.iter().all(|n| n.code != "sold-at-cost"));
}
