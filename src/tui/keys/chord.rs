//! One key press with its modifiers, and how people write it in `keymap.toml`.

use std::fmt;
use std::str::FromStr;

/// A key, as far as Addendum tells keys apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A character; an upper-case letter carries its Shift in itself.
    Char(char),
    /// F1 and so on.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab; Shift-Tab is Tab with shift.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
}

/// A key with modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Control is held.
    pub ctrl: bool,
    /// Alt is held.
    pub alt: bool,
    /// Shift is held; never set for characters.
    pub shift: bool,
}

/// The names of keys that are no characters, first the one that is shown.
const NAMES: [(&str, Key); 26] = [
    ("Enter", Key::Enter),
    ("Return", Key::Enter),
    ("Esc", Key::Esc),
    ("Escape", Key::Esc),
    ("Tab", Key::Tab),
    ("Backspace", Key::Backspace),
    ("Del", Key::Delete),
    ("Delete", Key::Delete),
    ("Ins", Key::Insert),
    ("Insert", Key::Insert),
    ("Home", Key::Home),
    ("End", Key::End),
    ("PgUp", Key::PageUp),
    ("PageUp", Key::PageUp),
    ("PgDn", Key::PageDown),
    ("PageDown", Key::PageDown),
    ("Up", Key::Up),
    ("Down", Key::Down),
    ("Left", Key::Left),
    ("Right", Key::Right),
    ("Space", Key::Char(' ')),
    ("Minus", Key::Char('-')),
    ("Plus", Key::Char('+')),
    ("Comma", Key::Char(',')),
    ("Backslash", Key::Char('\\')),
    ("Hash", Key::Char('#')),
];

impl Chord {
    /// The key alone.
    pub const fn of(key: Key) -> Self {
        Self { key, ctrl: false, alt: false, shift: false }
    }

    /// A character alone.
    pub const fn char(c: char) -> Self {
        Self::of(Key::Char(c))
    }

    /// A character with Control.
    pub const fn ctrl(c: char) -> Self {
        Self { key: Key::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// The character that typing this chord enters into a text, if any.
    pub fn typed(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

/// The text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no key; write for example j, G, Enter, Ctrl-P, Alt-x, Shift-Tab, F5, Space")]
pub struct NotAKey(pub String);

impl FromStr for Chord {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAKey(text.to_owned());
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        // "-" alone and "Ctrl--" mean the minus key, so a modifier must leave something behind.
        while let Some((word, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty())
        {
            match word.to_ascii_lowercase().as_str() {
                "ctrl" | "control" | "c" => ctrl = true,
                "alt" | "meta" | "a" | "m" => alt = true,
                "shift" | "s" => shift = true,
                _ => return Err(wrong()),
            }
            rest = after;
        }
        let mut chars = rest.chars();
        let key = match (chars.next(), chars.next()) {
            (Some(c), None) => Key::Char(c),
            (Some('f' | 'F'), Some(_)) if rest[1..].parse::<u8>().is_ok_and(|n| n <= 24) => {
                Key::F(rest[1..].parse().map_err(|_| wrong())?)
            }
            _ => NAMES
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(rest))
                .map(|(_, key)| *key)
                .ok_or_else(wrong)?,
        };
        Ok(Self { key, ctrl, alt, shift }.normal())
    }
}

impl Chord {
    /// Shift is part of a character; Control does not tell upper from lower case.
    pub fn normal(mut self) -> Self {
        if let Key::Char(c) = self.key {
            let c = if self.ctrl {
                c.to_ascii_lowercase()
            } else if self.shift {
                c.to_ascii_uppercase()
            } else {
                c
            };
            self.key = Key::Char(c);
            self.shift = false;
        }
        self
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, word) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if on {
                f.write_str(word)?;
            }
        }
        match self.key {
            Key::F(n) => write!(f, "F{n}"),
            Key::Char(' ') => f.write_str("Space"),
            Key::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            Key::Char(c) => write!(f, "{c}"),
            key => f.write_str(NAMES.iter().find(|(_, k)| *k == key).map_or("?", |(name, _)| name)),
        }
    }
}

/// Reads a sequence: chords separated by spaces.
pub fn sequence(text: &str) -> Result<Vec<Chord>, NotAKey> {
    let chords: Vec<Chord> =
        text.split_whitespace().map(str::parse).collect::<Result<_, NotAKey>>()?;
    if chords.is_empty() { Err(NotAKey(text.to_owned())) } else { Ok(chords) }
}

/// Writes a sequence as people read it: `g g`.
pub fn spell(chords: &[Chord]) -> String {
    chords.iter().map(Chord::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read_back() {
        for text in
            ["j", "G", "Ctrl-P", "Alt-x", "Shift-Tab", "F5", "Space", "-", "Esc", "PgDn", "?", ":"]
        {
            let chord: Chord = text.parse().unwrap();
            assert_eq!(chord.to_string(), text);
            assert_eq!(chord.to_string().parse::<Chord>().unwrap(), chord);
        }
    }

    #[test]
    fn spelling_is_forgiving_and_nonsense_is_named() {
        assert_eq!("ctrl-p".parse::<Chord>().unwrap(), Chord::ctrl('p'));
        assert_eq!("Ctrl-P".parse::<Chord>().unwrap(), Chord::ctrl('p'));
        assert_eq!("Shift-a".parse::<Chord>().unwrap(), Chord::char('A'));
        assert_eq!("Ctrl--".parse::<Chord>().unwrap(), Chord::ctrl('-'));
        for wrong in ["", "Hyper-x", "Entr", "F99", "ctrl-"] {
            assert!(wrong.parse::<Chord>().is_err(), "{wrong}");
        }
        assert_eq!(spell(&sequence("g  g").unwrap()), "g g");
    }
}
