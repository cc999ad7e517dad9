//! A JSON record as the cells that a profile asks for.

use std::borrow::Cow;

use serde_json::Value;

use super::super::problems::Problems;
use super::super::raw::RawData;
use super::columns::Columns;
use super::path::text_of;

/// The cells of a record by column number, and what no field shows as raw data. A value that is a
/// list or an object is its own JSON text, but no field may show one.
pub fn cells<'v>(
    columns: &Columns,
    record: &'v Value,
    row: u64,
    raw: Option<&mut RawData>,
    problems: &mut Problems,
) -> Option<Vec<Cow<'v, str>>> {
    let Some(object) = record.as_object() else {
        problems.push(Some(row), None, "not-json", || {
            ("the record is no JSON object".into(), "each line of a bill is an object".into())
        });
        return None;
    };
    let before = problems.count();
    let mut cells = vec![Cow::Borrowed(""); columns.len()];
    for (col, column) in columns.iter() {
        for path in &column.paths {
            let Some(value) = path.find(record) else { continue };
            let text = match text_of(value) {
                Some(text) => Cow::Borrowed(text),
                None if column.shown => {
                    problems.push(Some(row), Some(&column.name), "wrong-type", || {
                        (
                            "the value is neither text nor number".into(),
                            "name the value inside of it with a path, such as a.b or a[0]".into(),
                        )
                    });
                    continue;
                }
                None => Cow::Owned(value.to_string()),
            };
            let cell = &mut cells[col.0];
            if cell.is_empty() {
                *cell = text;
            } else if !text.is_empty() && *cell != text {
                problems.push(Some(row), Some(&column.name), "duplicate-column", || {
                    (
                        format!(
                            "the record has {} under two names with different values",
                            column.name
                        ),
                        "remove one of them".into(),
                    )
                });
            }
        }
    }
    if problems.count() != before {
        return None;
    }
    let Some(raw) = raw else { return Some(cells) };
    for (name, value) in object {
        let shown = columns
            .iter()
            .any(|(_, c)| c.shown && c.paths.iter().any(|p| p.root().eq_ignore_ascii_case(name)));
        if !shown && !value.is_null() && value.as_str() != Some("") {
            raw.json(name, value);
        }
    }
    Some(cells)
}
