//! Gives a job to the worker and shows its progress until it ends.

use super::Global;
use super::home;
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Output, fault};
use super::shell::progress::Progress;
use super::shell::signals;
use crate::connectwise::Traffic;
use crate::sync::RunEvent;
use crate::worker::job::{Event, Job, Outcome};
use crate::worker::{Profile, Worker};

/// Runs one job to its end. A signal ends it at its next safe point.
pub async fn perform(global: &Global, output: Output, job: Job) -> Result<Outcome, Failure> {
    perform_on(home::open(global).await?, output, job).await
}

/// As [`perform`], on a profile that is open already. When the encrypted file is locked, a person
/// is asked for its passphrase once.
pub async fn perform_on(profile: Profile, output: Output, job: Job) -> Result<Outcome, Failure> {
    match once(profile.clone(), output, job.clone()).await {
        Err(Failure::Problem(p)) if p.code == "vault-locked" && ask::can_ask() => {
            profile.vault.unlock(&ask::secret("Passphrase of the encrypted file: ")?);
            once(profile, output, job).await
        }
        result => result,
    }
}

async fn once(profile: Profile, output: Output, job: Job) -> Result<Outcome, Failure> {
    let mut worker = Worker::start(profile);
    let (stop, told) = (worker.stop(), signals::token(output));
    let link = tokio::spawn(async move {
        told.cancelled().await;
        stop.cancel();
    });
    let mut shown = Shown { progress: Progress::new(output), throttled: 0 };
    let result = worker.run(job, &mut |event| shown.tell(&event)).await;
    link.abort();
    shown.progress.clear();
    Ok(result?)
}

/// The answer of a job is of another kind than the job: a fault of ours.
pub fn unexpected() -> Failure {
    fault("the worker answered something else than was asked")
}

struct Shown {
    progress: Progress,
    throttled: u64,
}

impl Shown {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::Progress { what, done, total, .. } => self.progress.step(what, *done, *total),
            Event::Run { event, .. } => self.run(event),
            Event::Traffic(traffic) => self.traffic(traffic),
            Event::Started(_) | Event::Ended { .. } => {}
        }
    }

    fn run(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Started { run, actions } => {
                self.progress.event("started", &format!("run {}: {actions} writes", run.0));
            }
            RunEvent::Progress { done, failed, total } => {
                let what = if *failed == 0 {
                    "writes".to_owned()
                } else {
                    format!("writes ({failed} failed)")
                };
                self.progress.step(&what, *done, Some(*total));
            }
            RunEvent::Recovering { entries } => {
                let text = format!(
                    "looking up {entries} writes that an earlier run left without an answer"
                );
                self.progress.event("recovering", &text);
            }
            RunEvent::LineFailed(problem) => {
                let text = format!(
                    "{}: {} ({})",
                    problem.line, problem.problem.message, problem.problem.code
                );
                self.progress.event("line-failed", &text);
            }
            RunEvent::LookingUp { marker } => {
                self.progress
                    .event("looking-up", &format!("an answer was lost; looking for {marker}"));
            }
        }
    }

    /// The PSA's word to slow down is told once each time, not with every waiting request.
    fn traffic(&mut self, traffic: &Traffic) {
        if traffic.throttled > self.throttled && traffic.paused_ms > 0 {
            let seconds = traffic.paused_ms.div_ceil(1_000);
            let text = format!("the PSA asks to slow down; waiting {seconds} s");
            self.progress.event("throttled", &text);
        }
        self.throttled = traffic.throttled;
    }
}
