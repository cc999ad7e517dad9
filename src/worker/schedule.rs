//! The schedule: daily at 00:00 UTC (design 4, `billing.daily_sync`). Everything that decides is
//! pure; [`daemon`] asks the clock, waits and runs the jobs.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tokio::time::Instant;

use super::job::{Event, Job, JobError, Outcome, PullWhat, SyncSummary};
use super::{Lease, Worker, syslog};
use crate::domain::policy::Scope;
use crate::domain::problem::{Problem, ProblemKind};
use crate::sync::fault;

/// The store's note of when the schedule last began a run.
pub const LAST: &str = "schedule last";
/// A machine that slept wakes with its timers late, so the clock is asked this often.
const LOOK: Duration = Duration::from_secs(30);
/// How long a step of the night waits for somebody else's run before it is given up.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// How often it tries.
const AGAIN: Duration = Duration::from_secs(2);

/// The first 00:00 UTC after a moment.
pub fn next_run(after: Timestamp) -> Timestamp {
    let day = after.to_zoned(TimeZone::UTC).date();
    day.checked_add(1.day())
        .ok()
        .and_then(|next| next.to_zoned(TimeZone::UTC).ok())
        .map_or(Timestamp::MAX, |next| next.timestamp())
}

/// When the next run is due: at the first 00:00 UTC after the last one. A run that was missed, by
/// sleep or because nothing was running, is due at once, and once however many were missed. With
/// no run yet, the first one is at the next 00:00 UTC.
pub fn due(last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    match last {
        // A clock that was set back must not stop the schedule.
        Some(last) if last <= now => next_run(last),
        _ => next_run(now),
    }
}

/// What one scheduled run came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DayReport {
    /// Steps that failed, each with its reason.
    pub failed: Vec<(&'static str, JobError)>,
    /// The sync, where it got that far.
    pub synced: Option<Box<SyncSummary>>,
}

/// What the daemon tells.
#[derive(Debug, Clone, PartialEq)]
pub enum DaemonEvent {
    /// It waits until then.
    Waiting(Timestamp),
    /// The time has come, and `billing.daily_sync` is off: nothing is done.
    Off,
    /// A run begins.
    Began(Timestamp),
    /// Somebody else's run holds the profile: a step of the run waits for its end.
    Held(Problem),
    /// A run ended.
    Ended(DayReport),
    /// What its jobs tell.
    Job(Event),
}

/// Runs the schedule until the worker is stopped ([`Worker::stop`]), which ends a running job at
/// its next safe point. Failures of a day are told and logged; the next day is tried again. A
/// person's run that is under way when the time comes is waited for, within reason.
///
/// # Errors
/// Another daemon keeps the schedule; the store cannot be read or written.
pub async fn daemon(worker: &mut Worker, tell: &mut dyn FnMut(DaemonEvent)) -> Result<(), Problem> {
    let stop = worker.stop();
    let store = worker.profile().store.clone();
    let _schedule = Lease::schedule(&worker.profile().paths.data_dir, "daemon")?;
    let clock = worker.profile().clock.clone();
    let mut began = clock.now();
    let mut told = None;
    loop {
        let last: Option<Timestamp> =
            store.note(LAST).await.map_err(fault)?.and_then(|t| t.parse().ok());
        let now = clock.now();
        // A clock that was ahead and is set right again: what it said before is not waited for.
        let last = last.filter(|last| *last <= now);
        began = began.min(now);
        // Counted from the start of the daemon when it never ran, or the date would run away.
        let at = due(last.or(Some(began)), now);
        if at > now {
            if told != Some(at) {
                tell(DaemonEvent::Waiting(at));
                told = Some(at);
            }
            let left = Duration::try_from(at.duration_since(now)).unwrap_or(LOOK);
            tokio::select! {
                () = tokio::time::sleep(left.min(LOOK)) => continue,
                () = stop.cancelled() => return Ok(()),
            }
        }
        store.set_note(LAST, Some(now.to_string())).await.map_err(fault)?;
        match worker.profile().reread_settings() {
            Ok(settings) if settings.daily_sync => {
                tell(DaemonEvent::Began(now));
                let report = whole_day(worker, PATIENCE, tell).await;
                tell(DaemonEvent::Ended(report));
            }
            Ok(_) => tell(DaemonEvent::Off),
            Err(problem) => {
                let entry = syslog::error("The settings could not be read", &problem);
                syslog::keep(&store, vec![entry]).await.map_err(fault)?;
                let failed = vec![("settings", JobError::Problem(problem))];
                tell(DaemonEvent::Ended(DayReport { failed, synced: None }));
            }
        }
        if stop.is_cancelled() {
            return Ok(());
        }
    }
}

/// One scheduled run: pull, load the current and the previous month, sync both. Without a fresh
/// copy of the PSA's records nothing is posted; a bill that cannot be loaded does not hold back
/// what was loaded before. Cancels that need consent are not made.
pub async fn day(worker: &mut Worker, tell: &mut dyn FnMut(Event)) -> DayReport {
    whole_day(worker, Duration::ZERO, &mut |event| {
        if let DaemonEvent::Job(event) = event {
            tell(event);
        }
    })
    .await
}

async fn whole_day(
    worker: &mut Worker,
    patience: Duration,
    tell: &mut dyn FnMut(DaemonEvent),
) -> DayReport {
    let mut report = DayReport::default();
    if let Err(e) = in_turn(worker, Job::Pull(PullWhat::All), patience, tell).await {
        report.failed.push(("pull", e));
    }
    let load = Job::Load { files: Vec::new(), periods: Vec::new() };
    if let Err(e) = in_turn(worker, load, patience, tell).await {
        report.failed.push(("load", e));
    }
    if report.failed.iter().any(|(step, _)| *step == "pull") || worker.stop().is_cancelled() {
        return report;
    }
    let month = worker.profile().this_month();
    let scope = Scope { periods: vec![month.previous(), month], ..Scope::default() };
    let sync = Job::Sync { scope, plan: None, with_cancels: false };
    match in_turn(worker, sync, patience, tell).await {
        Ok(Outcome::Synced(summary)) => report.synced = Some(summary),
        Ok(_) => {}
        Err(e) => report.failed.push(("sync", e)),
    }
    report
}

/// Runs a job; while another run holds the profile it is tried again, for as long as `patience`.
async fn in_turn(
    worker: &mut Worker,
    job: Job,
    patience: Duration,
    tell: &mut dyn FnMut(DaemonEvent),
) -> Result<Outcome, JobError> {
    let until = Instant::now() + patience;
    let stop = worker.stop();
    let mut told = false;
    loop {
        let result = worker.run(job.clone(), &mut |event| tell(DaemonEvent::Job(event))).await;
        let Err(JobError::Problem(problem)) = &result else { return result };
        if problem.kind != ProblemKind::Busy || Instant::now() >= until {
            return result;
        }
        if !told {
            tell(DaemonEvent::Held(problem.clone()));
            told = true;
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = stop.cancelled() => return Err(JobError::Cancelled),
        }
    }
}

#[cfg(test)]
mod tests;
