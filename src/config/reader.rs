//! From the text of a settings file to checked values; every complaint has its place.

use std::ops::{Range, RangeInclusive};

use rust_decimal::Decimal;
use toml_edit::{Item, Key, TableLike, Value};

use super::keys::nearest;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// One complaint and where it is.
#[derive(Debug)]
struct Complaint {
    at: Option<Range<usize>>,
    code: &'static str,
    message: String,
    remedy: String,
}

/// Walks the tables of one file and collects what is wrong with them.
pub(super) struct Reader<'a> {
    file: String,
    text: &'a str,
    complaints: Vec<Complaint>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &std::path::Path, text: &'a str) -> Self {
        Self { file: harmless(&file.display().to_string()), text, complaints: Vec::new() }
    }

    /// The complaints as one problem that lists each with line and column.
    pub(super) fn finish(self) -> Result<(), Problem> {
        let Some(first) = self.complaints.first() else { return Ok(()) };
        let code = first.code;
        let shown = self.complaints.len().min(20);
        let mut message = String::new();
        let mut remedies: Vec<&str> = Vec::new();
        for c in &self.complaints[..shown] {
            if !message.is_empty() {
                message.push('\n');
            }
            message.push_str(&self.file);
            if let Some(at) = &c.at {
                let (line, column) = place(self.text, at.start);
                message.push_str(&format!(", line {line}, column {column}"));
            }
            message.push_str(": ");
            message.push_str(&c.message);
            if !remedies.contains(&c.remedy.as_str()) {
                remedies.push(&c.remedy);
            }
        }
        if self.complaints.len() > shown {
            message.push_str(&format!("\nand {} more", self.complaints.len() - shown));
        }
        Err(Problem::new(ProblemKind::Refused, code, message, remedies.join("; ")))
    }

    pub(super) fn syntax(&mut self, error: &toml_edit::TomlError) {
        self.complaints.push(Complaint {
            at: error.span(),
            code: "settings-syntax",
            message: harmless(error.message()),
            remedy: "write the line as TOML: key = value, texts in double quotes".into(),
        });
    }

    fn complain(
        &mut self,
        at: Option<Range<usize>>,
        code: &'static str,
        message: String,
        remedy: String,
    ) {
        self.complaints.push(Complaint { at, code, message, remedy });
    }

    /// A key that nobody knows.
    pub(super) fn unknown(&mut self, key: &Key, path: &str, known: &[&str]) {
        let path = shorten(path);
        let (parent, _) = path.rsplit_once('.').unwrap_or(("", &path));
        let remedy = match nearest(key.get(), known) {
            Some(n) if parent.is_empty() => format!("did you mean {n}?"),
            Some(n) => format!("did you mean {parent}.{n}?"),
            None if known.is_empty() => "remove it".into(),
            None => format!("known here: {}", known.join(", ")),
        };
        self.complain(
            key.span(),
            "settings-unknown-key",
            format!("the key {path} is not known"),
            remedy,
        );
    }

    /// A value of the right type that cannot be.
    pub(super) fn refuse(&mut self, item: &Item, path: &str, why: &str, remedy: impl Into<String>) {
        self.complain(
            item.span(),
            "settings-bad-value",
            format!("{}: {}", shorten(path), harmless(why)),
            remedy.into(),
        );
    }

    fn wrong_type(&mut self, item: &Item, path: &str, wanted: &str, example: &str) {
        let path = shorten(path);
        self.complain(
            item.span(),
            "settings-wrong-type",
            format!("{path} must be {wanted}, not {}", type_name(item)),
            format!("write {example}"),
        );
    }

    /// The item as a table.
    pub(super) fn table<'i>(&mut self, item: &'i Item, path: &str) -> Option<&'i dyn TableLike> {
        let table = item.as_table_like();
        if table.is_none() {
            self.wrong_type(item, path, "a table", &format!("[{}]", shorten(path)));
        }
        table
    }

    /// The item as a text of at most 1,000 characters without control characters.
    pub(super) fn text<'i>(&mut self, item: &'i Item, path: &str) -> Option<&'i str> {
        let key = path.rsplit('.').next().unwrap_or(path);
        let Some(text) = item.as_str() else {
            self.wrong_type(item, path, "a text", &format!("{} = \"...\"", shorten(key)));
            return None;
        };
        if text.chars().any(char::is_control) || text.len() > 1_000 {
            self.refuse(
                item,
                path,
                "the text is too long or holds control characters",
                "use up to 1,000 printable characters on one line",
            );
            return None;
        }
        Some(text.trim())
    }

    /// The item as a whole number within the range.
    pub(super) fn integer(
        &mut self,
        item: &Item,
        path: &str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let Some(n) = item.as_integer() else {
            let key = path.rsplit('.').next().unwrap_or(path);
            self.wrong_type(item, path, "a whole number", &format!("{key} = {}", range.start()));
            return None;
        };
        if range.contains(&n) {
            return Some(n);
        }
        self.complain(
            item.span(),
            "settings-out-of-range",
            format!("{path} is {n}, outside its range"),
            if *range.end() == i64::MAX {
                format!("use {} or more", range.start())
            } else {
                format!("use a number from {} to {}", range.start(), range.end())
            },
        );
        None
    }

    /// The item as yes or no.
    pub(super) fn boolean(&mut self, item: &Item, path: &str) -> Option<bool> {
        let b = item.as_bool();
        if b.is_none() {
            self.wrong_type(item, path, "true or false", "true or false, without quotes");
        }
        b
    }

    /// The item as a share from 0 to 1, read from its text so that it stays exact.
    pub(super) fn share(&mut self, item: &Item, path: &str) -> Option<Decimal> {
        let written = match item.as_value() {
            Some(Value::Float(f)) => f.display_repr().into_owned(),
            Some(Value::Integer(n)) => n.display_repr().into_owned(),
            _ => {
                self.wrong_type(item, path, "a number", "a share such as 0.8");
                return None;
            }
        };
        let share = written.trim().replace('_', "").parse::<Decimal>().ok();
        match share {
            Some(d) if d >= Decimal::ZERO && d <= Decimal::ONE => Some(d.normalize()),
            _ => {
                self.complain(
                    item.span(),
                    "settings-out-of-range",
                    format!("{path} is {}, outside its range", shorten(&written)),
                    "use a number from 0 to 1, such as 0.8".into(),
                );
                None
            }
        }
    }

    /// The item as one of the words.
    pub(super) fn word<T: Copy>(
        &mut self,
        item: &Item,
        path: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(item, path)?;
        if let Some((_, value)) = words.iter().find(|(w, _)| *w == text) {
            return Some(*value);
        }
        let known: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
        let all = known.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", ");
        let remedy = match nearest(text, &known) {
            Some(n) => format!("did you mean \"{n}\"? {path} is one of {all}"),
            None => format!("use one of {all}"),
        };
        self.complain(
            item.span(),
            "settings-wrong-word",
            format!("{path} cannot be \"{}\"", shorten(text)),
            remedy,
        );
        None
    }
}

/// Line and column, counted from 1, of a byte.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn shorten(text: &str) -> String {
    let safe = harmless(text);
    if safe.chars().count() <= 80 {
        return safe;
    }
    safe.chars().take(79).chain(['…']).collect()
}

fn type_name(item: &Item) -> &'static str {
    match item {
        Item::None => "nothing",
        Item::Table(_) | Item::Value(Value::InlineTable(_)) => "a table",
        Item::ArrayOfTables(_) => "a list of tables",
        Item::Value(Value::String(_)) => "a text",
        Item::Value(Value::Integer(_)) => "a whole number",
        Item::Value(Value::Float(_)) => "a number with decimals",
        Item::Value(Value::Boolean(_)) => "true or false",
        Item::Value(Value::Datetime(_)) => "a date",
        Item::Value(Value::Array(_)) => "a list",
    }
}
