//! JSON Lines: an object on each line, its keys named as the columns are. Numbers are taken as
//! they are written, never through a binary float.

use std::fmt;
use std::io::Read;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::SourceError;
use super::check::{self, Row};
use super::collector::Collector;
use super::columns::{COUNT, Cells, NAMES, number_of};
use super::files::unreadable;
use super::problems::Problems;
use super::raw::RawData;
use super::records::{Next, Records};

/// An object with its members in order, those with the same name as well.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::with_capacity(COUNT);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// Reads the whole text; what is wrong with it goes to the collector's problems. Rows are the
/// text's lines, counted from 1.
pub(super) fn read(
    mut records: Records<impl Read>,
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    let mut rows: u64 = 0;
    let mut any = false;
    loop {
        let next = match records.line() {
            Ok(next) => next,
            Err(e) => return unreadable(&mut to.problems, &e),
        };
        rows += 1;
        match next {
            Next::Record => {}
            Next::Blank => continue,
            Next::End => break,
            Next::TooLong | Next::Unclosed | Next::BadQuote(_) => {
                to.problems.push(Some(rows), None, "line-too-long", || {
                    (
                        "the line does not end".into(),
                        "write one object on each line: JSON Lines, no JSON array".into(),
                    )
                });
                return Ok(());
            }
        }
        any = true;
        match serde_json::from_slice::<Members>(records.bytes()) {
            Ok(members) => {
                if let Some(line) = row(&members, rows, &mut to.problems) {
                    to.take(rows, line)?;
                }
            }
            Err(e) => not_json(rows, &e, &mut to.problems),
        }
    }
    if !any {
        to.problems.file_is("empty-file", "the file is empty", "give a file with lines in it");
    }
    Ok(())
}

/// Tells that a line is no JSON object.
pub(super) fn not_json(row: u64, e: &serde_json::Error, problems: &mut Problems) {
    problems.push(Some(row), None, "not-json", || {
        // The crate's words hold no text of the file, and its line is always the first.
        let why = match e.classify() {
            serde_json::error::Category::Eof => "it ends too early".to_owned(),
            _ => format!("something is wrong at character {}", e.column()),
        };
        (
            format!("the line is no JSON object: {why}"),
            "write one object on each line: JSON Lines, no JSON array".into(),
        )
    });
}

fn row(
    members: &Members,
    number: u64,
    problems: &mut Problems,
) -> Option<crate::domain::line::CanonicalLine> {
    let before = problems.count();
    let mut cells: Cells<'_> = [""; COUNT];
    let mut seen = [false; COUNT];
    let mut raw = RawData::default();
    for (name, value) in &members.0 {
        let Some(n) = number_of(name) else {
            if !value.is_null() {
                raw.json(name, value);
            }
            continue;
        };
        if std::mem::replace(&mut seen[n], true) {
            problems.push(Some(number), Some(NAMES[n]), "duplicate-column", || {
                (format!("{} stands twice in one object", NAMES[n]), "remove one of them".into())
            });
        }
        match value {
            Value::Null => {}
            Value::String(text) => cells[n] = text,
            // With arbitrary precision this is the number as it was written.
            Value::Number(number) => cells[n] = number.as_str(),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                problems.push(Some(number), Some(NAMES[n]), "wrong-type", || {
                    (
                        "the value is neither text nor number".into(),
                        "write a text or a number".into(),
                    )
                });
            }
        }
    }
    if problems.count() != before {
        return None;
    }
    check::line(Row { number, cells: &cells, plain: false, raw: raw.take() }, problems)
}
