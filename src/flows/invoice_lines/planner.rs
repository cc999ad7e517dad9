//! Goes through the lines in plan order and makes the actions.

use std::borrow::Cow;
use std::cell::OnceCell;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use rust_decimal::Decimal;

use crate::domain::addition::{OwnAddition, Subject};
use crate::domain::agreement_choice::{Agreements, Choice, HomeCurrency};
use crate::domain::guard::Warning;
use crate::domain::line::{Line, LineId, Text};
use crate::domain::period::Period;
use crate::domain::plan::{
    Action, AgreementTarget, Counts, LineProblem, PlanEvent, Reason, Settled,
};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::{Policy, RecurringPolicy, ResidualPolicy, Scope};
use crate::domain::price::SalesRow;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::{Agreement, AgreementStatus, AgreementType};
use crate::domain::status::PsaStatus;

use super::super::auto_cancel::Missing;
use super::agreements::NewAgreements;
use super::dates;
use super::netting::{Waiting, netted};
use super::notices::Told;
use super::recurring::{Known, Recurring, Stem};
use super::resolve::{Bucket, Standing, Target};

/// The plan as it grows.
pub(super) struct Planner<'a> {
    pub(super) input: &'a PlanInput,
    pub(super) policy: &'a Policy,
    pub(super) scope: &'a Scope,
    pub(super) agreements: Agreements<'a>,
    pub(super) new: NewAgreements<'a>,
    pub(super) recurring: Recurring<'a>,
    pub(super) own: HashMap<&'a str, &'a OwnAddition>,
    /// Some line has cents of its own in the PSA.
    pub(super) has_cents: bool,
    pub(super) names: HashMap<i64, Text>,
    pub(super) agreement_names: HashMap<i64, Text>,
    pub(super) billed: HashSet<Text>,
    pub(super) told: Told,
    /// Lines that are posted once and may be netted with others.
    pub(super) waiting: Waiting<'a>,
    /// Lines that net additions stand for already, with those additions.
    pub(super) netted: HashMap<&'a str, &'a OwnAddition>,
    /// All lines by source and key, once somebody asked.
    pub(super) lines: OnceCell<HashMap<(&'a str, &'a str), &'a Line>>,
    /// Lines that got an addition of their own, with its place among the actions and what they are
    /// sold for.
    pub(super) singles: Vec<(&'a Line, usize, Decimal)>,
    /// Credits that look larger than what they reverse, unless an event explains them.
    pub(super) credits: Vec<Warning>,
    /// No line of the plan is of a later period: what it makes of a subscription need not be kept.
    pub(super) last_period: Option<Period>,
    pub(super) done: Done,
}

/// What the planner made.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub actions: Vec<Action>,
    pub settled: Vec<Settled>,
    pub superseded: Vec<LineId>,
    pub errors: Vec<LineProblem>,
    pub notices: Vec<Reason>,
    pub warnings: Vec<Warning>,
    pub events: Vec<PlanEvent>,
    pub sales: Vec<SalesRow>,
    pub counts: Counts,
    /// One for each line that was gone through, in that order.
    pub buckets: Vec<Bucket>,
    /// For each of these lines, whether an addition has it or will have it after the plan.
    pub covered: Vec<bool>,
}

/// What becomes of a line that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// An addition has it, or an action of the plan sees to it.
    Covered,
    /// It is netted with others, or not, when all lines are seen.
    Netted,
    /// It waits.
    Waits,
}

