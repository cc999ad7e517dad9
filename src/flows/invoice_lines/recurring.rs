//! Persistent additions: one per company, contract, subscription, offer and occurrence, updated by
//! later periods (design 6.3).

use std::collections::{HashMap, HashSet};

use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::line::{Line, LineId, Text};
use crate::domain::period::Period;
use crate::domain::plan::AgreementTarget;
use crate::domain::plan_input::PlanInput;

/// A subscription on a company, and which of its additions is meant when one invoice period bills
/// it more than once; whatever its life.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stem {
    pub source: Text,
    pub company: i64,
    pub contract: Option<Text>,
    pub subscription: Text,
    pub offer: Text,
    pub occurrence: u32,
}

/// An addition as it will be at this point of the plan.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub life: u32,
    pub marker: Text,
    /// Absent while only this plan knows it.
    pub addition_id: Option<i64>,
    pub agreement: AgreementTarget,
    pub fields: AdditionFields,
    pub shown: Period,
    pub gone: bool,
}

impl Known {
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
pub(super) struct Recurring {
    /// Lines that are not the first occurrence.
    occurrences: HashMap<LineId, u32>,
    /// The newest life.
    newest: HashMap<Stem, Known>,
}

impl Recurring {
    /// `companies` gives, for each line in order, the company that it goes to.
    pub(super) fn new(input: &PlanInput, order: &[&Line], companies: &[Option<i64>]) -> Self {
        let mut this = Self::default();
        let mut of_marker: HashMap<&str, &OwnAddition> = HashMap::new();
        for own in &input.additions {
            if let Subject::Recurring { .. } = own.subject {
                this.learn(own);
                of_marker.insert(&own.marker, own);
            }
        }
        this.count(order, companies, &of_marker);
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
            fields: own.fields.clone(),
            shown: own.shown,
            gone: own.gone,
        };
        self.newest.insert(stem, known);
    }

    /// Numbers the lines of each subscription and period. A line that is posted keeps its number;
    /// the others take the free ones in the order of their start.
    fn count(
        &mut self,
        order: &[&Line],
        companies: &[Option<i64>],
        of_marker: &HashMap<&str, &OwnAddition>,
    ) {
        let kept = |line: &Line| match of_marker.get(&*line.posted.as_ref()?.marker)?.subject {
            Subject::Recurring { company, occurrence, .. } => Some((company, occurrence)),
            _ => None,
        };
        let mut groups: HashMap<_, Vec<&Line>> = HashMap::new();
        for (line, company) in order.iter().zip(companies) {
            if !line.charge_type.is_recurring() || line.choice.post_once {
                continue;
            }
            let Some(subscription) = line.subscription_id.as_deref() else { continue };
            let Some(company) = kept(line).map(|(c, _)| c).or(*company) else { continue };
            let contract = line.contract_id.as_deref();
            let group =
                (line.period, &*line.source, company, contract, subscription, &*line.offer_id);
            groups.entry(group).or_default().push(line);
        }
        for mut lines in groups.into_values() {
            if let [line] = lines.as_slice()
                && kept(line).is_none()
            {
                continue;
            }
            lines.sort_unstable_by(|a, b| (a.charge_start, &a.key).cmp(&(b.charge_start, &b.key)));
            let mut taken = HashSet::new();
            for line in &lines {
                if let Some((_, n)) = kept(line) {
                    taken.insert(n);
                    self.occurrences.insert(line.id, n);
                }
            }
            let mut next = 1;
            for line in lines.iter().filter(|l| kept(l).is_none()) {
                while !taken.insert(next) {
                    next += 1;
                }
                self.occurrences.insert(line.id, next);
            }
        }
    }

    /// The stem of a line, where it is of the recurring class and has a subscription.
    pub(super) fn stem(&self, line: &Line, company: i64) -> Option<Stem> {
        if !line.charge_type.is_recurring() {
            return None;
        }
        Some(Stem {
            source: line.source.clone(),
            company,
            contract: line.contract_id.clone(),
            subscription: line.subscription_id.clone()?,
            offer: line.offer_id.clone(),
            occurrence: self.occurrences.get(&line.id).copied().unwrap_or(1),
        })
    }

    /// The newest life.
    pub(super) fn newest(&self, stem: &Stem) -> Option<&Known> {
        self.newest.get(stem)
    }

    /// What the plan makes of it.
    pub(super) fn set(&mut self, stem: Stem, known: Known) {
        self.newest.insert(stem, known);
    }
}
