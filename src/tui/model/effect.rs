//! What the update asks for. Effects are data: the runtime performs them, a test reads them.

use std::sync::Arc;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::edit::Change;
use super::grid::{GridId, Target, ViewQuery};
use super::layer::picker::ChoiceKind;
use super::settings::Setting;
use super::tools::Tool;
use crate::domain::edit::Edit;
use crate::domain::period::Period;
use crate::domain::plan::Plan;
use crate::domain::policy::Scope;
use crate::sync::Findings;
use crate::worker::job::{Job, JobId};

/// A secret on its way to the vault. Never printed, and wiped when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Zeroizing<String>);

impl Hidden {
    /// Takes a secret.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The secret, for the vault.
    pub fn into_secret(self) -> SecretString {
        SecretString::from(self.0.as_str())
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

/// What the credentials form holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Host or URL.
    pub site: String,
    /// Login company.
    pub company_id: String,
    /// The integration's GUID.
    pub client_id: String,
    /// Public key, when one was typed.
    pub public: Option<Hidden>,
    /// Private key, when one was typed.
    pub private: Option<Hidden>,
    /// The billing source's secret, when one was typed.
    pub source: Option<Hidden>,
    /// Passphrase of the encrypted file, when one was asked for.
    pub passphrase: Option<Hidden>,
}

/// What the update asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Give the terminal to the shell until it is given back.
    Suspend,
    /// Paint everything again.
    Redraw,
    /// Take or leave the mouse.
    Mouse(bool),
    /// Put a text on the terminal's clipboard (OSC 52).
    Copy {
        /// The text, made harmless.
        text: String,
        /// How many rows it is.
        rows: u64,
    },
    /// Copy marked rows.
    CopyTarget {
        /// Which rows.
        target: Target,
        /// Names of the columns, in order.
        columns: Vec<&'static str>,
    },
    /// Rows for a grid.
    View(ViewQuery),
    /// The next row that needs attention.
    FindNext {
        /// The view.
        query: ViewQuery,
        /// From which position, itself left out.
        from: u64,
        /// Upwards.
        backwards: bool,
    },
    /// The rows of a range.
    Slice {
        /// The view.
        query: ViewQuery,
    },
    /// Data has changed: what was read of it before no longer holds.
    Stale {
        /// PSA records too, not only mappings and lines.
        records: bool,
    },
    /// The dashboard's figures.
    Dashboard {
        /// Newest wins.
        generation: u64,
    },
    /// Settings, credentials and agreement types.
    Settings,
    /// Remembered layouts and choices.
    Notes,
    /// Which months hold lines.
    Periods,
    /// What a picker may offer.
    Choices {
        /// Newest wins.
        generation: u64,
        /// Of what, and for whom.
        kind: ChoiceKind,
        /// What was typed.
        text: String,
    },
    /// Make changes to rows.
    Change {
        /// Copied into the answer.
        ticket: u64,
        /// Which rows.
        target: Target,
        /// What to change.
        changes: Vec<Change>,
    },
    /// Say what changes would do to rows.
    Preview {
        /// Newest wins.
        generation: u64,
        /// Which rows.
        target: Target,
        /// What to change.
        changes: Vec<Change>,
    },
    /// Make edits that are ready: undo and redo.
    Edit {
        /// Copied into the answer.
        ticket: u64,
        /// The edits, in order.
        edits: Arc<Vec<Edit>>,
    },
    /// Hand a job to the worker.
    Submit {
        /// Copied into the answer.
        ticket: u64,
        /// The job.
        job: Job,
    },
    /// Plan and sync only the lines of a target: the runtime finds their keys.
    SubmitPlanFor {
        /// Copied into the answer.
        ticket: u64,
        /// Which lines.
        target: Target,
        /// Which months.
        periods: Vec<Period>,
    },
    /// Cancel a job at its next safe point.
    Cancel(JobId),
    /// Hold a job, or let it go on.
    Pause(JobId, bool),
    /// Put a plan behind the plan's grids.
    ShowPlan(Option<Arc<Plan>>),
    /// Show the lines of an event each by itself, or as one.
    Unfold(bool),
    /// The events of a month, or of all.
    Events {
        /// The month.
        period: Option<Period>,
    },
    /// Put findings behind their grid.
    ShowFindings(Arc<Findings>),
    /// Write settings.
    Save {
        /// For the toast.
        what: String,
        /// The changes.
        changes: Vec<(String, Option<Setting>)>,
    },
    /// Keep the typed keys.
    KeepKeys(Box<Draft>),
    /// Open the encrypted secrets file with this passphrase.
    Unlock(Hidden),
    /// Try the connection with what the form holds.
    Test(Box<Draft>),
    /// Save a plan to a new file.
    SavePlan {
        /// The plan.
        plan: Arc<Plan>,
        /// What it was made for.
        scope: Box<Scope>,
        /// The file.
        path: String,
    },
    /// Work on a file or on the audit journal.
    Use {
        /// Copied into the answer.
        ticket: u64,
        /// The work.
        tool: Tool,
    },
    /// That work is no longer wanted.
    GiveUp {
        /// The number of the effect.
        ticket: u64,
    },
    /// Write what a grid shows to a CSV file.
    Export {
        /// The view.
        query: ViewQuery,
        /// Names of the columns, in order.
        columns: Vec<&'static str>,
        /// The file; absent: a new one in the working folder.
        path: Option<String>,
    },
    /// Write log entries, rows or text under a name: remembered for this profile.
    Note {
        /// Its name.
        name: String,
        /// The value; absent forgets.
        value: Option<String>,
    },
    /// Delete the integration.
    DeleteIntegration,
    /// Progress in the terminal's tab or task bar, in percent; absent clears.
    TaskBar(Option<u8>),
    /// Use the next theme.
    NextTheme,
}

impl Effect {
    /// The grid whose rows are asked for, if that is what the effect is.
    pub fn view_of(&self) -> Option<GridId> {
        match self {
            Self::View(query) => Some(query.grid),
            _ => None,
        }
    }
}
