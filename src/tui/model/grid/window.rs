//! The window: which rows are asked for, and which answers are taken. Every question carries a
//! generation; only answers to the newest one are taken, so a slow answer never overwrites a fast
//! one.

use super::{Grid, GridId};
use crate::domain::period::Period;
use crate::domain::problem::Problem;
use crate::tui::model::filter::Filter;
use crate::tui::model::record::{Money, Row, RowId};

/// Pages held on each side of the visible one.
const PAGES_AROUND: u64 = 2;

/// A level of a sort.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The column's name.
    pub column: &'static str,
    /// Greatest first.
    pub descending: bool,
}

/// A question for rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewQuery {
    /// Of which grid.
    pub grid: GridId,
    /// Filter, sort, month or data changed: a new view.
    pub generation: u64,
    /// Number of the question within the generation.
    pub fetch: u64,
    /// Which month, for invoice lines; absent: all.
    pub period: Option<Period>,
    /// What is let through.
    pub filter: Filter,
    /// In which order.
    pub sort: Vec<SortKey>,
    /// First position wanted.
    pub start: u64,
    /// How many rows.
    pub count: u64,
    /// The row whose position in the new view is wanted; the window is then around it.
    pub anchor: Option<RowId>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Of which grid.
    pub grid: GridId,
    /// Copied from the question.
    pub generation: u64,
    /// Copied from the question.
    pub fetch: u64,
    /// More is known soon: another answer to the same question follows.
    pub partial: bool,
    /// Rows that the filter lets through.
    pub total: u64,
    /// Rows without the filter.
    pub unfiltered: u64,
    /// Money of the rows that the filter lets through.
    pub money: Money,
    /// Where the anchor stands.
    pub anchor: Option<u64>,
    /// Position of the first row.
    pub start: u64,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Grid {
    /// The newest generation.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// A question for a new view: the filter, the sort, the month or the data changed. What is on
    /// the screen stays until the answer is there.
    pub fn renew(&mut self) -> ViewQuery {
        self.generation += 1;
        let start = self.top.saturating_sub(self.height * PAGES_AROUND);
        self.ask(start, self.cursor.clone())
    }

    /// A question for more rows of the same view, when the visible ones or their neighbours are
    /// not at hand.
    pub fn more(&mut self) -> Option<ViewQuery> {
        if !self.loaded || self.total == 0 {
            return None;
        }
        let height = self.height.max(1);
        let low = self.top.saturating_sub(height);
        let high = (self.top + height * 2).min(self.total);
        let covers = |(start, count): (u64, u64)| low >= start && high <= start + count;
        if covers((self.start, self.rows.len() as u64)) || self.asked.is_some_and(covers) {
            return None;
        }
        let start = self.top.saturating_sub(height * PAGES_AROUND);
        Some(self.ask(start, None))
    }

    /// The view as a question that no answer to rows belongs to: for searches, ranges and exports.
    pub fn question(&self) -> ViewQuery {
        ViewQuery {
            grid: self.id,
            generation: self.generation,
            fetch: self.fetch,
            period: self.period,
            filter: self.bar.filter.clone(),
            sort: self.sort.clone(),
            start: 0,
            count: 0,
            anchor: None,
        }
    }

    fn ask(&mut self, start: u64, anchor: Option<RowId>) -> ViewQuery {
        self.fetch += 1;
        let count = self.height.max(1) * (2 * PAGES_AROUND + 1);
        self.asked = Some((start, count));
        ViewQuery { start, count, anchor, ..self.question() }
    }

    /// Takes an answer; `false` when it is too old.
    pub fn take(&mut self, rows: Rows) -> bool {
        if rows.generation != self.generation || rows.fetch != self.fetch {
            return false;
        }
        let first = !self.loaded;
        let keep = self.at.saturating_sub(self.top);
        let moved = rows.anchor.filter(|at| *at != self.at);
        self.loaded = true;
        self.answered = self.generation;
        self.problem = None;
        self.partial = rows.partial;
        if !rows.partial {
            self.asked = None;
        }
        self.total = rows.total;
        self.unfiltered = rows.unfiltered;
        self.money = rows.money;
        self.start = rows.start;
        self.rows = rows.rows;
        if let Some(at) = moved {
            // The row kept its place on the screen wherever the view has it now.
            self.at = at;
            self.top = at.saturating_sub(keep);
        }
        if first {
            self.top = 0;
        }
        self.recount_marks();
        if self.range.is_some_and(|from| from >= self.total) {
            self.range = None;
        }
        let at = self.at;
        self.put(at);
        true
    }

    /// Whether rows of this view that would be seen are not at hand. Those of a new view are not
    /// waited for: a letter of a filter is shown before what it finds.
    pub fn waits(&self) -> bool {
        if self.asked.is_none() || self.answered != self.generation {
            return false;
        }
        let end = (self.top + self.height).min(self.total);
        self.top < self.start || end > self.start + self.rows.len() as u64
    }

    /// Takes a refusal; `false` when it is too old.
    pub fn refuse(&mut self, generation: u64, problem: Problem) -> bool {
        if generation != self.generation {
            return false;
        }
        self.asked = None;
        self.problem = Some(problem);
        true
    }

    /// Forgets the rows: another profile or plan.
    pub fn forget(&mut self) {
        let fresh = Self::new(self.id);
        *self = Self {
            layout: self.layout.clone(),
            sort: self.sort.clone(),
            height: self.height,
            generation: self.generation + 1,
            fetch: self.fetch + 1,
            ..fresh
        };
    }
}
