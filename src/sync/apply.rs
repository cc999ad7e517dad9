//! Carrying out a plan: intents, lanes, results, the end of the run.

use std::collections::{HashMap, HashSet};

use super::crash::{Point, point};
use super::lane::{ByMarker, lanes};
use super::tally::Under;
use super::{ApplyOptions, Executor, RunEvent, RunReport, basis, dispatch, fault, problems};
use crate::domain::journal::{EntryId, RunId, RunKind, RunPlan, RunState, Step};
use crate::domain::line::Text;
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, Counts, LineProblem, Plan, Settled};
use crate::domain::problem::Problem;

/// Steps that are made durable in one call at the end of a run.
const BATCH: usize = 1_000;

/// A run that was opened, and what it is to do.
pub(super) struct Begun {
    pub run: RunId,
    pub periods: Vec<Period>,
    pub actions: Vec<Action>,
    /// Lines that are Synced once the writes on their marker are done.
    pub settled: Vec<Settled>,
    pub options: ApplyOptions,
    /// What is counted already.
    pub counts: Counts,
    /// Lines that the plan refused.
    pub errors: Vec<LineProblem>,
}

impl Executor {
    /// Carries out a plan, made after [`Executor::recover`].
    ///
    /// A cancelled run ends at a safe point and is reported with [`RunState::Cancelled`]; what was
    /// done stays done, and the rest is as if it had never been planned. The same holds for a run
    /// that a fault stopped which concerns every line: see [`RunReport::stopped`].
    ///
    /// # Errors
    /// A problem of kind `Busy` when another run has begun since the plan was made, of kind `Stale` when
    /// a saved plan no longer holds, and faults of PSA or store before the first write (nothing was
    /// written); a store that fails later.
    pub async fn apply(
        &self,
        kind: RunKind,
        plan: Plan,
        options: ApplyOptions,
    ) -> Result<RunReport, Problem> {
        // Should the profile's lease ever fail: lists that lag do not show yet what another run has
        // posted since, and this plan would post it again.
        if self.store.newest_run().await.map_err(fault)? != options.planned_after {
            return Err(problems::overtaken());
        }
        let carried = RunPlan { id: plan.run.clone(), file: plan.file.clone() };
        let Plan { mut actions, errors, settled, periods, counts, cancels_need_consent, .. } = plan;
        if cancels_need_consent && !options.with_cancels {
            actions.retain(|a| a.kind != ActionKind::Cancel);
        }
        let listed = if options.from_file {
            basis::read_again(self, &actions).await?
        } else {
            HashMap::new()
        };
        let run =
            self.store.begin_run_of(kind, &periods, None, Some(carried)).await.map_err(fault)?;
        self.store.refuse_lines(errors.clone()).await.map_err(fault)?;
        // A line that rests on what this plan writes is settled when that is written; and none while
        // cents are missing: an addition that shows a later line says nothing of an earlier one's.
        let written: HashSet<&Text> = actions.iter().filter_map(|a| a.marker.as_ref()).collect();
        let cents = actions.iter().any(Action::carries_cents);
        let (later, now): (Vec<Settled>, Vec<Settled>) =
            settled.into_iter().partition(|s| cents || written.contains(&s.marker));
        self.store.settle(run, now).await.map_err(fault)?;
        // What will have been done is counted as it is done.
        let counts = Counts { create: 0, update: 0, cancel: 0, create_agreement: 0, ..counts };
        let begun = Begun { run, periods, actions, settled: later, options, counts, errors };
        self.carry_out(begun, listed).await
    }

    /// The subscriptions' additions that bill the rest of lines whose missing cents are written.
    async fn bills(&self, actions: &[Action]) -> Result<HashMap<Text, Text>, Problem> {
        let mut bills = HashMap::new();
        if !actions.iter().any(Action::carries_cents) {
            return Ok(bills);
        }
        for action in actions.iter().filter(|a| a.is_recurring()) {
            let Some(marker) = &action.marker else { continue };
            bills.extend(action.lines.iter().map(|line| (line.clone(), marker.clone())));
        }
        let unknown = |a: &Action| a.cents_of().is_some_and(|line| !bills.contains_key(line));
        if actions.iter().any(unknown) {
            // Cents of a line that an earlier run has posted without them.
            let all = self.store.own_additions().await.map_err(fault)?;
            let shown = all.into_iter().filter(|own| own.subject.is_recurring());
            for own in shown {
                bills.entry(own.line).or_insert(own.marker);
            }
        }
        Ok(bills)
    }

    /// Intends, drives and ends a run that was begun.
    pub(super) async fn carry_out(
        &self,
        begun: Begun,
        listed: HashMap<i64, ByMarker>,
    ) -> Result<RunReport, Problem> {
        let Begun { run, periods, actions, settled, options, counts, errors } = begun;
        let mut writes: HashMap<Text, u32> = HashMap::new();
        for marker in actions.iter().filter_map(|a| a.marker.clone()) {
            *writes.entry(marker).or_default() += 1;
        }
        let deleted = self.known_deleted().await?;
        let mut under = Under::new(self, run, options, &actions, counts, errors, deleted);
        under.bills = self.bills(&actions).await?;
        (self.events)(RunEvent::Started { run, actions: actions.len() as u64 });
        point(Point::BeforeIntent);
        let entries: Vec<EntryId> = self.store.intend(run, actions.clone()).await.map_err(fault)?;
        point(Point::AfterIntent);
        let cents: HashSet<EntryId> = entries
            .iter()
            .zip(&actions)
            .filter_map(|(entry, action)| action.carries_cents().then_some(*entry))
            .collect();
        let lanes = lanes(entries.into_iter().zip(actions).collect(), listed);
        let finished = dispatch::drive(lanes, &under).await;

        let mut last: Vec<Step> =
            finished.into_iter().flat_map(super::lane::Lane::into_last_steps).collect();
        let left = last.iter().any(|s| matches!(s, Step::Dropped { .. }));
        let without_cents =
            last.iter().any(|s| matches!(s, Step::Dropped { entry } if cents.contains(entry)));
        while !last.is_empty() {
            let rest = last.split_off(last.len().min(BATCH));
            self.store.record(std::mem::replace(&mut last, rest)).await.map_err(fault)?;
        }
        point(Point::BeforeFinish);
        let tally = under.into_tally();
        let settled = settled
            .into_iter()
            .filter(|s| !tally.lacking.contains(&s.marker))
            // The next plan asks for the cents, and settles the line after that.
            .filter(|_| !without_cents)
            .filter(|s| writes.get(&s.marker) == tally.markers.get(&s.marker))
            // One that was found ended bills no later period: the next plan begins a new life.
            .filter(|s| tally.ends.get(&s.marker).is_none_or(|end| *end >= s.period.first_day()))
            .collect();
        self.store.settle(run, settled).await.map_err(fault)?;
        let state = match (&tally.stop, left && self.cancel.is_cancelled()) {
            (Some(_), _) => RunState::Stopped,
            (None, true) => RunState::Cancelled,
            (None, false) => RunState::Done,
        };
        let money = (self.money)(periods).await?;
        let ended = self.store.finish_run(run, state, tally.counts, money).await.map_err(fault)?;
        let stopped = tally.stop.map(|mut problem| {
            problem.message = format!("{} (run {} stopped)", problem.message, run.0);
            problem
        });
        Ok(RunReport { run: ended, errors: tally.errors, answers: tally.answers, stopped })
    }
}
