//! What a source is going to bill, summed up for people.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::line::CanonicalLine;
use crate::domain::money::{Currency, cents};

/// What a source is going to bill, as far as it tells. It is never stored and never posted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forecast {
    /// The lines that are expected.
    pub lines: Vec<CanonicalLine>,
    /// Records that are no lines, by reason.
    pub left_out: BTreeMap<String, u64>,
}

/// What is sold and what it costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    /// How many lines.
    pub lines: u64,
    /// What the bill will say.
    pub total: Decimal,
    /// What we will pay.
    pub cost: Decimal,
}

impl Expected {
    fn add(&mut self, line: &CanonicalLine) {
        self.lines += 1;
        self.total += line.total;
        self.cost += cost(line);
    }
}

/// What the line costs us; a bill of costs has nothing else.
pub fn cost(line: &CanonicalLine) -> Decimal {
    if line.extra.as_ref().is_some_and(|e| e.cost_only) {
        return line.total;
    }
    line.unit_cost.map_or(Decimal::ZERO, |c| cents(c * line.quantity))
}

impl Forecast {
    /// The sums of each organization (name and id) and currency, in order.
    pub fn by_organization(&self) -> BTreeMap<(String, String, Currency), Expected> {
        self.sums(|l| (l.organization_name.to_string(), l.organization_id.to_string(), l.currency))
    }

    /// The sums of each currency.
    pub fn by_currency(&self) -> BTreeMap<Currency, Expected> {
        self.sums(|l| l.currency)
    }

    fn sums<K: Ord>(&self, key: impl Fn(&CanonicalLine) -> K) -> BTreeMap<K, Expected> {
        let mut sums: BTreeMap<K, Expected> = BTreeMap::new();
        self.lines.iter().for_each(|l| sums.entry(key(l)).or_default().add(l));
        sums
    }
}
