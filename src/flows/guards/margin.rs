//! The margin guard: lines that would be sold below cost, whose price or quantity jumped since the
//! month before, trials that turned paid, and credits larger than what they reverse.

use rust_decimal::Decimal;

use crate::domain::addition::AdditionFields;
use crate::domain::guard::{Guard, GuardAction, Warning};
use crate::domain::line::Line;
use crate::domain::money;
use crate::domain::price::Sale;
use crate::domain::residual::AdditionMoney;

/// What is worth a second look about a line. `before` is what its addition shows for the month
/// before.
pub(in super::super) fn warnings(
    guard: &Guard,
    line: &Line,
    sale: &Sale,
    money: &AdditionMoney,
    before: Option<&AdditionFields>,
) -> Vec<Warning> {
    if guard.action == GuardAction::Off {
        return Vec::new();
    }
    let mut found = Vec::new();
    found.extend(below_cost(line, sale));
    if let Some(before) = before {
        found.extend(trial(line, sale, before));
        let units = real_units(before);
        found.extend(guard.price_change.and_then(|p| price(line, p, units, before, money)));
        found.extend(guard.quantity_jump.and_then(|p| quantity(line, p, units)));
    }
    found
}

fn warning(line: &Line, code: &'static str, message: String, remedy: &'static str) -> Warning {
    Warning { line: line.key.clone(), code: code.into(), message, remedy: remedy.into() }
}

/// A line that its source no longer has.
pub(in super::super) fn withdrawn(line: &Line) -> Warning {
    warning(
        line,
        "withdrawn",
        format!("invoice {} no longer has it at the source", line.invoice_number),
        "drop it with `addendum unload` where its invoice was voided, or load the month again",
    )
}

fn below_cost(line: &Line, sale: &Sale) -> Option<Warning> {
    let cost = sale.cost?;
    (sale.sold > Decimal::ZERO && sale.sold < cost).then(|| {
        warning(
            line,
            "below-cost",
            format!(
                "it is sold for {} {}, and costs {}",
                money::text(sale.sold),
                line.currency,
                money::text(cost)
            ),
            "raise its price rule (billing.price), or correct the price at the source",
        )
    })
}

fn trial(line: &Line, sale: &Sale, before: &AdditionFields) -> Option<Warning> {
    (before.amount().is_zero() && !before.quantity.is_zero() && sale.sold > Decimal::ZERO).then(
        || {
            warning(
                line,
                "trial-turned-paid",
                format!(
                    "it was free the month before, and is {} {} now",
                    money::text(sale.sold),
                    line.currency
                ),
                "tell the customer before the invoice does",
            )
        },
    )
}

/// The units that an addition shows; absent where it was collapsed into one amount, which is told
/// by its invoice description alone.
fn real_units(fields: &AdditionFields) -> Option<Decimal> {
    let collapsed =
        fields.quantity == Decimal::ONE && fields.invoice_description.contains("(quantity ");
    (!collapsed).then_some(fields.quantity)
}

fn price(
    line: &Line,
    percent: Decimal,
    units: Option<Decimal>,
    before: &AdditionFields,
    now: &AdditionMoney,
) -> Option<Warning> {
    // A collapsed amount is no price of a unit.
    if units.is_none() || now.collapsed_from.is_some() {
        return None;
    }
    let (was, is) = (before.unit_price, now.unit_price);
    let off = changed_by(was, is)?;
    (off.abs() > percent && !is.is_zero()).then(|| {
        warning(
            line,
            "price-changed",
            format!(
                "its unit price was {} the month before, and is {} {} now ({}%)",
                money::text(was),
                money::text(is),
                line.currency,
                signed(off)
            ),
            "check the price at the source, or its price rule (billing.price)",
        )
    })
}

fn quantity(line: &Line, percent: Decimal, units: Option<Decimal>) -> Option<Warning> {
    let (was, is) = (units?, line.quantity);
    let off = changed_by(was, is)?;
    let jump = is.checked_sub(was)?.abs();
    (off.abs() > percent && jump >= Decimal::from(Guard::JUMP_UNITS)).then(|| {
        warning(
            line,
            "quantity-jumped",
            format!(
                "it was {} units the month before, and is {} now",
                was.normalize(),
                is.normalize()
            ),
            "check the order with the customer",
        )
    })
}

/// A refund that gives back more than its subscription's addition charges.
pub(in super::super) fn credit(
    line: &Line,
    sale: &Sale,
    reversed: &AdditionFields,
) -> Option<Warning> {
    let charged = reversed.amount();
    let back = -sale.sold;
    (charged > Decimal::ZERO && back > charged).then(|| {
        warning(
            line,
            "credit-exceeds-charge",
            format!(
                "it gives back {} {}, and the subscription is charged {} a period",
                money::text(back),
                line.currency,
                money::text(charged)
            ),
            "check at the source what it credits",
        )
    })
}

/// By how many percent something changed.
fn changed_by(was: Decimal, is: Decimal) -> Option<Decimal> {
    is.checked_sub(was)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(was.abs())
}

fn signed(percent: Decimal) -> String {
    let n = percent.round_dp(1).normalize();
    if n.is_sign_negative() { n.to_string() } else { format!("+{n}") }
}
