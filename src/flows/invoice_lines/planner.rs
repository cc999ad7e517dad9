//! Goes through the lines in plan order and makes the actions.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::domain::addition::OwnAddition;
use crate::domain::agreement_choice::{Agreements, Choice, HomeCurrency};
use crate::domain::line::{Line, Text};
use crate::domain::plan::{Action, AgreementTarget, Counts, LineProblem, Reason, Settled};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::{Policy, RecurringPolicy, Scope};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;

use super::super::auto_cancel::Missing;
use super::agreements::{NewAgreements, default_type};
use super::dates::{self};
use super::reason;
use super::recurring::{Known, Recurring, Stem, stem};
use super::resolve::{Bucket, Standing, Target, standing};

/// The plan as it grows.
pub(super) struct Planner<'a> {
    pub(super) input: &'a PlanInput,
    pub(super) policy: &'a Policy,
    pub(super) scope: &'a Scope,
    pub(super) agreements: Agreements<'a>,
    pub(super) new: NewAgreements<'a>,
    pub(super) recurring: Recurring,
    pub(super) own: HashMap<&'a str, &'a OwnAddition>,
    pub(super) names: HashMap<i64, Text>,
    pub(super) agreement_names: HashMap<i64, Text>,
    pub(super) billed: HashSet<Text>,
    warned: BTreeSet<&'static str>,
    pub(super) waiting: [u64; 2],
    pub(super) done: Done,
}

