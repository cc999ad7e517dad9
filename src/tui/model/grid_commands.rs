//! Commands that work in every grid.

use super::Model;
use super::details;
use super::effect::Effect;
use super::grid::{Grid, GridId, Layout, Step, Value};
use super::layer::prompt::Asked;
use super::record::{Row, RowId};
use super::toast::Toast;
use crate::tui::commands::Command as C;
use crate::tui::field::Field;

/// Rows that a range may hold; more are marked with Mark all.
const LONGEST_RANGE: u64 = 50_000;

impl Model {
    /// Runs a command of the grid in front; `None` when no grid knows it.
    pub(super) fn run_on_grid(&mut self, command: C) -> Option<Vec<Effect>> {
        let width = self.grid_width();
        let id = self.front()?;
        let grid = self.grid_mut(id);
        let step = match command {
            C::Down => Some(Step::By(1)),
            C::Up => Some(Step::By(-1)),
            C::PageDown => Some(Step::Page(1)),
            C::PageUp => Some(Step::Page(-1)),
            C::HalfDown => Some(Step::Half(1)),
            C::HalfUp => Some(Step::Half(-1)),
            C::First => Some(Step::First),
            C::Last => Some(Step::Last),
            _ => None,
        };
        if let Some(step) = step {
            grid.step(step);
            if id == GridId::Logs {
                self.follow = self.grid(id).at == 0;
            }
            return Some(vec![]);
        }
        match command {
            C::Left => grid.step_column(-1, width),
            C::Right => grid.step_column(1, width),
            C::FirstColumn => {
                grid.left = 0;
                grid.step_column(isize::MIN, width);
            }
            C::LastColumn => grid.step_column(isize::MAX, width),
            C::Accept => grid.bar.editing = false,
            C::Filter => grid.bar.editing = true,
            C::FilterCell | C::ClearFilter => return Some(set_filter(grid, command)),
            C::NextHit | C::PreviousHit => {
                let from = grid.at;
                let query = grid.question();
                return Some(vec![Effect::FindNext {
                    query,
                    from,
                    backwards: command == C::PreviousHit,
                }]);
            }
            C::Sort | C::SortMore => {
                grid.sort_by_column(command == C::SortMore);
                let mut effects = vec![Effect::View(grid.renew())];
                effects.extend(self.remember_columns(id));
                return Some(effects);
            }
            C::Mark => return Some(self.mark(id)),
            C::Range => return Some(self.toggle_range(id)),
            C::MarkAll => grid.mark_all(),
            C::Unmark => {
                grid.marks = Default::default();
                grid.range = None;
            }
            C::Columns => self.open_columns(id),
            C::Wider
            | C::Narrower
            | C::HideColumn
            | C::ColumnLeft
            | C::ColumnRight
            | C::Freeze
            | C::ResetColumns => {
                change_layout(grid, command);
                return Some(self.remember_columns(id));
            }
            C::CopyCell => return Some(copy_cell(grid)),
            C::CopyRow => return Some(copy_row(grid)),
            C::CopyMarked => {
                let columns = grid.shown_names();
                let target = grid.target()?;
                return Some(vec![Effect::CopyTarget { target, columns }]);
            }
            C::Export => {
                let name = format!("{}.csv", format!("{id:?}").to_lowercase());
                self.prompt(
                    "Export as CSV",
                    "the rows and columns that are shown, to this file",
                    Field::new(&name),
                    Asked::ExportTo(id),
                );
            }
            C::Details => self.show_details(id),
            _ => return None,
        }
        Some(vec![])
    }

    fn mark(&mut self, id: GridId) -> Vec<Effect> {
        let grid = self.grid_mut(id);
        if grid.range.is_some() {
            return self.toggle_range(id);
        }
        let at = grid.at;
        if let Some(row) = grid.row(at).cloned() {
            grid.marks.toggle(id, &row);
            grid.step(Step::By(1));
        }
        vec![]
    }

    /// Begins a range, or marks the one that was begun.
    fn toggle_range(&mut self, id: GridId) -> Vec<Effect> {
        let grid = self.grid_mut(id);
        let Some(from) = grid.range.take() else {
            grid.range = (grid.total > 0).then_some(grid.at);
            return vec![];
        };
        let (low, high) = (from.min(grid.at), from.max(grid.at));
        let count = high - low + 1;
        if count > LONGEST_RANGE {
            let all = self.keyed("{grid.mark-all} marks all");
            let text = format!("a range holds at most {LONGEST_RANGE} rows; {all}");
            self.toast(Toast::warning(text));
            return vec![];
        }
        let at_hand: Option<Vec<Row>> = (low..=high).map(|at| grid.row(at).cloned()).collect();
        if let Some(rows) = at_hand {
            for row in &rows {
                grid.marks.set(row, true);
            }
            return vec![];
        }
        let mut query = grid.question();
        (query.start, query.count) = (low, count);
        vec![Effect::Slice { query }]
    }

