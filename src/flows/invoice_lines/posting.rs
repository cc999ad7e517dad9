//! What one line becomes: a new recurring addition, an update of one, or an addition of its own.

use smallvec::smallvec;
use std::borrow::Cow;

use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::billing_period;
use crate::domain::compare;
use crate::domain::description::{Notes, invoice_description};
use crate::domain::line::{DateBadge, Line, Text};
use crate::domain::marker::marker;
use crate::domain::plan::{ActionKind, AgreementTarget, Reasons};
use crate::domain::policy::RecurringPolicy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;
use crate::domain::residual::AdditionMoney;

use super::dates::{self, Dates};
use super::making::Write;
use super::planner::{Fate, Planner, deleted_in_psa};
use super::reason;
use super::recurring::{Known, Stem};
use super::resolve::Target;
use super::worth::Worth;

/// A line that is posted once, with all that is decided about it.
#[derive(Debug)]
pub(super) struct Once<'a> {
    pub line: &'a Line,
    pub target: Target<'a>,
    pub on: AgreementTarget,
    pub dates: Dates,
    pub worth: Worth,
    /// Of the addition that stands for the line alone.
    pub marker: Text,
    /// That addition, where there is one that is not gone.
    pub own: Option<&'a OwnAddition>,
}

/// What an addition stands for that a line has for itself.
fn alone(line: &Line) -> Subject {
    Subject::Line { source: line.source.clone(), key: line.key.clone() }
}

impl<'a> Planner<'a> {
    pub(super) fn create_recurring(
        &mut self,
        line: &'a Line,
        target: Target<'a>,
        stem: Stem<'a>,
        life: u32,
        on: AgreementTarget,
        agreement: &Agreement,
    ) -> Result<Fate, Problem> {
        let dates = dates::recurring(line, agreement, self.policy)?;
        let worth = self.worth(line, target.product)?;
        self.look(line, &worth, None)?;
        self.look_at_dates(line, agreement, &dates)?;
        let money = &worth.money;
        // Only a moved start is told: an open end is what a subscription has.
        let own =
            (dates.start != line.charge_start).then_some((line.charge_start, line.charge_end));
        let fields = self.fields(line, target, &dates, money, own);
        let subject = stem.subject(life);
        let marker: Text = marker(&subject).into();
        let mut reasons: Reasons = smallvec![if life > 1 {
            reason("came-back", "the subscription came back after its addition had ended")
        } else {
            reason("new-subscription", "the subscription has no addition yet")
        }];
        self.tell_proration(agreement, &dates, &mut reasons);
        reasons.extend(dates.moved);
        let cents = self.rounding(line, target, &on, &worth)?;
        if self.last_period.is_some_and(|last| line.period < last) {
            let known = Known {
                life,
                marker: marker.clone(),
                addition_id: None,
                agreement: on.clone(),
                fields: Cow::Owned(fields.clone()),
                shown: line.period,
                gone: false,
            };
            self.recurring.set(stem, known);
        }
        let write = Write {
            kind: ActionKind::Create,
            on,
            addition_id: None,
            marker,
            subject,
            before: None,
            after: fields,
            sale: worth.sale,
            reasons,
        };
        Ok(self.push(line, write, cents))
    }

    pub(super) fn update(
        &mut self,
        line: &'a Line,
        target: Target<'a>,
        stem: Stem<'a>,
        mut known: Known<'a>,
    ) -> Result<Fate, Problem> {
        let worth = self.worth(line, target.product)?;
        self.look(line, &worth, Some(&known.fields))?;
        // An end that a person or a rule gave the addition and that lies ahead stays, unless the
        // line has its own word on it.
        let end = match line.dates.end_badge {
            DateBadge::UserUpdated => line.dates.end,
            DateBadge::SystemUpdated | DateBadge::None => line.dates.end.or(known.fields.cancelled),
        };
        let dates = Dates { start: known.fields.effective, end, moved: None };
        if dates.end.is_some_and(|e| e < dates.start) {
            return Err(Problem::new(
                ProblemKind::Incomplete,
                "end-before-start",
                format!("the addition started on {}, and would end before that", dates.start),
                "type another end for the line",
            ));
        }
        let fields = self.fields(line, target, &dates, &worth.money, None);
        self.billed.insert(known.marker.clone());
        let cents = self.rounding(line, target, &known.agreement, &worth)?;
        let changes = compare::differences(&known.fields, &fields);
        let fate = if changes.is_empty() {
            self.settle(line, known.marker.clone(), &worth.sale, cents)
        } else {
            let what: Vec<&str> = changes.iter().map(|c| c.field.as_str()).collect();
            let reasons: Reasons = smallvec![reason(
                "changed",
                format!("{} changed since {}", what.join(", "), known.shown),
            )];
            let write = Write {
                kind: ActionKind::Update,
                on: known.agreement.clone(),
                addition_id: known.addition_id,
                marker: known.marker.clone(),
                subject: stem.subject(known.life),
                before: Some(Box::new(known.fields.as_ref().clone())),
                after: fields.clone(),
                sale: worth.sale,
                reasons,
            };
            self.push(line, write, cents)
        };
        if self.last_period.is_some_and(|last| line.period < last) {
            known.fields = Cow::Owned(fields);
            known.shown = line.period;
            self.recurring.set(stem, known);
        }
        Ok(fate)
    }

