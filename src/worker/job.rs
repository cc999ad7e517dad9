//! What can be asked of the worker, and what it answers.

use std::path::PathBuf;
use std::sync::Arc;

use super::forecast::Forecast;
use crate::connectwise::{PermissionCheck, SystemInfo, Traffic};
use crate::domain::audit::AuditHead;
use crate::domain::decision::Verdict;
use crate::domain::edit::Edit;
use crate::domain::journal::RunId;
use crate::domain::load::LoadReport;
use crate::domain::period::Period;
use crate::domain::plan::Plan;
use crate::domain::policy::Scope;
use crate::domain::problem::{FileRefusal, Problem};
use crate::flows::EquationRow;
use crate::store::PullReport;
use crate::sync::{Decided, Findings, Left, ProvenRow, RunEvent, RunReport};

/// Which PSA records to refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullWhat {
    /// Companies.
    Companies,
    /// The catalog.
    Products,
    /// Agreements, their types and the custom-field definitions.
    Agreements,
    /// All of it.
    All,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub enum Job {
    /// One authenticated call.
    TestConnection,
    /// Every permission in one pass.
    Verify,
    /// Refresh the local copy of PSA records.
    Pull(PullWhat),
    /// Load invoice lines: named files, or the configured location for these periods.
    Load {
        /// Files named by the user; empty: the configured location.
        files: Vec<PathBuf>,
        /// Only these periods; empty: all in named files, the current and the previous month of a
        /// location.
        periods: Vec<Period>,
    },
    /// What a sync would do. Needs no network.
    Plan(Scope),
    /// Carry it out. `plan`: a saved plan that must still hold.
    Sync {
        /// What is to be posted.
        scope: Scope,
        /// A saved plan; its scope must be the same.
        plan: Option<Arc<Plan>>,
        /// Cancels of auto-cancel `ask` were agreed to.
        with_cancels: bool,
    },
    /// Failed items again, each from its present values; of one run, or all.
    Retry {
        /// Only what failed in this run.
        run: Option<RunId>,
        /// Narrowed further.
        scope: Scope,
    },
    /// Read back, prove the equation.
    Reconcile(Vec<Period>),
    /// Keep, restore or adopt what reconcile found, each named by a line or its marker.
    Decide {
        /// The periods that are read back.
        periods: Vec<Period>,
        /// What was decided.
        verdicts: Vec<(String, Verdict)>,
    },
    /// Take a run back.
    Undo(RunId),
    /// Take a run back, and post the credits for what of it is invoiced.
    Credit(RunId),
    /// Suggest and accept mappings by name.
    MapAuto,
    /// What the source is going to bill. Nothing of it is kept.
    Forecast,
}

/// What `pull` brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct PullSummary {
    /// Companies, when refreshed.
    pub companies: Option<PullReport>,
    /// Catalog items, when refreshed.
    pub products: Option<PullReport>,
    /// Agreements, when refreshed.
    pub agreements: Option<PullReport>,
}

/// A run with the equation after it.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncSummary {
    /// The run.
    pub report: RunReport,
    /// The equation after it, per organization, period, currency.
    pub equation: Vec<EquationRow>,
    /// Cancels that wait for consent (auto-cancel `ask`).
    pub cancels_waiting: u64,
    /// What was left, for undo.
    pub left: Vec<Left>,
    /// The audit journal's head after it, for people to keep elsewhere.
    pub audit: Option<AuditHead>,
}

/// What reconcile says.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconcileSummary {
    /// The periods.
    pub periods: Vec<Period>,
    /// What is missing, doubled or drifted.
    pub findings: Findings,
    /// The equation.
    pub equation: Vec<EquationRow>,
    /// What was decided just now, and what became of it.
    pub decided: Vec<Decided>,
    /// The run that restored, where one did.
    pub restored: Option<Box<RunReport>>,
}

impl ReconcileSummary {
    /// Whether the PSA returned exactly what was posted, and the equation holds everywhere.
    pub fn is_proven(&self) -> bool {
        let f = &self.findings;
        f.missing.is_empty()
            && f.doubled.is_empty()
            && f.drifted.is_empty()
            && f.proven.iter().all(ProvenRow::holds)
            && self.equation.iter().all(|r| r.money.holds())
    }
}

/// What a job gives when it is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The connection works.
    Connected(SystemInfo),
    /// The permissions.
    Verified(Vec<PermissionCheck>),
    /// Records refreshed.
    Pulled(PullSummary),
    /// Lines loaded.
    Loaded(LoadReport),
    /// The plan.
    Planned(Box<Plan>),
    /// A sync, retry or undo.
    Synced(Box<SyncSummary>),
    /// The proof.
    Reconciled(Box<ReconcileSummary>),
    /// Mappings accepted and left open.
    Matched {
        /// Mappings made.
        accepted: u64,
        /// Organizations and offers that a person has to look at.
        open: u64,
        /// The edits that take them back, in order.
        inverse: Vec<Edit>,
    },
    /// What the source is going to bill.
    Forecast(Box<Forecast>),
}

/// Why a job gave nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum JobError {
    /// A problem.
    #[error("{0}")]
    Problem(Problem),
    /// Files are refused.
    #[error("{0}")]
    Refused(FileRefusal),
    /// It was cancelled at a safe point.
    #[error("cancelled")]
    Cancelled,
}

/// The worker's number of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// What the worker tells while a job goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// It began.
    Started(JobId),
    /// So many of so many records or lines; `total` where it is known.
    Progress {
        /// The job.
        job: JobId,
        /// What is counted.
        what: &'static str,
        /// How many so far.
        done: u64,
        /// How many in all.
        total: Option<u64>,
    },
    /// What the executor does.
    Run {
        /// The job.
        job: JobId,
        /// What happened.
        event: RunEvent,
    },
    /// What the client does.
    Traffic(Traffic),
    /// It ended.
    Ended {
        /// The job.
        job: JobId,
        /// What it gave.
        result: Box<Result<Outcome, JobError>>,
    },
}
