//! Load Invoice Lines: which months, or which file.

use ratatui::layout::{Position, Rect};

use crate::tui::model::layer::load::LoadDialog;
use crate::tui::model::message::Spot;
use crate::tui::view::pen::Pen;
use crate::tui::view::theme::Part;

/// Draws the dialog.
pub(super) fn draw(l: &LoadDialog, pen: &mut Pen, area: Rect) -> Option<Position> {
    let inner = pen.dialog(area, 58.min(area.width), 11, "Load Invoice Lines");
    let plain = pen.style(Part::Text);
    let (text, plain) = match l.nowhere {
        true => ("There is no Location to load months from yet.", pen.style(Part::Warn)),
        false => ("Select which periods to load invoice lines for.", plain),
    };
    pen.text(inner.x, inner.y, inner.width, text, plain);
    let mut cursor = None;
    for (i, (month, name)) in l.months.iter().zip(["Current Month", "Previous Month"]).enumerate() {
        let y = inner.y + 2 + i as u16;
        let here = l.at == i;
        pen.spot(inner.x, y, inner.width, Spot::Row(i));
        let style = pen.style(if here { Part::Cursor } else { Part::Text });
        let sign = if l.wanted[i] { "[x]" } else { "[ ]" };
        pen.text(inner.x, y, inner.width, &format!("{sign} {name} ({month})"), style);
        if here {
            cursor = Some(Position { x: inner.x + 1, y });
        }
    }
    let load = if l.nowhere { "[ Set the Location ... ]" } else { "[ Load ]" };
    for (i, text) in [(2, load), (3, "[ From a file ... ]")] {
        let here = l.at == i;
        let y = inner.y + 5 + 2 * (i as u16 - 2);
        pen.spot(inner.x, y, inner.width, Spot::Row(i));
        let style = pen.style(if here { Part::Cursor } else { Part::Title });
        pen.text(inner.x, y, inner.width, text, style);
        if here {
            cursor = Some(Position { x: inner.x, y });
        }
    }
    cursor
}
