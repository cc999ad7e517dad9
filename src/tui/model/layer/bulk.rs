//! Bulk update: the same values in many rows, with a preview of how many rows change and to what.

use jiff::civil::Date;

use super::Layer;
use super::picker::{Choice, Chosen, PickedField, Purpose};
use super::prompt::Asked;
use crate::domain::problem::Problem;
use crate::tui::field::Field;
use crate::tui::model::Model;
use crate::tui::model::edit::{BulkPreview, Change};
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::{GridId, Target};
use crate::tui::model::record::RowId;

/// What a field of the dialog changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkKind {
    /// A PSA record.
    Picked(PickedField),
    /// Excluded from Sync.
    Excluded,
    /// The start.
    Start,
    /// The end.
    End,
}

/// A field of the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkField {
    /// Its name.
    pub title: &'static str,
    /// What it changes.
    pub kind: BulkKind,
    /// The change, and how it is shown; absent: unchanged.
    pub value: Option<(Change, String)>,
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// Which rows.
    pub target: Target,
    /// The fields.
    pub fields: Vec<BulkField>,
    /// Where the cursor is: a field, or the button behind them.
    pub at: usize,
    /// What it would do.
    pub preview: Option<Result<BulkPreview, Problem>>,
    /// Newest wins.
    pub generation: u64,
}

impl Bulk {
    /// How many places the cursor has.
    pub fn stops(&self) -> usize {
        self.fields.len() + 1
    }

    /// The changes that are asked for.
    pub fn changes(&self) -> Vec<Change> {
        self.fields.iter().filter_map(|f| f.value.as_ref().map(|(c, _)| c.clone())).collect()
    }
}

fn fields(grid: GridId) -> Vec<BulkField> {
    let field = |title, kind| BulkField { title, kind, value: None };
    match grid {
        GridId::Organizations => vec![
            field("PSA Organization", BulkKind::Picked(PickedField::Company)),
            field("Excluded from Sync", BulkKind::Excluded),
        ],
        GridId::Products => vec![field("PSA Product", BulkKind::Picked(PickedField::Product))],
        _ => vec![
            field("PSA Organization", BulkKind::Picked(PickedField::LineCompany)),
            field("PSA Product", BulkKind::Picked(PickedField::LineProduct)),
            field("PSA Agreement", BulkKind::Picked(PickedField::LineAgreement)),
            field("Charge Start", BulkKind::Start),
            field("Charge End", BulkKind::End),
        ],
    }
}

impl Model {
    /// Opens the dialog for the marked rows, or the one under the cursor.
    pub(in crate::tui::model) fn open_bulk(&mut self, target: Target) -> Vec<Effect> {
        let bulk =
            Bulk { fields: fields(target.grid()), target, at: 0, preview: None, generation: 0 };
        self.layers.push(Layer::Bulk(Box::new(bulk)));
        vec![]
    }

    pub(super) fn accept_bulk(&mut self) -> Vec<Effect> {
        let Some(Layer::Bulk(bulk)) = self.layers.last_mut() else { return vec![] };
        let Some(field) = bulk.fields.get_mut(bulk.at) else { return self.make_bulk() };
        let (title, kind, at) = (field.title, field.kind, bulk.at);
        match kind {
            BulkKind::Picked(picked) => {
                // With one row the suggestions are for it.
                let row: Option<RowId> = match &bulk.target {
                    Target::Rows { rows, .. } => rows.first().cloned(),
                    Target::Matching { .. } => None,
                };
                self.pick(title, picked.kind(row), Purpose::BulkField(at))
            }
            BulkKind::Excluded => {
                let value = match field.value {
                    None => Some((Change::Excluded(false), "No".to_owned())),
                    Some((Change::Excluded(false), _)) => {
                        Some((Change::Excluded(true), "Yes".to_owned()))
                    }
                    Some(_) => None,
                };
                field.value = value;
                self.preview_bulk()
            }
            BulkKind::Start | BulkKind::End => {
                let hint = if kind == BulkKind::End {
                    "YYYY-MM-DD; empty: open end"
                } else {
                    "YYYY-MM-DD"
                };
                self.prompt(title, hint, Field::default(), Asked::BulkDate(at));
                vec![]
            }
        }
    }

    /// Makes the update.
    fn make_bulk(&mut self) -> Vec<Effect> {
        let Some(Layer::Bulk(bulk)) = self.layers.last() else { return vec![] };
        let (target, changes) = (bulk.target.clone(), bulk.changes());
        if changes.is_empty() {
            self.toast(crate::tui::model::toast::Toast::warning("choose at least one value"));
            return vec![];
        }
        self.layers.pop();
        let label = Self::label_of(&target, "bulk update");
        self.change(label, target, changes)
    }

    /// A picker above gave a value.
    pub(super) fn set_bulk_field(&mut self, at: usize, choice: &Choice) -> Vec<Effect> {
        self.set_bulk(at, |kind| match kind {
            BulkKind::Picked(picked) => {
                let shown = match choice.chosen {
                    Chosen::Nothing => "(none)".to_owned(),
                    _ => choice.title.clone(),
                };
                picked.change(&choice.chosen).map(|change| (change, shown))
            }
            BulkKind::Excluded | BulkKind::Start | BulkKind::End => None,
        })
    }

    /// A prompt above gave a date.
    pub(super) fn set_bulk_date(&mut self, at: usize, date: Option<Date>) -> Vec<Effect> {
        self.set_bulk(at, |kind| match (kind, date) {
            (BulkKind::Start, Some(day)) => Some((Change::Start(day), day.to_string())),
            (BulkKind::End, day) => {
                Some((Change::End(day), day.map_or_else(|| "open".to_owned(), |d| d.to_string())))
            }
            _ => None,
        })
    }

    fn set_bulk(
        &mut self,
        at: usize,
        value: impl Fn(BulkKind) -> Option<(Change, String)>,
    ) -> Vec<Effect> {
        if let Some(Layer::Bulk(bulk)) = self.layers.last_mut()
            && let Some(field) = bulk.fields.get_mut(at)
        {
            field.value = value(field.kind);
            bulk.at = at + 1;
        }
        self.preview_bulk()
    }

    fn preview_bulk(&mut self) -> Vec<Effect> {
        let generation = self.ticket();
        let Some(Layer::Bulk(bulk)) = self.layers.last_mut() else { return vec![] };
        bulk.generation = generation;
        bulk.preview = None;
        let changes = bulk.changes();
        if changes.is_empty() {
            return vec![];
        }
        vec![Effect::Preview { generation, target: bulk.target.clone(), changes }]
    }

    /// Takes the preview.
    pub(in crate::tui::model) fn take_preview(
        &mut self,
        generation: u64,
        result: Result<BulkPreview, Problem>,
    ) -> bool {
        for layer in self.layers.iter_mut().rev() {
            if let Layer::Bulk(bulk) = layer
                && bulk.generation == generation
            {
                bulk.preview = Some(result);
                return true;
            }
        }
        false
    }
}
