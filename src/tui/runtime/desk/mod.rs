//! The desk performs effects: it asks store, worker and vault off the drawing thread and brings the
//! answers back. Of questions that replace one another only the newest is worked on.

mod change;
mod choices;
mod credentials;
mod dashboard;
mod events;
mod export;
mod lines;
mod mapping;
mod names;
mod questions;
mod settings;
mod suggest;
mod table;
mod tools;
mod views;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use self::table::Tables;
use super::perform::{Heard, Perform};
use crate::domain::problem::{Problem, ProblemKind};
use crate::store::StoreError;
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::GridId;
use crate::tui::model::message::{Answer, Message};
use crate::worker::job::{Event, JobId};
use crate::worker::{JobHandle, Profile, Worker};

/// Answers that may wait for the loop.
const ROOM: usize = 256;

/// Questions that replace one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Slot {
    View(GridId),
    Find(GridId),
    Dashboard,
    Choices,
    Preview,
    Settings,
    Periods,
    Events,
}

/// Performs effects.
pub struct Desk {
    inner: Arc<Inner>,
    worker: Worker,
    events: mpsc::Receiver<Event>,
    answers: mpsc::Receiver<Heard>,
    /// What was submitted, and not told yet. It is told before any event: a quick job's end must
    /// not come before its number.
    submitted: VecDeque<Heard>,
    slots: HashMap<Slot, AbortHandle>,
    /// Work that may be given up, by its number.
    tools: HashMap<u64, AbortHandle>,
    jobs: HashMap<JobId, JobHandle>,
}

/// What the tasks of the desk share.
struct Inner {
    profile: Profile,
    tables: Tables,
    answers: mpsc::Sender<Heard>,
    /// Held while settings and credentials are looked at and told.
    viewing: tokio::sync::Mutex<()>,
}

impl Inner {
    async fn answer(&self, answer: Answer) {
        // The loop is over when nobody listens any more.
        let _ = self.answers.send(Heard::Message(Message::Answer(answer))).await;
    }
}

/// A refusal of the store, for people.
fn refused(error: StoreError) -> Problem {
    error.problem()
}

/// Work that ended without a result: a fault of ours.
fn died(error: tokio::task::JoinError) -> Problem {
    Problem::new(
        ProblemKind::Fault,
        "desk-died",
        format!("a question ended without an answer: {error}"),
        "nothing is lost; try again, and report this with the program log",
    )
}

impl Desk {
    /// A desk for a profile. Needs a tokio runtime.
    pub fn new(profile: Profile) -> Self {
        let mut worker = Worker::start(profile.clone());
        let events = worker.events().expect("a new worker has its events");
        let (answers, heard) = mpsc::channel(ROOM);
        let viewing = tokio::sync::Mutex::default();
        let inner = Arc::new(Inner { profile, tables: Tables::default(), answers, viewing });
        Self {
            inner,
            worker,
            events,
            answers: heard,
            submitted: VecDeque::new(),
            slots: HashMap::new(),
            tools: HashMap::new(),
            jobs: HashMap::new(),
        }
    }

    /// Begins work whose answer goes to the loop.
    fn begin<F>(&mut self, work: impl FnOnce(Arc<Inner>) -> F) -> AbortHandle
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(work(Arc::clone(&self.inner))).abort_handle()
    }

    /// Begins work that takes the place of the same kind of work.
    fn replace<F>(&mut self, slot: Slot, work: impl FnOnce(Arc<Inner>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let handle = self.begin(work);
        if let Some(older) = self.slots.insert(slot, handle) {
            older.abort();
        }
    }

    fn submit(&mut self, ticket: u64, job: crate::worker::job::Job) {
        let handle = self.worker.submit(job);
        let id = handle.id;
        self.jobs.insert(id, handle);
        self.submitted.push_back(Heard::Message(Message::Submitted { ticket, job: id }));
    }
}

