//! What was done, told.

use std::sync::Arc;

use super::{Done, Tool, texts};
use crate::domain::approval::Matter;
use crate::domain::edit::Edit;
use crate::domain::money;
use crate::domain::period::Period;
use crate::domain::text::harmless;
use crate::domain::unload::Unloaded;
use crate::tui::model::effect::Effect;
use crate::tui::model::layer::Layer;
use crate::tui::model::layer::confirm::{Confirm, Deed};
use crate::tui::model::layer::reading::Text;
use crate::tui::model::sync::{SyncView, amounts};
use crate::tui::model::toast::Toast;
use crate::tui::model::{Model, Tab};
use crate::worker::mapping_file::MappingChange;
use crate::worker::plan_file::Saved;

/// Changes of a file that the question shows.
const CHANGES_SHOWN: usize = 6;

impl Model {
    pub(super) fn take_done(&mut self, done: Done) -> Vec<Effect> {
        match done {
            Done::IsThere { path, instead } => {
                let lines = vec![format!("{} is there already.", harmless(&path))];
                self.ask(instead.title(), lines, "Replace it", Deed::Use(*instead));
            }
            Done::AuditChecked { report, kept } => {
                let whole = report.is_whole();
                self.read("Audit journal", texts::audit(&report, kept));
                if !whole {
                    self.toast(Toast::warning("the audit journal is NOT whole"));
                }
            }
            Done::AuditAccepted(head) => {
                let text =
                    format!("on record: you vouch for the journal; its head is {}", head.hash);
                self.toast(Toast::note(text));
            }
            Done::Written { path, rows } => {
                self.toast(Toast::note(format!("{rows} rows written to {}", harmless(&path))));
            }
            Done::PlanRead { path, saved, approve } => {
                return self.plan_read(path, *saved, approve);
            }
            Done::Approved { what, who } => {
                self.toast(Toast::note(format!("{} approves {what}", harmless(&who))));
            }
            Done::Bill(look) => self.read("What would be loaded", texts::bill(&look)),
            Done::Unposted { period, found } => self.ask_to_unload(period, &found),
            Done::Unloaded(found) => {
                self.toast(Toast::note(format!("{} lines dropped", found.lines)));
                let mut effects = self.data_changed(false);
                effects.push(Effect::Periods);
                return effects;
            }
            Done::Matched(matched) => self.read("Match lists", texts::matched(&matched)),
            Done::Pairs(pairs) => self.read("Match lists: pairs", texts::pairs(&pairs)),
            Done::MappingsRead { path, changes } => self.mappings_read(path, changes),
            Done::MappingsTaken { changed, inverse } => {
                return self.mappings_taken(changed, inverse);
            }
        }
        vec![]
    }

    /// What would be dropped is shown before it is.
    fn ask_to_unload(&mut self, period: Period, found: &Unloaded) {
        if found.lines == 0 {
            let text = match found.posted {
                0 => format!("no line of {period} can be dropped"),
                n => format!("no line of {period} can be dropped: {n} are posted, and stay"),
            };
            self.toast(Toast::note(text));
            return;
        }
        let sums: Vec<String> =
            found.money.iter().map(|(c, m)| format!("{} {c}", money::text(*m))).collect();
        let mut lines =
            vec![format!("{} lines of {period} are dropped: {}.", found.lines, sums.join(", "))];
        for (n, told) in [
            (found.chosen, "of them have choices or dates that somebody typed; these go too"),
            (found.posted, "lines are posted, or being posted, and stay"),
            (found.elsewhere, "lines of other sources stay"),
        ] {
            if n > 0 {
                lines.push(format!("{n} {told}."));
            }
        }
        lines.push("Mappings stay. Loading again brings back what the source still has.".into());
        self.ask("Drop loaded lines", lines, "Drop them", Deed::Use(Tool::Unload { period }));
    }

    /// A saved plan goes to the Sync tab, like one that was made just now.
    fn plan_read(&mut self, path: String, saved: Saved, approve: bool) -> Vec<Effect> {
        let Saved { plan, scope } = saved;
        self.sync.scope = scope;
        self.sync.scope_text = format!("saved in {}", harmless(&path));
        self.sync.file = Some(path.clone());
        self.sync.stale = false;
        self.sync.view = SyncView::Companies;
        let mut effects = self.go(Tab::Sync);
        let plan = Arc::new(plan);
        effects.extend(self.show_plan(Some(Arc::clone(&plan))));
        if !approve {
            let carry = self.keyed("{sync.apply} carries it out");
            let text = format!("a plan of {} writes; {carry}", plan.actions.len());
            self.toast(Toast::note(text));
            return effects;
        }
        let c = &plan.counts;
        let made = plan.made_by.as_deref().unwrap_or("somebody");
        let sums: Vec<String> =
            amounts(&plan).iter().map(|(c, m)| format!("{} {c}", money::text(*m))).collect();
        let mut lines = vec![
            format!("{}, made by {}.", harmless(&path), harmless(made)),
            format!(
                "Additions in ConnectWise: {} created, {} updated, {} cancelled.",
                c.create, c.update, c.cancel
            ),
            format!("Money of these lines: {}", sums.join(", ")),
        ];
        if !plan.warnings.is_empty() {
            lines.push(format!(
                "{} lines should be looked at first (view Refused shows them).",
                plan.warnings.len()
            ));
        }
        lines.push("Esc leaves the question; the plan stays open to be read.".into());
        let what = format!("plan {} ({})", harmless(&plan.run), harmless(&path));
        let matter = Matter::Plan(plan.file.clone().unwrap_or_default());
        self.ask("Approve this plan", lines, "Approve", Deed::Use(Tool::Approve { matter, what }));
        effects
    }

    /// A mapping file's changes are shown before they are made.
    fn mappings_read(&mut self, path: String, changes: Vec<MappingChange>) {
        if changes.is_empty() {
            self.toast(Toast::note("the file says what is so already: nothing would change"));
            return;
        }
        let mut lines: Vec<String> =
            changes.iter().take(CHANGES_SHOWN).map(texts::change).collect();
        let more = changes.len().saturating_sub(CHANGES_SHOWN);
        if more > 0 {
            lines.push(format!("and {more} more"));
        }
        let yes = match changes.len() {
            1 => "Make this change".to_owned(),
            n => format!("Make {n} changes"),
        };
        let otherwise = (more > 0).then(|| ("Show all".to_owned(), Deed::ShowMappings));
        self.layers.push(Layer::Confirm(Confirm {
            title: format!("Import mappings from {}", harmless(&path)),
            lines,
            yes,
            deed: Deed::Use(Tool::TakeMappings { path, changes }),
            otherwise,
            typed: None,
        }));
    }

    /// Shows all that a mapping file changes; the question stays behind it.
    pub(in crate::tui::model) fn show_mapping_changes(&mut self, question: Confirm) {
        let Deed::Use(Tool::TakeMappings { changes, .. }) = &question.deed else { return };
        let mut text = Text::default();
        for change in changes {
            text.line(texts::change(change));
        }
        self.layers.push(Layer::Confirm(question));
        self.read("What the file changes", text);
    }

    fn mappings_taken(&mut self, changed: usize, inverse: Vec<Edit>) -> Vec<Effect> {
        self.history.remember("import mappings", inverse);
        let back = self.keyed("{app.undo} takes it back");
        self.toast(Toast::note(format!("{changed} values changed by the file; {back}")));
        self.data_changed(false)
    }
}
