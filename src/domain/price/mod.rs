//! What a line is sold for, where its bill says only what we pay: a rule decides, the most specific
//! one, and the result is rounded half away from zero to the cent of each line.

mod rule;
mod table;

use rust_decimal::Decimal;

use super::line::Line;
use super::money::{Currency, cents};
use super::residual::LineMoney;

pub use rule::{NotARule, PriceRule};
pub use table::PriceRules;

use serde::{Deserialize, Serialize};

/// Where a rule's price is rounded to cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceRounding {
    /// The rule is applied to what the line costs, and the line's amount is rounded: nothing is
    /// lost on many units of a small price.
    #[default]
    Line,
    /// The rule is applied to what a unit costs, and the unit price is rounded: invoices show
    /// quantity x unit price.
    Unit,
}

/// What a line costs us and what it is sold for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// What the customer pays for the line, before tax.
    pub sold: Decimal,
    /// What the line costs us, where the bill says so. Carries the sign of the line.
    pub cost: Option<Decimal>,
    /// Cost of a unit.
    pub unit_cost: Option<Decimal>,
    /// A rule made the price; otherwise it is as billed.
    pub by_rule: bool,
}

/// Why a rule gives no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPrice {
    /// The rule asks for the PSA product's price, and the product has none.
    ProductHasNone,
    /// The amount is beyond what a decimal holds.
    TooLarge,
}

/// The sums of a currency: what was sold, what it costs us, and the difference. Lines whose cost
/// the bill does not say are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesRow {
    /// The currency.
    pub currency: Currency,
    /// How many lines.
    pub lines: u64,
    /// What they cost us.
    #[serde(with = "super::money::as_text")]
    pub cost: Decimal,
    /// What they are sold for.
    #[serde(with = "super::money::as_text")]
    pub sold: Decimal,
    /// `sold - cost`.
    #[serde(with = "super::money::as_text")]
    pub margin: Decimal,
}

impl SalesRow {
    /// A row of zeros.
    pub fn zero(currency: Currency) -> Self {
        let z = Decimal::ZERO;
        Self { currency, lines: 0, cost: z, sold: z, margin: z }
    }

    /// Counts a line in. Sums beyond the largest decimal stay there.
    pub fn add(&mut self, cost: Decimal, sold: Decimal) {
        self.lines += 1;
        self.cost = self.cost.saturating_add(cost);
        self.sold = self.sold.saturating_add(sold);
        self.margin = self.sold.saturating_sub(self.cost);
    }
}

/// What a line costs us in all: the amount of record where the bill says only costs, else units x
/// unit cost with the sign of the amount of record.
pub fn cost(line: &Line) -> Option<Decimal> {
    if cost_only(line) {
        return Some(line.total);
    }
    let cost = cents(line.unit_cost?.checked_mul(line.quantity)?);
    let opposed = cost.is_sign_negative() != line.total.is_sign_negative();
    Some(if opposed && !cost.is_zero() && !line.total.is_zero() { -cost } else { cost })
}

/// Whether the bill says what we pay and no selling price.
pub fn cost_only(line: &Line) -> bool {
    line.side.as_ref().is_some_and(|s| s.cost_only)
}

/// What a line is sold for. `product` is the price of its PSA product.
///
/// As billed, that is the line's own total. A rule takes what the line costs us, which is the
/// line's total where the bill names no other cost, and keeps its sign: a charge and the credit
/// that takes it back cancel each other to the cent. What costs nothing is sold for nothing.
///
/// # Errors
/// [`NoPrice`]
pub fn sale(line: &Line, rules: &PriceRules, product: Option<Decimal>) -> Result<Sale, NoPrice> {
    let rule = rules.of(&line.organization_id, &line.offer_id);
    if rule == PriceRule::AsBilled {
        return Ok(Sale {
            sold: line.total,
            cost: cost(line),
            unit_cost: line.unit_cost,
            by_rule: false,
        });
    }
    let whole = cost(line).unwrap_or(line.total);
    let unit_cost = line.unit_cost.or(line.unit_price).or_else(|| per_unit(whole, line.quantity));
    let units = line.quantity.abs();
    let sold = match (rule, rules.round, unit_cost) {
        _ if whole.is_zero() => Decimal::ZERO,
        (PriceRule::Product, ..) => {
            let price = product.ok_or(NoPrice::ProductHasNone)?;
            price.checked_mul(units).ok_or(NoPrice::TooLarge)?
        }
        (_, PriceRounding::Unit, Some(unit)) if !units.is_zero() => {
            let price = rule.on(unit.abs(), Decimal::ONE).ok_or(NoPrice::TooLarge)?;
            cents(price).checked_mul(units).ok_or(NoPrice::TooLarge)?
        }
        _ => rule.on(whole.abs(), units).ok_or(NoPrice::TooLarge)?,
    };
    let sold = cents(sold);
    let sold = if whole.is_sign_negative() { -sold } else { sold };
    Ok(Sale { sold, cost: Some(whole), unit_cost, by_rule: true })
}

impl Sale {
    /// What is left of the price, where the cost is known.
    pub fn margin(&self) -> Option<Decimal> {
        Some(self.sold.saturating_sub(self.cost?))
    }

    /// The money of the line as it is posted. A rule's price of a unit follows from its amount,
    /// where that divides.
    pub fn money(&self, line: &Line) -> LineMoney {
        LineMoney {
            quantity: line.quantity,
            unit_price: if self.by_rule { None } else { line.unit_price },
            unit_cost: self.unit_cost,
            total: self.sold,
        }
    }
}

/// The amount of one unit, where it divides within four decimals.
fn per_unit(amount: Decimal, units: Decimal) -> Option<Decimal> {
    let each = amount.checked_div(units)?.normalize();
    (each.scale() <= 4 && each.checked_mul(units) == Some(amount)).then_some(each)
}
