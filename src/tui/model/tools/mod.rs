//! Work on files and on the audit journal: a question or two, then the desk does what the command
//! line would do, and its answer is a word, a text to read, or a further question.

mod done;
mod questions;
mod texts;

use jiff::Timestamp;

use super::Model;
use super::effect::Effect;
use crate::domain::approval::Matter;
use crate::domain::audit::{AuditHead, AuditReport};
use crate::domain::edit::Edit;
use crate::domain::period::Period;
use crate::domain::unload::Unloaded;
use crate::matching::Kind;
use crate::sources::Look;
use crate::tui::commands::Command as C;
use crate::worker::job::JobError;
use crate::worker::mapping_file::MappingChange;
use crate::worker::match_lists::Matched;
use crate::worker::plan_file::Saved;

pub use questions::Question;

/// What the desk is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tool {
    /// Go through the audit journal.
    CheckAudit {
        /// A head that was kept elsewhere: some record must have it.
        head: Option<String>,
    },
    /// Vouch for the audit journal as it is.
    AcceptAudit,
    /// Write the audit journal to a file.
    WriteAudit {
        /// The file.
        path: String,
        /// Not older.
        since: Option<Timestamp>,
        /// A file that is there may be replaced.
        replace: bool,
    },
    /// Read a saved plan.
    ReadPlan {
        /// The file.
        path: String,
        /// It is read to be approved: whoever is at the keyboard must be allowed to.
        approve: bool,
    },
    /// Put an approval on record.
    Approve {
        /// Of what.
        matter: Matter,
        /// The same, for people.
        what: String,
    },
    /// Say what a source profile makes of a bill.
    CheckBill {
        /// The file.
        path: String,
        /// The profile: a name, or a file.
        profile: String,
    },
    /// Say which loaded lines of a month could be dropped.
    FindUnposted {
        /// The month.
        period: Period,
    },
    /// Drop them.
    Unload {
        /// The month.
        period: Period,
    },
    /// Match two lists of names.
    MatchLists {
        /// Whose names.
        kind: Kind,
        /// What is searched in; or pairs.
        catalog: String,
        /// What is looked for; absent: the first file holds pairs.
        queries: Option<String>,
    },
    /// Say what a mapping file would change.
    ReadMappings {
        /// The file.
        path: String,
    },
    /// Take a mapping file, if it still changes what was shown.
    TakeMappings {
        /// The file.
        path: String,
        /// What was shown.
        changes: Vec<MappingChange>,
    },
    /// Write all mappings to a file.
    WriteMappings {
        /// The file.
        path: String,
        /// A file that is there may be replaced.
        replace: bool,
    },
}

impl Tool {
    /// What it is called while it goes on.
    pub fn title(&self) -> &'static str {
        match self {
            Self::CheckAudit { .. } => "Verify audit",
            Self::AcceptAudit => "Vouch for audit",
            Self::WriteAudit { .. } => "Export audit",
            Self::ReadPlan { approve: false, .. } => "Open plan",
            Self::ReadPlan { approve: true, .. } | Self::Approve { .. } => "Approve",
            Self::CheckBill { .. } => "Check a bill",
            Self::FindUnposted { .. } | Self::Unload { .. } => "Drop loaded lines",
            Self::MatchLists { .. } => "Match lists",
            Self::ReadMappings { .. } | Self::TakeMappings { .. } => "Import mappings",
            Self::WriteMappings { .. } => "Export mappings",
        }
    }

    /// Whether it must not be cut off.
    pub fn writes(&self) -> bool {
        matches!(
            self,
            Self::AcceptAudit
                | Self::WriteAudit { .. }
                | Self::Approve { .. }
                | Self::Unload { .. }
                | Self::TakeMappings { .. }
                | Self::WriteMappings { .. }
        )
    }
}

