//! `sync` and `retry`: plan from present values, carry it out, prove the equation.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::approvals;
use super::super::job::{JobError, Outcome, SyncSummary};
use super::super::place;
use super::{Context, plan, run_log, superseded};
use crate::connectwise::Client;
use crate::domain::approval::{Approval, Matter, needs_a_plan};
use crate::domain::journal::{EntryState, RunId, RunKind};
use crate::domain::log::LogLevel;
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, Basis, Plan};
use crate::domain::policy::Scope;
use crate::domain::problem::{Problem, ProblemKind};
use crate::flows::{self, EquationRow};
use crate::store::{LogQuery, Moment, Store};
use crate::sync::{ApplyOptions, Executor, fault};

/// `sync`.
pub(super) async fn run(
    context: &Context,
    scope: Scope,
    saved: Option<Arc<Plan>>,
    with_cancels: bool,
) -> Result<Outcome, JobError> {
    apply(context, RunKind::Sync, scope, saved, with_cancels).await
}

/// `retry`: only lines that failed; of one run, or all.
pub(super) async fn retry(
    context: &Context,
    run: Option<RunId>,
    mut scope: Scope,
) -> Result<Outcome, JobError> {
    scope.failed_only = true;
    if let Some(run) = run {
        let failed = failed_in(&context.profile.store, run).await?;
        if scope.lines.is_empty() {
            scope.lines = failed.into_iter().collect();
        } else {
            scope.lines.retain(|line| failed.contains(line));
        }
        if scope.lines.is_empty() {
            // An empty list would mean every line.
            return Err(JobError::Problem(Problem::new(
                ProblemKind::Refused,
                "nothing-failed",
                format!("none of the lines asked for failed in run {}", run.0),
                "see the runs with `addendum status`, or leave out --run to retry all failed lines",
            )));
        }
    }
    apply(context, RunKind::Retry, scope, None, false).await
}

/// Keys of the lines that failed in a run: by the journal, and by the System Logs those that the
/// plan had refused.
async fn failed_in(store: &Store, run: RunId) -> Result<BTreeSet<String>, Problem> {
    if store.run(run).await.map_err(fault)?.is_none() {
        return Err(Problem::new(
            ProblemKind::Refused,
            "no-such-run",
            format!("there is no run {}", run.0),
            "see the runs with `addendum status`",
        ));
    }
    let mut lines = BTreeSet::new();
    for entry in store.entries(run).await.map_err(fault)? {
        if matches!(entry.state, EntryState::Failed { .. }) {
            lines.extend(entry.action.lines.iter().map(ToString::to_string));
        }
    }
    let query = LogQuery { level: Some(LogLevel::Error), limit: usize::MAX, ..Default::default() };
    for entry in store.logs(query).await.map_err(fault)? {
        if entry.run == Some(run.0) {
            lines.extend(entry.line);
        }
    }
    Ok(lines)
}

async fn apply(
    context: &Context,
    kind: RunKind,
    mut scope: Scope,
    saved: Option<Arc<Plan>>,
    with_cancels: bool,
) -> Result<Outcome, JobError> {
    context.profile.need_agreement_type()?;
    approved(context, kind, saved.as_deref()).await?;
    let (client, _traffic) = context.client().await?;
    let _lease = context.lease(match kind {
        RunKind::Sync => "sync",
        RunKind::Retry => "retry",
        RunKind::Undo => "undo",
        RunKind::Restore => "reconcile",
    })?;
    let (executor, found) = executor(context, client).await?;
    // What a dead run left open decides about what is to be planned, so it comes first.
    if let Err(problem) = executor.recover().await {
        return Err(context.failed("Earlier writes could not be looked up", problem).await);
    }
    let options = ApplyOptions {
        with_cancels,
        from_file: saved.is_some(),
        overwrite_drift: scope.overwrite_drift,
        repost_deleted: scope.repost_deleted,
        planned_after: executor.store.newest_run().await.map_err(fault)?,
    };
    if let Some(saved) = &saved {
        // The same plan again: made for the same periods and as if on the same day.
        if scope.periods.is_empty() {
            scope.periods.clone_from(&saved.periods);
        }
        if scope.lines.is_empty() {
            scope.lines.clone_from(&saved.only_lines);
        }
        scope.today = Some(saved.today);
    }
    let (mut fresh, left_out) = plan::make_telling(context, scope).await?;
    if let Some(saved) = saved {
        same_basis(&saved, &fresh)?;
        fresh.file.clone_from(&saved.file);
    }
    let store = &context.profile.store;
    let mut entries = vec![run_log::started(kind, &fresh)];
    entries.extend(run_log::skipped(fresh.counts.skipped_unmapped, left_out));
    context.log(entries).await;

    let periods = fresh.periods.clone();
    let waiting = if fresh.cancels_need_consent && !with_cancels {
        fresh.actions.iter().filter(|a| a.kind == ActionKind::Cancel).count() as u64
    } else {
        0
    };
    let report = match executor.apply(kind, fresh, options).await {
        Ok(report) => report,
        Err(problem) => return Err(context.failed("The run stopped", problem).await),
    };
    if let Some(problem) = report.stopped.clone() {
        context.log(run_log::completed(&report)).await;
        return Err(context.failed("The run stopped", problem).await);
    }
    store.touch(Moment::Sync, context.profile.clock.now()).await.map_err(fault)?;
    context.log(run_log::completed(&report)).await;
    let equation = found.or_now(store, &periods).await?;
    let audit = Some(store.audit_state().await.map_err(fault)?.head);
    let summary =
        SyncSummary { report, equation, cancels_waiting: waiting, left: Vec::new(), audit };
    Ok(Outcome::Synced(Box::new(summary)))
}

