//! The few characters beyond ASCII that are drawn, and what stands for them in an ASCII terminal.

use ratatui::symbols::border;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::text::harmless;

/// Characters that are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// A marked row.
    pub mark: &'static str,
    /// A text that was cut off.
    pub cut: &'static str,
    /// Sorted upwards.
    pub up: &'static str,
    /// Sorted downwards.
    pub down: &'static str,
    /// Between parts of a line.
    pub dot: &'static str,
    /// A vertical line.
    pub bar: &'static str,
    /// The done part of a gauge.
    pub full: &'static str,
    /// The rest of a gauge.
    pub rest: &'static str,
    /// Eighths of a column of the chart, from one to eight.
    pub steps: [&'static str; 8],
    /// What a hidden text is drawn with.
    pub hidden: &'static str,
    /// A frame.
    pub frame: border::Set<'static>,
}

/// Box drawing and a few common signs.
pub const PLAIN: Glyphs = Glyphs {
    mark: "*",
    cut: "\u{2026}",
    up: "\u{2191}",
    down: "\u{2193}",
    dot: "\u{b7}",
    bar: "\u{2502}",
    full: "\u{2588}",
    rest: "\u{2591}",
    steps: [
        "\u{2581}", "\u{2582}", "\u{2583}", "\u{2584}", "\u{2585}", "\u{2586}", "\u{2587}",
        "\u{2588}",
    ],
    hidden: "*",
    frame: border::PLAIN,
};

/// ASCII alone: PuTTY's old fonts, a locale without UTF-8, screen readers.
pub const ASCII: Glyphs = Glyphs {
    mark: "*",
    cut: "~",
    up: "^",
    down: "v",
    dot: "-",
    bar: "|",
    full: "#",
    rest: ".",
    steps: ["_", "_", ".", ".", "o", "o", "#", "#"],
    hidden: "*",
    frame: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
};

impl Glyphs {
    /// Whether the terminal shows nothing but ASCII.
    fn ascii_only(&self) -> bool {
        self.cut.is_ascii()
    }

    /// A text as it may be drawn: made harmless, and where the terminal shows nothing but ASCII, in
    /// letters without their accents; a question mark stands for what has none.
    pub fn drawable(&self, text: &str) -> String {
        let text = harmless(text);
        if !self.ascii_only() || text.is_ascii() {
            return text;
        }
        text.nfkd().filter(|c| !is_combining_mark(*c)).map(plain).collect()
    }

    /// The same character by character, for a text in which a cursor moves.
    pub fn drawn_alike(&self, text: &str) -> String {
        if !self.ascii_only() || text.is_ascii() {
            return text.to_owned();
        }
        text.chars().map(|c| plain(std::iter::once(c).nfd().next().unwrap_or(c))).collect()
    }
}

/// The character of ASCII that comes nearest.
fn plain(c: char) -> char {
    match c {
        c if c.is_ascii() => c,
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ascii_terminal_gets_ascii_and_another_one_the_text() {
        let name = "M\u{fc}ller \u{201c}\u{682a}\u{5f0f}\u{201d} \u{2013} cafe\u{301}\u{2026}";
        assert_eq!(PLAIN.drawable(name), name);
        assert_eq!(ASCII.drawable(name), "Muller \"??\" - cafe...");
        assert_eq!(ASCII.drawable("a\u{1b}[2J"), "a?[2J");
        let typed = "M\u{fc}l\u{301}";
        assert_eq!(ASCII.drawn_alike(typed).chars().count(), typed.chars().count());
        assert!(ASCII.drawn_alike(typed).is_ascii());
    }
}
