//! What a run has come to so far, and whether it goes on.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use tokio::sync::Semaphore;

use super::deleted::Deleted;
use super::{ApplyOptions, Executor, RunEvent};
use crate::connectwise::PsaError;
use crate::domain::addition::Subject;
use crate::domain::journal::{Outcome, RunId};
use crate::domain::line::Text;
use crate::domain::plan::{Action, ActionKind, Counts, LineProblem};
use crate::domain::problem::Problem;

/// Reads, or writes, in a row that may fail before the run counts the PSA as down.
const STRIKES: u32 = 3;

/// One run under way.
pub(super) struct Under<'a> {
    pub executor: &'a Executor,
    pub run: RunId,
    pub options: ApplyOptions,
    /// Whether all actions are in one currency: then an agreement without one is theirs.
    pub single_currency: bool,
    /// Requests in flight.
    pub sends: Semaphore,
    /// What lists may still show.
    pub deleted: Deleted,
    /// The subscription's addition that bills a line, by the line.
    pub bills: HashMap<Text, Text>,
    total: u64,
    tally: Mutex<Tally>,
}

#[derive(Default)]
pub(super) struct Tally {
    pub counts: Counts,
    pub errors: Vec<LineProblem>,
    pub answers: Vec<(Text, String)>,
    pub stop: Option<Problem>,
    /// How many actions on a marker are done.
    pub markers: HashMap<Text, u32>,
    /// Additions whose line lacks its cents: they do not show a later line until it has them, since
    /// nobody would ask for them any more.
    pub lacking: HashSet<Text>,
    /// The last day of additions that have one.
    pub ends: HashMap<Text, Date>,
    done: u64,
    failed: u64,
    strikes: u32,
    unanswered: u32,
}

