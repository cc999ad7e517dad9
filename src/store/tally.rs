//! What the lines of a month add up to, for the partial-load guard and auto-cancel (design 6.9).

use foldhash::{HashMap, HashSet};
use rust_decimal::Decimal;

use super::encoding::to_month;
use super::error::StoreError;
use super::line_rows::Codes;
use super::names::Names;
use super::totals::add as plus;
use crate::domain::charge_type::ChargeType;
use crate::domain::line::Text;
use crate::domain::money::Currency;
use crate::domain::plan_input::{PlanInput, SubscriptionKey};

/// What a month adds up to, by the rows that lines refer to.
#[derive(Default)]
pub(super) struct Tally {
    /// Source, currency, sum. There are few.
    money: Vec<(Text, Currency, Decimal)>,
    /// Position of the source in `money`, and customer.
    customers: HashSet<(usize, i64)>,
    /// Position of the source in `money`, subscription and item.
    billed: HashMap<(usize, i64, i64), u32>,
}

impl Tally {
    /// Counts a line in.
    pub(super) fn add(
        &mut self,
        source: &Text,
        currency: Currency,
        total: Decimal,
        codes: Codes,
        charge_type: ChargeType,
    ) -> Result<(), StoreError> {
        let same = |(s, c, _): &(Text, Currency, Decimal)| *c == currency && s == source;
        let at = match self.money.iter().position(same) {
            Some(at) => at,
            None => {
                self.money.push((source.clone(), currency, Decimal::ZERO));
                self.money.len() - 1
            }
        };
        self.money[at].2 = plus(self.money[at].2, total)?;
        self.customers.insert((at, codes.customer));
        if charge_type.is_recurring() {
            *self.billed.entry((at, codes.subscription, codes.item)).or_default() += 1;
        }
        Ok(())
    }

    /// Puts the sums into the snapshot; `with_present`: the subscriptions too.
    pub(super) fn finish(
        self,
        names: &mut Names<'_>,
        month: i64,
        with_present: bool,
        input: &mut PlanInput,
    ) -> Result<(), StoreError> {
        let period = to_month(month)?;
        for (source, currency, sum) in &self.money {
            let of = input.totals.entry((period, source.clone())).or_default();
            of.money.insert(*currency, *sum);
            if with_present {
                input.present.entry((period, source.clone())).or_default();
            }
        }
        let mut organizations = HashSet::default();
        for (at, customer) in self.customers {
            let source = &self.money[at].0;
            if organizations.insert(names.customer(customer)?.organization_id)
                && let Some(of) = input.totals.get_mut(&(period, source.clone()))
            {
                of.organizations += 1;
            }
        }
        if !with_present {
            return Ok(());
        }
        for ((at, subscription, item), times) in self.billed {
            let offer = names.item(item)?.offer.clone();
            let s = names.subscription(subscription)?;
            let Some(key) = s.key.clone() else { continue };
            let key = SubscriptionKey { contract: s.contract.clone(), subscription: key, offer };
            if let Some(present) = input.present.get_mut(&(period, self.money[at].0.clone())) {
                *present.entry(key).or_default() += times;
            }
        }
        Ok(())
    }
}