/// What the planner made.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub actions: Vec<Action>,
    pub settled: Vec<Settled>,
    pub errors: Vec<LineProblem>,
    pub notices: Vec<Reason>,
    pub counts: Counts,
    /// One for each line that was gone through, in that order.
    pub buckets: Vec<Bucket>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        input: &'a PlanInput,
        policy: &'a Policy,
        scope: &'a Scope,
        order: &[&'a Line],
    ) -> Result<Self, Problem> {
        let kind = default_type(&input.agreement_types, policy)?;
        let agreements =
            Agreements::new(&input.agreements, &input.contracts, kind.id, home(policy, order));
        let recurring = Recurring::new(input, order, |line| match standing(input, line) {
            Standing::Mapped(t) => Some(t.company.id),
            Standing::At(_) => line
                .posted
                .as_ref()
                .and_then(|p| input.agreements.get(&p.agreement_id))
                .map(|a| a.company_id),
        });
        let mut this = Self {
            input,
            policy,
            scope,
            agreements,
            new: NewAgreements::new(policy, kind),
            recurring,
            own: input.additions.iter().map(|a| (&*a.marker, a)).collect(),
            names: HashMap::new(),
            agreement_names: HashMap::new(),
            billed: HashSet::new(),
            warned: BTreeSet::new(),
            waiting: [0; 2],
            done: Done::default(),
        };
        this.ask_for_agreements(order);
        Ok(this)
    }

    /// A new agreement starts with the earliest line that it will carry, so all are asked first.
    fn ask_for_agreements(&mut self, order: &[&Line]) {
        for line in order {
            if let Standing::Mapped(t) = standing(self.input, line)
                && line.invoice_status.may_be_posted()
                && self.living(line, t.company.id).is_none()
                && self.agreements.choose(line, t.company.id) == Ok(Choice::New)
            {
                // A refusal comes again, and is told, when the line's turn comes.
                let _ = self.new.ask(t.company, line, dates::wanted_start(line));
            }
        }
    }

    /// Takes one line in.
    pub(super) fn line(&mut self, line: &Line) {
        let bucket = match standing(self.input, line) {
            Standing::At(bucket) => {
                match bucket {
                    Bucket::Posted => {
                        self.done.counts.unchanged += 1;
                        self.heal_rounding(line);
                    }
                    Bucket::Excluded => self.done.counts.skipped_excluded += 1,
                    Bucket::Unmapped => self.done.counts.skipped_unmapped += 1,
                    Bucket::Failed | Bucket::Open => self.done.counts.waiting += 1,
                }
                bucket
            }
            Standing::Mapped(_) if !line.invoice_status.may_be_posted() => {
                self.waiting[0] += 1;
                self.done.counts.waiting += 1;
                Bucket::Open
            }
            Standing::Mapped(target) => match self.post(line, target) {
                Ok(()) => Bucket::Open,
                Err(problem) => {
                    self.done.counts.failed += 1;
                    self.done.errors.push(LineProblem {
                        line: line.key.clone(),
                        line_id: Some(line.id),
                        problem,
                    });
                    Bucket::Failed
                }
            },
        };
        self.done.buckets.push(bucket);
    }

    fn post(&mut self, line: &Line, target: Target<'a>) -> Result<(), Problem> {
        let company = target.company.id;
        if let Some(stem) = self.persistent_stem(line, company) {
            let occurrence = self.recurring.occurrence(line);
            if let Some((life, known)) = self.recurring.newest(&stem, occurrence).cloned() {
                if line.period < known.shown {
                    self.waiting[1] += 1;
                    self.done.counts.waiting += 1;
                    return Ok(());
                }
                if known.gone && !self.scope.repost_deleted {
                    return Err(deleted_in_psa(&known.marker));
                }
                if !known.gone && !came_back(line, &known) {
                    let agreement = self.agreement_of(&known, line)?;
                    if line.cycle().is_some() && line.cycle() == agreement.cycle {
                        return self.update(line, target, stem, occurrence, life, known);
                    }
                } else {
                    let next = if known.gone { life } else { life + 1 };
                    let agreement = self.choose(line, target)?;
                    if self.bills_alike(line, &agreement) {
                        return self
                            .create_recurring(line, target, stem, occurrence, next, agreement);
                    }
                }
            } else {
                let agreement = self.choose(line, target)?;
                if self.bills_alike(line, &agreement) {
                    return self.create_recurring(line, target, stem, occurrence, 1, agreement);
                }
            }
        }
        self.once(line, target)
    }

    /// The stem of a line that is posted as a persistent addition, if its agreement bills alike.
    fn persistent_stem(&self, line: &Line, company: i64) -> Option<Stem> {
        (self.policy.recurring == RecurringPolicy::Persistent
            && line.charge_type.is_recurring()
            && !line.choice.post_once
            && line.cycle().is_some())
        .then(|| stem(line, company))
        .flatten()
    }

    /// The addition that the line would update.
    fn living(&self, line: &Line, company: i64) -> Option<&Known> {
        let stem = self.persistent_stem(line, company)?;
        let (_, known) = self.recurring.newest(&stem, self.recurring.occurrence(line))?;
        (!known.gone && !came_back(line, known)).then_some(known)
    }

    pub(super) fn choose(
        &mut self,
        line: &Line,
        target: Target<'a>,
    ) -> Result<AgreementTarget, Problem> {
        match self.agreements.choose(line, target.company.id)? {
            Choice::Existing(id) => Ok(AgreementTarget::Existing(id)),
            Choice::New => {
                self.new.ask(target.company, line, dates::wanted_start(line))?;
                Ok(AgreementTarget::New { company: target.company.id, currency: line.currency })
            }
        }
    }

    pub(super) fn agreement(&self, target: &AgreementTarget) -> Result<Agreement, Problem> {
        match target {
            AgreementTarget::Existing(id) => self.input.agreements.get(id).cloned(),
            AgreementTarget::New { company, currency } => {
                self.new.get(*company, *currency).cloned()
            }
        }
        .ok_or_else(|| {
            Problem::new(
                ProblemKind::Incomplete,
                "agreement-gone",
                "the agreement that holds its addition is not among those of the last pull",
                "run `addendum pull agreements`",
            )
        })
    }

    /// Persistence holds only where the PSA bills as often as the source does (design 6.3).
    fn bills_alike(&self, line: &Line, target: &AgreementTarget) -> bool {
        self.agreement(target)
            .is_ok_and(|a| !a.bills_once && line.cycle().is_some() && a.cycle == line.cycle())
    }

    fn agreement_of(&self, known: &Known, line: &Line) -> Result<Agreement, Problem> {
        let agreement = self.agreement(&known.agreement)?;
        if let AgreementTarget::Existing(id) = known.agreement {
            if line.choice.agreement.is_some_and(|c| c != id) {
                return Err(Problem::new(
                    ProblemKind::Incomplete,
                    "addition-on-other-agreement",
                    format!(
                        "the line's choice is another agreement, and the subscription's addition is \
                         on agreement {id}"
                    ),
                    "clear the choice, or cancel the addition in ConnectWise first",
                ));
            }
            self.agreements.usable(&agreement, line, agreement.company_id)?;
        }
        Ok(agreement)
    }

    /// A source that prorates on an agreement that prorates would be prorated twice.
    pub(super) fn tell_proration(&mut self, agreement: &Agreement, reasons: &mut Vec<Reason>) {
        if agreement.prorates {
            reasons.push(reason(
                "agreement-prorates",
                "ConnectWise prorates on this agreement; a charge that the source has prorated \
                 already would be prorated twice",
            ));
            if self.warned.insert("agreement-prorates") {
                self.done.notices.push(reason(
                    "agreement-prorates",
                    "some agreements prorate: look at their lines, a source's own proration would be \
                     applied twice",
                ));
            }
        }
    }

    /// Whether the plan bills a recurring addition.
    pub(super) fn bills(&self, marker: &str) -> bool {
        self.billed.contains(marker)
    }

    pub(super) fn add_cancels(&mut self, missing: Missing) {
        self.done.counts.cancel += missing.actions.len() as u64;
        self.done.actions.extend(missing.actions);
        self.done.notices.extend(missing.notices);
    }
}

/// Whether a cancelled addition's subscription is back. An end that the line itself asks for is no
/// cancellation: it moves on with each period.
fn came_back(line: &Line, known: &Known) -> bool {
    known.fields.cancelled.is_some() && line.dates.end.is_none()
}

/// ConnectWise's currency where it names none: the settings', or the only one that lines have.
fn home(policy: &Policy, order: &[&Line]) -> HomeCurrency {
    if let Some(c) = policy.home_currency {
        return HomeCurrency::Is(c);
    }
    let mut currencies = order.iter().map(|l| l.currency);
    match currencies.next() {
        Some(first) if currencies.all(|c| c == first) => HomeCurrency::Is(first),
        _ => HomeCurrency::Unknown,
    }
}

pub(super) fn deleted_in_psa(marker: &str) -> Problem {
    Problem::new(
        ProblemKind::Incomplete,
        "deleted-in-psa",
        format!("its addition {marker} was deleted in ConnectWise"),
        "post it again with `addendum sync --repost-deleted`, or exclude the organization",
    )
}
