//! `addendum daemon`: the schedule without a terminal.

use serde_json::{Value, json};

use super::Global;
use super::home;
use super::run_text::{run_document, run_exit, run_text};
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::progress::Progress;
use super::shell::signals;
use crate::worker::Worker;
use crate::worker::job::JobError;
use crate::worker::schedule::{self, DaemonEvent, DayReport};

/// So many of the last days are told at the end.
const DAYS: usize = 31;

/// Arguments of `daemon`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Run one day's work now and end: pull, load, sync; for schedulers of one's own
    #[arg(long)]
    pub once: bool,
}

/// Runs until it is stopped; what happens is told on standard error, the days at the end. To be
/// stopped by a signal is how a daemon ends: that is no failure, whatever its nights came to.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let profile = home::open(global).await?;
    let daily = profile.settings().daily_sync;
    let mut worker = Worker::start(profile);
    let (stop, told) = (worker.stop(), signals::token(output));
    let link = tokio::spawn(async move {
        told.cancelled().await;
        stop.cancel();
    });
    let mut progress = Progress::new(output);
    let mut days = Vec::new();
    if args.once {
        days.push(schedule::day(&mut worker, &mut |_| {}).await);
    } else {
        if !daily {
            let text = "billing.daily_sync is off: nothing is done until it is switched on";
            progress.event("off", text);
        }
        schedule::daemon(&mut worker, &mut |event| tell(&mut progress, &mut days, event)).await?;
    }
    link.abort();
    drop(progress);
    let exit = if args.once { days.first().map_or(Exit::Done, day_exit) } else { Exit::Done };
    let document = json!({ "days": days.iter().map(day_document).collect::<Vec<_>>() });
    let text = if args.once {
        days.iter().map(day_text).collect::<Vec<_>>().join("\n")
    } else {
        match days.len() {
            0 => "no scheduled run was made".to_owned(),
            1 => format!("the last scheduled run:\n{}", day_text(&days[0])),
            n => format!("the last {n} scheduled runs; the newest:\n{}", day_text(&days[n - 1])),
        }
    };
    Ok(Answer::new("daemon", &document, text)?.ending(exit))
}

fn tell(progress: &mut Progress, days: &mut Vec<DayReport>, event: DaemonEvent) {
    match event {
        DaemonEvent::Waiting(until) => {
            progress.event("waiting", &format!("the next run is at {until:.0}"));
        }
        DaemonEvent::Off => {
            progress.event("off", "it is time, and billing.daily_sync is off: nothing was done");
        }
        DaemonEvent::Held(problem) => {
            progress.event("held", &format!("waiting: {}", problem.message));
        }
        DaemonEvent::Began(at) => progress.event("began", &format!("a run begins at {at:.0}")),
        DaemonEvent::Ended(report) => {
            progress.event("ended", &day_text(&report));
            // It may live for years, and a night can have many errors.
            if days.len() == DAYS {
                days.remove(0);
            }
            days.push(report);
        }
        // The System Logs have the details; a log of every request helps nobody.
        DaemonEvent::Job(_) => {}
    }
}

fn day_document(day: &DayReport) -> Value {
    json!({
        "failed": day.failed.iter().map(|(step, error)| {
            let mut value = Failure::from(error.clone()).document();
            value["step"] = json!(step);
            value
        }).collect::<Vec<_>>(),
        "sync": day.synced.as_ref().map(|s| run_document("sync", s)),
    })
}

fn day_text(day: &DayReport) -> String {
    let mut parts: Vec<String> = day
        .failed
        .iter()
        .map(|(step, error)| format!("{step}: {}", Failure::from(error.clone()).text()))
        .collect();
    parts.extend(day.synced.as_ref().map(|s| run_text("sync", s)));
    if parts.is_empty() { "stopped before the sync".into() } else { parts.join("\n") }
}

/// The worst that happened decides: a step that failed, then lines that failed.
fn day_exit(day: &DayReport) -> Exit {
    match day.failed.first() {
        Some((_, JobError::Cancelled)) => Exit::Incomplete,
        Some((_, error)) => Failure::from(error.clone()).exit(),
        None => day.synced.as_ref().map_or(Exit::Incomplete, |s| run_exit(s)),
    }
}
