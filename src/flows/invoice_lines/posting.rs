//! What one line becomes: a new recurring addition, an update of one, or an addition of its own.

use crate::domain::addition::{AdditionFields, Subject};
use crate::domain::compare;
use crate::domain::description::{Notes, invoice_description};
use crate::domain::line::{Line, Text};
use crate::domain::marker::marker;
use crate::domain::plan::{ActionKind, AgreementTarget};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;
use crate::domain::residual::{self, AdditionMoney, LineMoney};

use super::dates::{self, Dates};
use super::making::Write;
use super::planner::{Planner, deleted_in_psa};
use super::reason;
use super::recurring::{Known, Stem};
use super::resolve::Target;

impl<'a> Planner<'a> {
    pub(super) fn create_recurring(
        &mut self,
        line: &Line,
        target: Target<'a>,
        stem: Stem,
        occurrence: u32,
        life: u32,
        on: AgreementTarget,
    ) -> Result<(), Problem> {
        let agreement = self.agreement(&on)?;
        let dates = dates::recurring(line, &agreement, self.policy)?;
        let money = self.money(line)?;
        // Only a moved start is told: an open end is what a subscription has.
        let own =
            (dates.start != line.charge_start).then_some((line.charge_start, line.charge_end));
        let fields = self.fields(line, target, &dates, &money, own);
        let subject = Subject::Recurring {
            source: stem.source.clone(),
            company: stem.company,
            contract: stem.contract.clone(),
            subscription: stem.subscription.clone(),
            offer: stem.offer.clone(),
            occurrence,
            life,
        };
        let marker: Text = marker(&subject).into();
        let mut reasons = vec![if life > 1 {
            reason("came-back", "the subscription came back after its addition was cancelled")
        } else {
            reason("new-subscription", "the subscription has no addition yet")
        }];
        self.tell_proration(&agreement, &mut reasons);
        reasons.extend(dates.moved);
        let known = Known {
            marker: marker.clone(),
            subject: subject.clone(),
            addition_id: None,
            agreement: on.clone(),
            fields: fields.clone(),
            shown: line.period,
            line: line.key.clone(),
            gone: false,
        };
        self.rounding(line, target, &on, &agreement, &money)?;
        self.push(
            line,
            Write {
                kind: ActionKind::Create,
                on,
                addition_id: None,
                marker,
                subject,
                before: None,
                after: fields,
                reasons,
            },
        );
        self.recurring.set(stem, occurrence, life, known);
        Ok(())
    }

    pub(super) fn update(
        &mut self,
        line: &Line,
        target: Target<'a>,
        stem: Stem,
        occurrence: u32,
        life: u32,
        mut known: Known,
    ) -> Result<(), Problem> {
        let money = self.money(line)?;
        let dates = Dates { start: known.fields.effective, end: line.dates.end, moved: None };
        if dates.end.is_some_and(|e| e < dates.start) {
            return Err(Problem::new(
                ProblemKind::Incomplete,
                "end-before-start",
                format!("the addition started on {}, and would end before that", dates.start),
                "type another end for the line",
            ));
        }
        let fields = self.fields(line, target, &dates, &money, None);
        self.billed.insert(known.marker.clone());
        let agreement = self.agreement(&known.agreement)?;
        self.rounding(line, target, &known.agreement.clone(), &agreement, &money)?;
        let changes = compare::differences(&known.fields, &fields);
        if changes.is_empty() {
            self.settle(line, known.marker.clone());
        } else {
            let what: Vec<&str> = changes.iter().map(|c| c.field.as_str()).collect();
            let reasons = vec![reason(
                "changed",
                format!("{} changed since {}", what.join(", "), known.shown),
            )];
            self.push(
                line,
                Write {
                    kind: ActionKind::Update,
                    on: known.agreement.clone(),
                    addition_id: known.addition_id,
                    marker: known.marker.clone(),
                    subject: known.subject.clone(),
                    before: Some(known.fields.clone()),
                    after: fields.clone(),
                    reasons,
                },
            );
        }
        known.fields = fields;
        known.shown = line.period;
        known.line = line.key.clone();
        self.recurring.set(stem, occurrence, life, known);
        Ok(())
    }

