//! Themes are files: the shipped ones in `config/themes/`, the user's in `themes/` beside the
//! settings. A style is a few words; colours that the terminal lacks become the nearest it has.

use std::collections::BTreeMap;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::tui::model::grid::Tone;

/// The shipped themes, the default first.
pub const SHIPPED: [&str; 3] = [
    include_str!("../../../config/themes/terminal.toml"),
    include_str!("../../../config/themes/dark.toml"),
    include_str!("../../../config/themes/light.toml"),
];

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: `NO_COLOR`, `TERM=dumb`.
    None,
    /// The sixteen names.
    Sixteen,
    /// 256.
    Indexed,
    /// 24 bits.
    True,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Plain text.
    Text,
    /// Of less interest.
    Dim,
    /// Headings.
    Title,
    /// A tab.
    Tab,
    /// The tab in front.
    TabActive,
    /// Headings of columns.
    Header,
    /// The row under the cursor.
    Cursor,
    /// The cell under the cursor.
    CursorCell,
    /// A marked row.
    Marked,
    /// Fine.
    Good,
    /// Look at it.
    Warn,
    /// Broken.
    Bad,
    /// An invitation or a suggestion.
    Hint,
    /// A key.
    Key,
    /// Frames.
    Border,
    /// The banner of the setup.
    Banner,
    /// A text field.
    Input,
    /// The done part of a gauge.
    Gauge,
    /// The rest of it.
    GaugeRest,
}

/// A theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    styles: BTreeMap<Part, Style>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    styles: BTreeMap<Part, String>,
}

impl Theme {
    /// Reads a theme file for a terminal with so many colours.
    ///
    /// # Errors
    /// What is wrong, for people: a part or a word that is not known.
    pub fn read(text: &str, depth: Depth) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        let mut styles = BTreeMap::new();
        for (part, words) in file.styles {
            styles.insert(part, style(&words, depth)?);
        }
        Ok(Self { name: file.name, styles })
    }

    /// The style of a part; parts that a theme leaves out are plain.
    pub fn of(&self, part: Part) -> Style {
        self.styles.get(&part).copied().unwrap_or_default()
    }

    /// The style of a tone.
    pub fn tone(&self, tone: Tone) -> Style {
        self.of(match tone {
            Tone::Plain => Part::Text,
            Tone::Good => Part::Good,
            Tone::Warn => Part::Warn,
            Tone::Bad => Part::Bad,
            Tone::Dim => Part::Dim,
            Tone::Hint => Part::Hint,
        })
    }
}

fn style(words: &str, depth: Depth) -> Result<Style, String> {
    let mut style = Style::new();
    for word in words.split_whitespace() {
        style = match word.split_once(':') {
            Some(("fg", colour)) => paint(style, colour, depth, Style::fg)?,
            Some(("bg", colour)) => paint(style, colour, depth, Style::bg)?,
            Some(_) => return Err(format!("{word:?} is no style: fg:COLOUR or bg:COLOUR")),
            None => style.add_modifier(match word {
                "bold" => Modifier::BOLD,
                "dim" => Modifier::DIM,
                "italic" => Modifier::ITALIC,
                "underlined" => Modifier::UNDERLINED,
                "reversed" => Modifier::REVERSED,
                _ => {
                    return Err(format!(
                        "{word:?} is no style: bold, dim, italic, underlined, reversed"
                    ));
                }
            }),
        };
    }
    // A background that cannot be shown is told by reversing instead.
    if depth == Depth::None && words.contains("bg:") {
        style = style.add_modifier(Modifier::REVERSED);
    }
    Ok(style)
}

fn paint(
    style: Style,
    colour: &str,
    depth: Depth,
    on: fn(Style, Color) -> Style,
) -> Result<Style, String> {
    let colour = Color::from_str(colour)
        .map_err(|_| format!("{colour:?} is no colour: red, 208, #ff8700"))?;
    Ok(match depth {
        Depth::None => style,
        Depth::True => on(style, colour),
        Depth::Indexed => on(style, indexed(colour)),
        Depth::Sixteen => on(style, sixteen(colour)),
    })
}

/// The nearest of 256.
fn indexed(colour: Color) -> Color {
    let Color::Rgb(r, g, b) = colour else { return colour };
    let level = |v: u8| match v {
        0..48 => 0,
        48..115 => 1,
        _ => (v - 35) / 40,
    };
    let spread = r.max(g).max(b) - r.min(g).min(b);
    if spread < 10 {
        let grey = u16::from(r);
        return Color::Indexed(match grey {
            0..8 => 16,
            239.. => 231,
            _ => 232 + u8::try_from((grey - 8) / 10).unwrap_or(23),
        });
    }
    Color::Indexed(16 + 36 * level(r) + 6 * level(g) + level(b))
}

/// The nearest of the sixteen names.
fn sixteen(colour: Color) -> Color {
    const NAMES: [(Color, [i32; 3]); 16] = [
        (Color::Black, [0, 0, 0]),
        (Color::Red, [170, 0, 0]),
        (Color::Green, [0, 170, 0]),
        (Color::Yellow, [170, 120, 0]),
        (Color::Blue, [0, 0, 170]),
        (Color::Magenta, [170, 0, 170]),
        (Color::Cyan, [0, 170, 170]),
        (Color::Gray, [170, 170, 170]),
        (Color::DarkGray, [85, 85, 85]),
        (Color::LightRed, [255, 110, 110]),
        (Color::LightGreen, [110, 255, 110]),
        (Color::LightYellow, [255, 255, 110]),
        (Color::LightBlue, [110, 150, 255]),
        (Color::LightMagenta, [255, 110, 255]),
        (Color::LightCyan, [110, 255, 255]),
        (Color::White, [255, 255, 255]),
    ];
    let rgb = match colour {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(n @ 16..232) => {
            let n = n - 16;
            let level = |v: u8| if v == 0 { 0 } else { 55 + v * 40 };
            [level(n / 36), level(n / 6 % 6), level(n % 6)]
        }
        Color::Indexed(n @ 232..) => [8 + (n - 232) * 10; 3],
        named => return named,
    };
    let far =
        |to: &[i32; 3]| -> i32 { to.iter().zip(rgb).map(|(a, b)| (a - i32::from(b)).pow(2)).sum() };
    NAMES.iter().min_by_key(|(_, to)| far(to)).map_or(Color::Reset, |(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_themes_name_every_part_and_can_be_told_apart_without_colour() {
        for text in SHIPPED {
            for depth in [Depth::None, Depth::Sixteen, Depth::Indexed, Depth::True] {
                let theme = Theme::read(text, depth).unwrap();
                assert_eq!(theme.styles.len(), 19, "{}", theme.name);
                for part in [Part::Cursor, Part::TabActive, Part::Banner] {
                    assert_ne!(theme.of(part), Style::new(), "{} {part:?} {depth:?}", theme.name);
                }
            }
        }
    }

    #[test]
    fn colours_become_what_the_terminal_has() {
        assert_eq!(indexed(Color::Rgb(255, 135, 135)), Color::Indexed(210));
        assert_eq!(sixteen(Color::Rgb(250, 10, 10)), Color::Red);
        assert_eq!(sixteen(Color::Rgb(250, 250, 250)), Color::White);
        assert_eq!(sixteen(Color::Cyan), Color::Cyan);
        assert_eq!(style("fg:red bold", Depth::None).unwrap(), Style::new().bold());
        assert!(style("fg:colour", Depth::True).is_err());
        assert!(style("bald", Depth::True).is_err());
    }
}
