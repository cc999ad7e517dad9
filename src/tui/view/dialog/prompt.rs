//! Type one value.

use ratatui::layout::{Position, Rect};

use crate::tui::model::layer::prompt::Prompt;
use crate::tui::view::pen::{Pen, wrap};
use crate::tui::view::theme::Part;

/// Draws the prompt.
pub(super) fn draw(p: &Prompt, pen: &mut Pen, area: Rect) -> Option<Position> {
    let wide = 70.min(area.width - 4);
    let told = p.problem.as_ref().unwrap_or(&p.hint);
    let lines = wrap(told, wide - 4);
    let inner = pen.dialog(area, wide, 3 + lines.len() as u16, &p.title);
    let x = pen.field(inner.x, inner.y, inner.width, &p.field);
    let style = pen.style(if p.problem.is_some() { Part::Bad } else { Part::Dim });
    for (y, line) in (inner.y + 1..inner.bottom()).zip(&lines) {
        pen.text(inner.x, y, inner.width, line, style);
    }
    Some(Position { x, y: inner.y })
}