impl Perform for Desk {
    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::View(query) => {
                self.replace(Slot::View(query.grid), |desk| async move {
                    match query.grid {
                        GridId::Invoices => desk.view_lines(query).await,
                        _ => desk.view(query).await,
                    }
                });
            }
            Effect::FindNext { query, from, backwards } => {
                self.replace(Slot::Find(query.grid), move |desk| async move {
                    desk.find_next(query, from, backwards).await;
                });
            }
            Effect::Slice { query } => {
                self.begin(|desk| async move { desk.slice(query).await });
            }
            Effect::Stale { records } => self.inner.tables.forget(records),
            Effect::Dashboard { generation } => {
                self.replace(Slot::Dashboard, move |desk| async move {
                    desk.tell_dashboard(generation).await;
                });
            }
            Effect::Settings => {
                self.replace(Slot::Settings, |desk| async move { desk.tell_settings().await });
            }
            Effect::Notes => {
                self.begin(|desk| async move { desk.notes().await });
            }
            Effect::Periods => {
                self.replace(Slot::Periods, |desk| async move { desk.periods().await });
            }
            Effect::Choices { generation, kind, text } => {
                self.replace(Slot::Choices, move |desk| async move {
                    desk.choices(generation, kind, text).await;
                });
            }
            Effect::Change { ticket, target, changes } => {
                self.begin(move |desk| async move {
                    let result = desk.change(&target, &changes).await;
                    desk.answer(Answer::Edited { ticket, result }).await;
                });
            }
            Effect::Preview { generation, target, changes } => {
                self.replace(Slot::Preview, move |desk| async move {
                    let result = desk.preview(&target, &changes).await;
                    desk.answer(Answer::Preview { generation, result }).await;
                });
            }
            Effect::Edit { ticket, edits } => {
                self.begin(move |desk| async move {
                    let result = desk.edit(edits.as_ref().clone(), 0).await;
                    desk.answer(Answer::Edited { ticket, result }).await;
                });
            }
            Effect::Submit { ticket, job } => self.submit(ticket, job),
            Effect::SubmitPlanFor { ticket, target, periods } => {
                self.begin(move |desk| async move {
                    desk.plan_for(ticket, target, periods).await;
                });
            }
            Effect::Cancel(id) => {
                if let Some(job) = self.jobs.get(&id) {
                    job.cancel.cancel();
                }
            }
            Effect::Pause(id, on) => {
                if let Some(job) = self.jobs.get(&id) {
                    job.pause.send_replace(on);
                }
            }
            Effect::ShowPlan(plan) => self.inner.tables.show_plan(plan),
            Effect::Unfold(on) => self.inner.tables.unfold(on),
            Effect::Events { period } => {
                self.replace(Slot::Events, move |desk| async move { desk.events(period).await });
            }
            Effect::ShowFindings(findings) => self.inner.tables.show_findings(findings),
            Effect::Save { what, changes } => {
                self.begin(move |desk| async move { desk.save(what, changes).await });
            }
            Effect::KeepKeys(draft) => {
                self.begin(move |desk| async move { desk.keep_keys(*draft).await });
            }
            Effect::Unlock(passphrase) => {
                self.begin(move |desk| async move { desk.unlock(passphrase).await });
            }
            Effect::Test(draft) => {
                self.begin(move |desk| async move { desk.test(*draft).await });
            }
            Effect::SavePlan { plan, scope, path } => {
                self.begin(move |desk| async move {
                    let result = desk.save_plan(&plan, &scope, &path).await;
                    desk.answer(Answer::PlanSaved(result)).await;
                });
            }
            Effect::Use { ticket, tool } => {
                let handle =
                    self.begin(move |desk| async move { desk.use_tool(ticket, tool).await });
                self.tools.retain(|_, handle| !handle.is_finished());
                self.tools.insert(ticket, handle);
            }
            Effect::GiveUp { ticket } => {
                if let Some(handle) = self.tools.remove(&ticket) {
                    handle.abort();
                }
            }
            Effect::Export { query, columns, path } => {
                self.begin(move |desk| async move { desk.export(query, columns, path).await });
            }
            Effect::CopyTarget { target, columns } => {
                self.begin(move |desk| async move { desk.copy(target, columns).await });
            }
            Effect::Note { name, value } => {
                self.begin(move |desk| async move { desk.keep_note(name, value).await });
            }
            Effect::DeleteIntegration => {
                self.begin(|desk| async move { desk.delete_integration().await });
            }
            // These are the terminal's: the loop keeps them for itself.
            Effect::Quit
            | Effect::Suspend
            | Effect::Redraw
            | Effect::Mouse(_)
            | Effect::Copy { .. }
            | Effect::TaskBar(_)
            | Effect::NextTheme => {}
        }
    }

    async fn next(&mut self) -> Heard {
        loop {
            if let Some(told) = self.submitted.pop_front() {
                return told;
            }
            let heard = tokio::select! {
                biased;
                heard = self.answers.recv() => heard,
                event = self.events.recv() => event.map(|e| Heard::Message(Message::Worker(e))),
            };
            match heard {
                Some(heard) => {
                    if let Some(heard) = self.notice(heard) {
                        return heard;
                    }
                }
                // Both senders live as long as this desk.
                None => std::future::pending().await,
            }
        }
    }

    fn ready(&mut self) -> Option<Heard> {
        loop {
            if let Some(told) = self.submitted.pop_front() {
                return Some(told);
            }
            let heard = match self.answers.try_recv() {
                Ok(heard) => heard,
                Err(_) => Heard::Message(Message::Worker(self.events.try_recv().ok()?)),
            };
            if let Some(heard) = self.notice(heard) {
                return Some(heard);
            }
        }
    }

    fn stop(&mut self) {
        self.worker.stop().cancel();
    }
}

impl Desk {
    /// Looks at what goes to the loop: jobs that ended are forgotten, jobs that a task of the desk
    /// wants are submitted here.
    fn notice(&mut self, heard: Heard) -> Option<Heard> {
        match heard {
            Heard::Terminal(Effect::Submit { ticket, job }) => {
                self.submit(ticket, job);
                None
            }
            Heard::Message(Message::Worker(Event::Ended { job, result })) => {
                self.jobs.remove(&job);
                Some(Heard::Message(Message::Worker(Event::Ended { job, result })))
            }
            other => Some(other),
        }
    }

    /// Waits until every job that was submitted has ended; for the end of the program.
    pub async fn settle(&mut self) {
        self.stop();
        while !self.jobs.is_empty() {
            match self.events.recv().await {
                Some(Event::Ended { job, .. }) => {
                    self.jobs.remove(&job);
                }
                Some(_) => {}
                None => break,
            }
        }
    }
}
