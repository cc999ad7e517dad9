//! Carrying out a plan: intents, lanes, results, the end of the run.

use std::collections::HashMap;

use super::crash::{Point, point};
use super::lane::{ByMarker, lanes};
use super::tally::Under;
use super::{ApplyOptions, Executor, RunEvent, RunReport, basis, dispatch, fault};
use crate::domain::journal::{EntryId, RunId, RunKind, RunState, Step};
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, Counts, LineProblem, Plan};
use crate::domain::problem::{Problem, ProblemKind};

/// Steps that are made durable in one call at the end of a run.
const BATCH: usize = 1_000;

impl Executor {
    /// Carries out a plan. Calls [`Executor::recover`] first.
    ///
    /// A cancelled run ends at a safe point and is reported with [`RunState::Cancelled`]; what was
    /// done stays done, and the rest is as if it had never been planned.
    ///
    /// # Errors
    /// [`ProblemKind::Stale`] when a saved plan no longer holds (nothing was written); otherwise a
    /// fault that concerns every line: the run is Stopped, what was done is kept, the rest dropped.
    pub async fn apply(
        &self,
        kind: RunKind,
        plan: Plan,
        options: ApplyOptions,
    ) -> Result<RunReport, Problem> {
        self.recover().await?;
        let Plan { mut actions, errors, settled, periods, counts, cancels_need_consent, .. } = plan;
        if cancels_need_consent && !options.with_cancels {
            actions.retain(|a| a.kind != ActionKind::Cancel);
        }
        let listed = if options.from_file {
            basis::read_again(self, &actions).await?
        } else {
            HashMap::new()
        };
        let run = self.store.begin_run(kind, &periods, None).await.map_err(fault)?;
        self.store.refuse_lines(run, errors.clone()).await.map_err(fault)?;
        self.store.settle(run, settled).await.map_err(fault)?;
        // What will have been done is counted as it is done.
        let counts = Counts { create: 0, update: 0, cancel: 0, create_agreement: 0, ..counts };
        self.carry_out(run, &periods, actions, options, listed, counts, errors).await
    }

    /// Intends, drives and ends a run that was begun.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one plan, taken apart by the caller"
    )]
    pub(super) async fn carry_out(
        &self,
        run: RunId,
        periods: &[Period],
        actions: Vec<Action>,
        options: ApplyOptions,
        listed: HashMap<i64, ByMarker>,
        counts: Counts,
        errors: Vec<LineProblem>,
    ) -> Result<RunReport, Problem> {
        let under = Under::new(self, run, options, &actions, counts, errors);
        (self.events)(RunEvent::Started { run, actions: actions.len() as u64 });
        point(Point::BeforeIntent);
        let entries: Vec<EntryId> = self.store.intend(run, actions.clone()).await.map_err(fault)?;
        point(Point::AfterIntent);
        let lanes = lanes(entries.into_iter().zip(actions).collect(), listed);
        let finished = dispatch::drive(lanes, &under).await;

        let mut last: Vec<Step> =
            finished.into_iter().flat_map(super::lane::Lane::into_last_steps).collect();
        let left = last.iter().any(|s| matches!(s, Step::Dropped { .. }));
        while !last.is_empty() {
            let rest = last.split_off(last.len().min(BATCH));
            self.store.record(std::mem::replace(&mut last, rest)).await.map_err(fault)?;
        }
        point(Point::BeforeFinish);
        let tally = under.into_tally();
        let state = match (&tally.stop, left && self.cancel.is_cancelled()) {
            (Some(_), _) => RunState::Stopped,
            (None, true) => RunState::Cancelled,
            (None, false) => RunState::Done,
        };
        let money = (self.money)(periods.to_vec()).await?;
        self.store.finish_run(run, state, tally.counts, money).await.map_err(fault)?;
        if let Some(mut problem) = tally.stop {
            problem.message = format!("{} (run {} stopped)", problem.message, run.0);
            return Err(problem);
        }
        let run = self.store.run(run).await.map_err(fault)?.ok_or_else(|| {
            Problem::new(
                ProblemKind::Fault,
                "run-lost",
                format!("run {} is no longer in the store", run.0),
                "make sure that nobody else changes the data folder",
            )
        })?;
        Ok(RunReport { run, errors: tally.errors, answers: tally.answers })
    }
}
