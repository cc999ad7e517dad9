//! Edits: what a person asks for ([`Change`]), what came of it, and the lines of undo and redo.

use std::sync::Arc;

use jiff::civil::Date;

use super::Model;
use super::effect::Effect;
use super::grid::{GridId, Marks, Target};
use super::toast::Toast;
use crate::domain::edit::Edit;
use crate::domain::problem::Problem;

/// What is to change in each row of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The organization's default company; absent clears all.
    Company(Option<i64>),
    /// A further company.
    AddCompany(i64),
    /// Excluded from Sync.
    Excluded(bool),
    /// Excluded from Sync the other way round.
    ToggleExcluded,
    /// The offer's catalog item.
    Product(Option<i64>),
    /// What matching suggests.
    Suggested,
    /// What matching suggests is wrong, and is not suggested again.
    RejectSuggested,
    /// This record is not suggested again.
    Reject(i64),
    /// The line's own company.
    LineCompany(Option<i64>),
    /// The line's own catalog item.
    LineProduct(Option<i64>),
    /// The line's own agreement.
    LineAgreement(Option<i64>),
    /// The line's start.
    Start(Date),
    /// The line's end; absent: open.
    End(Option<Date>),
    /// Post a superseded line once, the other way round.
    TogglePostOnce,
}

/// What an edit did.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// How many rows changed.
    pub rows: u64,
    /// How many could not: Synced lines are frozen.
    pub frozen: u64,
    /// The edits that take it back, in order.
    pub inverse: Vec<Edit>,
}

/// What a bulk update would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BulkPreview {
    /// Rows that change.
    pub changes: u64,
    /// Rows that have the values already.
    pub same: u64,
    /// Rows that cannot change: Synced lines are frozen.
    pub frozen: u64,
    /// The first of them: row, field, from, to.
    pub examples: Vec<[String; 4]>,
}

/// An edit that can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it was, such as `map Contoso Ltd`.
    pub label: String,
    /// The edits that take it back.
    pub inverse: Arc<Vec<Edit>>,
}

/// Which way an edit on its way goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    New,
    Undo,
    Redo,
}

/// Undo and redo.
#[derive(Debug, Clone, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
    under_way: Vec<UnderWay>,
}

/// An edit whose answer has not come.
#[derive(Debug, Clone)]
struct UnderWay {
    ticket: u64,
    way: Way,
    step: Step,
    /// The grid whose marks it is about, where these are what a filter let through.
    matching: Option<GridId>,
}

/// Steps that are remembered; a bulk edit of many rows is one step.
const REMEMBERED: usize = 200;

impl History {
    /// An edit was made by a job: it is taken back like one made by hand.
    pub(super) fn remember(&mut self, label: &str, inverse: Vec<Edit>) {
        if inverse.is_empty() {
            return;
        }
        self.undone.clear();
        self.done.push(Step { label: label.into(), inverse: Arc::new(inverse) });
        if self.done.len() > REMEMBERED {
            self.done.remove(0);
        }
    }

    /// What undo would take back.
    pub fn last(&self) -> Option<&str> {
        self.done.last().map(|s| s.label.as_str())
    }

    /// What redo would make again.
    pub fn next(&self) -> Option<&str> {
        self.undone.last().map(|s| s.label.as_str())
    }
}

impl Model {
    /// Begins an edit.
    pub(super) fn change(
        &mut self,
        label: impl Into<String>,
        target: Target,
        changes: Vec<Change>,
    ) -> Vec<Effect> {
        let ticket = self.ticket();
        let matching = matches!(target, Target::Matching { .. }).then(|| target.grid());
        let step = Step { label: label.into(), inverse: Arc::default() };
        self.history.under_way.push(UnderWay { ticket, way: Way::New, step, matching });
        vec![Effect::Change { ticket, target, changes }]
    }

    /// Takes the last edit back, or makes it again.
    pub(super) fn travel(&mut self, back: bool) -> Vec<Effect> {
        let from = if back { &mut self.history.done } else { &mut self.history.undone };
        let Some(step) = from.pop() else {
            let word = if back { "undo" } else { "redo" };
            self.toast(Toast::note(format!("nothing to {word}")));
            return vec![];
        };
        let ticket = self.ticket();
        let way = if back { Way::Undo } else { Way::Redo };
        let edits = step.inverse.clone();
        self.history.under_way.push(UnderWay { ticket, way, step, matching: None });
        vec![Effect::Edit { ticket, edits }]
    }

    /// Takes the answer to an edit.
    pub(super) fn edited(&mut self, ticket: u64, result: Result<Edited, Problem>) -> Vec<Effect> {
        let Some(i) = self.history.under_way.iter().position(|u| u.ticket == ticket) else {
            return vec![];
        };
        let UnderWay { way, step, matching, .. } = self.history.under_way.remove(i);
        let edited = match result {
            Ok(edited) => edited,
            Err(problem) => {
                // Nothing was changed, so it can still be taken back or made again.
                match way {
                    Way::New => {}
                    Way::Undo => self.history.done.push(step),
                    Way::Redo => self.history.undone.push(step),
                }
                self.toast(Toast::problem(&problem));
                return vec![];
            }
        };
        let frozen = match edited.frozen {
            0 => String::new(),
            n => format!("; {n} left as they are: posted already"),
        };
        let (rows, label) = (edited.rows, step.label);
        let told = match way {
            Way::New if rows == 0 => format!("nothing to change{frozen}"),
            Way::New => {
                let undo = self.keyed("{app.undo} takes it back");
                format!("{label}: {rows} changed{frozen}; {undo}")
            }
            Way::Undo => format!("taken back: {label}"),
            Way::Redo => format!("made again: {label}"),
        };
        self.toast(Toast::note(told));
        if edited.inverse.is_empty() {
            return vec![];
        }
        // What the filter lets through may be other rows now: whoever goes on marks anew.
        if let Some(grid) = matching {
            self.grid_mut(grid).marks = Marks::default();
        }
        let step = Step { label, inverse: Arc::new(edited.inverse) };
        match way {
            Way::Undo => self.history.undone.push(step),
            Way::New | Way::Redo => {
                if way == Way::New {
                    self.history.undone.clear();
                }
                self.history.done.push(step);
                if self.history.done.len() > REMEMBERED {
                    self.history.done.remove(0);
                }
            }
        }
        self.data_changed(false)
    }
}
