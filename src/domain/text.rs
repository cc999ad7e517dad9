//! Text from outside (names, file contents, PSA messages) on its way to a terminal or a log: one
//! function makes it harmless (design 8, "text from outside is never interpreted by the terminal").

use std::borrow::Cow;

/// Whether a terminal could act on the character, or show the text in an order that it is not in.
///
/// Control characters of both sets, bidirectional controls, the line and paragraph separators,
/// and characters that take no room and can hide text or its end.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{00AD}' | '\u{FEFF}'
            | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// The text with every harmful character replaced by U+FFFD; tabs and line breaks become spaces.
/// The result is one line.
pub fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            c if is_harmful(c) => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// As [`harmless`], but line breaks stay: for texts of several lines, such as a remedy.
pub fn harmless_lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || !is_harmful(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split('\n').map(harmless).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_acts_on_survives() {
        for hostile in ["\u{1b}[2J", "\u{9b}31m", "\u{202e}txt", "a\0b", "\u{7f}", "\u{2066}x"] {
            let safe = harmless(hostile);
            assert!(!safe.chars().any(is_harmful), "{safe:?}");
            assert_eq!(safe.chars().count(), hostile.chars().count());
        }
    }

    #[test]
    fn names_of_every_script_stay_as_they_are() {
        for name in ["Müller & Söhne", "株式会社", "Ünïcode", "עברית", "emoji 👩\u{200d}💻"]
        {
            assert_eq!(harmless(name), name);
        }
    }

    #[test]
    fn breaks_become_spaces_unless_lines_are_wanted() {
        assert_eq!(harmless("a\tb\r\nc"), "a b  c");
        assert_eq!(harmless_lines("a\nb\u{1b}"), "a\nb\u{fffd}");
    }
}
