//! Yes or no.

use ratatui::layout::{Position, Rect};

use crate::tui::commands::{Command, contexts};
use crate::tui::model::Model;
use crate::tui::model::layer::confirm::Confirm;
use crate::tui::model::message::Spot;
use crate::tui::view::pen::{Pen, width, wrap};
use crate::tui::view::theme::Part;

/// Draws the question.
pub(super) fn draw(model: &Model, c: &Confirm, pen: &mut Pen, area: Rect) -> Option<Position> {
    let wide = 72.min(area.width - 4);
    let lines: Vec<String> = c.lines.iter().flat_map(|l| wrap(l, wide - 4)).collect();
    let high = lines.len() as u16 + 4 + u16::from(c.typed.is_some());
    let inner = pen.dialog(area, wide, high, &c.title);
    let plain = pen.style(Part::Text);
    for (y, line) in (inner.y..inner.bottom()).zip(&lines) {
        pen.text(inner.x, y, inner.width, line, plain);
    }
    let last = inner.bottom() - 1;
    if let Some(typed) = &c.typed {
        let x = pen.field(inner.x, last.saturating_sub(1), inner.width, &typed.field);
        let cursor = Position { x, y: last.saturating_sub(1) };
        pen.parts(
            inner.x,
            last,
            inner.width,
            &[
                ("Enter", Part::Key),
                (" ", Part::Text),
                (c.yes.as_str(), Part::Bad),
                ("   Esc", Part::Key),
                (" leave everything as it is", Part::Text),
            ],
        );
        return Some(cursor);
    }
    let now = contexts(model);
    let key =
        |command| model.keymap.keys_of(command, now).into_iter().next_back().unwrap_or_default();
    let (yes, no) = (key(Command::Yes), key(Command::No));
    let mut parts = vec![
        (yes.as_str(), Part::Key),
        (" ", Part::Text),
        (c.yes.as_str(), Part::Title),
        ("   ", Part::Text),
    ];
    match &c.otherwise {
        Some((otherwise, _)) => parts.extend([
            (no.as_str(), Part::Key),
            (" ", Part::Text),
            (otherwise.as_str(), Part::Title),
            ("   Esc", Part::Key),
            (" neither", Part::Text),
        ]),
        None => parts.extend([(no.as_str(), Part::Key), (" no", Part::Text)]),
    }
    // Each answer can be clicked: Yes up to the first gap, No behind it.
    let yes_wide = parts[..3].iter().map(|(text, _)| width(text)).sum::<u16>();
    let no_at = inner.x + yes_wide + 3;
    let no_wide = parts[4..6].iter().map(|(text, _)| width(text)).sum::<u16>();
    pen.spot(inner.x, last, yes_wide, Spot::Run(Command::Yes));
    pen.spot(no_at, last, no_wide.max(4) + 8, Spot::Run(Command::No));
    pen.parts(inner.x, last, inner.width, &parts);
    Some(Position { x: inner.x, y: last })
}