/// What the desk answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// A file is there already; nothing was written. With this it is replaced.
    IsThere {
        /// The file.
        path: String,
        /// What replaces it.
        instead: Box<Tool>,
    },
    /// The audit journal was gone through.
    AuditChecked {
        /// What was found.
        report: AuditReport,
        /// Whether a head that was kept was looked for.
        kept: bool,
    },
    /// Somebody vouched for the audit journal.
    AuditAccepted(AuditHead),
    /// A file was written.
    Written {
        /// The file.
        path: String,
        /// How many rows or records.
        rows: u64,
    },
    /// A saved plan was read.
    PlanRead {
        /// The file.
        path: String,
        /// The plan, and what it was made for.
        saved: Box<Saved>,
        /// It is to be approved.
        approve: bool,
    },
    /// An approval is on record.
    Approved {
        /// Of what, for people.
        what: String,
        /// Who approved.
        who: String,
    },
    /// What a profile makes of a bill.
    Bill(Box<Look>),
    /// Which loaded lines of a month could be dropped.
    Unposted {
        /// The month.
        period: Period,
        /// What would go, and what would stay.
        found: Unloaded,
    },
    /// They were dropped.
    Unloaded(Unloaded),
    /// What was found for names.
    Matched(Box<Matched>),
    /// How alike the names of pairs are, 0 to 1.
    Pairs(Vec<(String, String, f32)>),
    /// What a mapping file would change.
    MappingsRead {
        /// The file.
        path: String,
        /// Its changes.
        changes: Vec<MappingChange>,
    },
    /// A mapping file was taken.
    MappingsTaken {
        /// How many values changed.
        changed: usize,
        /// The edits that take it back, in order.
        inverse: Vec<Edit>,
    },
}

impl Model {
    /// Commands that begin with a question about a file or the journal; they work from every tab.
    pub(super) fn run_tool(&mut self, command: C) -> Option<Vec<Effect>> {
        match command {
            C::MapImport => self.ask_path(Question::MappingsFrom),
            C::MapExport => self.ask_path(Question::MappingsTo),
            C::MatchLists => self.ask_path(Question::Catalog),
            C::CheckBill => self.ask_path(Question::Bill),
            C::LoadFile => self.ask_path(Question::Load),
            C::Unload => return Some(self.find_unposted()),
            C::SourceProfiles => return Some(self.pick_profile()),
            C::OpenPlan => self.ask_path(Question::Plan { approve: false }),
            C::ApprovePlan => self.ask_path(Question::Plan { approve: true }),
            C::AuditVerify => self.ask_path(Question::AuditHead),
            C::AuditExport => self.ask_path(Question::AuditTo),
            C::AuditAccept => self.ask_to_vouch(),
            _ => return None,
        }
        Some(vec![])
    }

    /// Has the desk do it, unless the same is under way.
    pub(super) fn use_tool(&mut self, tool: Tool) -> Vec<Effect> {
        let title = tool.title();
        if self.jobs.running.iter().any(|j| j.title == title) {
            self.toast(super::toast::Toast::warning(format!("{title} is running already")));
            return vec![];
        }
        let ticket = self.begin_job(title, false);
        if let Some(job) = self.jobs.running.last_mut() {
            (job.tool, job.writes) = (true, tool.writes());
        }
        vec![Effect::Use { ticket, tool }]
    }

    /// The desk has done it, or not.
    pub(super) fn tool_done(&mut self, ticket: u64, result: Result<Done, JobError>) -> Vec<Effect> {
        // What was given up has no place any more.
        let Some(at) = self.jobs.running.iter().position(|j| j.ticket == ticket) else {
            return vec![];
        };
        let title = self.jobs.running.remove(at).title;
        let mut effects = match result {
            Ok(done) => self.take_done(done),
            Err(error) => {
                self.ended_badly(&title, error);
                vec![]
            }
        };
        if self.leaving && self.jobs.running.is_empty() {
            effects.push(Effect::Quit);
        }
        effects
    }
}
