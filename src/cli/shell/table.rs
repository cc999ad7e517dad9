//! Aligned columns for people, readable at 80 columns.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::text::harmless;

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Names.
    Left,
    /// Numbers and money.
    Right,
}

/// A small table: made whole, then printed.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
    flexible: Option<usize>,
    width: usize,
}

impl Table {
    /// A table with these headings.
    pub fn new(columns: &[(&'static str, Align)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), flexible: None, width: 80 }
    }

    /// The column that gives way when the table is wider than the screen.
    #[must_use]
    pub fn shrinking(mut self, column: usize) -> Self {
        self.flexible = Some(column);
        self
    }

    /// Adds a row; every cell is made harmless.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(|c| harmless(c.as_ref())).collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, each ending where its last word ends; no closing line break.
    pub fn text(&self) -> String {
        let mut widths: Vec<usize> = self.columns.iter().map(|(head, _)| head.width()).collect();
        for row in &self.rows {
            for (i, cell) in row.iter().enumerate().take(widths.len()) {
                widths[i] = widths[i].max(cell.width());
            }
        }
        let all: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        if let Some(i) = self.flexible.filter(|_| all > self.width) {
            widths[i] = widths[i].saturating_sub(all - self.width).max(12);
        }
        let heads: Vec<String> = self.columns.iter().map(|(head, _)| (*head).to_owned()).collect();
        std::iter::once(&heads)
            .chain(&self.rows)
            .map(|row| self.line(row, &widths))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (i, (cell, width)) in row.iter().zip(widths).enumerate() {
            let cell = fit(cell, *width);
            let space = " ".repeat(width.saturating_sub(cell.width()));
            if i > 0 {
                line.push_str("  ");
            }
            match self.columns[i].1 {
                Align::Left => line.push_str(&(cell + &space)),
                Align::Right => line.push_str(&(space + &cell)),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// The text, cut with an ellipsis to at most `width` columns.
pub fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for g in text.graphemes(true) {
        if out.width() + g.width() + 1 > width {
            break;
        }
        out.push_str(g);
    }
    out.push('…');
    out
}

/// The text broken at spaces into lines of at most 80 columns: the first begins with `first`, the
/// others with `rest`. A word that is longer has a line of its own. The text is made harmless.
pub fn wrapped(first: &str, rest: &str, text: &str) -> String {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut empty = true;
    for word in harmless(text).split(' ').filter(|w| !w.is_empty()) {
        if !empty && line.width() + 1 + word.width() > 80 {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_flexible_one_gives_way() {
        let mut t = Table::new(&[("Name", Align::Left), ("Money", Align::Right)]).shrinking(0);
        t.row(["株式会社".to_owned(), "1.00".to_owned()]);
        t.row(["x".repeat(100), "1000.00".to_owned()]);
        let text = t.text();
        let widths: Vec<usize> = text.lines().map(UnicodeWidthStr::width).collect();
        assert_eq!(widths[1], widths[2]);
        assert_eq!(widths[2], 80);
        assert!(text.lines().nth(2).is_some_and(|l| l.contains('…')));
    }

    #[test]
    fn a_cell_never_carries_an_escape() {
        let mut t = Table::new(&[("Name", Align::Left)]);
        t.row(["a\u{1b}[31mb\nc"]);
        assert_eq!(t.text().lines().count(), 2);
        assert!(!t.text().contains('\u{1b}'));
    }

    #[test]
    fn long_texts_are_broken_at_spaces() {
        let text = wrapped("- ", "  ", &"word ".repeat(40));
        assert!(text.lines().all(|l| l.width() <= 80), "{text}");
        assert!(text.lines().skip(1).all(|l| l.starts_with("  word")), "{text}");
        assert_eq!(text.matches("word").count(), 40);
        assert_eq!(wrapped("", "", &"x".repeat(100)).len(), 100);
    }
}
