//! A text to read.

use ratatui::layout::{Position, Rect};

use crate::tui::model::geometry::FRAME;
use crate::tui::model::layer::reading::Reading;
use crate::tui::view::pen::Pen;
use crate::tui::view::theme::Part;

/// Draws the text.
pub(super) fn draw(r: &Reading, pen: &mut Pen, area: Rect) -> Option<Position> {
    let shape = r.shape(area.width);
    let count = u16::try_from(shape.rows.len()).unwrap_or(u16::MAX);
    let high = count.saturating_add(FRAME).clamp(5, area.height);
    let inner = pen.dialog(area, shape.wide, high, &r.title);
    let gap = if shape.labels > 0 { shape.labels + 2 } else { 0 };
    let (title, dim) = (pen.style(Part::Title), pen.style(Part::Dim));
    for (y, row) in (inner.y..inner.bottom()).zip(shape.rows.iter().skip(r.top)) {
        let line = &r.lines[row.line];
        if line.is_heading() {
            let style = if r.hits(row.line) { pen.style(Part::Marked) } else { title };
            pen.text(inner.x, y, inner.width, &row.label, style);
            continue;
        }
        let style =
            if r.hits(row.line) { pen.style(Part::Marked) } else { pen.look.theme.tone(line.tone) };
        pen.text(inner.x, y, shape.labels, &row.label, dim);
        pen.text(inner.x + gap, y, inner.width.saturating_sub(gap), &row.text, style);
    }
    if let Some(field) = &r.search {
        let y = inner.bottom();
        let x = pen.text(inner.x, y, 2, "/", title);
        let x = pen.field(x, y, 30.min(inner.width.saturating_sub(2)), field);
        return Some(Position { x, y });
    }
    // How far one has read, where not all of it is seen.
    if count > inner.height {
        let last = (r.top + usize::from(inner.height)).min(shape.rows.len());
        let told = format!(" {last} of {count} ");
        pen.right(inner.x, inner.bottom(), inner.width, &told, dim);
    }
    Some(Position { x: inner.x, y: inner.y })
}
