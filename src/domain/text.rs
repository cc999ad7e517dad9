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
            '\u{061C}' | '\u{00AD}' | '\u{034F}' | '\u{180E}' | '\u{FEFF}'
            // Letters without a shape.
            | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}'
            | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

/// Joiners and variation selectors take no room either, but scripts and emoji are written with them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}') || is_selector(c)
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether a joiner has something to join: between Latin letters, at the end of a text and behind
/// one another they only make two names that look the same.
fn joins(before: Option<char>, joiner: char, after: Option<char>) -> bool {
    let beyond_latin = |c: char| c > '\u{02FF}';
    match before {
        Some(b) if is_selector(joiner) => {
            !is_joiner(b) && (beyond_latin(b) || matches!(b, '0'..='9' | '#' | '*'))
        }
        Some(b) => beyond_latin(b) && after.is_some_and(|a| beyond_latin(a) && !is_joiner(a)),
        None => false,
    }
}

/// The text with every harmful character replaced by U+FFFD, joiners that join nothing included;
/// tabs and line breaks become spaces. The result is one line.
pub fn harmless(text: &str) -> String {
    let mut before = None;
    let mut rest = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        shown.push(match c {
            '\t' | '\n' | '\r' => ' ',
            c if is_harmful(c) => '\u{FFFD}',
            c if is_joiner(c) && !joins(before, c, rest.peek().copied()) => '\u{FFFD}',
            c => c,
        });
        before = Some(c);
    }
    shown
}

/// As [`harmless`], but line breaks stay: for texts of several lines, such as a remedy.
pub fn harmless_lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || !is_harmful(c) && !is_joiner(c)) {
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
            .into_iter()
            .chain(["\u{2764}\u{fe0f}\u{200d}\u{1f525}", "7\u{fe0f}\u{20e3}", "می\u{200c}خواهم"])
        {
            assert_eq!(harmless(name), name);
        }
    }

    #[test]
    fn what_takes_no_room_and_joins_nothing_is_shown() {
        for hidden in [
            "Con\u{200d}toso",
            "Con\u{200c}toso",
            "Contoso\u{200d}",
            "\u{200d}Contoso",
            "Con\u{fe0f}toso",
            "Con\u{200b}toso",
            "Con\u{3164}toso",
            "Con\u{180e}toso",
            "株\u{fe00}\u{fe01}",
            "株\u{e0100}\u{e0101}式",
            "株\u{200d}",
            "Con\u{2065}toso",
        ] {
            assert!(harmless(hidden).contains('\u{fffd}'), "{hidden:?}");
            assert_eq!(harmless_lines(hidden), harmless(hidden));
            assert_eq!(harmless(&harmless(hidden)), harmless(hidden), "once is enough");
        }
    }

    #[test]
    fn breaks_become_spaces_unless_lines_are_wanted() {
        assert_eq!(harmless("a\tb\r\nc"), "a b  c");
        assert_eq!(harmless_lines("a\nb\u{1b}"), "a\nb\u{fffd}");
    }
}
