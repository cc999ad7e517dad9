//! One price rule, as people write it.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Serialize;

/// How the price follows from the cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
pub enum PriceRule {
    /// The bill's own amount.
    #[default]
    AsBilled,
    /// So many percent on top of the cost: `markup 20%`.
    Markup(Decimal),
    /// The cost is what is left when so many percent of the price are ours: `margin 20%`.
    Margin(Decimal),
    /// So much on top of each unit's cost, in the bill's currency: `add 1.50`.
    Add(Decimal),
    /// The list price of the PSA product: `product`.
    Product,
}

/// The text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a price rule is as-billed, markup 20%, margin 15%, add 1.50 or product")]
pub struct NotARule;

impl PriceRule {
    /// The price of what costs this much, both without a sign. [`Self::AsBilled`] and
    /// [`Self::Product`] are not the cost's to decide and give it back. `None`: beyond what a
    /// decimal holds.
    pub(super) fn on(self, cost: Decimal, units: Decimal) -> Option<Decimal> {
        match self {
            Self::AsBilled | Self::Product => Some(cost),
            Self::Markup(percent) => share(Decimal::ONE_HUNDRED.checked_add(percent)?, cost),
            Self::Margin(percent) => cost
                .checked_mul(Decimal::ONE_HUNDRED)?
                .checked_div(Decimal::ONE_HUNDRED.checked_sub(percent)?),
            Self::Add(_) if cost.is_zero() => Some(Decimal::ZERO),
            Self::Add(each) => {
                // What is taken off makes nothing cheaper than free.
                Some(cost.checked_add(each.checked_mul(units)?)?.max(Decimal::ZERO))
            }
        }
    }
}

/// So many percent of an amount.
fn share(percent: Decimal, of: Decimal) -> Option<Decimal> {
    of.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)
}

impl FromStr for PriceRule {
    type Err = NotARule;

    fn from_str(text: &str) -> Result<Self, NotARule> {
        let text = text.trim().to_ascii_lowercase();
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
        let rest = rest.trim();
        let percent = || rest.strip_suffix('%').and_then(|n| n.trim().parse::<Decimal>().ok());
        match (word, rest) {
            ("as-billed", "") => Ok(Self::AsBilled),
            ("product", "") => Ok(Self::Product),
            ("markup", _) => percent()
                .filter(|p| (Decimal::NEGATIVE_ONE * Decimal::ONE_HUNDRED..=limit()).contains(p))
                .map(|p| Self::Markup(p.normalize()))
                .ok_or(NotARule),
            ("margin", _) => percent()
                .filter(|p| *p < Decimal::ONE_HUNDRED && *p >= -limit())
                .map(|p| Self::Margin(p.normalize()))
                .ok_or(NotARule),
            ("add", _) => rest
                .parse::<Decimal>()
                .ok()
                .filter(|n| n.abs() <= Decimal::from(1_000_000))
                .map(|n| Self::Add(n.normalize()))
                .ok_or(NotARule),
            _ => Err(NotARule),
        }
    }
}

/// Ten thousand percent: beyond it somebody mistyped.
fn limit() -> Decimal {
    Decimal::from(10_000)
}

impl fmt::Display for PriceRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsBilled => f.write_str("as-billed"),
            Self::Markup(p) => write!(f, "markup {p}%"),
            Self::Margin(p) => write!(f, "margin {p}%"),
            Self::Add(n) => write!(f, "add {n}"),
            Self::Product => f.write_str("product"),
        }
    }
}