/// Under the rule of two persons nothing is written but an approved plan.
async fn approved(context: &Context, kind: RunKind, saved: Option<&Plan>) -> Result<(), Problem> {
    let rule = context.profile.settings().approval;
    if rule == Approval::Off {
        return Ok(());
    }
    match saved.and_then(|plan| plan.file.clone()) {
        Some(file) => approvals::required(&context.profile, rule, &Matter::Plan(file)).await,
        None if kind == RunKind::Retry => Err(needs_a_plan("a retry")),
        None => Err(needs_a_plan("a sync")),
    }
}

/// A saved plan holds when the plan made from present values rests on the same (design 7, exit 7).
fn same_basis(saved: &Plan, fresh: &Plan) -> Result<(), Problem> {
    let part = |f: fn(&Basis) -> &String| f(&saved.basis) == f(&fresh.basis);
    let changed = if !part(|b| &b.lines) {
        "invoice lines in its scope"
    } else if !part(|b| &b.mappings) {
        "mappings or PSA records that its lines use"
    } else if !part(|b| &b.settings) {
        "settings that its rules read"
    } else if !part(|b| &b.psa) {
        "agreements or additions that it works on"
    } else if !same_actions(saved, fresh) {
        "the actions that follow from the same lines (an edited file, or another --repost-deleted)"
    } else {
        return Ok(());
    };
    Err(Problem::new(
        ProblemKind::Stale,
        "stale-plan",
        format!("the saved plan {} no longer holds: {changed} have changed", saved.run),
        "make a new plan with `addendum plan --out FILE`, read it, and apply that one",
    ))
}

/// A saved plan has no store numbers; everything else must be the same.
fn same_actions(saved: &Plan, fresh: &Plan) -> bool {
    saved.actions.len() == fresh.actions.len()
        && saved.actions.iter().zip(&fresh.actions).all(|(s, f)| {
            let s = Action { line_ids: f.line_ids.clone(), ..s.clone() };
            s == *f
        })
}

/// The equation as the end of a run has found it, so that nobody adds a million lines up twice.
#[derive(Clone, Default)]
pub(super) struct Found(Arc<Mutex<Option<Vec<EquationRow>>>>);

impl Found {
    /// What was found; where nothing was, what the store says of these periods now.
    pub(super) async fn or_now(
        &self,
        store: &Store,
        periods: &[Period],
    ) -> Result<Vec<EquationRow>, Problem> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match found {
            Some(rows) => Ok(rows),
            None => equation(store, periods).await,
        }
    }
}

/// The executor of a job, and the equation that it finds at the end of a run.
pub(super) async fn executor(
    context: &Context,
    client: Client,
) -> Result<(Executor, Found), Problem> {
    let settings = context.profile.settings();
    let store = context.profile.store.clone();
    let fields = store.custom_fields().await.map_err(fault)?;
    let profile = context.profile.clone();
    let found = Found::default();
    let finds = found.clone();
    let executor = Executor {
        place: place::marker_place(&settings.policy.identity, &fields)?,
        store,
        client,
        concurrency: settings.connectwise.concurrency.max(1),
        settle: Duration::from_secs(settings.connectwise.settle_seconds),
        events: context.run_events(),
        cancel: context.cancel.clone(),
        pause: context.pause.clone(),
        money: Arc::new(move |periods| {
            let (profile, finds) = (profile.clone(), finds.clone());
            Box::pin(async move {
                let (store, today) = (&profile.store, profile.today());
                let settings = profile.settings();
                superseded::release(store, &settings.policy, today, profile.labour).await?;
                let rows = equation(store, &periods).await?;
                let money = flows::by_currency(&rows);
                *finds.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rows);
                Ok(money)
            })
        }),
    };
    Ok((executor, found))
}

/// The equation of the periods as the store has it now.
///
/// # Errors
/// The store cannot be read.
pub async fn equation(store: &Store, periods: &[Period]) -> Result<Vec<EquationRow>, Problem> {
    let (groups, (organizations, offers)) =
        store.totals_and_mappings(periods).await.map_err(fault)?;
    let (companies, products) = flows::asks_about(&groups, &organizations, &offers);
    let (companies, products) = store.usable(companies, products).await.map_err(fault)?;
    Ok(flows::equation(&groups, &organizations, &offers, &|id| companies.contains(&id), &|id| {
        products.contains(&id)
    }))
}
