//! What the biller does with the program: a run, a look at what it refused, a plan that lies on the
//! desk for a while, a run taken back.

use std::time::Duration;

use addendum::domain::approval::Approval;
use addendum::domain::journal::{RunId, RunKind};
use addendum::domain::problem::ProblemKind;
use addendum::worker::job::{JobError, SyncSummary};
use tokio::time::sleep;

use super::chance::Chance;
use super::process::{Overrule, Process};
use super::story::{Act, Story};

/// How often somebody who waits for another's run looks again, and how many times at most.
const AGAIN: Duration = Duration::from_secs(2);
const PATIENCE: usize = 150;

/// What a run is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub overrule: Overrule,
    /// The biller looks at what the guard refused, and accepts it.
    pub accepts: bool,
    /// Somebody else approves what the biller has prepared.
    pub approved: bool,
}

impl Story<'_> {
    /// What the next run is asked.
    pub(super) fn asked(&self) -> Asked {
        let interfered = !self.touched.is_empty();
        let overrule = Overrule {
            drift: interfered && self.chance.percent(40),
            deleted: interfered && self.chance.percent(40),
            cancels: self.chance.percent(50),
            warnings: self.whim.percent(30),
        };
        Asked { overrule, accepts: self.whim.percent(60), approved: self.whim.percent(80) }
    }

    /// How the next process is set up: now and then two persons are needed.
    pub(super) fn rule(&self) -> Approval {
        if self.whim.percent(6) { Approval::TwoPerson } else { Approval::Off }
    }
}

/// One run, of whichever kind.
pub async fn run(
    process: &Process,
    act: Act,
    asked: Asked,
    chance: &Chance,
    whim: &Chance,
) -> Result<(), JobError> {
    let done = match act {
        Act::Sync => sync(process, asked).await.map(|_| ()),
        Act::Retry => {
            let runs = if whim.percent(30) { last_runs(process).await? } else { Vec::new() };
            process.retry(runs.first().copied(), asked.overrule).await.map(|_| ())
        }
        Act::Pull => process.pull_agreements().await,
        Act::Saved => saved(process, chance.ms(0, 9_000), asked).await,
        _ => undo(process, chance, asked).await,
    };
    match done {
        // Under the rule of two persons neither goes without a plan.
        Err(JobError::Problem(p))
            if p.code == "approval-needed" && matches!(act, Act::Sync | Act::Retry) =>
        {
            saved(process, Duration::ZERO, asked).await
        }
        done => done,
    }
}

/// A sync; and another one when the guard refused lines that the biller accepts.
pub async fn sync(process: &Process, asked: Asked) -> Result<SyncSummary, JobError> {
    let summary = process.sync(asked.overrule).await?;
    let guarded =
        summary.report.errors.iter().any(|e| e.problem.remedy.contains("--accept-warnings"));
    if guarded && asked.accepts {
        return process.sync(Overrule { warnings: true, ..asked.overrule }).await;
    }
    Ok(summary)
}

/// A sync that waits for the end of another run.
pub async fn in_turn(process: &Process, asked: Asked) -> Result<SyncSummary, JobError> {
    for _ in 0..PATIENCE {
        match sync(process, asked).await {
            Err(JobError::Problem(p)) if p.kind == ProblemKind::Busy => sleep(AGAIN).await,
            done => return done,
        }
    }
    sync(process, asked).await
}

/// A plan is made, looked at for a while, and applied.
async fn saved(process: &Process, pause: Duration, asked: Asked) -> Result<(), JobError> {
    let warnings = asked.overrule.warnings;
    let file = process.plan_file(Overrule { warnings, ..Overrule::default() }).await?;
    sleep(pause).await;
    process.sync_file(&file, asked.approved, false).await.map(|_| ())
}

/// One of the last runs is taken back.
async fn undo(process: &Process, chance: &Chance, asked: Asked) -> Result<(), JobError> {
    let runs = last_runs(process).await?;
    if runs.is_empty() {
        return Ok(());
    }
    process.undo(*chance.pick(&runs), asked.approved).await.map(|_| ())
}

/// The last runs that can be taken back, the newest first.
async fn last_runs(process: &Process) -> Result<Vec<RunId>, JobError> {
    let runs = process.store.runs(3).await.map_err(addendum::sync::fault)?;
    Ok(runs.into_iter().filter(|r| r.kind != RunKind::Undo).map(|r| r.id).collect())
}
