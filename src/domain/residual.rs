//! Money of an addition: what is posted (quantity x unit price) equals the source's total to the
//! cent, or the residual policy decides (design 6.5).

use rust_decimal::Decimal;

use super::money;
use super::policy::ResidualPolicy;

/// The money of one line, before the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineMoney {
    /// Units.
    pub quantity: Decimal,
    /// Price of a unit, where the source gives one.
    pub unit_price: Option<Decimal>,
    /// Cost of a unit.
    pub unit_cost: Option<Decimal>,
    /// The truth.
    pub total: Decimal,
}

/// What goes into the addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdditionMoney {
    /// Units.
    pub quantity: Decimal,
    /// Price of a unit.
    pub unit_price: Decimal,
    /// Cost of a unit.
    pub unit_cost: Option<Decimal>,
    /// The real quantity, to be said in the invoice description, when the line was collapsed.
    pub collapsed_from: Option<Decimal>,
    /// Missing cents that an addition of its own carries.
    pub rounding: Option<Decimal>,
}

/// Quantity times unit price is not the total, and the policy is `refuse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Residual {
    /// What quantity x price would have given.
    pub product: Decimal,
}

/// Decides what is posted. `price_decimals` is how many decimals a unit price may have.
///
/// # Errors
/// [`Residual`] with the policy `refuse`.
pub fn settle(
    line: &LineMoney,
    policy: ResidualPolicy,
    price_decimals: u32,
) -> Result<AdditionMoney, Residual> {
    let price = line.unit_price.or_else(|| {
        if line.quantity.is_zero() && line.total.is_zero() {
            return Some(Decimal::ZERO);
        }
        (!line.quantity.is_zero())
            .then(|| line.total.checked_div(line.quantity))
            .flatten()
            .filter(|p| p.checked_mul(line.quantity) == Some(line.total))
    });
    let fits = |p: Decimal| p.normalize().scale() <= price_decimals;
    if let Some(p) = price
        && fits(p)
        && line.quantity.checked_mul(p) == Some(line.total)
    {
        return Ok(AdditionMoney {
            quantity: line.quantity,
            unit_price: p,
            unit_cost: line.unit_cost,
            collapsed_from: None,
            rounding: None,
        });
    }
    let rounded = price.map(|p| {
        p.round_dp_with_strategy(
            price_decimals,
            rust_decimal::RoundingStrategy::MidpointAwayFromZero,
        )
    });
    match policy {
        ResidualPolicy::Refuse => Err(Residual {
            product: price.and_then(|p| p.checked_mul(line.quantity)).unwrap_or_default(),
        }),
        ResidualPolicy::RoundingLine if !line.quantity.is_zero() => {
            let p = rounded.or_else(|| {
                line.total.checked_div(line.quantity).map(|p| {
                    p.round_dp_with_strategy(
                        price_decimals,
                        rust_decimal::RoundingStrategy::MidpointAwayFromZero,
                    )
                })
            });
            let missing = p.and_then(|p| {
                let posted = p.checked_mul(line.quantity)?;
                Some((p, money::cents(line.total).checked_sub(posted)?))
            });
            match missing {
                Some((p, missing)) => {
                    // A share of a cent cannot be billed as cents: then one amount is clearer.
                    if missing.normalize().scale() > 2 {
                        return Ok(collapse(line, price_decimals));
                    }
                    Ok(AdditionMoney {
                        quantity: line.quantity,
                        unit_price: p,
                        unit_cost: line.unit_cost,
                        collapsed_from: None,
                        rounding: (!missing.is_zero()).then_some(missing),
                    })
                }
                None => Ok(collapse(line, price_decimals)),
            }
        }
        ResidualPolicy::RoundingLine | ResidualPolicy::Collapse => {
            Ok(collapse(line, price_decimals))
        }
    }
}

/// Quantity 1 at the total; the cost is that of all units.
fn collapse(line: &LineMoney, price_decimals: u32) -> AdditionMoney {
    AdditionMoney {
        quantity: Decimal::ONE,
        unit_price: line.total.round_dp_with_strategy(
            price_decimals.max(2),
            rust_decimal::RoundingStrategy::MidpointAwayFromZero,
        ),
        unit_cost: line.unit_cost.map(|c| c.checked_mul(line.quantity).map_or(c, money::cents)),
        collapsed_from: (line.quantity != Decimal::ONE).then_some(line.quantity),
        rounding: None,
    }
}
