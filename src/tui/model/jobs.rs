//! Jobs that were handed to the worker: what they are, how far they are, how fast they go.

use jiff::{SignedDuration, Timestamp};

use super::effect::Effect;
use super::toast::Toast;
use super::{Dirty, Model};
use crate::connectwise::Traffic;
use crate::domain::plan::LineProblem;
use crate::sync::RunEvent;
use crate::worker::job::{Event, Job, JobError, JobId, PullWhat};

/// Problems of a run that are kept for the screen; all of them are in the System Logs.
const PROBLEMS_KEPT: usize = 200;

/// A job under way.
#[derive(Debug, Clone)]
pub struct RunningJob {
    /// The number of the effect.
    pub ticket: u64,
    /// The worker's number, once told.
    pub id: Option<JobId>,
    /// What it is, for people.
    pub title: String,
    /// Whether it writes to the PSA or the store, so that it must end at a safe point.
    pub writes: bool,
    /// What is counted.
    pub what: &'static str,
    /// How many are done.
    pub done: u64,
    /// Of how many, where it is known.
    pub total: Option<u64>,
    /// How many failed.
    pub failed: u64,
    /// What it is doing beyond counting.
    pub note: String,
    /// When it began.
    pub since: Timestamp,
    /// It is held.
    pub paused: bool,
    /// The desk does it, not the worker.
    pub tool: bool,
}

impl RunningJob {
    /// Per second, since it began.
    pub fn rate(&self, now: Timestamp) -> Option<u64> {
        let seconds = now.duration_since(self.since).as_secs();
        (seconds > 0).then(|| self.done / seconds.unsigned_abs())
    }

    /// Time left at that rate.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        let total = self.total?;
        let spent = now.duration_since(self.since).as_millis();
        if self.done == 0 || spent < 1000 {
            return None;
        }
        let left = i128::from(total.saturating_sub(self.done)) * spent / i128::from(self.done);
        Some(SignedDuration::from_millis(i64::try_from(left).ok()?))
    }

    /// Done of total, in percent.
    pub fn percent(&self) -> Option<u8> {
        let total = self.total.filter(|t| *t > 0)?;
        u8::try_from(self.done.min(total) * 100 / total).ok()
    }
}

/// All jobs.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    /// Those under way, oldest first.
    pub running: Vec<RunningJob>,
    /// What the client is doing.
    pub traffic: Traffic,
    /// Problems of the run under way or of the last one, newest last.
    pub problems: Vec<LineProblem>,
    /// What the terminal's task bar shows.
    pub(super) percent: Option<u8>,
}

impl Jobs {
    /// The problems by cause, newest first: one of each, and how many others have the same. A
    /// company without a contact is one thing to mend, however many lines it has.
    pub fn causes(&self) -> Vec<(&LineProblem, usize)> {
        let mut causes: Vec<(&LineProblem, usize)> = Vec::new();
        for p in self.problems.iter().rev() {
            match causes.iter_mut().find(|(known, _)| known.problem == p.problem) {
                Some((_, others)) => *others += 1,
                None => causes.push((p, 0)),
            }
        }
        causes
    }

    /// The worker's numbers of those under way.
    pub fn ids(&self) -> Vec<JobId> {
        self.running.iter().filter_map(|j| j.id).collect()
    }

    /// The title of a job that quitting would cut off.
    pub fn that_must_end_safely(&self) -> Option<&str> {
        self.running.iter().find(|j| j.writes).map(|j| j.title.as_str())
    }

    /// The one that is shown at the bottom: one that writes, else the newest.
    pub fn shown(&self) -> Option<&RunningJob> {
        self.running.iter().find(|j| j.writes).or_else(|| self.running.last())
    }

    fn by_id(&mut self, id: JobId) -> Option<&mut RunningJob> {
        self.running.iter_mut().find(|j| j.id == Some(id))
    }
}

/// What a job is called, and whether it must end at a safe point.
fn title(job: &Job) -> (&'static str, bool) {
    match job {
        Job::TestConnection => ("Test Connection", false),
        Job::Verify => ("Verify Permissions", false),
        Job::Pull(PullWhat::Companies) => ("Sync Organizations", false),
        Job::Pull(PullWhat::Products) => ("Load Products", false),
        Job::Pull(PullWhat::Agreements) => ("Refresh agreements", false),
        Job::Pull(PullWhat::All) => ("Refresh PSA records", false),
        Job::Load { .. } => ("Load Invoices", true),
        Job::Plan(_) => ("Plan", false),
        Job::Sync { .. } => ("Sync to PSA", true),
        Job::Retry { .. } => ("Retry", true),
        Job::Reconcile(_) => ("Reconcile", false),
        Job::Decide { .. } => ("Decide", true),
        Job::Undo(_) => ("Undo", true),
        Job::Credit(_) => ("Credit", true),
        Job::MapAuto => ("Map automatically", false),
        Job::Forecast => ("Forecast", false),
    }
}

impl Model {
    /// Hands a job to the worker.
    pub(super) fn submit(&mut self, job: Job) -> Vec<Effect> {
        let (name, writes) = title(&job);
        if self.jobs.running.iter().any(|j| j.title == name) {
            self.toast(Toast::warning(format!("{name} is running already")));
            return vec![];
        }
        let ticket = self.begin_job(name, writes);
        vec![Effect::Submit { ticket, job }]
    }

