//! Commands of the Invoices tab.

use super::edit::Change;
use super::effect::Effect;
use super::grid::{Edits, GridId, Target};
use super::layer::picker::{Choice, Chosen, PickedField, Purpose};
use super::layer::prompt::Asked;
use super::record::{LineRow, Record};
use super::toast::Toast;
use super::{Model, Tab, texts};
use crate::domain::period::Period;
use crate::domain::status::PsaStatus;
use crate::tui::commands::Command as C;
use crate::tui::field::Field;

impl Model {
    /// Commands of the Invoices tab.
    pub(super) fn run_on_invoices(&mut self, command: C) -> Vec<Effect> {
        match command {
            C::ShowPeriod => return self.pick_period(),
            C::OlderPeriod => return self.step_period(1),
            C::NewerPeriod => return self.step_period(-1),
            C::SyncAll => return self.plan_month(),
            C::Events => {
                let period = self.grid(GridId::Invoices).period;
                return vec![Effect::Events { period }];
            }
            C::BestPractices => {
                self.read("Best practices", texts::best_practices());
                return vec![];
            }
            _ => {}
        }
        let grid = self.grid(GridId::Invoices);
        let Some(target) = grid.target() else { return vec![] };
        let line = match grid.current().map(|r| &r.record) {
            Some(Record::Line(line)) => Some((**line).clone()),
            _ => None,
        };
        if command == C::SyncLine || command == C::SyncMarked {
            return self.plan_lines(command, target);
        }
        let edits = match command {
            C::Open => grid.current_column().map_or(Edits::Nothing, |c| c.edits),
            C::SetOrganization => Edits::Company,
            C::SetProduct => Edits::Product,
            C::SetAgreement => Edits::Agreement,
            C::SetStart => Edits::Start,
            C::SetEnd => Edits::End,
            C::MapClear => return self.clear_choice(target),
            C::PostOnce => {
                let label = Self::label_of(&target, "post once");
                return self.change(label, target, vec![Change::TogglePostOnce]);
            }
            C::Bulk => return self.open_bulk(target),
            _ => return vec![],
        };
        if edits == Edits::Nothing {
            return self.run(C::Details);
        }
        if let Some(line) = line.as_ref().filter(|_| target.count() == 1)
            && frozen(line)
        {
            self.toast(Toast::warning(
                "this line is posted, so it stays as it is; change it in ConnectWise, or undo \
                 its run",
            ));
            return vec![];
        }
        self.edit_cell(edits, target, line.as_ref())
    }

    fn edit_cell(&mut self, edits: Edits, target: Target, line: Option<&LineRow>) -> Vec<Effect> {
        match edits {
            Edits::Company => self.pick_record("Company", PickedField::LineCompany, target),
            Edits::Product => self.pick_record("Product", PickedField::LineProduct, target),
            Edits::Agreement => self.pick_record("Agreement", PickedField::LineAgreement, target),
            Edits::Start => {
                let now = line.map(|l| l.line.dates.start.unwrap_or(l.line.charge_start));
                let text = now.map(|d| d.to_string()).unwrap_or_default();
                let title = Self::label_of(&target, "Charge Start");
                self.prompt(title, "YYYY-MM-DD", Field::new(&text), Asked::Start(target));
                vec![]
            }
            Edits::End => {
                let now = line.and_then(|l| l.line.dates.end.or(l.line.charge_end));
                let text = now.map(|d| d.to_string()).unwrap_or_default();
                let title = Self::label_of(&target, "Charge End");
                let hint = "YYYY-MM-DD; empty: open end";
                self.prompt(title, hint, Field::new(&text), Asked::End(target));
                vec![]
            }
            Edits::Excluded | Edits::Nothing => vec![],
        }
    }

    /// Forgets the line's own company, product or agreement: the mappings decide again.
    fn clear_choice(&mut self, target: Target) -> Vec<Effect> {
        let column = self.grid(GridId::Invoices).current_column().map(|c| c.edits);
        let (word, changes) = match column {
            Some(Edits::Company) => ("forget company", vec![Change::LineCompany(None)]),
            Some(Edits::Product) => ("forget product", vec![Change::LineProduct(None)]),
            Some(Edits::Agreement) => ("forget agreement", vec![Change::LineAgreement(None)]),
            _ => (
                "forget the choices",
                vec![
                    Change::LineCompany(None),
                    Change::LineProduct(None),
                    Change::LineAgreement(None),
                ],
            ),
        };
        let label = Self::label_of(&target, word);
        self.change(label, target, changes)
    }

    fn pick_period(&mut self) -> Vec<Effect> {
        let mut list = vec![Choice::plain(Chosen::Month(None), "all months", "everything loaded")];
        for p in &self.periods {
            let detail = if *p == self.this_month { "current month" } else { "" };
            list.push(Choice::plain(Chosen::Month(Some(*p)), p.to_string(), detail));
        }
        let now = Chosen::Month(self.grid(GridId::Invoices).period);
        self.pick_from("Show invoices", list, &now, Purpose::ShowPeriod)
    }

    /// Shows a month; absent: all.
    pub(super) fn show_period(&mut self, month: Option<Period>) -> Vec<Effect> {
        let grid = self.grid_mut(GridId::Invoices);
        if grid.period == month {
            return vec![];
        }
        grid.period = month;
        grid.range = None;
        vec![Effect::View(grid.renew())]
    }

    /// The months are newest first: 1 is older.
    fn step_period(&mut self, by: isize) -> Vec<Effect> {
        let now = self.grid(GridId::Invoices).period;
        let at = now.and_then(|p| self.periods.iter().position(|q| *q == p));
        let to = match at {
            Some(at) => at.checked_add_signed(by),
            None => (by > 0).then_some(0),
        };
        match to.and_then(|i| self.periods.get(i).copied()) {
            Some(month) => self.show_period(Some(month)),
            None => {
                let text = self.keyed("no further month is loaded; {invoices.load} loads invoices");
                self.toast(Toast::note(text));
                vec![]
            }
        }
    }

    /// Takes the months that hold lines.
    pub(super) fn take_periods(&mut self, periods: Vec<Period>, this_month: Period) -> Vec<Effect> {
        let first = self.periods.is_empty();
        self.this_month = this_month;
        self.periods = periods;
        let newest = self.periods.first().copied();
        let shown = self.grid(GridId::Invoices).period;
        let gone = shown.is_some_and(|p| !self.periods.contains(&p));
        let grid = self.grid_mut(GridId::Invoices);
        if (first && grid.period.is_none() && grid.bar.filter.is_empty()) || gone {
            grid.period = newest;
            grid.loaded = false;
            if self.tab == Tab::Invoices {
                return self.enter();
            }
        }
        vec![]
    }
}

/// Posted lines, and those whose posting is unresolved, are not edited (design 6.8).
fn frozen(row: &LineRow) -> bool {
    matches!(row.line.psa_status, PsaStatus::Synced | PsaStatus::Posting)
}