    /// An addition of its own, posted once.
    pub(super) fn once(&mut self, line: &Line, target: Target<'a>) -> Result<(), Problem> {
        let subject = Subject::Line { source: line.source.clone(), key: line.key.clone() };
        let marker: Text = marker(&subject).into();
        let own = self.own.get(&*marker).copied();
        if own.is_some_and(|o| o.gone) && !self.scope.repost_deleted {
            return Err(deleted_in_psa(&marker));
        }
        let own = own.filter(|o| !o.gone);
        let on = match own {
            Some(o) => AgreementTarget::Existing(o.agreement_id),
            None => self.choose(line, target)?,
        };
        let agreement = self.agreement(&on)?;
        let dates = dates::once(line, &agreement, self.policy)?;
        let money = self.money(line)?;
        let told = (dates.start != line.charge_start || dates.end != line.charge_end)
            .then_some((line.charge_start, line.charge_end));
        let fields = self.fields(line, target, &dates, &money, told);
        self.rounding(line, target, &on, &agreement, &money)?;
        if let Some(o) = own {
            if compare::same(&o.fields, &fields) {
                self.settle(line, marker);
                return Ok(());
            }
            let reasons = vec![reason("changed", "the line changed since its addition was made")];
            self.push(
                line,
                Write {
                    kind: ActionKind::Update,
                    on,
                    addition_id: Some(o.addition_id),
                    marker,
                    subject,
                    before: Some(o.fields.clone()),
                    after: fields,
                    reasons,
                },
            );
            return Ok(());
        }
        let mut reasons = vec![if line.charge_type.is_recurring() {
            reason("posted-once", "the agreement does not bill it as often as the source does")
        } else {
            reason("posted-once", "a one-time charge")
        }];
        self.tell_proration(&agreement, &mut reasons);
        reasons.extend(dates.moved);
        self.push(
            line,
            Write {
                kind: ActionKind::Create,
                on,
                addition_id: None,
                marker,
                subject,
                before: None,
                after: fields,
                reasons,
            },
        );
        Ok(())
    }

    fn money(&self, line: &Line) -> Result<AdditionMoney, Problem> {
        let money = LineMoney {
            quantity: line.quantity,
            unit_price: line.unit_price,
            unit_cost: line.unit_cost,
            total: line.total,
        };
        residual::settle(&money, self.policy.residual, self.policy.price_decimals).map_err(|r| {
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
        })
    }

    fn fields(
        &self,
        line: &Line,
        target: Target<'_>,
        dates: &Dates,
        money: &AdditionMoney,
        own_dates: Option<(jiff::civil::Date, Option<jiff::civil::Date>)>,
    ) -> AdditionFields {
        AdditionFields {
            product_id: target.product.id,
            quantity: money.quantity,
            unit_price: money.unit_price,
            unit_cost: money.unit_cost,
            effective: dates.start,
            cancelled: dates.end,
            invoice_description: invoice_description(
                line,
                self.policy,
                Notes { own_dates, quantity: money.collapsed_from },
            ),
        }
    }

    /// The missing cents, as an addition that is posted once (design 6.5).
    fn rounding(
        &mut self,
        line: &Line,
        target: Target<'a>,
        on: &AgreementTarget,
        agreement: &Agreement,
        money: &AdditionMoney,
    ) -> Result<(), Problem> {
        let Some(cents) = money.rounding else { return Ok(()) };
        let subject = Subject::Rounding { source: line.source.clone(), key: line.key.clone() };
        let marker: Text = marker(&subject).into();
        if self.own.contains_key(&*marker) {
            return Ok(());
        }
        let dates = dates::once(line, agreement, self.policy)?;
        let mut fields = self.fields(line, target, &dates, money, None);
        fields.quantity = rust_decimal::Decimal::ONE;
        fields.unit_price = cents;
        fields.unit_cost = Some(rust_decimal::Decimal::ZERO);
        fields.invoice_description.push_str(" (rounding)");
        let reasons = vec![reason("rounding", "the cents that quantity x unit price leaves out")];
        let mut action = self.action(
            line,
            Write {
                kind: ActionKind::Create,
                on: on.clone(),
                addition_id: None,
                marker,
                subject,
                before: None,
                after: fields,
                reasons,
            },
        );
        // The line is settled by its main addition; this one only carries cents.
        action.lines.clear();
        action.line_ids.clear();
        action.amount = cents;
        self.done.counts.create += 1;
        self.done.actions.push(action);
        Ok(())
    }

    /// A run may have died between a line's addition and its cents: they are posted now.
    pub(super) fn heal_rounding(&mut self, line: &Line) {
        let Some(posted) = &line.posted else { return };
        let Some(agreement) = self.input.agreements.get(&posted.agreement_id) else { return };
        let Ok(money) = self.money(line) else { return };
        if money.rounding.is_none() || self.own.get(&*posted.marker).is_none() {
            return;
        }
        let (Some(company), Some(product)) = (
            self.input.companies.get(&agreement.company_id),
            self.own
                .get(&*posted.marker)
                .and_then(|o| self.input.products.get(&o.fields.product_id)),
        ) else {
            return;
        };
        let on = AgreementTarget::Existing(agreement.id);
        // What stands against it was told when the line itself was planned.
        let _ = self.rounding(line, Target { company, product }, &on, agreement, &money);
    }
}
