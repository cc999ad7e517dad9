//! Texts measured in cells: how wide they are, cut by grapheme, broken into lines. Model and view
//! measure alike, or what scrolls would not fit what is drawn.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many cells a text takes.
pub fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// The text cut to so many cells, with the sign for it when something is missing.
pub fn fit(text: &str, room: u16, cut: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    let room = room.saturating_sub(width(cut));
    for g in text.graphemes(true) {
        let w = width(g);
        if used + w > room {
            break;
        }
        kept.push_str(g);
        used += w;
    }
    kept.push_str(cut);
    kept
}

/// The text in lines of so many cells, broken at blanks where there are any. Blanks at the beginning
/// of a paragraph stay, so that indented lines stay indented.
pub fn wrap(text: &str, room: u16) -> Vec<String> {
    let room = room.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0u16);
        for word in paragraph.split_inclusive(' ') {
            let bare = word.trim_end_matches(' ');
            if used.saturating_add(width(bare)) <= room {
                line.push_str(word);
                used = used.saturating_add(width(word));
                continue;
            }
            if !line.trim().is_empty() {
                lines.push(line.trim_end().to_owned());
            }
            (line, used) = (String::new(), 0);
            // A word longer than a line is cut where the line ends.
            for g in word.graphemes(true) {
                if used + width(g) > room {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                if !(line.is_empty() && g == " ") {
                    line.push_str(g);
                    used += width(g);
                }
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_grapheme_and_width() {
        assert_eq!(fit("Contoso", 7, "…"), "Contoso");
        assert_eq!(fit("Contoso", 5, "…"), "Cont…");
        assert_eq!(fit("株式会社", 5, "…"), "株式…");
        assert_eq!(fit("株式会社", 4, "~"), "株~");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2, "~"), "e\u{301}~");
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_where_the_line_ends() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(wrap("it ends.", 7), ["it", "ends."]);
        assert_eq!(wrap("   indented", 11), ["   indented"]);
        assert_eq!(wrap("株式会社 ab", 6), ["株式会", "社 ab"]);
    }
}
