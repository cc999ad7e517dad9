//! What a line is worth: the rule on prices, then the rule on residual cents, and what the guard
//! says of both.

use crate::domain::addition::AdditionFields;
use crate::domain::guard::{GuardAction, Warning};
use crate::domain::line::{Line, Posted};
use crate::domain::money::Currency;
use crate::domain::policy::ResidualPolicy;
use crate::domain::price::{self, NoPrice, PriceRule, Sale, SalesRow};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::{Agreement, Product};
use crate::domain::residual::{self, AdditionMoney};

use super::super::guards::{dates, margin};
use super::dates::Dates;
use super::planner::Planner;
use super::recurring::Stem;

/// The money of a line: what it costs and is sold for, and what the addition says.
#[derive(Debug, Clone)]
pub(super) struct Worth {
    pub sale: Sale,
    pub money: AdditionMoney,
}

impl<'a> Planner<'a> {
    /// What a line is sold for, on an addition of this product.
    pub(super) fn worth(&self, line: &Line, product: &Product) -> Result<Worth, Problem> {
        let prices = &self.policy.prices;
        let sale = price::sale(line, prices, product.price).map_err(|why| {
            no_price(why, product, prices.of(&line.organization_id, &line.offer_id))
        })?;
        let policy = match self.policy.residual {
            ResidualPolicy::Refuse if sale.by_rule => ResidualPolicy::Collapse,
            other => other,
        };
        let mut money = residual::settle(&sale.money(line), policy, self.policy.price_decimals)
            .map_err(|r| {
                Problem::new(
                    ProblemKind::Incomplete,
                    "residual",
                    format!(
                        "quantity x unit price is {}, and the total is {}",
                        r.product.normalize(),
                        line.total.normalize()
                    ),
                    "set billing.residual to \"collapse\" or \"rounding-line\", or correct the bill",
                )
            })?;
        // One amount of several units costs what the bill says that they cost, to the cent.
        if sale.by_rule && money.quantity == rust_decimal::Decimal::ONE {
            money.unit_cost = sale.cost;
        }
        Ok(Worth { sale, money })
    }

    /// What a posted line was worth when its addition was made: at the price that is frozen with
    /// it, never at today's rules, which may have changed since. Absent unless the addition is what
    /// the rule on residual cents makes of that price, by which it is known to lack cents or not.
    pub(super) fn worth_when_posted(
        &self,
        line: &Line,
        posted: &Posted,
        shown: &AdditionFields,
    ) -> Option<Worth> {
        // Nothing keeps whether a rule made the price. As billed, it was the line's own total.
        [false, true].into_iter().filter(|by_rule| *by_rule || posted.sold == line.total).find_map(
            |by_rule| {
                let (sold, cost) = (posted.sold, price::cost(line));
                let sale = Sale { sold, cost, unit_cost: line.unit_cost, by_rule };
                let (policy, decimals) = (self.policy.residual, self.policy.price_decimals);
                let money = residual::settle(&sale.money(line), policy, decimals).ok()?;
                (money.quantity == shown.quantity && money.unit_price == shown.unit_price)
                    .then_some(Worth { sale, money })
            },
        )
    }

    /// Asks the guard. `before` is what the line's addition shows.
    ///
    /// # Errors
    /// It warns, and the settings ask for consent that was not given.
    pub(super) fn look(
        &mut self,
        line: &'a Line,
        worth: &Worth,
        before: Option<&AdditionFields>,
    ) -> Result<(), Problem> {
        let guard = &self.policy.guard;
        if guard.action == GuardAction::Off {
            return Ok(());
        }
        if price::cost_only(line) && !worth.sale.by_rule && !line.total.is_zero() {
            self.told.at_cost += 1;
        }
        let mut found = margin::warnings(guard, line, &worth.sale, &worth.money, before);
        if self.input.withdrawn.contains(&line.id) {
            found.push(margin::withdrawn(line));
        }
        if before.is_none() && worth.sale.sold.is_sign_negative() {
            let credit =
                self.charged(line).and_then(|reversed| margin::credit(line, &worth.sale, reversed));
            self.credits.extend(credit);
        }
        if guard.action == GuardAction::Consent
            && !self.scope.accept_warnings
            && let Some(first) = found.first()
        {
            return Err(needs_consent(first));
        }
        self.done.warnings.extend(found);
        Ok(())
    }

    /// Asks the guard about the dates of a new addition.
    ///
    /// # Errors
    /// It warns, and the settings ask for consent that was not given.
    pub(super) fn look_at_dates(
        &mut self,
        line: &Line,
        agreement: &Agreement,
        on: &Dates,
    ) -> Result<(), Problem> {
        let guard = &self.policy.guard;
        let days = (on.start, on.end);
        let found = dates::warnings(guard, line, agreement, days, on.moved.is_some());
        if guard.action == GuardAction::Consent
            && !self.scope.accept_warnings
            && let Some(first) = found.first()
        {
            return Err(needs_consent(first));
        }
        self.done.warnings.extend(found);
        Ok(())
    }

    /// What the recurring addition of a line's subscription charges.
    fn charged(&self, line: &'a Line) -> Option<&AdditionFields> {
        let company =
            self.input.organizations.get(&(line.source.clone(), line.organization_id.clone()));
        let stem = Stem {
            source: &line.source,
            company: line.choice.company.or_else(|| company?.companies.first().copied())?,
            contract: line.contract_id.as_ref(),
            subscription: line.subscription_id.as_ref()?,
            offer: &line.offer_id,
            occurrence: 1,
        };
        self.recurring.newest(&stem).map(|known| known.fields.as_ref())
    }

    /// Counts what is posted, or would be.
    pub(super) fn count_sale(&mut self, currency: Currency, sale: &Sale) {
        let Some(cost) = sale.cost else { return };
        let rows = &mut self.done.sales;
        let at = rows.iter().position(|r| r.currency == currency).unwrap_or_else(|| {
            rows.push(SalesRow::zero(currency));
            rows.len() - 1
        });
        rows[at].add(cost, sale.sold);
    }

    /// Counts a line that is posted already, at what it was sold for then.
    pub(super) fn count_posted(&mut self, line: &Line) {
        let (Some(posted), Some(cost)) = (&line.posted, price::cost(line)) else { return };
        let sale = Sale { sold: posted.sold, cost: Some(cost), unit_cost: None, by_rule: false };
        self.count_sale(line.currency, &sale);
    }
}

fn no_price(why: NoPrice, product: &Product, rule: PriceRule) -> Problem {
    match why {
        NoPrice::ProductHasNone => Problem::new(
            ProblemKind::Incomplete,
            "no-product-price",
            format!(
                "its price rule is \u{201c}product\u{201d}, and the PSA product {} \u{201c}{}\u{201d} \
                 has no price",
                product.id,
                crate::domain::text::harmless(&product.identifier)
            ),
            "give the product a price in ConnectWise and run `addendum pull products`, or choose \
             another rule (billing.price)",
        ),
        NoPrice::TooLarge => Problem::new(
            ProblemKind::Incomplete,
            "price-too-large",
            format!("its price by the rule \u{201c}{rule}\u{201d} has more than 28 digits"),
            "correct the amounts at the source, or the rule (billing.price)",
        ),
    }
}

fn needs_consent(first: &Warning) -> Problem {
    Problem::new(
        ProblemKind::Incomplete,
        first.code.clone(),
        first.message.clone(),
        format!(
            "{}; to post it as it is: `addendum sync --accept-warnings` (billing.guard.action is \
             \"consent\")",
            first.remedy
        ),
    )
}
