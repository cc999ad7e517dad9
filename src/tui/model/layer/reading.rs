//! A text to read: details of a row, help texts. It scrolls, is searched with `/`, `n`, `N`, and
//! can be copied whole.

use super::Layer;
use crate::domain::text::harmless;
use crate::tui::commands::Command;
use crate::tui::field::Field;
use crate::tui::measure;
use crate::tui::model::Model;
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::Tone;

/// A line of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// What stands on the left, such as a field's name.
    pub label: String,
    /// The text.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

impl TextLine {
    /// Whether it is a heading.
    pub fn is_heading(&self) -> bool {
        self.text.is_empty() && !self.label.is_empty()
    }
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its heading.
    pub title: String,
    /// The text.
    pub lines: Vec<TextLine>,
    /// The first visible line.
    pub top: usize,
    /// What is searched for, while it is typed.
    pub search: Option<Field>,
    /// What was searched for.
    pub wanted: String,
}

/// Builds a text line by line.
#[derive(Debug, Clone, Default)]
pub struct Text(Vec<TextLine>);

impl Text {
    /// A heading: a label with nothing beside it. One under which nothing stands is left out.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.drop_empty_heading();
        if !self.0.is_empty() {
            self.line("");
        }
        self.0.push(TextLine { label: text.into(), text: String::new(), tone: Tone::Hint });
    }

    fn drop_empty_heading(&mut self) {
        if self.0.last().is_some_and(TextLine::is_heading) {
            self.0.pop();
            if self.0.last().is_some_and(|l| l.text.is_empty() && l.label.is_empty()) {
                self.0.pop();
            }
        }
    }

    /// Lines of text.
    pub fn line(&mut self, text: impl AsRef<str>) {
        for line in text.as_ref().split('\n') {
            self.toned(line, Tone::Plain);
        }
    }

    /// A line with a tone.
    pub fn toned(&mut self, text: impl Into<String>, tone: Tone) {
        self.0.push(TextLine { label: String::new(), text: text.into(), tone });
    }

    /// A field with its value; empty values are left out.
    pub fn field(&mut self, label: &str, text: impl std::fmt::Display) {
        let text = text.to_string();
        if text.is_empty() {
            return;
        }
        for (i, line) in text.split('\n').enumerate() {
            let label = if i == 0 { label.to_owned() } else { String::new() };
            self.0.push(TextLine { label, text: line.to_owned(), tone: Tone::Plain });
        }
    }

    /// A field with its value and a tone.
    pub fn field_toned(&mut self, label: &str, text: impl std::fmt::Display, tone: Tone) {
        let from = self.0.len();
        self.field(label, text);
        for line in &mut self.0[from..] {
            line.tone = tone;
        }
    }

    /// The lines.
    pub fn done(mut self) -> Vec<TextLine> {
        self.drop_empty_heading();
        self.0
    }
}

/// A row of the text as it is drawn: long lines take several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnRow {
    /// The line that it is of.
    pub line: usize,
    /// What stands on the left: the line's label on its first row.
    pub label: String,
    /// The text.
    pub text: String,
}

/// How a text is laid out in a width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Cells of the dialog with its frame.
    pub wide: u16,
    /// Cells of the labels.
    pub labels: u16,
    /// The rows.
    pub rows: Vec<DrawnRow>,
}

/// The widest that the dialog gets.
const WIDEST: u16 = 104;

impl Reading {
    /// The layout on a screen of so many columns.
    pub fn shape(&self, width: u16) -> Shape {
        let wide = WIDEST.min(width);
        let labels = self.lines.iter().filter(|l| !l.is_heading());
        let labels = labels.map(|l| measure::width(&l.label)).max().unwrap_or(0).min(wide / 3);
        let gap = if labels > 0 { labels + 2 } else { 0 };
        let mut rows = Vec::new();
        for (line, told) in self.lines.iter().enumerate() {
            if told.is_heading() {
                rows.push(DrawnRow { line, label: told.label.clone(), text: String::new() });
                continue;
            }
            let text = harmless(&told.text);
            for (i, text) in measure::wrap(&text, wide.saturating_sub(gap + 4)).iter().enumerate() {
                let label = if i == 0 { told.label.clone() } else { String::new() };
                rows.push(DrawnRow { line, label, text: text.clone() });
            }
        }
        Shape { wide, labels, rows }
    }

    /// Scrolls by so many rows; the last row stays at the bottom.
    pub(super) fn scroll(&mut self, by: isize, width: u16, height: usize) {
        let last = self.shape(width).rows.len().saturating_sub(height);
        self.top = self.top.saturating_add_signed(by).min(last);
    }

    /// Goes to the next line that holds what is searched for; `here` includes the first visible.
    pub(super) fn find(&mut self, here: bool, width: u16) {
        if let Some(field) = &self.search {
            field.text().clone_into(&mut self.wanted);
        }
        let rows = self.shape(width).rows;
        let count = rows.len();
        let from = if here { self.top } else { self.top + 1 };
        let hit = (0..count).map(|i| (from + i) % count);
        if let Some(at) = hit.into_iter().find(|i| self.hits(rows[*i].line)) {
            self.top = at;
        }
    }

    fn find_back(&mut self, width: u16) {
        let rows = self.shape(width).rows;
        let count = rows.len();
        let hit = (1..=count).map(|i| (self.top + count - i) % count);
        if let Some(at) = hit.into_iter().find(|i| self.hits(rows[*i].line)) {
            self.top = at;
        }
    }

    /// Whether a line holds what is searched for.
    pub fn hits(&self, line: usize) -> bool {
        let wanted = self.wanted.to_lowercase();
        !wanted.is_empty()
            && self.lines.get(line).is_some_and(|l| {
                l.text.to_lowercase().contains(&wanted) || l.label.to_lowercase().contains(&wanted)
            })
    }
}

impl Model {
    /// Shows a text.
    pub(in crate::tui::model) fn read(&mut self, title: impl Into<String>, text: Text) {
        self.layers.push(Layer::Reading(Reading {
            title: title.into(),
            lines: text.done(),
            top: 0,
            search: None,
            wanted: String::new(),
        }));
    }

    pub(super) fn run_in_reading(&mut self, command: Command) -> Option<Vec<Effect>> {
        let width = self.width;
        let Some(Layer::Reading(r)) = self.layers.last_mut() else { return None };
        match command {
            Command::Search => r.search = Some(Field::default()),
            Command::NextMatch => r.find(false, width),
            Command::PreviousMatch => r.find_back(width),
            Command::CopyText => {
                let text: Vec<String> = r
                    .lines
                    .iter()
                    .map(|l| format!("{} {}", l.label, l.text).trim().to_owned())
                    .collect();
                let text = crate::domain::text::harmless_lines(&text.join("\n")).into_owned();
                return Some(vec![Effect::Copy { text, rows: r.lines.len() as u64 }]);
            }
            Command::Accept => {
                if r.search.take().is_none() {
                    return Some(self.close_layer());
                }
            }
            _ => return None,
        }
        Some(vec![])
    }
}