    /// Notes that a job is on its way to the worker.
    pub(crate) fn begin_job(&mut self, title: &str, writes: bool) -> u64 {
        let ticket = self.ticket();
        self.toast = None;
        if writes {
            self.sync.broken = None;
        }
        self.jobs.running.push(RunningJob {
            ticket,
            id: None,
            title: title.to_owned(),
            writes,
            what: "",
            done: 0,
            total: None,
            failed: 0,
            note: String::new(),
            since: self.now,
            paused: false,
            tool: false,
        });
        ticket
    }

    /// The worker has given the job its number.
    pub(super) fn submitted(&mut self, ticket: u64, id: JobId) -> Vec<Effect> {
        if let Some(job) = self.jobs.running.iter_mut().find(|j| j.ticket == ticket) {
            job.id = Some(id);
        }
        vec![]
    }

    /// The worker tells something.
    pub(super) fn worker(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Started(id) => {
                let now = self.now;
                if let Some(job) = self.jobs.by_id(id) {
                    job.since = now;
                }
                self.dirty = Dirty::Full;
                vec![]
            }
            Event::Progress { job, what, done, total } => {
                let Some(j) = self.jobs.by_id(job) else { return vec![] };
                (j.what, j.done, j.total) = (what, done, total);
                self.progressed()
            }
            Event::Traffic(traffic) => {
                if self.jobs.traffic == traffic {
                    return vec![];
                }
                self.jobs.traffic = traffic;
                if self.tab == super::Tab::Sync && !self.jobs.running.is_empty() {
                    self.dirty = self.dirty.max(Dirty::Progress);
                }
                vec![]
            }
            Event::Run { job, event } => self.run_event(job, event),
            Event::Ended { job, result } => {
                self.dirty = Dirty::Full;
                self.ended(job, *result)
            }
        }
    }

    fn progressed(&mut self) -> Vec<Effect> {
        self.dirty = self.dirty.max(Dirty::Progress);
        let percent = self.jobs.shown().and_then(RunningJob::percent);
        if std::mem::replace(&mut self.jobs.percent, percent) == percent {
            return vec![];
        }
        vec![Effect::TaskBar(percent)]
    }

    fn run_event(&mut self, id: JobId, event: RunEvent) -> Vec<Effect> {
        let Some(job) = self.jobs.by_id(id) else { return vec![] };
        match event {
            RunEvent::Started { actions, .. } => {
                (job.what, job.done, job.total) = ("writes", 0, Some(actions));
                job.note.clear();
                self.jobs.problems.clear();
                self.dirty = Dirty::Full;
                vec![]
            }
            RunEvent::Progress { done, failed, total } => {
                (job.what, job.done, job.failed, job.total) = ("writes", done, failed, Some(total));
                job.note.clear();
                self.progressed()
            }
            RunEvent::Recovering { entries } => {
                job.note = format!("looking up {entries} earlier writes without an answer");
                self.progressed()
            }
            RunEvent::LookingUp { marker } => {
                job.note = format!("an answer was lost: looking for {marker}");
                self.progressed()
            }
            RunEvent::LineFailed(problem) => {
                if self.jobs.problems.len() == PROBLEMS_KEPT {
                    self.jobs.problems.remove(0);
                }
                self.jobs.problems.push(*problem);
                self.dirty = self.dirty.max(Dirty::Progress);
                vec![]
            }
        }
    }

    /// Takes a job off the list.
    pub(super) fn finish(&mut self, id: JobId) -> Option<RunningJob> {
        let at = self.jobs.running.iter().position(|j| j.id == Some(id))?;
        Some(self.jobs.running.remove(at))
    }

    /// Cancels what is shown as running.
    pub(super) fn cancel_job(&mut self) -> Vec<Effect> {
        let Some(job) = self.jobs.shown() else {
            self.toast(Toast::note("nothing is running"));
            return vec![];
        };
        let (id, title, ticket) = (job.id, job.title.clone(), job.ticket);
        if job.tool && !job.writes {
            self.jobs.running.retain(|j| j.ticket != ticket);
            self.toast(Toast::warning(format!("{title} was given up")));
            return vec![Effect::GiveUp { ticket }];
        }
        self.toast(Toast::warning(format!("{title}: stopping at the next safe point")));
        id.map(Effect::Cancel).into_iter().collect()
    }

    /// Holds what is shown as running, or lets it go on.
    pub(super) fn pause_job(&mut self) -> Vec<Effect> {
        let Some(shown) = self.jobs.shown().and_then(|j| j.id) else { return vec![] };
        let Some(job) = self.jobs.by_id(shown) else { return vec![] };
        job.paused = !job.paused;
        let (paused, title) = (job.paused, job.title.clone());
        self.toast(Toast::note(if paused {
            format!("{title} is held: requests in flight end, no new one begins")
        } else {
            format!("{title} goes on")
        }));
        vec![Effect::Pause(shown, paused)]
    }

    /// A job ended without a result.
    pub(super) fn ended_badly(&mut self, title: &str, error: JobError) {
        match error {
            JobError::Cancelled => {
                self.toast(Toast::warning(format!("{title} was stopped at a safe point")));
            }
            JobError::Problem(problem) => self.toast(Toast::problem(&problem)),
            JobError::Refused(refusal) => {
                let mut text = super::layer::reading::Text::default();
                text.line("Nothing was taken from the input. What is wrong, place by place:");
                text.line("");
                text.line(crate::domain::text::harmless_lines(&refusal.to_string()));
                self.read(format!("{title}: the input is refused"), text);
            }
        }
    }
}
