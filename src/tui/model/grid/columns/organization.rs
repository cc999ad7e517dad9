//! Columns of the Organizations tab (domain.md 1.7).

use super::super::column::{Cell, Edits, Spec, Tone, Value};
use crate::domain::status::MappingStatus;
use crate::tui::model::record::{Named, OrganizationRow, Record, Suggestion};

fn row(record: &Record) -> Option<&OrganizationRow> {
    match record {
        Record::Organization(row) => Some(row),
        _ => None,
    }
}

fn cell(record: &Record, of: impl Fn(&OrganizationRow) -> Cell) -> Cell {
    row(record).map_or_else(Cell::empty, of)
}

/// The words of a mapping status.
pub(super) const MAPPING_WORDS: &[&str] = &[
    MappingStatus::Mapped.as_str(),
    MappingStatus::Unmapped.as_str(),
    MappingStatus::ResponseError.as_str(),
];

/// The cell of a mapping status.
pub(super) fn status_cell(status: MappingStatus) -> Cell {
    let tone = match status {
        MappingStatus::Mapped => Tone::Good,
        MappingStatus::Unmapped => Tone::Warn,
        MappingStatus::ResponseError => Tone::Bad,
    };
    Cell::toned(Value::Word(status.as_str()), tone)
}

/// The cell of a chosen record, or of the invitation to choose one.
pub(super) fn chosen(named: Option<&Named>, suggestion: Option<&Suggestion>) -> Cell {
    match (named, suggestion) {
        (Some(n), _) if n.exists => Cell::plain(Value::Text(n.name.clone())),
        (Some(n), _) => {
            Cell::toned(Value::text(format!("{} (gone from the PSA)", n.name)), Tone::Bad)
        }
        (None, Some(s)) => {
            Cell::toned(Value::text(format!("{}%? {}", s.score, s.name)), Tone::Hint)
        }
        (None, None) => Cell::toned(Value::Word("Click to select"), Tone::Dim),
    }
}

/// One sum, or the first and how many more currencies there are.
pub(super) fn money_cell(
    money: &[(crate::domain::money::Currency, rust_decimal::Decimal)],
) -> Cell {
    Cell::plain(money.first().map_or(Value::Empty, |(_, amount)| Value::Money(*amount)))
}

/// The currency of the sum, with a plus when there are more.
pub(super) fn currency_cell(
    money: &[(crate::domain::money::Currency, rust_decimal::Decimal)],
) -> Cell {
    Cell::plain(match money {
        [] => Value::Empty,
        [(c, _)] => Value::text(c.as_str()),
        [(c, _), ..] => Value::text(format!("{c}+")),
    })
}

/// The columns.
pub static COLUMNS: &[Spec] = &[
    Spec::new("organization", "Organization Name", 24, |r| {
        cell(r, |o| Cell::plain(Value::Text(o.mapping.name.clone())))
    })
    .also(&["org", "name"]),
    Spec::new("company", "PSA Organization Name", 24, |r| {
        cell(r, |o| {
            let mut cell = chosen(o.companies.first(), o.suggestion.as_ref());
            if let (Some(first), true) = (o.companies.first(), o.companies.len() > 1) {
                cell.value = Value::text(format!("{} +{}", first.name, o.companies.len() - 1));
            }
            cell
        })
    })
    .also(&["psa"])
    .edits(Edits::Company),
    Spec::new("excluded", "Excluded", 8, |r| {
        cell(r, |o| {
            if o.mapping.excluded {
                Cell::toned(Value::Word("Yes"), Tone::Dim)
            } else {
                Cell::plain(Value::Word("No"))
            }
        })
    })
    .edits(Edits::Excluded),
    Spec::new("status", "Mapping Status", 14, |r| cell(r, |o| status_cell(o.status)))
        .also(&["mapping"])
        .words(MAPPING_WORDS),
    Spec::new("lines", "Lines", 7, |r| cell(r, |o| Cell::plain(Value::Count(o.lines)))).right(),
    Spec::new("amount", "Amount", 13, |r| cell(r, |o| money_cell(&o.money)))
        .also(&["money"])
        .right(),
    Spec::new("currency", "Cur", 4, |r| cell(r, |o| currency_cell(&o.money))),
    Spec::new("reason", "Suggested because", 26, |r| {
        cell(r, |o| {
            Cell::toned(
                o.suggestion.as_ref().map_or(Value::Empty, |s| Value::Text(s.reason.clone())),
                Tone::Dim,
            )
        })
    }),
    Spec::new("id", "Organization ID", 20, |r| {
        cell(r, |o| Cell::plain(Value::Text(o.mapping.id.clone())))
    }),
    Spec::new("source", "Source", 12, |r| {
        cell(r, |o| Cell::plain(Value::Text(o.mapping.source.clone())))
    })
    .hidden(),
];
