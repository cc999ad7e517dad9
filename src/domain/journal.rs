//! The journal: intent, request, result, in that order, each durable before the next begins
//! (design 6.8).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::addition::{AdditionFields, LiveAddition};
use super::exchange::{Answer, Request};
use super::period::Period;
use super::plan::{Action, Counts, MoneyRow};
use super::problem::{Problem, ProblemKind};

/// The store's number of a run; people write it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

/// Why a run gives way to another one on its store, and how that may come about.
pub fn run_elsewhere(told: &'static str) -> Problem {
    Problem::new(
        ProblemKind::Busy,
        "run-elsewhere",
        told,
        "make sure that the data folder is on a local disk and that one run at a time uses it, then \
         repeat the command",
    )
}

/// What a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// `sync`
    Sync,
    /// `retry`
    Retry,
    /// `undo`
    Undo,
    /// `reconcile --restore`
    Restore,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It runs, or it died.
    Running,
    /// Every action has a result.
    Done,
    /// It was cancelled at a safe point.
    Cancelled,
    /// It stopped on a fault that concerns all lines, such as refused credentials.
    Stopped,
}

/// The plan that a run carries out, for the audit journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunPlan {
    /// The plan's id.
    pub id: String,
    /// The digest of the file that it was read from, where it was one.
    pub file: Option<String>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// What it is.
    pub kind: RunKind,
    /// How it ended.
    pub state: RunState,
    /// The periods in scope.
    pub periods: Vec<Period>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What was done.
    pub counts: Counts,
    /// The run that this one takes back.
    pub undoes: Option<RunId>,
    /// The equation after it.
    pub money: Vec<MoneyRow>,
}

/// The store's number of a journal entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub i64);

/// How far an entry is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum EntryState {
    /// Planned, nothing was sent.
    Intended,
    /// A request may have been sent at this time.
    Requested {
        /// When.
        at: Timestamp,
    },
    /// It is in the PSA.
    Done(Box<Outcome>),
    /// The PSA or we refused it; nothing was written.
    Failed {
        /// Why.
        problem: Problem,
    },
    /// It was never sent, and will not be under this entry.
    Dropped,
}

/// What an entry brought about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The agreement.
    pub agreement_id: i64,
    /// The addition; absent for agreements.
    pub addition_id: Option<i64>,
    /// True when the marker was found and nothing had to be written.
    pub found: bool,
    /// The fields as they are now; absent for agreements and deletions.
    pub fields: Option<AdditionFields>,
    /// The addition as it was before this write, for undo; absent for creations.
    pub before: Option<LiveAddition>,
}

/// One planned write and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// Its run.
    pub run: RunId,
    /// The action.
    pub action: Action,
    /// How far it is.
    pub state: EntryState,
}

/// One step of an entry. The store makes it durable together with what follows from it for lines,
/// additions and agreements, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// About to send.
    Requested {
        /// Which entry.
        entry: EntryId,
        /// When.
        at: Timestamp,
        /// What; absent where nothing of it is known.
        request: Option<Box<Request>>,
    },
    /// What was answered. Nothing follows from it but that it is on record.
    Answered {
        /// Which entry.
        entry: EntryId,
        /// The answer.
        answer: Box<Answer>,
    },
    /// It is in the PSA: lines become Synced (or Not Synced again after an undo), the addition is
    /// kept.
    Done {
        /// Which entry.
        entry: EntryId,
        /// What came of it.
        outcome: Box<Outcome>,
    },
    /// Refused: lines become Error with this problem.
    Failed {
        /// Which entry.
        entry: EntryId,
        /// Why.
        problem: Problem,
    },
    /// Not made: lines that were Posting become Not Synced again.
    Dropped {
        /// Which entry.
        entry: EntryId,
    },
}

impl Step {
    /// Which entry it is a step of.
    pub fn entry(&self) -> EntryId {
        match self {
            Self::Requested { entry, .. }
            | Self::Answered { entry, .. }
            | Self::Done { entry, .. }
            | Self::Failed { entry, .. }
            | Self::Dropped { entry } => *entry,
        }
    }
}
