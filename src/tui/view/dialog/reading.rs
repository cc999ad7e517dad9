//! A text to read.

use ratatui::layout::{Position, Rect};

use crate::tui::model::layer::reading::Reading;
use crate::tui::view::pen::{Pen, width, wrap};
use crate::tui::view::theme::Part;

/// Draws the text.
pub(super) fn draw(r: &Reading, pen: &mut Pen, area: Rect) -> Option<Position> {
    let wide = 104.min(area.width);
    let labels = r.lines.iter().filter(|l| !l.is_heading()).map(|l| width(&l.label)).max();
    let labels = labels.unwrap_or(0).min(wide / 3);
    let gap = if labels > 0 { labels + 2 } else { 0 };
    // What is drawn: label, text, tone and the line that it comes from.
    let room = wide.saturating_sub(gap + 4);
    let high = (r.lines.iter().map(|l| wrap(&l.text, room).len()).sum::<usize>() as u16 + 2)
        .clamp(5, area.height);
    let inner = pen.dialog(area, wide, high, &r.title);
    let mut y = inner.y;
    'lines: for (i, line) in r.lines.iter().enumerate().skip(r.top) {
        let style =
            if r.hits(i) { pen.style(Part::Marked) } else { pen.look.theme.tone(line.tone) };
        if line.is_heading() {
            let style = pen.style(Part::Title);
            pen.text(inner.x, y, inner.width, &line.label, style);
            y += 1;
            continue;
        }
        let dim = pen.style(Part::Dim);
        pen.text(inner.x, y, labels, &line.label, dim);
        for text in wrap(&line.text, room) {
            if y >= inner.bottom() {
                break 'lines;
            }
            pen.text(inner.x + gap, y, room, &text, style);
            y += 1;
        }
        if y >= inner.bottom() {
            break;
        }
    }
    if let Some(field) = &r.search {
        let y = inner.bottom();
        let style = pen.style(Part::Title);
        let x = pen.text(inner.x, y, 2, "/", style);
        let x = pen.field(x, y, 30, field);
        return Some(Position { x, y });
    }
    Some(Position { x: inner.x, y: inner.y })
}
