//! The grid's state: the one widget for all tables. It holds the visible window of rows and what a
//! person did to columns, sort, filter and marks; rows are addressed by id, positions are only
//! where an id was seen last.

pub mod column;
pub mod columns;
mod layout;
mod marks;
mod movement;
mod order;
mod window;

#[cfg(test)]
mod tests;

pub use column::{Cell, Edits, Spec, Tone, Value, natural};
pub use layout::{ColumnState, Layout};
pub use marks::{Marks, Target};
pub use movement::Step;
pub use order::{ordered, totals};
pub use window::{Rows, SortKey, ViewQuery};

use super::filter::{Filter, Term};
use super::record::{Money, Row, RowId};
use crate::domain::period::Period;
use crate::domain::problem::Problem;
use crate::tui::field::Field;

/// Which grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GridId {
    /// Organizations tab.
    Organizations,
    /// Products tab.
    Products,
    /// Invoices tab.
    Invoices,
    /// Sync tab: the plan by company.
    Companies,
    /// Sync tab: the plan by action.
    Actions,
    /// Sync tab: refused lines.
    Refused,
    /// Sync tab: past runs.
    Runs,
    /// Sync tab: what reconcile found.
    Findings,
    /// Logs tab.
    Logs,
}

impl GridId {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Organizations,
        Self::Products,
        Self::Invoices,
        Self::Companies,
        Self::Actions,
        Self::Refused,
        Self::Runs,
        Self::Findings,
        Self::Logs,
    ];

    /// The name of the store's note that remembers its columns.
    pub fn note(self) -> String {
        format!("tui.grid.{self:?}").to_lowercase()
    }

    /// What its rows are called: one, and several.
    pub fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Organizations => ("organization", "organizations"),
            Self::Products => ("offer", "offers"),
            Self::Invoices | Self::Refused => ("line", "lines"),
            Self::Companies => ("company", "companies"),
            Self::Actions => ("action", "actions"),
            Self::Runs => ("run", "runs"),
            Self::Findings => ("finding", "findings"),
            Self::Logs => ("entry", "entries"),
        }
    }
}

/// The filter bar.
#[derive(Debug, Clone, Default)]
pub struct FilterBar {
    /// The text as typed.
    pub field: Field,
    /// Whether it has the keyboard.
    pub editing: bool,
    /// What was understood of it.
    pub filter: Filter,
    /// What was not.
    pub problems: Vec<String>,
}

/// A grid.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Which one.
    pub id: GridId,
    /// Columns in view order.
    pub layout: Layout,
    /// The filter.
    pub bar: FilterBar,
    /// Terms that stand besides the filter bar, such as the logs' level.
    pub fixed: Vec<Term>,
    /// Levels of the sort, the first first. Empty: as the store gives them.
    pub sort: Vec<SortKey>,
    /// The row under the cursor.
    pub cursor: Option<RowId>,
    /// Where that row stands in the view.
    pub at: u64,
    /// The first visible position.
    pub top: u64,
    /// Rows that fit on the screen.
    pub height: u64,
    /// The cursor's column among the shown ones.
    pub column: usize,
    /// How many shown columns are scrolled out on the left, the frozen ones not counted.
    pub left: usize,
    /// The marks.
    pub marks: Marks,
    /// Where a range of marks began.
    pub range: Option<u64>,
    /// Rows that the filter lets through.
    pub total: u64,
    /// Rows without the filter.
    pub unfiltered: u64,
    /// Money of the rows that the filter lets through.
    pub money: Money,
    /// The rows at hand.
    pub rows: Vec<Row>,
    /// Position of the first of them.
    pub start: u64,
    /// Which month, for invoice lines.
    pub period: Option<Period>,
    /// Whether an answer came at all.
    pub loaded: bool,
    /// The counts are not final: more is known soon.
    pub partial: bool,
    /// Why there is none.
    pub problem: Option<Problem>,
    generation: u64,
    answered: u64,
    fetch: u64,
    asked: Option<(u64, u64)>,
}

impl Grid {
    /// An empty grid with its shipped columns.
    pub fn new(id: GridId) -> Self {
        Self {
            id,
            layout: Layout::shipped(id),
            bar: FilterBar::default(),
            fixed: vec![],
            sort: vec![],
            cursor: None,
            at: 0,
            top: 0,
            height: 1,
            // Where Enter does what the tab is for.
            column: usize::from(matches!(id, GridId::Organizations | GridId::Products)),
            left: 0,
            marks: Marks::default(),
            range: None,
            total: 0,
            unfiltered: 0,
            money: vec![],
            rows: vec![],
            start: 0,
            period: None,
            loaded: false,
            partial: false,
            problem: None,
            generation: 0,
            answered: 0,
            fetch: 0,
            asked: None,
        }
    }

    /// The row at a position, when it is at hand.
    pub fn row(&self, at: u64) -> Option<&Row> {
        let offset = usize::try_from(at.checked_sub(self.start)?).ok()?;
        self.rows.get(offset)
    }

    /// The row under the cursor, when it is at hand.
    pub fn current(&self) -> Option<&Row> {
        self.row(self.at)
    }

    /// The column under the cursor.
    pub fn current_column(&self) -> Option<&'static Spec> {
        self.layout.shown().nth(self.column).map(|c| c.spec(self.id))
    }

    /// The cell under the cursor.
    pub fn current_cell(&self) -> Option<Cell> {
        Some((self.current_column()?.cell)(&self.current()?.record))
    }

    /// Reads the filter bar again; tells whether the filter is another one now.
    pub fn read_filter(&mut self) -> bool {
        let (mut filter, problems) = super::filter::parse(self.id, self.bar.field.text());
        filter.terms.extend(self.fixed.iter().cloned());
        self.bar.problems = problems;
        let changed = filter != self.bar.filter;
        if changed {
            self.bar.filter = filter;
            self.range = None;
        }
        changed
    }

    /// Sorts by the column under the cursor: up, down, not at all. `further` adds a level or
    /// changes its own; otherwise it becomes the only one.
    pub fn sort_by_column(&mut self, further: bool) {
        let Some(spec) = self.current_column() else { return };
        let old = self.sort.iter().position(|k| k.column == spec.name);
        let was = old.map(|i| self.sort[i].descending);
        if !further {
            self.sort.retain(|k| k.column == spec.name);
        }
        match was {
            None => self.sort.push(SortKey { column: spec.name, descending: false }),
            Some(down) => {
                let i = self.sort.iter().position(|k| k.column == spec.name);
                if let Some(i) = i {
                    if down {
                        self.sort.remove(i);
                    } else {
                        self.sort[i].descending = true;
                    }
                }
            }
        }
    }
}
