//! Columns of the System Logs (domain.md 1.12).

use super::super::column::{Cell, Spec, Tone, Value};
use crate::domain::log::{LogEntry, LogLevel};
use crate::tui::model::record::Record;

fn cell(record: &Record, of: impl Fn(&LogEntry) -> Cell) -> Cell {
    match record {
        Record::Log(entry) => of(entry),
        _ => Cell::empty(),
    }
}

/// The tone of a level.
pub fn tone(level: LogLevel) -> Tone {
    match level {
        LogLevel::Info => Tone::Plain,
        LogLevel::Warning => Tone::Warn,
        LogLevel::Error => Tone::Bad,
    }
}

/// The columns.
pub static COLUMNS: &[Spec] = &[
    Spec::new("level", "Level", 7, |r| {
        cell(r, |e| Cell::toned(Value::Word(e.level.as_str()), tone(e.level)))
    }),
    Spec::new("time", "Time (UTC)", 16, |r| {
        cell(r, |e| Cell::plain(Value::text(e.at.strftime("%Y-%m-%d %H:%M").to_string())))
    }),
    Spec::new("title", "Summary", 50, |r| cell(r, |e| Cell::plain(Value::text(&e.title)))),
    Spec::new("details", "Details", 60, |r| {
        cell(r, |e| {
            Cell::toned(Value::text(e.details.lines().next().unwrap_or_default()), Tone::Dim)
        })
    }),
    Spec::new("run", "Run", 5, |r| {
        cell(r, |e| Cell::plain(e.run.map_or(Value::Empty, |n| Value::Count(n.unsigned_abs()))))
    })
    .right(),
    Spec::new("line", "Line", 20, |r| {
        cell(r, |e| Cell::plain(e.line.as_deref().map_or(Value::Empty, Value::text)))
    }),
];
