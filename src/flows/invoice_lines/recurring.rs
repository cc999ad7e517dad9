//! Persistent additions: one per company, contract, subscription, offer and occurrence, updated by
//! later periods (design 6.3).

use std::collections::{HashMap, HashSet};

use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::line::{Line, Text};
use crate::domain::period::Period;
use crate::domain::plan_input::PlanInput;

/// A subscription on a company, whatever its occurrence and life.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stem {
    pub source: Text,
    pub company: i64,
    pub contract: Option<Text>,
    pub subscription: Text,
    pub offer: Text,
}

/// An addition as it will be at this point of the plan.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub marker: Text,
    pub subject: Subject,
    /// Absent while only this plan knows it.
    pub addition_id: Option<i64>,
    pub agreement: crate::domain::plan::AgreementTarget,
    pub fields: AdditionFields,
    pub shown: Period,
    pub line: Text,
    pub gone: bool,
}

/// Which occurrence of its subscription each line is, and what is known of the additions.
#[derive(Debug, Default)]
pub(super) struct Recurring {
    occurrences: HashMap<(Text, Text), u32>,
    /// The newest life of each stem and occurrence.
    newest: HashMap<(Stem, u32), (u32, Known)>,
}

impl Recurring {
    /// `companies` gives the company of a line that may be recurring.
    pub(super) fn new<'a>(
        input: &'a PlanInput,
        order: &[&'a Line],
        company: impl Fn(&Line) -> Option<i64>,
    ) -> Self {
        let mut this = Self::default();
        for own in &input.additions {
            this.learn(own);
        }
        this.count(input, order, company);
        this
    }

    fn learn(&mut self, own: &OwnAddition) {
        let Subject::Recurring { source, company, contract, subscription, offer, occurrence, life } =
            &own.subject
        else {
            return;
        };
        let stem = Stem {
            source: source.clone(),
            company: *company,
            contract: contract.clone(),
            subscription: subscription.clone(),
            offer: offer.clone(),
        };
        let known = Known {
            marker: own.marker.clone(),
            subject: own.subject.clone(),
            addition_id: Some(own.addition_id),
            agreement: crate::domain::plan::AgreementTarget::Existing(own.agreement_id),
            fields: own.fields.clone(),
            shown: own.shown,
            line: own.line.clone(),
            gone: own.gone,
        };
        let entry = self.newest.entry((stem, *occurrence));
        match entry {
            std::collections::hash_map::Entry::Occupied(mut e) => {
                if e.get().0 < *life {
                    e.insert((*life, known));
                }
            }
            std::collections::hash_map::Entry::Vacant(e) => {
                e.insert((*life, known));
            }
        }
    }

    /// Numbers the lines of each subscription and period. A line that is posted keeps its number;
    /// the others take the free ones in the order of their start.
    fn count(
        &mut self,
        input: &PlanInput,
        order: &[&Line],
        company: impl Fn(&Line) -> Option<i64>,
    ) {
        let posted: HashMap<&str, u32> = input
            .additions
            .iter()
            .filter_map(|a| match &a.subject {
                Subject::Recurring { occurrence, .. } => Some((&*a.marker, *occurrence)),
                _ => None,
            })
            .collect();
        let mut groups: HashMap<(Stem, Period), Vec<&Line>> = HashMap::new();
        for line in order {
            if !line.charge_type.is_recurring() || line.choice.post_once {
                continue;
            }
            if let Some(stem) = company(line).and_then(|c| stem(line, c)) {
                groups.entry((stem, line.period)).or_default().push(line);
            }
        }
        for mut lines in groups.into_values() {
            lines.sort_unstable_by(|a, b| (a.charge_start, &a.key).cmp(&(b.charge_start, &b.key)));
            let mut taken = HashSet::new();
            let kept = |l: &Line| l.posted.as_ref().and_then(|p| posted.get(&*p.marker)).copied();
            for line in &lines {
                if let Some(n) = kept(line) {
                    taken.insert(n);
                    self.occurrences.insert((line.source.clone(), line.key.clone()), n);
                }
            }
            let mut next = 1;
            for line in lines.iter().filter(|l| kept(l).is_none()) {
                while taken.contains(&next) {
                    next += 1;
                }
                taken.insert(next);
                self.occurrences.insert((line.source.clone(), line.key.clone()), next);
            }
        }
    }

    /// The line's occurrence.
    pub(super) fn occurrence(&self, line: &Line) -> u32 {
        self.occurrences.get(&(line.source.clone(), line.key.clone())).copied().unwrap_or(1)
    }

    /// The newest life of a subscription's occurrence.
    pub(super) fn newest(&self, stem: &Stem, occurrence: u32) -> Option<&(u32, Known)> {
        self.newest.get(&(stem.clone(), occurrence))
    }

    /// What the plan makes of it.
    pub(super) fn set(&mut self, stem: Stem, occurrence: u32, life: u32, known: Known) {
        self.newest.insert((stem, occurrence), (life, known));
    }
}

/// The stem of a line, where it has a subscription.
pub(super) fn stem(line: &Line, company: i64) -> Option<Stem> {
    Some(Stem {
        source: line.source.clone(),
        company,
        contract: line.contract_id.clone(),
        subscription: line.subscription_id.clone()?,
        offer: line.offer_id.clone(),
    })
}
