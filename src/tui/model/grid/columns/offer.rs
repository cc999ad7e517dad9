//! Columns of the Products tab (domain.md 1.7).

use super::super::column::{Cell, Edits, Spec, Tone, Value};
use super::organization::{MAPPING_WORDS, chosen, currency_cell, money_cell, status_cell};
use crate::tui::model::record::{OfferRow, Record};

fn cell(record: &Record, of: impl Fn(&OfferRow) -> Cell) -> Cell {
    match record {
        Record::Offer(row) => of(row),
        _ => Cell::empty(),
    }
}

/// The columns.
pub static COLUMNS: &[Spec] = &[
    Spec::new("offer", "Offer", 28, |r| {
        cell(r, |o| Cell::plain(Value::Text(o.mapping.name.clone())))
    })
    .also(&["name"]),
    Spec::new("product", "PSA Product Name", 26, |r| {
        cell(r, |o| chosen(o.product.as_ref(), o.suggestion.as_ref()))
    })
    .also(&["psa"])
    .edits(Edits::Product),
    Spec::new("status", "Mapping Status", 14, |r| cell(r, |o| status_cell(o.status)))
        .also(&["mapping"])
        .words(MAPPING_WORDS),
    Spec::new("lines", "Lines", 7, |r| cell(r, |o| Cell::plain(Value::Count(o.lines)))).right(),
    Spec::new("amount", "Amount", 13, |r| cell(r, |o| money_cell(&o.money)))
        .also(&["money"])
        .right(),
    Spec::new("currency", "Cur", 4, |r| cell(r, |o| currency_cell(&o.money))),
    Spec::new("part", "Part Number", 16, |r| {
        cell(r, |o| Cell::plain(Value::maybe(o.mapping.part_number.as_ref())))
    }),
    Spec::new("reason", "Suggested because", 26, |r| {
        cell(r, |o| {
            Cell::toned(
                o.suggestion.as_ref().map_or(Value::Empty, |s| Value::Text(s.reason.clone())),
                Tone::Dim,
            )
        })
    }),
    Spec::new("id", "Offer ID", 20, |r| {
        cell(r, |o| Cell::plain(Value::Text(o.mapping.id.clone())))
    }),
    Spec::new("source", "Source", 12, |r| {
        cell(r, |o| Cell::plain(Value::Text(o.mapping.source.clone())))
    })
    .hidden(),
];
