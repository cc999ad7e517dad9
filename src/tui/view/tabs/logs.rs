//! The Logs tab: four tiles in one line, and the grid (domain.md 1.12).

use ratatui::layout::{Position, Rect};

use crate::tui::model::Model;
use crate::tui::model::grid::GridId;
use crate::tui::model::record::clock_text;
use crate::tui::view::grid;
use crate::tui::view::head::thousands;
use crate::tui::view::pen::Pen;
use crate::tui::view::theme::Part;

/// Draws the page.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    if let Some(tiles) = &model.log_tiles {
        let newest = tiles.newest.map_or("never".to_owned(), |t| clock_text(t, &model.zone));
        let errors = if tiles.errors > 0 { Part::Bad } else { Part::Text };
        let warnings = if tiles.warnings > 0 { Part::Warn } else { Part::Text };
        // Where there is little room the span is said once.
        let (span, gap) = if area.width >= 100 { (" (30d) ", "   ") } else { (" ", "  ") };
        pen.parts(
            area.x,
            area.y,
            area.width,
            &[
                ("Total Logs (30d) ", Part::Dim),
                (&thousands(tiles.total), Part::Title),
                (&format!("{gap}Errors{span}"), Part::Dim),
                (&thousands(tiles.errors), errors),
                (&format!("{gap}Warnings{span}"), Part::Dim),
                (&thousands(tiles.warnings), warnings),
                (&format!("{gap}Last Update "), Part::Dim),
                (&newest, Part::Title),
            ],
        );
    }
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    grid::draw(model, GridId::Logs, pen, body)
}
