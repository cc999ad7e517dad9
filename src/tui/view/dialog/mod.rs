//! The dialogs, drawn over the page.

mod bulk;
mod choice;
mod columns;
mod confirm;
mod load;
mod prompt;
mod reading;

use ratatui::layout::{Position, Rect};

use super::pen::Pen;
use crate::tui::model::Model;
use crate::tui::model::layer::Layer;

/// Draws a dialog; gives the place of its cursor.
pub(super) fn draw(model: &Model, layer: &Layer, pen: &mut Pen, area: Rect) -> Option<Position> {
    match layer {
        Layer::Picker(p) => choice::picker(p, pen, area),
        Layer::Palette(p) => choice::palette(p, pen, area),
        Layer::Help(h) => choice::help(h, pen, area),
        Layer::Confirm(c) => confirm::draw(model, c, pen, area),
        Layer::Prompt(p) => prompt::draw(p, pen, area),
        Layer::Reading(r) => reading::draw(r, pen, area),
        Layer::Bulk(b) => bulk::draw(b, pen, area),
        Layer::Load(l) => load::draw(l, pen, area),
        Layer::Columns(c) => columns::draw(model, c, pen, area),
    }
}

/// The first of a list's rows that is shown, so that the cursor's is.
fn first_shown(at: usize, rows: u16) -> usize {
    let rows = usize::from(rows.max(1));
    // Page by page: the list stands still while the cursor moves within it.
    at / rows * rows
}
