//! The box of the guided tour, between the page and the status line: it covers nothing.

use ratatui::layout::Rect;
use ratatui::widgets::{Block, Widget};

use super::pen::{Pen, fit, width};
use super::theme::Part;
use crate::tui::commands::{Command, contexts};
use crate::tui::model::Model;
use crate::tui::model::message::Spot;

/// Draws the box, if there is one.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) {
    let Some(told) = model.tour_box() else { return };
    if area.height < 3 {
        return;
    }
    let title = fit(&told.title, area.width.saturating_sub(6), pen.look.glyphs.cut);
    Block::bordered()
        .border_set(pen.look.glyphs.frame)
        .border_style(pen.style(Part::Border))
        .title_style(pen.style(Part::Hint))
        .title(format!(" {title} "))
        .render(area, pen.buffer);
    for (y, line) in (area.y + 1..area.bottom() - 1).zip(&told.lines) {
        let mut parts = Vec::new();
        for (i, part) in line.split_inclusive('[').enumerate() {
            let (key, rest) = match (i, part.split_once(']')) {
                (1.., Some((key, rest))) => (key, rest),
                _ => ("", part),
            };
            // A key that was broken over two lines stays plain.
            if !key.is_empty() {
                parts.extend([(key, Part::Key), ("]", Part::Text)]);
            }
            parts.push((rest, Part::Text));
        }
        pen.parts(area.x + 2, y, area.width - 4, &parts);
    }
    let now = contexts(model);
    let (next, end) =
        (model.keymap.key_of(Command::NextStep, now), model.keymap.key_of(Command::EndTour, now));
    let y = area.bottom() - 1;
    let half = width(&next) + 12;
    pen.spot(area.x + 2, y, half, Spot::Run(Command::NextStep));
    pen.spot(area.x + 2 + half, y, width(&end) + 16, Spot::Run(Command::EndTour));
    pen.parts(
        area.x + 2,
        y,
        area.width - 4,
        &[
            (" ", Part::Text),
            (&next, Part::Key),
            (" next step   ", Part::Text),
            (&end, Part::Key),
            (" ends the tour ", Part::Text),
        ],
    );
}
