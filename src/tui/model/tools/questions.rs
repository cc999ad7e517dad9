//! The questions before the work: names of files, and what else has to be known.

use std::path::PathBuf;

use super::Tool;
use crate::domain::approval::Matter;
use crate::domain::audit::kept_head;
use crate::domain::journal::RunId;
use crate::domain::since::since;
use crate::matching::Kind;
use crate::sources;
use crate::tui::commands::Command as C;
use crate::tui::field::Field;
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::GridId;
use crate::tui::model::layer::confirm::Deed;
use crate::tui::model::layer::picker::{Choice, Chosen, Purpose};
use crate::tui::model::layer::prompt::Asked;
use crate::tui::model::layer::reading::Text;
use crate::tui::model::toast::Toast;
use crate::tui::model::{Model, Tab};
use crate::worker::job::Job;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The file to take mappings from.
    MappingsFrom,
    /// The file to write mappings to.
    MappingsTo,
    /// The file of names to search in, or of pairs.
    Catalog,
    /// The file of names to look for.
    Queries {
        /// The answer before.
        catalog: String,
    },
    /// The bill to look at.
    Bill,
    /// The profile to read it with.
    BillProfile {
        /// The answer before.
        path: String,
    },
    /// The files to load.
    Load,
    /// A saved plan.
    Plan {
        /// To approve it.
        approve: bool,
    },
    /// A head that was kept elsewhere.
    AuditHead,
    /// The file to write the audit journal to.
    AuditTo,
    /// From when on.
    AuditSince {
        /// The answer before.
        path: String,
    },
}

/// The name that exported mappings have unless another one is typed.
const MAPPINGS: &str = "mappings.csv";

impl Model {
    /// Asks for a file's name, or what else is needed.
    pub(in crate::tui::model) fn ask_path(&mut self, question: Question) {
        let (title, hint, text) = match &question {
            Question::MappingsFrom => (
                "Import mappings: the CSV file",
                "As exported; a part of it will do. What it changes is shown first.",
                MAPPINGS.into(),
            ),
            Question::MappingsTo => (
                "Export mappings: the CSV file",
                "All mappings in a fixed order, so that versions of it can be compared.",
                MAPPINGS.into(),
            ),
            Question::Catalog => (
                "Match lists: names to search in",
                "A CSV file with the columns id and name; or pairs to compare: name1 and name2.",
                String::new(),
            ),
            Question::Queries { .. } => (
                "Match lists: names to look for",
                "A CSV file with the column query, and id where you know the right answer. Empty: \
                 the first file holds pairs.",
                String::new(),
            ),
            Question::Bill => (
                "Check a bill: the file",
                "CSV, XLSX or JSON Lines. It is looked at; nothing is loaded.",
                String::new(),
            ),
            Question::BillProfile { .. } => (
                "Check a bill: the source profile",
                "A shipped profile's name, or the path of your own.",
                self.settings.as_ref().map_or_else(
                    || "canonical".into(),
                    |view| view.settings.source.profile.clone(),
                ),
            ),
            Question::Load => (
                "Load from a file",
                "A bill's file; several of one invoice are parted by ; and loaded together.",
                String::new(),
            ),
            Question::Plan { approve } => (
                if *approve { "Approve: the saved plan" } else { "Open a saved plan" },
                "The JSON file that a plan was saved to.",
                self.sync.file.clone().unwrap_or_default(),
            ),
            Question::AuditHead => (
                "Verify the audit journal",
                "A head that you kept elsewhere, which must be in it. Empty: the journal alone.",
                String::new(),
            ),
            Question::AuditTo => (
                "Export the audit journal: the file",
                "One record a line, as JSON.",
                "audit.jsonl".into(),
            ),
            Question::AuditSince { .. } => (
                "Export the audit journal: since when",
                "A day (2026-11-21), or how long ago (7d, 2h). Empty: all of it.",
                String::new(),
            ),
        };
        self.prompt(title, hint, Field::new(&text), Asked::Tool(question));
    }

