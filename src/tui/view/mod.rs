//! Drawing: functions from the model to cells. Nothing here keeps state, but for what is worked out
//! once for many frames.

mod dialog;
mod foot;
pub mod glyphs;
mod grid;
mod head;
mod pen;
mod tabs;
pub mod theme;
mod tour;

#[cfg(test)]
mod clicks;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod snapshots_dialogs;
#[cfg(test)]
mod snapshots_events;
#[cfg(test)]
mod snapshots_sync;

use std::cell::RefCell;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use self::glyphs::Glyphs;
use self::pen::Pen;
use self::theme::{Part, Theme};
use super::model::message::Spot;
use super::model::{Model, geometry};

/// Styles and signs, and the footer's hints for the last place they were made for.
pub struct Look {
    /// The theme.
    pub theme: Theme,
    /// The signs.
    pub glyphs: Glyphs,
    hints: RefCell<foot::Hints>,
    spots: RefCell<Vec<(Rect, Spot)>>,
}

impl Look {
    /// A look.
    pub fn new(theme: Theme, glyphs: Glyphs) -> Self {
        Self { theme, glyphs, hints: RefCell::default(), spots: RefCell::default() }
    }

    /// What stands there to be clicked, in the frame that was drawn last.
    pub fn spot_at(&self, x: u16, y: u16) -> Option<Spot> {
        let spots = self.spots.borrow();
        spots.iter().rev().find(|(area, _)| area.contains(Position { x, y })).map(|(_, s)| *s)
    }
}

/// Draws the whole screen. The terminal's own cursor is put where the focus is, for screen readers
/// and Braille displays.
pub fn draw(model: &Model, look: &Look, frame: &mut Frame) {
    let area = frame.area();
    let mut pen = Pen { buffer: frame.buffer_mut(), look };
    let cursor = page(model, &mut pen, area);
    frame
        .set_cursor_position(cursor.unwrap_or(Position { x: 0, y: area.height.saturating_sub(1) }));
}

fn page(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    pen.forget_spots(0);
    if area.width < geometry::SMALLEST.0 || area.height < geometry::SMALLEST.1 {
        let (w, h) = geometry::SMALLEST;
        let text = format!("Addendum needs {w}x{h}; this is {}x{}", area.width, area.height);
        let style = pen.style(Part::Text);
        for (i, line) in pen::wrap(&text, area.width).iter().enumerate() {
            pen.text(0, i as u16, area.width, line, style);
        }
        return Some(Position { x: 0, y: 0 });
    }
    head::draw(model, pen, area);
    let body = Rect {
        y: geometry::ABOVE,
        height: area.height - geometry::ABOVE - geometry::BELOW,
        ..area
    };
    let all = body;
    let body = Rect { height: model.page_rows().min(body.height), ..body };
    let mut cursor = match model.closed(model.tab) {
        Some(gate) => tabs::closed(gate, pen, body),
        None => tabs::draw(model, pen, body),
    };
    if let Some(at) = head::filter_cursor(model, pen, area) {
        cursor = Some(at);
    }
    tour::draw(model, pen, Rect { y: body.bottom(), height: all.bottom() - body.bottom(), ..all });
    if !model.layers.is_empty() {
        pen.forget_spots(0);
    }
    foot::draw(model, pen, area);
    let below = pen.look.spots.borrow().len();
    for (i, layer) in model.layers.iter().enumerate() {
        let top = i + 1 == model.layers.len();
        pen.forget_spots(below);
        let at = dialog::draw(model, layer, pen, all);
        if top && at.is_some() {
            cursor = at;
        }
    }
    foot::toast(model, pen, area);
    if !model.pressed.is_empty() {
        foot::sequence(model, pen, area);
    }
    cursor
}