    /// An addition of its own, posted once.
    pub(super) fn once(&mut self, line: &'a Line, target: Target<'a>) -> Result<Fate, Problem> {
        let marker: Text = marker(&alone(line)).into();
        let own = self.own.get(&*marker).copied();
        if own.is_some_and(|o| o.gone) && !self.scope.repost_deleted {
            return Err(deleted_in_psa(&marker));
        }
        let own = own.filter(|o| !o.gone);
        if let Some(net) = self.net_of(line)? {
            return self.rests_on(line, target, net);
        }
        let on = match own {
            Some(o) => AgreementTarget::Existing(o.agreement_id),
            None => self.choose(line, target)?,
        };
        let agreement = self.agreement(&on)?;
        let dates = dates::once(line, &agreement, self.policy)?;
        let worth = self.worth(line, target.product)?;
        self.look(line, &worth, None)?;
        if own.is_none() {
            self.look_at_dates(line, &agreement, &dates)?;
        }
        let once = Once { line, target, on, dates, worth, marker, own };
        if own.is_none()
            && let Some(stem) = self.nets(&once, &agreement)
        {
            self.waiting.push(stem, once, self.done.buckets.len());
            return Ok(Fate::Netted);
        }
        self.alone(once)
    }

    /// An addition for this line alone.
    pub(super) fn alone(&mut self, once: Once<'a>) -> Result<Fate, Problem> {
        let Once { line, target, on, dates, worth, marker, own } = once;
        let subject = alone(line);
        let agreement = self.agreement(&on)?;
        let told = (dates.start != line.charge_start || dates.end != line.charge_end)
            .then_some((line.charge_start, line.charge_end));
        let fields = self.fields(line, target, &dates, &worth.money, told);
        let cents = self.rounding(line, target, &on, &worth)?;
        if let Some(o) = own {
            if compare::same(&o.fields, &fields) {
                return Ok(self.settle(line, marker, &worth.sale, cents));
            }
            if let Some(next) = agreement.invoiced_past(o.fields.effective) {
                return Err(invoiced(&o.marker, next));
            }
            let reasons: Reasons =
                smallvec![reason("changed", "the line changed since its addition was made")];
            let write = Write {
                kind: ActionKind::Update,
                on,
                addition_id: Some(o.addition_id),
                marker,
                subject,
                before: Some(Box::new(o.fields.clone())),
                after: fields,
                sale: worth.sale,
                reasons,
            };
            return Ok(self.push(line, write, cents));
        }
        let mut reasons: Reasons = smallvec![reason("posted-once", self.why_once(line))];
        self.tell_proration(&agreement, &dates, &mut reasons);
        self.tell_span(&agreement, &dates, &mut reasons);
        reasons.extend(dates.moved);
        let write = Write {
            kind: ActionKind::Create,
            on,
            addition_id: None,
            marker,
            subject,
            before: None,
            after: fields,
            sale: worth.sale,
            reasons,
        };
        self.singles.push((line, self.done.actions.len(), worth.sale.sold));
        Ok(self.push(line, write, cents))
    }

    fn why_once(&self, line: &Line) -> &'static str {
        if !line.charge_type.is_recurring() {
            "a one-time charge"
        } else if self.policy.recurring == RecurringPolicy::PerLine {
            "the settings post each line by itself"
        } else if line.choice.post_once {
            "a person asked for it"
        } else if line.subscription_id.is_none() {
            "a recurring charge without a subscription"
        } else {
            "the agreement does not bill it as often as the source does"
        }
    }

    /// On an agreement that prorates, ConnectWise bills a share of what does not fill a period.
    pub(super) fn tell_proration(
        &mut self,
        agreement: &Agreement,
        dates: &Dates,
        reasons: &mut Reasons,
    ) {
        if agreement.prorates
            && let Some(period) = billing_period::holding(agreement, dates.start)
            && (dates.start > period.first || dates.end.is_some_and(|e| e < period.last))
        {
            self.told.prorated += 1;
            reasons.push(reason(
                "agreement-prorates",
                "it covers a part of a billing period, and ConnectWise prorates on this agreement",
            ));
        }
    }

    /// What a rule or a person lets live beyond a billing period is billed again in the next.
    fn tell_span(&mut self, agreement: &Agreement, dates: &Dates, reasons: &mut Reasons) {
        if let Some(period) = billing_period::holding(agreement, dates.start)
            && dates.end.is_none_or(|e| e > period.last)
        {
            self.told.spanning += 1;
            reasons.push(reason(
                "spans-billing-periods",
                format!(
                    "its end lies after {}, the end of the agreement's billing period: ConnectWise \
                     bills it in each period that it touches",
                    period.last
                ),
            ));
        }
    }

    pub(super) fn fields(
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
                Notes { own_dates, quantity: money.collapsed_from, net: None },
            ),
        }
    }
}

/// The PSA has billed the addition as it is, and what is billed is never altered.
pub(super) fn invoiced(marker: &str, next: jiff::civil::Date) -> Problem {
    Problem::new(
        ProblemKind::Incomplete,
        "invoiced",
        format!(
            "the line changed since its addition {marker} was made, and ConnectWise has invoiced \
             that (up to {next})"
        ),
        "credit the difference in ConnectWise, or let the source bill it as a line of its own",
    )
}
