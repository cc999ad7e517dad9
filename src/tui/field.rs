//! A one-line text field around the text-area widget, so that the model edits text without knowing
//! ratatui, and nobody writes an editor anew.

use std::fmt;

use ratatui_textarea::{CursorMove, TextArea};
use zeroize::Zeroizing;

use super::keys::{Chord, Key, to_text_area};

/// The longest text that a field takes, in characters: more is a mistaken paste.
const LONGEST: usize = 4096;

/// A one-line text with a cursor.
#[derive(Clone)]
pub struct Field {
    area: TextArea<'static>,
    /// A secret is kept apart: the widget keeps copies for undo and yank, and wipes none. Its cursor
    /// stands at the end, because nobody sees where else it would be.
    hidden: Option<Secret>,
}

/// A text that is wiped when it goes. Its room never grows, so that no copy is left behind.
struct Secret(Zeroizing<String>);

impl Secret {
    fn new() -> Self {
        Self(Zeroizing::new(String::with_capacity(4 * LONGEST)))
    }

    fn push(&mut self, c: char) {
        if self.0.len() + c.len_utf8() <= 4 * LONGEST {
            self.0.push(c);
        }
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        let mut copy = Self::new();
        copy.0.push_str(&self.0);
        copy
    }
}

impl Default for Field {
    fn default() -> Self {
        Self::new("")
    }
}

impl Field {
    /// A field that holds the text, the cursor behind it.
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(vec![one_line(text)]);
        area.move_cursor(CursorMove::End);
        Self { area, hidden: None }
    }

    /// An empty field whose text is never shown and never printed.
    pub fn secret() -> Self {
        Self { hidden: Some(Secret::new()), ..Self::default() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        match &self.hidden {
            Some(secret) => &secret.0,
            None => self.area.lines().first().map_or("", String::as_str),
        }
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Whether the text is hidden.
    pub fn is_secret(&self) -> bool {
        self.hidden.is_some()
    }

    /// The cursor's place in characters.
    pub fn cursor(&self) -> usize {
        match &self.hidden {
            Some(secret) => secret.0.chars().count(),
            None => self.area.cursor().1,
        }
    }

    /// Edits the text by a key; tells whether anything changed, the cursor included.
    pub fn press(&mut self, chord: Chord) -> bool {
        if chord.typed().is_some() && self.text().chars().count() >= LONGEST {
            return false;
        }
        if let Some(secret) = &mut self.hidden {
            match chord.typed() {
                Some(c) => secret.push(c),
                None if chord == Chord::of(Key::Backspace) => return secret.0.pop().is_some(),
                None if chord == Chord::ctrl('u') && !secret.0.is_empty() => {
                    *secret = Secret::new()
                }
                None => return false,
            }
            return true;
        }
        // As in a shell and in the hidden fields; the widget would undo.
        if chord == Chord::ctrl('u') {
            return self.area.delete_line_by_head();
        }
        let Some(input) = to_text_area(chord) else { return false };
        let before = self.area.cursor();
        self.area.input(input) || self.area.cursor() != before
    }

    /// Puts a pasted text in; line breaks become spaces.
    pub fn paste(&mut self, text: &str) {
        if let Some(secret) = &mut self.hidden {
            let line = text.trim_end_matches(['\r', '\n']).chars();
            line.filter(|c| !crate::domain::text::is_harmful(*c)).for_each(|c| secret.push(c));
            return;
        }
        let room = LONGEST.saturating_sub(self.text().chars().count());
        let line: String =
            one_line(text.trim_end_matches(['\r', '\n'])).chars().take(room).collect();
        self.area.insert_str(line);
    }

    /// Replaces the text.
    pub fn set(&mut self, text: &str) {
        if self.hidden.is_some() {
            *self = Self::secret();
            self.paste(text);
        } else {
            *self = Self::new(text);
        }
    }
}

/// Control characters never enter a field: they could not be seen there.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c })
        .filter(|c| !crate::domain::text::is_harmful(*c))
        .collect()
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hidden.is_some() {
            f.write_str("Field(hidden)")
        } else {
            write!(f, "Field({:?} at {})", self.text(), self.cursor())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_editing_and_pasting() {
        let mut field = Field::new("ab");
        field.press(Chord::char('c'));
        field.press(Chord::of(Key::Left));
        field.press(Chord::of(Key::Backspace));
        assert_eq!((field.text(), field.cursor()), ("ac", 1));
        field.paste("x\ny\u{1b}[2J\n");
        assert_eq!(field.text(), "ax y[2Jc");
        assert!(!field.press(Chord::of(Key::Enter)));
        field.press(Chord::ctrl('m'));
        assert_eq!(field.text(), "ax y[2Jc");
        assert!(field.press(Chord::ctrl('u')));
        assert_eq!(field.text(), "c", "what stands before the cursor");
    }

    #[test]
    fn a_secret_is_not_printed() {
        let mut field = Field::secret();
        field.paste("hunter2");
        assert!(!format!("{field:?}").contains("hunter2"));
        assert_eq!(field.text(), "hunter2");
        assert!(field.press(Chord::char('x')) && field.press(Chord::char('y')));
        assert!(field.press(Chord::of(Key::Backspace)) && !field.press(Chord::of(Key::Left)));
        assert_eq!((field.text(), field.cursor()), ("hunter2x", 8));
        assert_eq!(field.clone().text(), "hunter2x");
        assert!(field.press(Chord::ctrl('u')) && field.is_empty() && field.is_secret());
        field.set("again\u{1b}");
        assert_eq!(field.text(), "again");
    }
}