impl<'a> Planner<'a> {
    /// `kind` is the type of new agreements, and `standings` are those of the lines in `order`.
    pub(super) fn new(
        input: &'a PlanInput,
        policy: &'a Policy,
        scope: &'a Scope,
        kind: &'a AgreementType,
        order: &[&'a Line],
        standings: &[Standing<'a>],
    ) -> Self {
        let agreements =
            Agreements::new(&input.agreements, &input.contracts, kind.id, home(policy, order));
        let companies: Vec<Option<i64>> = standings
            .iter()
            .map(|s| match s {
                Standing::Mapped(t) => Some(t.company.id),
                Standing::At(_) => None,
            })
            .collect();
        let mut this = Self {
            input,
            policy,
            scope,
            agreements,
            new: NewAgreements::new(policy, kind),
            recurring: Recurring::new(input, order, &companies),
            own: if policy.residual == ResidualPolicy::RoundingLine
                || companies.iter().any(Option::is_some)
            {
                input.additions.iter().map(|a| (&*a.marker, a)).collect()
            } else {
                HashMap::new()
            },
            has_cents: input
                .additions
                .iter()
                .any(|a| matches!(a.subject, Subject::Rounding { .. })),
            names: HashMap::new(),
            agreement_names: HashMap::new(),
            billed: HashSet::new(),
            told: Told::default(),
            waiting: Waiting::default(),
            netted: netted(&input.additions),
            lines: OnceCell::new(),
            singles: Vec::new(),
            credits: Vec::new(),
            last_period: order.iter().map(|l| l.period).max(),
            done: Done::default(),
        };
        this.ask_for_agreements(order, standings);
        this
    }

    /// A new agreement starts with the earliest line that it will carry, so all are asked first.
    fn ask_for_agreements(&mut self, order: &[&'a Line], standings: &[Standing<'a>]) {
        for (line, standing) in order.iter().zip(standings) {
            if let Standing::Mapped(t) = standing
                && line.invoice_status.may_be_posted()
                && self.agreements.finds_none(line, t.company.id)
                && !self.has_living(line, t.company.id)
            {
                // A refusal comes again, and is told, when the line's turn comes.
                let _ = self.new.ask(t.company, line, dates::wanted_start(line));
            }
        }
    }

    /// Takes one line in.
    pub(super) fn line(&mut self, line: &'a Line, standing: Standing<'a>) {
        let mut fate = Fate::Waits;
        let bucket = match standing {
            Standing::At(bucket) => {
                match bucket {
                    Bucket::Posted => {
                        self.done.counts.unchanged += 1;
                        self.told.withdrawn += u64::from(self.input.withdrawn.contains(&line.id));
                        self.heal_rounding(line);
                        self.count_posted(line);
                        fate = Fate::Covered;
                    }
                    Bucket::Excluded => self.done.counts.skipped_excluded += 1,
                    Bucket::Unmapped => self.done.counts.skipped_unmapped += 1,
                    Bucket::Failed | Bucket::Open => self.done.counts.waiting += 1,
                }
                bucket
            }
            Standing::Mapped(_) if !line.invoice_status.may_be_posted() => {
                self.told.unverified += 1;
                self.done.counts.waiting += 1;
                before_the_run(line)
            }
            Standing::Mapped(target) => match self.post(line, target) {
                Ok(found) => {
                    fate = found;
                    // Superseded, it waits, whatever it failed with before (design 6.10).
                    if fate == Fate::Waits { Bucket::Open } else { before_the_run(line) }
                }
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
        self.done.covered.push(fate != Fate::Waits);
    }

    fn post(&mut self, line: &'a Line, target: Target<'a>) -> Result<Fate, Problem> {
        let Some(stem) = self.persistent_stem(line, target.company.id) else {
            return self.once(line, target);
        };
        let Some(known) = self.recurring.newest(&stem).cloned() else {
            return self.begin(line, target, stem, 1);
        };
        if line.period < known.shown {
            self.told.superseded(line);
            self.done.superseded.push(line.id);
            self.done.counts.waiting += 1;
            return Ok(Fate::Waits);
        }
        if known.gone {
            if !self.scope.repost_deleted {
                return Err(deleted_in_psa(&known.marker));
            }
            return self.begin(line, target, stem, known.life);
        }
        if known.ended_before(line) || self.moved_away(line, &known) {
            return self.begin(line, target, stem, known.life + 1);
        }
        let agreement = self.agreement_of(&known, line)?;
        if bills_alike(line, &agreement) {
            return self.update(line, target, stem, known);
        }
        self.once(line, target)
    }

    /// A new recurring addition where the agreement bills as often as the source, else one that is
    /// posted once.
    fn begin(
        &mut self,
        line: &'a Line,
        target: Target<'a>,
        stem: Stem<'a>,
        life: u32,
    ) -> Result<Fate, Problem> {
        let on = self.choose(line, target)?;
        let agreement = self.agreement(&on)?;
        if bills_alike(line, &agreement) {
            return self.create_recurring(line, target, stem, life, on, &agreement);
        }
        self.once(line, target)
    }

    /// The stem of a line that may be posted as a persistent addition.
    fn persistent_stem(&self, line: &'a Line, company: i64) -> Option<Stem<'a>> {
        (self.policy.recurring == RecurringPolicy::Persistent
            && line.charge_type.is_recurring()
            && !line.choice.post_once
            && line.cycle().is_some())
        .then(|| self.recurring.stem(line, company))
        .flatten()
    }

    /// Whether the line would update an addition, so that it asks for no agreement.
    fn has_living(&self, line: &'a Line, company: i64) -> bool {
        self.persistent_stem(line, company)
            .and_then(|stem| self.recurring.newest(&stem))
            .is_some_and(|k| !k.gone && !k.ended_before(line))
    }

    /// A person chose another agreement because the addition's own is no longer in force: nothing
    /// is billed there any more, so the subscription goes on where the person says.
    fn moved_away(&self, line: &Line, known: &Known<'_>) -> bool {
        let AgreementTarget::Existing(on) = known.agreement else { return false };
        line.choice.agreement.is_some_and(|chosen| chosen != on)
            && self.input.agreements.get(&on).is_some_and(|a| a.status != AgreementStatus::Active)
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

    pub(super) fn agreement(
        &self,
        target: &AgreementTarget,
    ) -> Result<Cow<'a, Agreement>, Problem> {
        match target {
            AgreementTarget::Existing(id) => self.input.agreements.get(id).map(Cow::Borrowed),
            AgreementTarget::New { company, currency } => {
                self.new.get(*company, *currency).map(|a| Cow::Owned(a.clone()))
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

    fn agreement_of(&self, known: &Known<'_>, line: &Line) -> Result<Cow<'a, Agreement>, Problem> {
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

    /// Whether the plan bills a recurring addition.
    pub(super) fn bills(&self, marker: &str) -> bool {
        self.billed.contains(marker)
    }

    /// For each line that was gone through, whether an addition has it after the plan.
    pub(super) fn covered(&self) -> impl Iterator<Item = bool> {
        self.done.covered.iter().copied()
    }

    pub(super) fn add_cancels(&mut self, missing: Missing) {
        self.done.counts.cancel += missing.actions.len() as u64;
        self.done.actions.extend(missing.actions);
        self.done.notices.extend(missing.notices);
    }
}

/// Persistence holds only where the PSA bills as often as the source does (design 6.3).
fn bills_alike(line: &Line, agreement: &Agreement) -> bool {
    !agreement.bills_once && line.cycle().is_some_and(|c| agreement.cycle == Some(c))
}

/// On which side of the equation a line that is not refused stands before the run.
fn before_the_run(line: &Line) -> Bucket {
    if line.psa_status == PsaStatus::Error { Bucket::Failed } else { Bucket::Open }
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
