//! The few characters beyond ASCII that are drawn, and what stands for them in an ASCII terminal.

use ratatui::symbols::border;

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