impl<'a> Under<'a> {
    pub(super) fn new(
        executor: &'a Executor,
        run: RunId,
        options: ApplyOptions,
        actions: &[Action],
        counts: Counts,
        errors: Vec<LineProblem>,
        deleted: Deleted,
    ) -> Self {
        let first = actions.first().map(|a| a.currency);
        Self {
            executor,
            run,
            options,
            single_currency: actions.iter().all(|a| Some(a.currency) == first),
            sends: Semaphore::new(executor.concurrency.max(1)),
            deleted,
            bills: HashMap::new(),
            total: actions.len() as u64,
            tally: Mutex::new(Tally { counts, errors, ..Tally::default() }),
        }
    }

    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn into_tally(self) -> Tally {
        self.tally.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the run at the next safe point; the first reason counts.
    pub(super) fn stop(&self, problem: Problem) {
        self.tally().stop.get_or_insert(problem);
    }

    /// Whether no further write may begin.
    pub(super) fn halted(&self) -> bool {
        self.executor.cancel.is_cancelled() || self.tally().stop.is_some()
    }

    /// A read failed: the PSA is down when that happens again and again with no success between.
    pub(super) fn strike(&self, problem: &Problem) {
        let mut tally = self.tally();
        tally.strikes += 1;
        if tally.strikes >= STRIKES {
            tally.stop.get_or_insert_with(|| problem.clone());
        }
    }

    /// A write got no answer however often it was sent, though reads are answered: so it may be
    /// the record. When it happens again and again with no write that works, it is the PSA.
    pub(super) fn unanswered(&self, problem: &Problem) {
        let mut tally = self.tally();
        tally.unanswered += 1;
        if tally.unanswered >= STRIKES {
            tally.stop.get_or_insert_with(|| problem.clone());
        }
    }

    /// A read worked.
    pub(super) fn worked(&self) {
        self.tally().strikes = 0;
    }

    /// An action is in the PSA, by this run or since before.
    pub(super) fn done(&self, action: &Action, outcome: &Outcome) {
        let found = outcome.found;
        let event = {
            let mut tally = self.tally();
            tally.done += 1;
            tally.strikes = 0;
            tally.unanswered = 0;
            if let Some(marker) = &action.marker {
                *tally.markers.entry(marker.clone()).or_default() += 1;
                match outcome.fields.as_ref().and_then(|f| f.cancelled) {
                    Some(end) => tally.ends.insert(marker.clone(), end),
                    None => tally.ends.remove(marker),
                };
            }
            let c = &mut tally.counts;
            match action.kind {
                _ if found => c.unchanged += action.lines.len() as u64,
                ActionKind::CreateAgreement => c.create_agreement += 1,
                ActionKind::Create => c.create += 1,
                ActionKind::Update => c.update += 1,
                ActionKind::Cancel | ActionKind::Delete | ActionKind::DeleteAgreement => {
                    c.cancel += 1;
                }
            }
            self.progress(&tally)
        };
        (self.executor.events)(event);
    }

    /// An action failed, and its lines with it.
    pub(super) fn failed(&self, action: &Action, problem: &Problem, raw: Option<&str>) {
        let lines = problems(action, problem);
        let event = {
            let mut tally = self.tally();
            tally.done += 1;
            tally.failed += 1;
            tally.counts.failed += lines.len() as u64;
            let lacks = action.cents_of().and_then(|line| self.bills.get(line));
            tally.lacking.extend(lacks.cloned());
            if let Some(raw) = raw {
                tally.answers.extend(lines.iter().map(|l| (l.line.clone(), raw.to_owned())));
            }
            tally.errors.extend(lines.iter().cloned());
            self.progress(&tally)
        };
        for line in lines {
            (self.executor.events)(RunEvent::LineFailed(Box::new(line)));
        }
        (self.executor.events)(event);
    }

    /// Whether the line that an addition shows lacks its cents.
    pub(super) fn lacks_cents(&self, marker: &str) -> bool {
        self.tally().lacking.contains(marker)
    }

    /// An action is left to a later run, and its lines stay as they are.
    pub(super) fn left_out(&self) {
        let event = {
            let mut tally = self.tally();
            tally.done += 1;
            self.progress(&tally)
        };
        (self.executor.events)(event);
    }

    /// Something is wrong with lines that are posted all the same.
    pub(super) fn remark(&self, action: &Action, problem: &Problem) {
        let lines = problems(action, problem);
        self.tally().errors.extend(lines.iter().cloned());
        for line in lines {
            (self.executor.events)(RunEvent::LineFailed(Box::new(line)));
        }
    }

    /// Something is wrong with an addition that the run is not about.
    pub(super) fn notice(&self, marker: &str, problem: Problem) {
        let told = LineProblem { line: marker.into(), line_id: None, problem };
        self.tally().errors.push(told.clone());
        (self.executor.events)(RunEvent::LineFailed(Box::new(told)));
    }

    fn progress(&self, tally: &Tally) -> RunEvent {
        RunEvent::Progress { done: tally.done, failed: tally.failed, total: self.total }
    }
}

/// The problem for each line of an action. One that settles no line (missing cents, an ending) is
/// told by the line that it completes, or by its marker.
fn problems(action: &Action, problem: &Problem) -> Vec<LineProblem> {
    if action.lines.is_empty() {
        let line = match &action.subject {
            Some(Subject::Line { key, .. } | Subject::Rounding { key, .. }) => key.clone(),
            _ => action.marker.clone().unwrap_or_else(|| action.agreement_name.clone()),
        };
        return vec![LineProblem { line, line_id: None, problem: problem.clone() }];
    }
    action
        .lines
        .iter()
        .enumerate()
        .map(|(n, line)| LineProblem {
            line: line.clone(),
            line_id: action.line_ids.get(n).copied(),
            problem: problem.clone(),
        })
        .collect()
}

/// Whether an error concerns every action, not just the one that met it: refused credentials or
/// rights, a PSA that cannot be reached or keeps telling us to slow down.
pub(super) fn concerns_all(error: &PsaError) -> bool {
    match error {
        PsaError::NotSent { .. } => true,
        PsaError::Refused { status, .. } => matches!(status, 401 | 403 | 429),
        PsaError::Lost { .. } => false,
    }
}
