//! The jobs, one file each.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::job::{Event, Job, JobError, JobId, Outcome};
use super::profile::Profile;
use super::syslog;
use crate::connectwise::{Client, PsaError};
use crate::domain::log::LogEntry;
use crate::domain::problem::{Problem, ProblemKind};
use crate::sync::RunEvent;

mod counted;
mod forecast;
mod left_out;
mod load;
mod map_auto;
mod plan;
mod pull;
mod reconcile;
mod run_log;
mod superseded;
mod sync;
mod test_connection;
mod undo;
mod verify;

pub use sync::equation;

/// Told what happens; never waits.
pub type Tell = Arc<dyn Fn(Event) + Send + Sync>;

/// What a job has at hand.
pub struct Context {
    /// Its number, as in the events.
    pub id: JobId,
    /// The profile that it works for.
    pub profile: Profile,
    /// Told what happens in it.
    pub tell: Tell,
    /// Ends it at the next safe point.
    pub cancel: CancellationToken,
    /// While it says `true`, no further write begins. Its sender must outlive the job.
    pub pause: watch::Receiver<bool>,
}

impl Job {
    /// Whether it writes to the PSA or writes lines to the store: such jobs run one at a time, and
    /// hold the profile against other processes.
    pub fn writes(&self) -> bool {
        match self {
            Self::Pull(_)
            | Self::Load { .. }
            | Self::Sync { .. }
            | Self::Retry { .. }
            | Self::Decide { .. }
            | Self::Undo(_)
            | Self::Credit(_) => true,
            Self::TestConnection
            | Self::Verify
            | Self::Plan(_)
            | Self::Reconcile(_)
            | Self::MapAuto
            | Self::Forecast => false,
        }
    }

    /// The word for it in messages, as on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TestConnection => "credentials test",
            Self::Verify => "verify",
            Self::Pull(_) => "pull",
            Self::Load { .. } => "load",
            Self::Plan(_) => "plan",
            Self::Sync { .. } => "sync",
            Self::Retry { .. } => "retry",
            Self::Reconcile(_) => "reconcile",
            Self::Decide { .. } => "reconcile",
            Self::Undo(_) => "undo",
            Self::Credit(_) => "undo --credit",
            Self::MapAuto => "map auto",
            Self::Forecast => "source forecast",
        }
    }
}

/// Runs a job to its end, where it is asked: with the future the job goes, and with the job whatever
/// it held. The worker's tasks run it so, one after the other.
///
/// # Errors
/// What the job failed with.
pub async fn run(context: Context, job: Job) -> Result<Outcome, JobError> {
    let context = &context;
    // Each apart from the others: together they would be as large as the largest, and be moved so.
    let work: BoxFuture<'_, Result<Outcome, JobError>> = match job {
        Job::TestConnection => Box::pin(test_connection::run(context)),
        Job::Verify => Box::pin(verify::run(context)),
        Job::Pull(what) => Box::pin(pull::run(context, what)),
        Job::Load { files, periods } => Box::pin(load::run(context, files, periods)),
        Job::Plan(scope) => Box::pin(plan::run(context, scope)),
        Job::Sync { scope, plan, with_cancels } => {
            Box::pin(sync::run(context, scope, plan, with_cancels))
        }
        Job::Retry { run, scope } => Box::pin(sync::retry(context, run, scope)),
        Job::Reconcile(periods) => Box::pin(reconcile::run(context, periods)),
        Job::Decide { periods, verdicts } => {
            Box::pin(reconcile::decide(context, periods, verdicts))
        }
        Job::Undo(run) => Box::pin(undo::run(context, run, false)),
        Job::Credit(run) => Box::pin(undo::run(context, run, true)),
        Job::MapAuto => Box::pin(map_auto::run(context)),
        Job::Forecast => Box::pin(forecast::run(context)),
    };
    work.await
}

/// What is told when a job's task ended without a result.
pub(super) fn died(error: &JoinError) -> JobError {
    JobError::Problem(Problem::new(
        ProblemKind::Fault,
        "job-died",
        format!("the job ended without a result: {error}"),
        "this is a fault of Addendum; nothing is lost: run it again, and report it with the log",
    ))
}

impl From<Problem> for JobError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<PsaError> for JobError {
    fn from(error: PsaError) -> Self {
        Self::Problem(error.problem().clone())
    }
}

impl Context {
    /// Progress of this job.
    fn progress(&self, what: &'static str, done: u64, total: Option<u64>) {
        (self.tell)(Event::Progress { job: self.id, what, done, total });
    }

    /// A closure that tells progress from inside a call.
    fn counter(&self, what: &'static str) -> impl Fn(u64) + Sync + use<> {
        let (tell, job) = (Arc::clone(&self.tell), self.id);
        move |done| tell(Event::Progress { job, what, done, total: None })
    }

    /// What the executor tells its events to.
    fn run_events(&self) -> Arc<dyn Fn(RunEvent) + Send + Sync> {
        let (tell, job) = (Arc::clone(&self.tell), self.id);
        Arc::new(move |event| tell(Event::Run { job, event }))
    }

    /// Takes the profile for this job against other processes (exit 6 when it is taken).
    fn lease(&self, command: &str) -> Result<super::lease::Lease, Problem> {
        self.profile.leases.take(command)
    }

    /// The client; its traffic is told for as long as the guard lives.
    async fn client(&self) -> Result<(Client, TrafficGuard), Problem> {
        let client = self.profile.client().await?;
        let mut traffic = client.traffic();
        let tell = Arc::clone(&self.tell);
        let task = tokio::spawn(async move {
            loop {
                let now = traffic.borrow_and_update().clone();
                tell(Event::Traffic(now));
                if traffic.changed().await.is_err() {
                    return;
                }
            }
        });
        Ok((client, TrafficGuard(task)))
    }

    /// Appends to the System Logs. A log that cannot be written stops no job: the store's own next
    /// write says what is wrong with it.
    async fn log(&self, entries: Vec<LogEntry>) {
        if entries.is_empty() {
            return;
        }
        if let Err(e) = syslog::keep(&self.profile.store, entries).await {
            tracing::error!(error = %e, "the System Logs could not be written");
        }
    }

    /// Logs a job's failure, and gives it back.
    async fn failed(&self, what: &str, problem: Problem) -> JobError {
        self.log(vec![syslog::error(what, &problem)]).await;
        JobError::Problem(problem)
    }
}

/// Stops telling traffic when it goes.
struct TrafficGuard(tokio::task::JoinHandle<()>);

impl Drop for TrafficGuard {
    fn drop(&mut self) {
        self.0.abort();
    }
}
