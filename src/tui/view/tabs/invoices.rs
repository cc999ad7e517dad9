//! The Invoices tab: its grid.

use ratatui::layout::{Position, Rect};

use crate::tui::model::Model;
use crate::tui::model::grid::GridId;
use crate::tui::view::grid;
use crate::tui::view::pen::Pen;

/// Draws the page.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    grid::draw(model, GridId::Invoices, pen, area)
}
