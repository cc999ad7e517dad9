//! Bulk update, with its preview.

use ratatui::layout::{Position, Rect};

use crate::tui::model::layer::bulk::Bulk;
use crate::tui::model::message::Spot;
use crate::tui::view::head::thousands;
use crate::tui::view::pen::Pen;
use crate::tui::view::theme::Part;

/// Draws the dialog.
pub(super) fn draw(b: &Bulk, pen: &mut Pen, area: Rect) -> Option<Position> {
    let (one, many) = b.target.grid().noun();
    let title = match b.target.count() {
        1 => format!("Bulk update of 1 {one}"),
        n => format!("Bulk update of {} {many}", thousands(n)),
    };
    let high = b.fields.len() as u16 + 13;
    let inner = pen.dialog(area, 76.min(area.width), area.height.min(high), &title);
    let mut cursor = None;
    let mut y = inner.y;
    for (i, field) in b.fields.iter().enumerate() {
        let here = i == b.at;
        pen.spot(inner.x, y, inner.width, Spot::Row(i));
        let style = pen.style(if here { Part::Cursor } else { Part::Text });
        if here {
            pen.wash(inner.x, y, inner.width, style);
            cursor = Some(Position { x: inner.x + 20, y });
        }
        pen.text(inner.x, y, 19, field.title, style);
        let value = field.value.as_ref().map_or("(unchanged)", |(_, shown)| shown.as_str());
        pen.text(inner.x + 20, y, inner.width - 20, value, style);
        y += 1;
    }
    let here = b.at == b.fields.len();
    pen.spot(inner.x, y + 1, inner.width, Spot::Row(b.fields.len()));
    let style = pen.style(if here { Part::Cursor } else { Part::Title });
    pen.text(inner.x, y + 1, inner.width, "[ Update ]", style);
    if here {
        cursor = Some(Position { x: inner.x, y: y + 1 });
    }
    y += 3;
    let dim = pen.style(Part::Dim);
    match &b.preview {
        None if b.changes().is_empty() => {
            pen.text(inner.x, y, inner.width, "Enter on a field chooses its value.", dim);
        }
        None => {
            pen.text(inner.x, y, inner.width, "counting...", dim);
        }
        Some(Err(problem)) => {
            let style = pen.style(Part::Bad);
            pen.text(inner.x, y, inner.width, &problem.message, style);
        }
        Some(Ok(p)) => {
            let mut told =
                format!("to change: {}   so already: {}", thousands(p.changes), thousands(p.same));
            if p.frozen > 0 {
                told.push_str(&format!("   posted, so left: {}", thousands(p.frozen)));
            }
            let style = pen.style(Part::Title);
            pen.text(inner.x, y, inner.width, &told, style);
            let plain = pen.style(Part::Text);
            for (line, [row, field, from, to]) in (y + 1..inner.bottom()).zip(&p.examples) {
                // What changes is never cut for the sake of a long name.
                let change = format!("{field} {from} -> {to}  ");
                let x = pen.text(inner.x, line, inner.width, &change, plain);
                pen.text(x, line, inner.right().saturating_sub(x), row, dim);
            }
        }
    }
    cursor
}
