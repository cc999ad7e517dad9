//! Commands of the Organizations and Products tabs, and those that fetch.

use super::edit::Change;
use super::effect::Effect;
use super::grid::{Edits, GridId, Target};
use super::layer::picker::{PickedField, Purpose};
use super::record::{Record, RowId};
use super::{Model, texts};
use crate::tui::commands::Command as C;
use crate::worker::job::{Job, PullWhat};

impl Model {
    /// Commands that fetch from the PSA or the source; they work from several tabs.
    pub(super) fn run_fetch(&mut self, command: C) -> Vec<Effect> {
        match command {
            C::PullCompanies => self.submit(Job::Pull(PullWhat::Companies)),
            C::PullProducts => self.submit(Job::Pull(PullWhat::Products)),
            C::PullAll => self.submit(Job::Pull(PullWhat::All)),
            C::MapAuto => self.submit(Job::MapAuto),
            C::Forecast => self.submit(Job::Forecast),
            _ => {
                self.open_load();
                vec![]
            }
        }
    }

    /// Commands of the Organizations and Products tabs.
    pub(super) fn run_on_mapping(&mut self, command: C) -> Vec<Effect> {
        let Some(id) = self.front() else { return vec![] };
        let Some(target) = self.grid(id).target() else { return vec![] };
        match command {
            C::Open => match self.grid(id).current_column().map(|c| c.edits) {
                Some(Edits::Company | Edits::Product) => self.pick_mapping(id),
                Some(Edits::Excluded) => self.toggle_excluded(),
                _ => self.run(C::Details),
            },
            C::MapSet => self.pick_mapping(id),
            C::MapAdd => self.pick_record("Add company", PickedField::AddCompany, target),
            C::MapClear => {
                let change = match id {
                    GridId::Organizations => Change::Company(None),
                    _ => Change::Product(None),
                };
                let label = Self::label_of(&target, "clear the mapping");
                self.change(label, target, vec![change])
            }
            C::Exclude => self.toggle_excluded(),
            C::AcceptSuggestion => {
                let label = Self::label_of(&target, "accept the suggestion");
                self.change(label, target, vec![Change::Suggested])
            }
            C::RejectSuggestion => {
                let label = Self::label_of(&target, "reject the suggestion");
                self.change(label, target, vec![Change::RejectSuggested])
            }
            C::Bulk => self.open_bulk(target),
            C::BestPractices => {
                self.read("Best practices", texts::best_practices());
                vec![]
            }
            _ => vec![],
        }
    }

    fn pick_mapping(&mut self, id: GridId) -> Vec<Effect> {
        let Some(target) = self.grid(id).target() else { return vec![] };
        match id {
            GridId::Organizations => {
                self.pick_record("PSA Organization", PickedField::Company, target)
            }
            _ => self.pick_record("PSA Product", PickedField::Product, target),
        }
    }

    /// Opens the picker for a field of the target.
    pub(super) fn pick_record(
        &mut self,
        title: &str,
        field: PickedField,
        target: Target,
    ) -> Vec<Effect> {
        let row: Option<RowId> = match &target {
            Target::Rows { rows, .. } if rows.len() == 1 => rows.first().cloned(),
            _ => None,
        };
        let (one, many) = target.grid().noun();
        let title = match (target.count(), self.front().and_then(|g| self.grid(g).current())) {
            (1, Some(row)) => format!("{title} for {}", name_of(&row.record)),
            (1, None) => format!("{title} for the {one}"),
            (n, _) => format!("{title} for {n} marked {many}"),
        };
        let label = Self::label_of(&target, &format!("set {}", field.noun()));
        self.pick(title, field.kind(row), Purpose::Change { label, target, field })
    }

    fn toggle_excluded(&mut self) -> Vec<Effect> {
        let Some(grid) = self.front().map(|id| self.grid(id)) else { return vec![] };
        let Some(target) = grid.target() else { return vec![] };
        // Many rows become alike: the opposite of what the row under the cursor is.
        let change = match grid.current().map(|r| &r.record) {
            Some(Record::Organization(o)) => Change::Excluded(!o.mapping.excluded),
            _ => Change::ToggleExcluded,
        };
        let word = match change {
            Change::Excluded(true) => "Excluded from Sync: Yes",
            Change::Excluded(false) => "Excluded from Sync: No",
            _ => "turn Excluded from Sync",
        };
        let label = match target.count() {
            1 => word.to_owned(),
            n => format!("{word} for {n} organizations"),
        };
        self.change(label, target, vec![change])
    }
}

/// What a row is called.
pub fn name_of(record: &Record) -> String {
    let name: &str = match record {
        Record::Organization(o) => &o.mapping.name,
        Record::Offer(o) => &o.mapping.name,
        Record::Line(l) => l.line.subscription_name.as_deref().unwrap_or(&l.line.offer_name),
        Record::Company(c) => &c.name,
        Record::Action(a) => &a.company,
        Record::Event(e) => &e.what,
        Record::Refused(p) => &p.line,
        Record::Run(r) => return format!("run {}", r.id.0),
        Record::Finding(_, f) => &f.marker,
        Record::Log(e) => &e.title,
    };
    name.to_owned()
}
