//! What the update is told: input, answers to its effects, and what the worker tells.

use jiff::Timestamp;

use super::LogTiles;
use super::dashboard::DashboardData;
use super::edit::{BulkPreview, Edited};
use super::grid::{GridId, Rows};
use super::layer::picker::Choice;
use super::record::Row;
use super::settings::SettingsView;
use super::sync::SyncView;
use super::tools::Done;
use crate::connectwise::SystemInfo;
use crate::domain::period::Period;
use crate::domain::problem::Problem;
use crate::tui::commands::Command;
use crate::tui::keys::Chord;
use crate::vault::SecretPlace;
use crate::worker::job::{Event, JobError, JobId};

/// What the update is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A key was pressed.
    Key(Chord),
    /// A text was pasted.
    Paste(String),
    /// The mouse was used.
    Pointer(Pointer),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// A command was chosen otherwise than by a key.
    Run(Command),
    /// It is this time now.
    Clock(Timestamp),
    /// The worker tells something.
    Worker(Event),
    /// A job was handed to the worker.
    Submitted {
        /// The number of the effect.
        ticket: u64,
        /// The worker's number.
        job: JobId,
    },
    /// An effect has an answer.
    Answer(Answer),
}

/// What was done with the mouse. Positions are cells, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// The first button was pressed.
    Click {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
    },
    /// Something that was drawn to be clicked was.
    On(Spot),
    /// The wheel was turned: lines, down or up.
    Wheel(i64),
}

/// What a click on something means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// Run this command.
    Run(Command),
    /// This row of the list in front.
    Row(usize),
    /// The heading of this shown column.
    Heading(usize),
    /// This view of the Sync tab.
    View(SyncView),
}

/// An answer to an effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Rows of a grid.
    Rows(Rows),
    /// There are none to be had.
    NoRows {
        /// Of which grid.
        grid: GridId,
        /// Copied from the question.
        generation: u64,
        /// Why.
        problem: Problem,
    },
    /// Position of the next row that needs attention.
    Hit {
        /// In which grid.
        grid: GridId,
        /// Copied from the question.
        generation: u64,
        /// Where; absent when there is none.
        at: Option<u64>,
    },
    /// The rows of a range that was marked.
    Slice {
        /// In which grid.
        grid: GridId,
        /// Copied from the question.
        generation: u64,
        /// The rows.
        rows: Vec<Row>,
    },
    /// The tiles of the Logs tab.
    LogTiles(LogTiles),
    /// The dashboard.
    Dashboard {
        /// Copied from the question.
        generation: u64,
        /// What it shows.
        data: Result<Box<DashboardData>, Problem>,
    },
    /// Settings and what is known of the credentials.
    Settings(Box<SettingsView>),
    /// Remembered layouts and choices of this profile.
    Notes(Vec<(String, String)>),
    /// Months that hold lines, newest first, and this month.
    Periods(Vec<Period>, Period),
    /// What a picker may offer.
    Choices {
        /// Copied from the question.
        generation: u64,
        /// The best of them, best first.
        choices: Vec<Choice>,
        /// How many there are in all.
        total: u64,
    },
    /// The events of the month that is shown.
    Events(Result<Vec<super::events::EventRow>, Problem>),
    /// An edit was made or refused.
    Edited {
        /// The number of the effect.
        ticket: u64,
        /// Its inverse.
        result: Result<Edited, Problem>,
    },
    /// What a bulk update would do.
    Preview {
        /// Copied from the question.
        generation: u64,
        /// What it would do.
        result: Result<BulkPreview, Problem>,
    },
    /// Settings were written.
    Saved {
        /// What was saved, for the toast.
        what: String,
        /// The settings as they are now.
        result: Result<Box<SettingsView>, Problem>,
    },
    /// Keys were kept, and where.
    KeysKept(Result<Vec<SecretPlace>, Problem>),
    /// The connection was tried with what the form holds.
    Tested(Result<SystemInfo, Problem>),
    /// Work on a file or on the audit journal was done, or not.
    Used {
        /// The number of the effect.
        ticket: u64,
        /// What came of it.
        result: Result<Done, JobError>,
    },
    /// A file was written: its path and how many rows.
    Exported(Result<(String, u64), Problem>),
    /// The plan was saved to this file.
    PlanSaved(Result<String, Problem>),
    /// The integration was deleted.
    Deleted(Result<(), Problem>),
    /// A text was handed to the terminal's clipboard; how many rows.
    Copied(Result<u64, Problem>),
    /// Something that was asked for in the background failed.
    Failed(Problem),
    /// A job could not be handed to the worker.
    NoJob {
        /// The number of the effect.
        ticket: u64,
        /// Why.
        problem: Problem,
    },
}
