//! Cells as few bytes: one sequence for a change of look, steps instead of addresses. ratatui's own
//! encoder takes about half as much again, which a slow link feels (ux-and-crates 1.2).

use std::fmt::Write as _;
use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// crossterm's backend with an encoder of our own for cells.
#[derive(Debug)]
pub struct LeanBackend<W: Write> {
    inner: CrosstermBackend<W>,
    /// The frame under way, kept for its room.
    text: String,
}

impl<W: Write> LeanBackend<W> {
    /// A backend that writes to `out`.
    pub fn new(out: W) -> Self {
        Self { inner: CrosstermBackend::new(out), text: String::new() }
    }
}

/// How a cell looks.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Style {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// How cells look that were not told otherwise.
const PLAIN: Style = Style { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

/// What turns each modifier on.
const ON: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// The sequence that leads from one look to another.
fn restyle(text: &mut String, from: Style, to: Style) {
    if to == PLAIN {
        text.push_str("\u{1b}[m");
        return;
    }
    // What is on can only be turned off together: bold and dim share their end.
    let from = if from.modifier.difference(to.modifier).is_empty() {
        text.push_str("\u{1b}[");
        from
    } else {
        text.push_str("\u{1b}[;");
        PLAIN
    };
    let on = to.modifier.difference(from.modifier);
    for (_, code) in ON.iter().filter(|(modifier, _)| on.contains(*modifier)) {
        let _ = write!(text, "{code};");
    }
    if from.fg != to.fg {
        color(text, to.fg, 30);
    }
    if from.bg != to.bg {
        color(text, to.bg, 40);
    }
    // A semicolon too many would be another parameter: a reset.
    text.pop();
    text.push('m');
}

/// A colour's parameters, each with a semicolon; `base`: 30 in front, 40 behind.
fn color(text: &mut String, color: Color, base: u8) {
    let named = |n: u8| if n < 8 { base + n } else { base + 60 + n - 8 };
    let _ = match color {
        Color::Reset => write!(text, "{};", base + 9),
        Color::Black => write!(text, "{};", named(0)),
        Color::Red => write!(text, "{};", named(1)),
        Color::Green => write!(text, "{};", named(2)),
        Color::Yellow => write!(text, "{};", named(3)),
        Color::Blue => write!(text, "{};", named(4)),
        Color::Magenta => write!(text, "{};", named(5)),
        Color::Cyan => write!(text, "{};", named(6)),
        Color::Gray => write!(text, "{};", named(7)),
        Color::DarkGray => write!(text, "{};", named(8)),
        Color::LightRed => write!(text, "{};", named(9)),
        Color::LightGreen => write!(text, "{};", named(10)),
        Color::LightYellow => write!(text, "{};", named(11)),
        Color::LightBlue => write!(text, "{};", named(12)),
        Color::LightMagenta => write!(text, "{};", named(13)),
        Color::LightCyan => write!(text, "{};", named(14)),
        Color::White => write!(text, "{};", named(15)),
        Color::Indexed(n) => write!(text, "{};5;{n};", base + 8),
        Color::Rgb(r, g, b) => write!(text, "{};2;{r};{g};{b};", base + 8),
    };
}

/// The sequence that leads from where the terminal's cursor is, if that is known, to a cell.
fn step(text: &mut String, from: Option<(u16, u16)>, x: u16, y: u16) {
    let _ = match from {
        Some((at, row)) if row == y && at == x => Ok(()),
        Some((at, row)) if row == y && at < x && x - at == 1 => write!(text, "\u{1b}[C"),
        Some((at, row)) if row == y && at < x => write!(text, "\u{1b}[{}C", x - at),
        _ if x == 0 => write!(text, "\u{1b}[{}H", y + 1),
        _ => write!(text, "\u{1b}[{};{}H", y + 1, x + 1),
    };
}

/// The width of a cell's text where all terminals agree on it: of plain signs and of East Asian
/// ones. After others (emoji, combined signs) the next place is told.
fn agreed_width(symbol: &str) -> Option<u16> {
    let mut signs = symbol.chars();
    let (sign, rest) = (signs.next()?, signs.next());
    let east_asian = matches!(sign, '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{ffe6}');
    match symbol.width() {
        1 if rest.is_none() => Some(1),
        2 if rest.is_none() && east_asian => Some(2),
        _ => None,
    }
}

impl<W: Write> Backend for LeanBackend<W> {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        let text = &mut self.text;
        text.clear();
        let mut style = PLAIN;
        let mut at = None;
        for (x, y, cell) in content {
            step(text, at, x, y);
            let wanted = Style { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
            if wanted != style {
                restyle(text, style, wanted);
                style = wanted;
            }
            text.push_str(cell.symbol());
            at = agreed_width(cell.symbol()).map(|w| (x + w, y));
        }
        if style != PLAIN {
            text.push_str("\u{1b}[m");
        }
        self.inner.write_all(text.as_bytes())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, clear: ClearType) -> io::Result<()> {
        self.inner.clear_region(clear)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use super::*;

    const COLORS: [Color; 5] =
        [Color::Reset, Color::Red, Color::LightCyan, Color::Indexed(200), Color::Rgb(1, 2, 3)];
    const SIGNS: [&str; 6] = ["a", " ", "é", "─", "株", "e\u{301}"];

    /// What a terminal makes of the bytes: each cell's text and look.
    fn shown(frames: &[Vec<u8>]) -> Vec<(String, String)> {
        let (rows, columns) = (4.try_into().unwrap(), 12.try_into().unwrap());
        let mut parser = vt100::Parser::new(rows, columns, 0);
        frames.iter().for_each(|f| parser.process(f));
        let mut cells = Vec::new();
        for y in 0..4 {
            for x in 0..12 {
                let cell = parser.screen().cell(y, x).unwrap();
                let look = format!(
                    "{:?} {:?} {} {} {} {}",
                    cell.fgcolor(),
                    cell.bgcolor(),
                    cell.bold(),
                    cell.dim(),
                    cell.underline(),
                    cell.inverse()
                );
                let text = if cell.contents().is_empty() { " " } else { cell.contents() };
                cells.push((text.to_owned(), look));
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn a_terminal_shows_the_same_as_with_the_stock_encoder(
            frames in prop::collection::vec(
                prop::collection::vec((0_u16..11, 0_u16..4, 0..6_usize, 0..5_usize, 0..5_usize, 0..16_u16), 0..30),
                1..5,
            ),
        ) {
            let area = Rect::new(0, 0, 12, 4);
            let mut before = Buffer::empty(area);
            let (mut lean, mut stock) = (Vec::new(), Vec::new());
            for frame in frames {
                let mut after = before.clone();
                for (x, y, sign, fg, bg, modifier) in frame {
                    // vt100 knows bold or dim, not both.
                    let modifier = match modifier & 3 {
                        0 => Modifier::empty(),
                        1 => Modifier::BOLD,
                        2 => Modifier::DIM,
                        _ => Modifier::UNDERLINED,
                    } | if modifier & 4 == 0 { Modifier::empty() } else { Modifier::REVERSED };
                    let style = ratatui::style::Style::new()
                        .fg(COLORS[fg])
                        .bg(COLORS[bg])
                        .add_modifier(modifier);
                    // As the app draws: whole texts, so that wide signs hide their second cell.
                    after.set_string(x, y, SIGNS[sign], ratatui::style::Style::reset());
                    after.set_string(x, y, SIGNS[sign], style);
                }
                let (mut a, mut b) = (Vec::new(), Vec::new());
                let changed = before.diff(&after);
                LeanBackend::new(&mut a).draw(changed.iter().map(|(x, y, c)| (*x, *y, *c))).unwrap();
                CrosstermBackend::new(&mut b)
                    .draw(changed.iter().map(|(x, y, c)| (*x, *y, *c)))
                    .unwrap();
                prop_assert!(a.len() <= b.len(), "{} > {}", a.len(), b.len());
                lean.push(a);
                stock.push(b);
                before = after;
            }
            prop_assert_eq!(shown(&lean), shown(&stock));
        }
    }
}
