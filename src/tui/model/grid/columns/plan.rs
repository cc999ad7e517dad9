//! Columns of the plan: by company, by action, and the refused lines.

use rust_decimal::Decimal;

use super::super::column::{Cell, Spec, Tone, Value};
use crate::domain::addition::AdditionFields;
use crate::domain::money;
use crate::domain::plan::{Action, ActionKind, LineProblem, PlanEvent};
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

/// A cell of an action, or of the event that stands for several.
fn either(
    record: &Record,
    of_action: impl Fn(&Action) -> Value,
    of_event: impl Fn(&PlanEvent) -> Value,
) -> Cell {
    match record {
        Record::Action(row) => Cell::plain(of_action(row)),
        Record::Event(row) => Cell::plain(of_event(row)),
        _ => Cell::empty(),
    }
}

fn money_of(
    fields: Option<&AdditionFields>,
    of: impl Fn(&AdditionFields) -> Option<Decimal>,
) -> Value {
    fields.and_then(of).map_or(Value::Empty, Value::Money)
}

/// What an addition brings in beyond its cost.
fn margin(fields: &AdditionFields) -> Option<Decimal> {
    let each = fields.unit_price.checked_sub(fields.unit_cost?)?;
    each.checked_mul(fields.quantity).map(money::cents)
}

/// The plan by action.
pub static ACTIONS: &[Spec] = &[
    Spec::new("action", "Action", 13, |r| match r {
        Record::Event(e) => {
            Cell::toned(Value::text(format!("{} lines", e.lines.len())), Tone::Good)
        }
        _ => action(r, |a| kind(a.kind)),
    })
    .also(&["kind"]),
    Spec::new("company", "Company", 20, |r| {
        either(r, |a| Value::Text(a.company.clone()), |e| Value::Text(e.company.clone()))
    })
    .also(&["org"]),
    Spec::new("description", "Invoice Description", 22, |r| {
        either(
            r,
            |a| {
                a.after.as_ref().or(a.before.as_deref()).map_or_else(
                    || {
                        Value::maybe(
                            a.new_agreement.as_ref().map(|n| n.name.as_str().into()).as_ref(),
                        )
                    },
                    |f| Value::text(&f.invoice_description),
                )
            },
            |e| Value::text(format!("{}: {}", e.text, e.what)),
        )
    }),
    Spec::new("amount", "Amount", 12, |r| {
        either(r, |a| Value::Money(a.amount), |e| Value::Money(e.amount))
    })
    .right(),
    Spec::new("currency", "Cur", 3, |r| {
        either(r, |a| Value::text(a.currency.as_str()), |e| Value::text(e.currency.as_str()))
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
    Spec::new("line", "Line", 20, |r| {
        either(r, |a| Value::maybe(a.lines.first()), |e| Value::maybe(e.lines.first()))
    }),
    Spec::new("cost", "Unit Cost", 11, |r| {
        either(r, |a| money_of(a.after.as_ref(), |f| f.unit_cost), |_| Value::Empty)
    })
    .right(),
    Spec::new("price", "Unit Price", 11, |r| {
        either(r, |a| money_of(a.after.as_ref(), |f| Some(f.unit_price)), |_| Value::Empty)
    })
    .right(),
    Spec::new("sold", "Sold for", 11, |r| {
        either(r, |a| Value::Money(a.customers_amount()), |e| Value::Money(e.amount))
    })
    .right(),
    Spec::new("margin", "Margin", 11, |r| {
        either(r, |a| money_of(a.after.as_ref(), margin), |_| Value::Empty)
    })
    .right(),
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
