//! The cents that quantity x unit price leaves out, as an addition beside the line's own (design 6.5).

use rust_decimal::Decimal;
use smallvec::smallvec;

use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::line::{Line, Text};
use crate::domain::marker::marker;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Reasons};
use crate::domain::policy::ResidualPolicy;
use crate::domain::problem::Problem;

use super::dates;
use super::making::Write;
use super::planner::Planner;
use super::posting::invoiced;
use super::reason;
use super::resolve::Target;
use super::worth::Worth;

impl<'a> Planner<'a> {
    /// The write that brings the cents of a line to what it leaves out now: an addition that is
    /// posted once, or a change of the one that is there. It goes into the plan behind the line's
    /// own, without which it would stand for nothing.
    pub(super) fn rounding(
        &mut self,
        line: &Line,
        target: Target<'a>,
        on: &AgreementTarget,
        worth: &Worth,
    ) -> Result<Option<Action>, Problem> {
        let missing = worth.money.rounding;
        if missing.is_none() && !self.has_cents {
            return Ok(None);
        }
        let subject = Subject::Rounding { source: line.source.clone(), key: line.key.clone() };
        let marker: Text = marker(&subject).into();
        let own = self.own.get(&*marker).copied();
        // What a person deleted is not posted again unasked.
        if own.is_some_and(|o| o.gone) && !self.scope.repost_deleted {
            return Ok(None);
        }
        match (own.filter(|o| !o.gone), missing) {
            (None, None) => Ok(None),
            (None, Some(cents)) => {
                let agreement = self.agreement(on)?;
                let dates = dates::once(line, &agreement, self.policy)?;
                let mut fields = self.fields(line, target, &dates, &worth.money, None);
                fields.quantity = Decimal::ONE;
                fields.unit_price = cents;
                fields.unit_cost = Some(Decimal::ZERO);
                fields.invoice_description.push_str(" (rounding)");
                let write = Write {
                    kind: ActionKind::Create,
                    on: on.clone(),
                    addition_id: None,
                    marker,
                    subject,
                    before: None,
                    after: fields,
                    sale: worth.sale,
                    reasons: because("the cents that quantity x unit price leaves out"),
                };
                Ok(Some(self.cents(line, write, cents)))
            }
            (Some(own), missing) => {
                self.other_cents(line, own, missing.unwrap_or_default(), subject, worth)
            }
        }
    }

    /// Cents that are there already, where the line leaves out others by now: it changed since, or
    /// what it is sold for did.
    fn other_cents(
        &mut self,
        line: &Line,
        own: &OwnAddition,
        cents: Decimal,
        subject: Subject,
        worth: &Worth,
    ) -> Result<Option<Action>, Problem> {
        let change = cents.saturating_sub(own.fields.amount());
        if change.is_zero() {
            return Ok(None);
        }
        let on = AgreementTarget::Existing(own.agreement_id);
        let agreement = self.agreement(&on)?;
        if let Some(next) = agreement.invoiced_past(own.fields.effective) {
            return Err(invoiced(&own.marker, next));
        }
        let (quantity, unit_price) = (Decimal::ONE, cents);
        let write = Write {
            kind: ActionKind::Update,
            on,
            addition_id: Some(own.addition_id),
            marker: own.marker.clone(),
            subject,
            before: Some(Box::new(own.fields.clone())),
            after: AdditionFields { quantity, unit_price, ..own.fields.clone() },
            sale: worth.sale,
            reasons: because("quantity x unit price leaves out other cents than it did"),
        };
        Ok(Some(self.cents(line, write, change)))
    }

    /// The action of cents. The line is settled by its main addition; this one only carries cents.
    fn cents(&mut self, line: &Line, write: Write, amount: Decimal) -> Action {
        let action = self.action(line, write);
        Action {
            lines: Default::default(),
            line_ids: Default::default(),
            sold: Default::default(),
            amount,
            ..action
        }
    }

    /// A run may have died between a line's addition and its cents: they are posted now. Cents that
    /// are there belong to a line that is Synced, and are frozen with it.
    pub(super) fn heal_rounding(&mut self, line: &'a Line) {
        if self.policy.residual != ResidualPolicy::RoundingLine {
            return;
        }
        let Some(posted) = &line.posted else { return };
        let Some(own) = self.own.get(&*posted.marker).copied() else { return };
        let input = self.input;
        let Some(product) = input.products.get(&own.fields.product_id) else { return };
        // An addition that shows a later line by now says nothing.
        if own.line != line.key || matches!(own.subject, Subject::Net { .. }) {
            return;
        }
        let Some(worth) = self.worth_when_posted(line, posted, &own.fields) else { return };
        let Some(company) = input.companies.get(&own.company_id) else { return };
        let target = Target { company, product };
        let on = AgreementTarget::Existing(posted.agreement_id);
        let healed = self.rounding(line, target, &on, &worth).and_then(|cents| {
            let Some(cents) = cents.filter(|c| c.kind == ActionKind::Create) else {
                return Ok(None);
            };
            // It can have ended since the line's own addition was made.
            let agreement = self.agreement(&on)?;
            self.agreements.usable(&agreement, line, agreement.company_id)?;
            Ok(Some(cents))
        });
        match healed {
            Ok(cents) => self.push_cents(cents),
            Err(why) => self.told.without_cents(line, worth.money.rounding, why),
        }
    }
}

fn because(text: &'static str) -> Reasons {
    smallvec![reason("rounding", text)]
}
