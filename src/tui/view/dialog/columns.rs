//! Which columns to show.

use ratatui::layout::{Position, Rect};

use super::first_shown;
use crate::tui::model::Model;
use crate::tui::model::layer::columns::ColumnsDialog;
use crate::tui::model::message::Spot;
use crate::tui::view::pen::Pen;
use crate::tui::view::theme::Part;

/// Draws the dialog.
pub(super) fn draw(
    model: &Model,
    c: &ColumnsDialog,
    pen: &mut Pen,
    area: Rect,
) -> Option<Position> {
    let layout = &model.grid(c.grid).layout;
    let high = (layout.columns.len() as u16 + 4).min(area.height);
    let title = format!("Columns, {} of {}", c.at + 1, layout.columns.len());
    let inner = pen.dialog(area, 58.min(area.width), high, &title);
    let dim = pen.style(Part::Dim);
    let list = Rect { height: inner.height.saturating_sub(2), ..inner };
    let first = first_shown(c.at, list.height);
    let mut cursor = None;
    let frozen_up_to = layout.frozen.checked_sub(1).and_then(|n| layout.place(n));
    for (y, (i, column)) in
        (list.y..list.bottom()).zip(layout.columns.iter().enumerate().skip(first))
    {
        let here = i == c.at;
        pen.spot(list.x, y, list.width, Spot::Row(i));
        let style = pen.style(if here { Part::Cursor } else { Part::Text });
        if here {
            pen.wash(list.x, y, list.width, style);
            cursor = Some(Position { x: list.x + 1, y });
        }
        let sign = if column.shown { "[x]" } else { "[ ]" };
        let frozen =
            if frozen_up_to.is_some_and(|f| i <= f) && column.shown { "frozen" } else { "" };
        pen.text(list.x, y, 4, sign, style);
        pen.text(list.x + 4, y, 28, column.spec(c.grid).title, style);
        pen.right(list.x + 32, y, 5, &column.width.to_string(), style);
        pen.text(list.x + 39, y, 8, frozen, style);
    }
    for (back, text) in [
        (2, "{grid.hide} shows or hides, {grid.column-right} {grid.column-left} move,"),
        (1, "{grid.narrower} {grid.wider} width, {grid.freeze} freezes, {grid.reset} resets"),
    ] {
        pen.text(inner.x, inner.bottom() - back, inner.width, &model.keyed(text), dim);
    }
    cursor
}