    /// Takes an answer; an error is what is wrong with it.
    pub(in crate::tui::model) fn answer_question(
        &mut self,
        question: Question,
        text: &str,
    ) -> Result<Vec<Effect>, String> {
        let path = || match text {
            "" => Err("the name of a file, please".to_owned()),
            text => Ok(text.to_owned()),
        };
        let tool = match question {
            Question::MappingsFrom => Tool::ReadMappings { path: path()? },
            Question::MappingsTo => Tool::WriteMappings { path: path()?, replace: false },
            Question::Catalog => return self.ask_next(Question::Queries { catalog: path()? }),
            Question::Queries { catalog } => {
                let queries = Some(text.to_owned()).filter(|t| !t.is_empty());
                let kind = if self.tab == Tab::Products { Kind::Offer } else { Kind::Organization };
                Tool::MatchLists { kind, catalog, queries }
            }
            Question::Bill => return self.ask_next(Question::BillProfile { path: path()? }),
            Question::BillProfile { path } if !text.is_empty() => {
                Tool::CheckBill { path, profile: text.to_owned() }
            }
            Question::BillProfile { .. } => return Err("the name of a profile, please".into()),
            Question::Load => {
                let files: Vec<PathBuf> = path()?
                    .split(';')
                    .map(str::trim)
                    .filter(|p| !p.is_empty())
                    .map(crate::config::at_home)
                    .collect();
                if files.is_empty() {
                    return Err("the name of a file, please".into());
                }
                self.layers.pop();
                return Ok(self.submit(Job::Load { files, periods: vec![] }));
            }
            Question::Plan { approve } => Tool::ReadPlan { path: path()?, approve },
            Question::AuditHead if text.is_empty() => Tool::CheckAudit { head: None },
            Question::AuditHead => {
                Tool::CheckAudit { head: Some(kept_head(text).map_err(|p| p.message)?) }
            }
            Question::AuditTo => return self.ask_next(Question::AuditSince { path: path()? }),
            Question::AuditSince { path } => {
                let since = match text {
                    "" => None,
                    text => Some(since(text, self.now)?),
                };
                Tool::WriteAudit { path, since, replace: false }
            }
        };
        self.layers.pop();
        Ok(self.use_tool(tool))
    }

    fn ask_next(&mut self, question: Question) -> Result<Vec<Effect>, String> {
        self.layers.pop();
        self.ask_path(question);
        Ok(vec![])
    }

    pub(super) fn ask_to_vouch(&mut self) {
        let lines = vec![
            "You put on record, with your name, that the audit journal is complete as it is."
                .into(),
            "That is for a restored backup or a move to another machine, after which the note \
             beside the store no longer fits. The record says what did not fit."
                .into(),
        ];
        self.ask("Vouch for the audit journal", lines, "Vouch", Deed::Use(Tool::AcceptAudit));
    }

    /// Asks whether taking a run back, or the credit for it, is approved.
    pub(in crate::tui::model) fn ask_approval_of(&mut self, command: C, run: RunId) {
        let (matter, what) = match command {
            C::ApproveCredit => (Matter::Credit(run), format!("the credit for run {}", run.0)),
            _ => (Matter::Undo(run), format!("that run {} is taken back", run.0)),
        };
        let lines = vec![
            format!("You approve {what}; another system user may then carry it out."),
            "It is put on record in the audit journal, with your name.".into(),
        ];
        self.ask("Approve", lines, "Approve", Deed::Use(Tool::Approve { matter, what }));
    }

    /// Looks for lines of the shown month that could be dropped.
    pub(super) fn find_unposted(&mut self) -> Vec<Effect> {
        match self.grid(GridId::Invoices).period {
            Some(period) => self.use_tool(Tool::FindUnposted { period }),
            None => {
                let text = self.keyed("show the month whose lines are meant: {invoices.period}");
                self.toast(Toast::warning(text));
                vec![]
            }
        }
    }

    /// Shows the profiles that ship, to choose one of.
    pub(super) fn pick_profile(&mut self) -> Vec<Effect> {
        let known = match sources::known() {
            Ok(known) => known,
            Err(problem) => {
                self.toast(Toast::problem(&problem));
                return vec![];
            }
        };
        let word = |name: &str| Chosen::Word(name.to_owned());
        let mut list: Vec<Choice> =
            known.iter().map(|k| Choice::plain(word(k.name), k.name, &k.title)).collect();
        let own = "to begin one's own with: every key is explained";
        list.extend(sources::TEMPLATES.map(|(name, _)| Choice::plain(word(name), name, own)));
        let now = self.settings.as_ref().map(|v| word(&v.settings.source.profile));
        let now = now.unwrap_or(Chosen::Nothing);
        self.pick_from("Source profiles", list, &now, Purpose::ShowProfile)
    }

    /// Shows the text of a profile.
    pub(in crate::tui::model) fn show_profile(&mut self, name: &str) {
        let known = sources::known().unwrap_or_default();
        let mut text = Text::default();
        if let Some(known) = known.iter().find(|k| k.name == name) {
            text.line(&known.title);
            text.field("source.leave_out", known.filters.join(", "));
            text.field("source.group_by", known.groups.join(", "));
            text.line("");
        }
        let shipped = known.iter().map(|k| (k.name, k.text)).filter(|(_, toml)| !toml.is_empty());
        match shipped.chain(sources::TEMPLATES).find(|(n, _)| *n == name) {
            Some((_, toml)) => text.line(toml.trim_end()),
            None => text.line("Its columns are fixed: it has no file to copy and change."),
        }
        self.read(format!("Source profile {name}"), text);
    }
}
