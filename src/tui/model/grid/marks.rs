//! Marked rows: by id, or as "all that the filter lets through but these".

use std::collections::BTreeMap;

use super::{Grid, GridId};
use crate::domain::period::Period;
use crate::tui::model::filter::Filter;
use crate::tui::model::record::{Money, Record, Row, RowId, add_money};

/// What is marked.
#[derive(Debug, Clone, PartialEq)]
pub enum Marks {
    /// These rows, with the money that each adds.
    Some(BTreeMap<RowId, Money>),
    /// All that a filter let through.
    All {
        /// The filter as it was.
        filter: Filter,
        /// The month as it was.
        period: Option<Period>,
        /// But these.
        except: BTreeMap<RowId, Money>,
        /// How many rows it let through.
        total: u64,
        /// Their money.
        money: Money,
    },
}

impl Default for Marks {
    fn default() -> Self {
        Self::Some(BTreeMap::new())
    }
}

/// The rows that an action is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// These.
    Rows {
        /// In which grid.
        grid: GridId,
        /// Which.
        rows: Vec<RowId>,
    },
    /// All that a filter lets through.
    Matching {
        /// In which grid.
        grid: GridId,
        /// Which month.
        period: Option<Period>,
        /// The filter.
        filter: Filter,
        /// But these.
        except: Vec<RowId>,
        /// How many that is.
        count: u64,
    },
}

impl Target {
    /// How many rows.
    pub fn count(&self) -> u64 {
        match self {
            Self::Rows { rows, .. } => rows.len() as u64,
            Self::Matching { count, .. } => *count,
        }
    }

    /// In which grid.
    pub fn grid(&self) -> GridId {
        match self {
            Self::Rows { grid, .. } | Self::Matching { grid, .. } => *grid,
        }
    }
}

impl Marks {
    /// How many rows are marked.
    pub fn count(&self) -> u64 {
        match self {
            Self::Some(rows) => rows.len() as u64,
            Self::All { except, total, .. } => total.saturating_sub(except.len() as u64),
        }
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Their money.
    pub fn money(&self) -> Money {
        let mut sums = Money::new();
        match self {
            Self::Some(rows) => {
                for (currency, amount) in rows.values().flatten() {
                    add_money(&mut sums, *currency, *amount);
                }
            }
            Self::All { except, money, .. } => {
                sums.clone_from(money);
                for (currency, amount) in except.values().flatten() {
                    add_money(&mut sums, *currency, -*amount);
                }
            }
        }
        sums
    }

    /// Whether the row is marked.
    pub fn has(&self, grid: GridId, row: &Row) -> bool {
        match self {
            Self::Some(rows) => rows.contains_key(&row.id),
            Self::All { filter, period, except, .. } => {
                let in_month = match (period, &row.record) {
                    (Some(month), Record::Line(l)) => l.line.period == *month,
                    _ => true,
                };
                in_month && !except.contains_key(&row.id) && filter.matches(grid, &row.record)
            }
        }
    }

    /// Marks the row, or takes the mark away.
    pub fn toggle(&mut self, grid: GridId, row: &Row) {
        let marked = self.has(grid, row);
        self.set(row, !marked);
    }

    /// Marks the row or not.
    pub fn set(&mut self, row: &Row, on: bool) {
        let (rows, insert) = match self {
            Self::Some(rows) => (rows, on),
            Self::All { except, .. } => (except, !on),
        };
        if insert {
            rows.insert(row.id.clone(), row.record.money());
        } else {
            rows.remove(&row.id);
        }
    }
}

impl Grid {
    /// What is marked by a filter may be other rows since the data changed: the counts follow.
    pub(super) fn recount_marks(&mut self) {
        if let Marks::All { filter, period, total, money, .. } = &mut self.marks
            && *filter == self.bar.filter
            && *period == self.period
            && !self.partial
        {
            *total = self.total;
            money.clone_from(&self.money);
        }
    }

    /// Marks everything that the filter lets through.
    pub fn mark_all(&mut self) {
        self.range = None;
        self.marks = Marks::All {
            filter: self.bar.filter.clone(),
            period: self.period,
            except: BTreeMap::new(),
            total: self.total,
            money: self.money.clone(),
        };
    }

    /// Whether the row at a position is marked, the open range included.
    pub fn is_marked(&self, at: u64) -> bool {
        self.in_range(at) || self.row(at).is_some_and(|row| self.marks.has(self.id, row))
    }

    /// Whether the position lies in the range that is being marked.
    pub fn in_range(&self, at: u64) -> bool {
        self.range.is_some_and(|from| (from.min(self.at)..=from.max(self.at)).contains(&at))
    }

    /// What an action is about: the marked rows, else the row under the cursor.
    pub fn target(&self) -> Option<Target> {
        if self.marks.is_empty() {
            let row = self.cursor.clone()?;
            return Some(Target::Rows { grid: self.id, rows: vec![row] });
        }
        Some(match &self.marks {
            Marks::Some(rows) => {
                Target::Rows { grid: self.id, rows: rows.keys().cloned().collect() }
            }
            Marks::All { filter, period, except, .. } => Target::Matching {
                grid: self.id,
                period: *period,
                filter: filter.clone(),
                except: except.keys().cloned().collect(),
                count: self.marks.count(),
            },
        })
    }
}
