//! Columns of the plan: by company, by action, and the refused lines.

use super::super::column::{Cell, Spec, Tone, Value};
use crate::domain::plan::{Action, ActionKind, LineProblem};
use crate::tui::model::record::{CompanyRow, Record};

fn company(record: &Record, of: impl Fn(&CompanyRow) -> Value) -> Cell {
    match record {
        Record::Company(row) => Cell::plain(of(row)),
        _ => Cell::empty(),
    }
}

fn action(record: &Record, of: impl Fn(&Action) -> Cell) -> Cell {
    match record {
        Record::Action(row) => of(row),
        _ => Cell::empty(),
    }
}

fn refused(record: &Record, of: impl Fn(&LineProblem) -> Cell) -> Cell {
    match record {
        Record::Refused(row) => of(row),
        _ => Cell::empty(),
    }
}

/// The word for what an action does.
pub fn kind_word(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::CreateAgreement => "new agreement",
        ActionKind::Create => "create",
        ActionKind::Update => "update",
        ActionKind::Cancel => "cancel",
        ActionKind::Delete => "delete",
        ActionKind::DeleteAgreement => "delete agreement",
    }
}

fn kind(kind: ActionKind) -> Cell {
    let tone = match kind {
        ActionKind::CreateAgreement | ActionKind::Create => Tone::Good,
        ActionKind::Update => Tone::Plain,
        ActionKind::Cancel | ActionKind::Delete | ActionKind::DeleteAgreement => Tone::Warn,
    };
    Cell::toned(Value::Word(kind_word(kind)), tone)
}

/// The plan by company.
pub static COMPANIES: &[Spec] = &[
    Spec::new("company", "Company", 28, |r| company(r, |c| Value::Text(c.name.clone()))),
    Spec::new("create", "Create", 7, |r| company(r, |c| Value::Count(c.creates))).right(),
    Spec::new("update", "Update", 7, |r| company(r, |c| Value::Count(c.updates))).right(),
    Spec::new("cancel", "Cancel", 7, |r| company(r, |c| Value::Count(c.cancels))).right(),
    Spec::new("agreements", "Agreem.", 7, |r| company(r, |c| Value::Count(c.agreements))).right(),
    Spec::new("amount", "Amount", 13, |r| company(r, |c| Value::Money(c.amount))).right(),
    Spec::new("currency", "Cur", 3, |r| company(r, |c| Value::text(c.currency.as_str()))),
];

/// The plan by action.
pub static ACTIONS: &[Spec] = &[
    Spec::new("action", "Action", 13, |r| action(r, |a| kind(a.kind))).also(&["kind"]),
    Spec::new("company", "Company", 20, |r| {
        action(r, |a| Cell::plain(Value::Text(a.company.clone())))
    })
    .also(&["org"]),
    Spec::new("description", "Invoice Description", 22, |r| {
        action(r, |a| {
            Cell::plain(a.after.as_ref().or(a.before.as_ref()).map_or_else(
                || Value::maybe(a.new_agreement.as_ref().map(|n| n.name.as_str().into()).as_ref()),
                |f| Value::text(&f.invoice_description),
            ))
        })
    }),
    Spec::new("amount", "Amount", 12, |r| action(r, |a| Cell::plain(Value::Money(a.amount))))
        .right(),
    Spec::new("currency", "Cur", 3, |r| {
        action(r, |a| Cell::plain(Value::text(a.currency.as_str())))
    }),
    Spec::new("agreement", "Agreement", 22, |r| {
        action(r, |a| Cell::plain(Value::Text(a.agreement_name.clone())))
    }),
    Spec::new("start", "Effective", 10, |r| {
        action(r, |a| {
            Cell::plain(a.after.as_ref().map_or(Value::Empty, |f| Value::Day(f.effective)))
        })
    }),
    Spec::new("end", "Cancelled", 10, |r| {
        action(r, |a| {
            Cell::plain(a.after.as_ref().and_then(|f| f.cancelled).map_or(Value::Empty, Value::Day))
        })
    }),
    Spec::new("why", "Why", 30, |r| {
        action(r, |a| {
            Cell::toned(
                a.reasons.first().map_or(Value::Empty, |reason| Value::text(&reason.text)),
                Tone::Dim,
            )
        })
    }),
    Spec::new("line", "Line", 20, |r| action(r, |a| Cell::plain(Value::maybe(a.lines.first())))),
    Spec::new("marker", "Marker", 30, |r| {
        action(r, |a| Cell::plain(Value::maybe(a.marker.as_ref())))
    })
    .hidden(),
];

/// The refused lines.
pub static REFUSED: &[Spec] = &[
    Spec::new("line", "Line", 18, |r| refused(r, |p| Cell::plain(Value::Text(p.line.clone())))),
    Spec::new("code", "Code", 16, |r| {
        refused(r, |p| Cell::toned(Value::text(&p.problem.code), Tone::Bad))
    }),
    Spec::new("message", "What is wrong", 42, |r| {
        refused(r, |p| Cell::plain(Value::text(&p.problem.message)))
    }),
    Spec::new("remedy", "What to do", 42, |r| {
        refused(r, |p| Cell::plain(Value::text(&p.problem.remedy)))
    }),
];
