//! Persistent additions: one per company, contract, subscription, offer and occurrence, updated by
//! later periods (design 6.3).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt, HashSet};

use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::line::{Line, LineId, Text};
use crate::domain::period::Period;
use crate::domain::plan::AgreementTarget;
use crate::domain::plan_input::PlanInput;

/// A subscription on a company, and which of its additions is meant when one invoice period bills
/// it more than once; whatever its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stem<'a> {
    pub source: &'a Text,
    pub company: i64,
    pub contract: Option<&'a Text>,
    pub subscription: &'a Text,
    pub offer: &'a Text,
    pub occurrence: u32,
}

impl Stem<'_> {
    /// What the addition of one of its lives stands for.
    pub(super) fn subject(&self, life: u32) -> Subject {
        Subject::Recurring {
            source: self.source.clone(),
            company: self.company,
            contract: self.contract.cloned(),
            subscription: self.subscription.clone(),
            offer: self.offer.clone(),
            occurrence: self.occurrence,
            life,
        }
    }
}

/// An addition as it will be at this point of the plan.
#[derive(Debug, Clone)]
pub(super) struct Known<'a> {
    pub life: u32,
    pub marker: Text,
    /// Absent while only this plan knows it.
    pub addition_id: Option<i64>,
    pub agreement: AgreementTarget,
    pub fields: Cow<'a, AdditionFields>,
    pub shown: Period,
    pub gone: bool,
}

impl Known<'_> {
    /// Whether the addition has ended before the line: its subscription was cancelled and is back.
    ///
    /// An end that lies ahead has ended nothing yet. A line that asks for an end of its own, by
    /// rule or by a person, moves the end on from one period to the next.
    pub(super) fn ended_before(&self, line: &Line) -> bool {
        let living_until =
            if line.dates.end.is_some() { line.period.previous() } else { line.period };
        self.fields.cancelled.is_some_and(|end| Period::of(end) < living_until)
    }
}

/// Which occurrence of its subscription each line is, and what is known of the additions.
#[derive(Debug, Default)]
pub(super) struct Recurring<'a> {
    /// Lines of subscriptions that are billed more than once in their period.
    occurrences: HashMap<LineId, u32>,
    /// The newest life.
    newest: HashMap<Stem<'a>, Known<'a>>,
}

impl<'a> Recurring<'a> {
    /// `companies` gives, for each line in order, the company that it goes to, where it is to be
    /// posted.
    pub(super) fn new(input: &'a PlanInput, order: &[&'a Line], companies: &[Option<i64>]) -> Self {
        let mut this = Self::default();
        // Where nothing is to be posted nobody asks.
        if companies.iter().any(Option::is_some) {
            for own in &input.additions {
                this.learn(own);
            }
            this.count(input, order, companies);
        }
        this
    }

    fn learn(&mut self, own: &'a OwnAddition) {
        let Subject::Recurring { source, company, contract, subscription, offer, occurrence, life } =
            &own.subject
        else {
            return;
        };
        let stem = Stem {
            source,
            company: *company,
            contract: contract.as_ref(),
            subscription,
            offer,
            occurrence: *occurrence,
        };
        if self.newest.get(&stem).is_some_and(|k| k.life >= *life) {
            return;
        }
        let known = Known {
            life: *life,
            marker: own.marker.clone(),
            addition_id: Some(own.addition_id),
            agreement: AgreementTarget::Existing(own.agreement_id),
            fields: Cow::Borrowed(&own.fields),
            shown: own.shown,
            gone: own.gone,
        };
        self.newest.insert(stem, known);
    }

    /// Numbers the lines of subscriptions that are billed more than once in a period; all others
    /// are the first. A line that is posted keeps its number; the rest take the free ones in the
    /// order of their start. Only lines of one cycle count together: of several cycles the agreement
    /// has one, and a yearly fee beside a monthly one is posted once and has no number.
    fn count(&mut self, input: &PlanInput, order: &[&Line], companies: &[Option<i64>]) {
        let mut firsts: HashMap<_, usize> = HashMap::new();
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (n, line) in order.iter().enumerate() {
            if !line.charge_type.is_recurring() || line.choice.post_once {
                continue;
            }
            let Some(subscription) = &line.subscription_id else { continue };
            let of = (&line.source, &line.contract_id, subscription, &line.offer_id);
            let key = (line.period, of, line.cycle());
            match firsts.entry(key) {
                Entry::Vacant(e) => {
                    e.insert(n);
                }
                Entry::Occupied(e) => {
                    groups.entry(*e.get()).or_insert_with(|| vec![*e.get()]).push(n);
                }
            }
        }
        drop(firsts);
        if groups.is_empty() {
            return;
        }
        let asked: HashSet<&str> = groups
            .values()
            .flatten()
            .filter_map(|n| order[*n].posted.as_ref().map(|p| &*p.marker))
            .collect();
        let kept: HashMap<&str, (i64, u32)> = input
            .additions
            .iter()
            .filter(|a| asked.contains(&*a.marker))
            .filter_map(|a| match a.subject {
                Subject::Recurring { company, occurrence, .. } => {
                    Some((&*a.marker, (company, occurrence)))
                }
                _ => None,
            })
            .collect();
        for group in groups.into_values() {
            let mut by_company: BTreeMap<i64, Vec<(&Line, Option<u32>)>> = BTreeMap::new();
            for n in group {
                let line = order[n];
                let of = line.posted.as_ref().and_then(|p| kept.get(&*p.marker)).copied();
                let Some(company) = of.map(|(c, _)| c).or(companies[n]) else { continue };
                by_company.entry(company).or_default().push((line, of.map(|(_, n)| n)));
            }
            by_company.into_values().for_each(|lines| self.number(lines));
        }
    }

    fn number(&mut self, mut lines: Vec<(&Line, Option<u32>)>) {
        lines.sort_unstable_by(|(a, _), (b, _)| {
            (a.charge_start, &a.key).cmp(&(b.charge_start, &b.key))
        });
        let mut taken: HashSet<u32> = lines.iter().filter_map(|(_, n)| *n).collect();
        let mut next = 1;
        for (line, kept) in lines {
            let n = kept.unwrap_or_else(|| {
                while !taken.insert(next) {
                    next += 1;
                }
                next
            });
            self.occurrences.insert(line.id, n);
        }
    }

    /// The stem of a line, where it is of the recurring class and has a subscription.
    pub(super) fn stem(&self, line: &'a Line, company: i64) -> Option<Stem<'a>> {
        if !line.charge_type.is_recurring() {
            return None;
        }
        Some(Stem {
            source: &line.source,
            company,
            contract: line.contract_id.as_ref(),
            subscription: line.subscription_id.as_ref()?,
            offer: &line.offer_id,
            occurrence: self.occurrences.get(&line.id).copied().unwrap_or(1),
        })
    }

    /// The newest life.
    pub(super) fn newest(&self, stem: &Stem<'a>) -> Option<&Known<'a>> {
        self.newest.get(stem)
    }

    /// What the plan makes of it.
    pub(super) fn set(&mut self, stem: Stem<'a>, known: Known<'a>) {
        self.newest.insert(stem, known);
    }
}