    /// Takes the rows of a range.
    pub(super) fn slice(&mut self, id: GridId, generation: u64, rows: &[Row]) {
        let grid = self.grid_mut(id);
        if generation == grid.generation() {
            for row in rows {
                grid.marks.set(row, true);
            }
        }
    }

    /// Takes the place of the next row that needs attention.
    pub(super) fn hit(&mut self, id: GridId, generation: u64, at: Option<u64>) {
        let grid = self.grid_mut(id);
        if generation != grid.generation() {
            return;
        }
        match at {
            Some(at) => {
                let round = at <= grid.at;
                grid.step(Step::To(at));
                if round {
                    self.toast(Toast::note("went round to the other end"));
                }
            }
            None => self.toast(Toast::note("nothing here needs attention")),
        }
    }

    fn show_details(&mut self, id: GridId) {
        let Some(row) = self.grid(id).current().cloned() else { return };
        let (title, text) = details::of(&row.record, &self.zone);
        self.read(title, text);
    }

    /// Writes what a grid shows to a file.
    pub(super) fn export(&mut self, id: GridId, path: &str) -> Vec<Effect> {
        let grid = self.grid_mut(id);
        let columns = grid.shown_names();
        let mut query = grid.question();
        (query.start, query.count) = (0, u64::MAX);
        let path = (!path.is_empty()).then(|| path.to_owned());
        vec![Effect::Export { query, columns, path }]
    }

    /// The row under the cursor of the grid in front, if it is at hand.
    pub(super) fn current_id(&self) -> Option<RowId> {
        self.grid(self.front()?).cursor.clone()
    }
}

impl Grid {
    /// Names of the shown columns, in order.
    pub(super) fn shown_names(&self) -> Vec<&'static str> {
        self.layout.shown().map(|c| c.spec(self.id).name).collect()
    }
}

fn set_filter(grid: &mut Grid, command: C) -> Vec<Effect> {
    let text = if command == C::ClearFilter {
        String::new()
    } else {
        let (Some(spec), Some(cell)) = (grid.current_column(), grid.current_cell()) else {
            return vec![];
        };
        let shown = match &cell.value {
            Value::Empty => return vec![],
            value => value.show(),
        };
        let term = if shown.contains(' ') {
            format!("{}=\"{shown}\"", spec.name)
        } else {
            format!("{}={shown}", spec.name)
        };
        format!("{} {term}", grid.bar.field.text()).trim().to_owned()
    };
    grid.bar.field.set(&text);
    if grid.read_filter() { vec![Effect::View(grid.renew())] } else { vec![] }
}

fn change_layout(grid: &mut Grid, command: C) {
    let Some(place) = grid.layout.place(grid.column) else { return };
    match command {
        C::Wider => grid.layout.resize(place, 2),
        C::Narrower => grid.layout.resize(place, -2),
        C::HideColumn => grid.layout.toggle(place),
        C::ColumnLeft | C::ColumnRight => {
            let right = command == C::ColumnRight;
            // Hidden columns in between are stepped over.
            let mut at = place;
            loop {
                let to = grid.layout.shift(at, right);
                if to == at {
                    break;
                }
                let crossed = &grid.layout.columns[at];
                at = to;
                if crossed.shown {
                    grid.column = grid.column.saturating_add_signed(if right { 1 } else { -1 });
                    break;
                }
            }
        }
        C::Freeze => {
            let upto = grid.column + 1;
            grid.layout.frozen = if grid.layout.frozen == upto { 0 } else { upto };
            grid.left = 0;
        }
        _ => grid.layout = Layout::shipped(grid.id),
    }
}

fn copy_cell(grid: &Grid) -> Vec<Effect> {
    match grid.current_cell() {
        Some(cell) => vec![Effect::Copy { text: cell.value.show(), rows: 1 }],
        None => vec![],
    }
}

fn copy_row(grid: &Grid) -> Vec<Effect> {
    let Some(row) = grid.current() else { return vec![] };
    let cells: Vec<String> =
        grid.layout.shown().map(|c| (c.spec(grid.id).cell)(&row.record).value.show()).collect();
    vec![Effect::Copy { text: cells.join("\t"), rows: 1 }]
}
