//! Columns of what reconcile found.

use super::super::column::{Cell, Spec, Tone, Value};
use crate::sync::Finding;
use crate::tui::model::record::Record;

fn cell(record: &Record, of: impl Fn(&str, &Finding) -> Cell) -> Cell {
    match record {
        Record::Finding(kind, finding) => of(kind, finding),
        _ => Cell::empty(),
    }
}

/// The columns.
pub static COLUMNS: &[Spec] = &[
    Spec::new("kind", "Finding", 9, |r| match r {
        Record::Finding(kind, _) => Cell::toned(Value::Word(kind), Tone::Bad),
        _ => Cell::empty(),
    }),
    Spec::new("lines", "Lines", 18, |r| {
        cell(r, |_, f| Cell::plain(Value::text(f.lines.join(" "))))
    }),
    Spec::new("fields", "Fields that differ", 34, |r| {
        cell(r, |_, f| {
            let all: Vec<String> = f
                .fields
                .iter()
                .map(|x| {
                    let shown = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".into());
                    format!("{} {} -> {}", x.field, shown(&x.posted), shown(&x.psa))
                })
                .collect();
            Cell::plain(Value::text(all.join(", ")))
        })
    }),
    Spec::new("agreement", "Agreement", 9, |r| {
        cell(r, |_, f| Cell::plain(Value::Count(f.agreement_id.unsigned_abs())))
    })
    .right(),
    Spec::new("addition", "Addition", 9, |r| {
        cell(r, |_, f| {
            Cell::plain(f.addition_id.map_or(Value::Empty, |id| Value::Count(id.unsigned_abs())))
        })
    })
    .right(),
    Spec::new("invoiced", "Invoiced", 8, |r| {
        cell(r, |_, f| Cell::plain(Value::Word(if f.invoiced { "Yes" } else { "No" })))
    }),
    Spec::new("marker", "Marker", 24, |r| cell(r, |_, f| Cell::plain(Value::text(&f.marker)))),
];
