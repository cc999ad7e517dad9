//! Makes actions, and puts them in order.

use foldhash::HashSet;
use smallvec::{SmallVec, smallvec};

use crate::domain::addition::{AdditionFields, Subject};
use crate::domain::line::{Line, Text};
use crate::domain::money::Currency;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Reasons, Settled};
use crate::domain::price::Sale;

use super::events;
use super::planner::{Done, Fate, Planner};
use super::reason;

/// One write to an addition, before it is an action.
#[derive(Debug)]
pub(super) struct Write {
    pub kind: ActionKind,
    pub on: AgreementTarget,
    pub addition_id: Option<i64>,
    pub marker: Text,
    pub subject: Subject,
    pub before: Option<Box<AdditionFields>>,
    pub after: AdditionFields,
    pub sale: Sale,
    pub reasons: Reasons,
}

impl Planner<'_> {
    /// A line whose addition says the same already, and its cents where they are missing.
    pub(super) fn settle(
        &mut self,
        line: &Line,
        marker: Text,
        sale: &Sale,
        cents: Option<Action>,
    ) -> Fate {
        self.done.counts.unchanged += 1;
        self.count_sale(line.currency, sale);
        self.done.settled.push(Settled {
            line_id: line.id,
            line: line.key.clone(),
            marker,
            period: line.period,
            amount: line.total,
            sold: sale.by_rule.then_some(sale.sold),
        });
        self.push_cents(cents);
        Fate::Covered
    }

    /// Adds a write that settles a line, and behind it the cents that it leaves out.
    pub(super) fn push(&mut self, line: &Line, write: Write, cents: Option<Action>) -> Fate {
        match write.kind {
            ActionKind::Update => {
                self.done.counts.update += 1;
                self.billed.insert(write.marker.clone());
            }
            _ => self.done.counts.create += 1,
        }
        self.count_sale(line.currency, &write.sale);
        let action = self.action(line, write);
        self.done.actions.push(action);
        self.push_cents(cents);
        Fate::Covered
    }

    /// Adds a write of cents.
    pub(super) fn push_cents(&mut self, cents: Option<Action>) {
        match cents.as_ref().map(|c| c.kind) {
            Some(ActionKind::Create) => self.done.counts.create += 1,
            Some(_) => self.done.counts.update += 1,
            None => {}
        }
        self.done.actions.extend(cents);
    }

    /// The action of a write.
    pub(super) fn action(&mut self, line: &Line, w: Write) -> Action {
        let (company_id, agreement_name) = match &w.on {
            AgreementTarget::Existing(id) => {
                let a = &self.input.agreements[id];
                let name =
                    self.agreement_names.entry(*id).or_insert_with(|| a.name.as_str().into());
                (a.company_id, name.clone())
            }
            AgreementTarget::New { company, .. } => (*company, Text::from("(new)")),
        };
        Action {
            id: 0,
            kind: w.kind,
            company_id,
            company: self.company_name(company_id),
            agreement: w.on,
            agreement_name,
            addition_id: w.addition_id,
            marker: Some(w.marker),
            subject: Some(w.subject),
            lines: smallvec![line.key.clone()],
            line_ids: smallvec![line.id],
            period: Some(line.period),
            before: w.before,
            after: Some(w.after),
            new_agreement: None,
            amount: line.total,
            currency: line.currency,
            sold: if w.sale.by_rule { vec![w.sale.sold] } else { Vec::new() },
            reasons: w.reasons,
        }
    }

    fn company_name(&mut self, id: i64) -> Text {
        let companies = &self.input.companies;
        self.names
            .entry(id)
            .or_insert_with(|| companies.get(&id).map_or("", |c| c.name.as_str()).into())
            .clone()
    }

    /// Puts new agreements first, numbers the actions, and tells what waits.
    pub(super) fn finish(mut self) -> Done {
        let used: HashSet<(i64, Currency)> = self
            .done
            .actions
            .iter()
            .filter_map(|a| match a.agreement {
                AgreementTarget::New { company, currency } => Some((company, currency)),
                AgreementTarget::Existing(_) => None,
            })
            .collect();
        let wanted: Vec<_> = self
            .new
            .all()
            .filter(|f| used.contains(&(f.company_id, f.currency)))
            .cloned()
            .collect();
        let mut first: Vec<Action> = Vec::with_capacity(wanted.len());
        for f in wanted {
            first.push(Action {
                id: 0,
                kind: ActionKind::CreateAgreement,
                company_id: f.company_id,
                company: self.company_name(f.company_id),
                agreement: AgreementTarget::New { company: f.company_id, currency: f.currency },
                agreement_name: f.name.as_str().into(),
                addition_id: None,
                marker: None,
                subject: None,
                lines: SmallVec::new(),
                line_ids: SmallVec::new(),
                period: None,
                before: None,
                after: None,
                amount: rust_decimal::Decimal::ZERO,
                currency: f.currency,
                sold: Vec::new(),
                reasons: smallvec![reason(
                    "no-agreement",
                    format!(
                        "the company has no active agreement of the default type in {}",
                        f.currency
                    ),
                )],
                new_agreement: Some(Box::new(f)),
            });
        }
        let mut done = self.done;
        done.counts.create_agreement = first.len() as u64;
        done.actions.splice(0..0, first);
        for (n, a) in (0u32..).zip(&mut done.actions) {
            a.id = n;
        }
        let shift = u32::try_from(done.counts.create_agreement).unwrap_or(u32::MAX);
        done.events = events::of_plan(&self.singles, shift, &done.actions);
        let credits = self.credits.into_iter().filter(|c| !events::holds(&done.events, &c.line));
        done.warnings.extend(credits);
        done.warnings.sort_by(|a, b| (&a.line, &a.code).cmp(&(&b.line, &b.code)));
        done.notices.splice(0..0, self.told.notices());
        done
    }
}
