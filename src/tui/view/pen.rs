//! Drawing text into cells: cut by grapheme, aligned by width, never beyond its room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, Clear, Widget};
use unicode_segmentation::UnicodeSegmentation;

use super::Look;
use super::theme::Part;
pub use crate::tui::measure::{fit, width, wrap};
use crate::tui::model::message::Spot;

/// Draws into a frame's buffer.
pub struct Pen<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// Styles and signs.
    pub look: &'a Look,
}

impl Pen<'_> {
    /// The style of a part.
    pub fn style(&self, part: Part) -> Style {
        self.look.theme.of(part)
    }

    /// Draws a text in so many cells, and gives the column behind it. Text from outside is made
    /// harmless here, whoever forgot it.
    pub fn text(&mut self, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
        let area = *self.buffer.area();
        if y >= area.bottom() || x >= area.right() || room == 0 {
            return x;
        }
        let room = room.min(area.right() - x);
        let text = fit(&self.look.glyphs.drawable(text), room, self.look.glyphs.cut);
        let (end, _) = self.buffer.set_stringn(x, y, &text, usize::from(room), style);
        end
    }

    /// Draws a text at the right end of its room.
    pub fn right(&mut self, x: u16, y: u16, room: u16, text: &str, style: Style) {
        let text = fit(&self.look.glyphs.drawable(text), room, self.look.glyphs.cut);
        let left = room.saturating_sub(width(&text));
        self.text(x + left, y, room - left, &text, style);
    }

    /// Draws parts one after another, each with its style; gives the column behind them.
    pub fn parts(&mut self, x: u16, y: u16, room: u16, parts: &[(&str, Part)]) -> u16 {
        let end = x.saturating_add(room);
        let mut at = x;
        for (text, part) in parts {
            let style = self.style(*part);
            at = self.text(at, y, end.saturating_sub(at), text, style);
        }
        at
    }

    /// Notes what a click on a stretch of a line means.
    pub fn spot(&self, x: u16, y: u16, width: u16, spot: Spot) {
        self.look.spots.borrow_mut().push((Rect { x, y, width, height: 1 }, spot));
    }

    /// Forgets all but so many of the noted ones.
    pub fn forget_spots(&self, keep: usize) {
        self.look.spots.borrow_mut().truncate(keep);
    }

    /// Styles a whole stretch of a line.
    pub fn wash(&mut self, x: u16, y: u16, width: u16, style: Style) {
        let area = Rect { x, y, width, height: 1 }.intersection(*self.buffer.area());
        self.buffer.set_style(area, style);
    }

    /// Empties an area. A wide character that reaches into it from the left goes whole: a terminal
    /// would draw it over the frame.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(*self.buffer.area());
        for y in area.y..area.bottom() {
            if let Some(x) = area.x.checked_sub(1)
                && width(self.buffer[(x, y)].symbol()) > 1
            {
                self.buffer[(x, y)].set_symbol(" ");
            }
        }
        Clear.render(area, self.buffer);
    }

    /// Draws an empty framed box in the middle; gives the room within.
    pub fn dialog(&mut self, area: Rect, width: u16, height: u16, title: &str) -> Rect {
        let (width, height) = (width.min(area.width), height.min(area.height));
        let outer = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.y + (area.height - height) / 2,
            width,
            height,
        };
        self.clear(outer);
        let title =
            fit(&self.look.glyphs.drawable(title), width.saturating_sub(6), self.look.glyphs.cut);
        let block = Block::bordered()
            .border_set(self.look.glyphs.frame)
            .border_style(self.style(Part::Border))
            .style(self.style(Part::Text))
            .title_style(self.style(Part::Title))
            .title(format!(" {title} "));
        let inner = block.inner(outer);
        block.render(outer, self.buffer);
        Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
    }

    /// Draws a text field and gives the cursor's column.
    pub fn field(&mut self, x: u16, y: u16, room: u16, field: &crate::tui::field::Field) -> u16 {
        let style = self.style(Part::Input);
        let shown = if field.is_secret() {
            self.look.glyphs.hidden.repeat(field.text().chars().count())
        } else {
            self.look.glyphs.drawn_alike(field.text())
        };
        let before: String = shown.chars().take(field.cursor()).collect();
        // The text moves to the left so that the cursor is always seen.
        let mut skip = 0;
        let mut gone = 0;
        for g in shown.graphemes(true) {
            if width(&before).saturating_sub(gone) < room {
                break;
            }
            gone += width(g);
            skip += g.len();
        }
        self.wash(x, y, room, style);
        let (x, y) = (x.min(self.buffer.area().right()), y.min(self.buffer.area().bottom() - 1));
        self.buffer.set_stringn(x, y, &shown[skip..], usize::from(room), style);
        x + width(&before).saturating_sub(gone)
    }

    /// Draws a gauge.
    pub fn gauge(&mut self, x: u16, y: u16, room: u16, percent: u8) {
        let done = room * u16::from(percent.min(100)) / 100;
        let (full, rest) = (self.look.glyphs.full, self.look.glyphs.rest);
        for i in 0..room {
            let glyph = if i < done { full } else { rest };
            let style = self.style(Part::Text);
            self.text(x + i, y, 1, glyph, style);
        }
    }
}
