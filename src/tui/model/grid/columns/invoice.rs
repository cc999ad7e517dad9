//! Columns of the Invoices tab (domain.md 1.8).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::column::{Cell, Edits, Spec, Tone, Value};
use super::organization::{MAPPING_WORDS, status_cell};
use crate::domain::line::DateBadge;
use crate::domain::status::{MappingStatus, PsaStatus};
use crate::tui::model::record::{LineRow, Named, Record};

fn cell(record: &Record, of: impl Fn(&LineRow) -> Cell) -> Cell {
    match record {
        Record::Line(row) => of(row),
        _ => Cell::empty(),
    }
}

fn value(record: &Record, of: impl Fn(&LineRow) -> Value) -> Cell {
    cell(record, |row| Cell::plain(of(row)))
}

/// A line's own choice is told from the mapping's by a star.
fn chosen(named: Option<&Named>, own: bool) -> Cell {
    match named {
        Some(n) if !n.exists => Cell::toned(Value::text(format!("{} (gone)", n.name)), Tone::Bad),
        Some(n) if own => Cell::plain(Value::text(format!("{} *", n.name))),
        Some(n) => Cell::plain(Value::Text(n.name.clone())),
        None => Cell::toned(Value::Word("Click to select"), Tone::Dim),
    }
}

/// The date that counts, with the first letter of its badge behind it (domain.md 1.10).
fn date(set: Option<Date>, badge: DateBadge, own: Option<Date>) -> Cell {
    match (badge, set) {
        (DateBadge::None, _) => Cell::plain(own.map_or(Value::Empty, Value::Day)),
        (DateBadge::UserUpdated, None) => Cell::toned(Value::Word("open U"), Tone::Hint),
        (DateBadge::SystemUpdated, None) => Cell::toned(Value::Word("open S"), Tone::Dim),
        (DateBadge::UserUpdated, Some(_)) => {
            Cell::toned(set.map_or(Value::Empty, Value::Day), Tone::Hint)
        }
        (DateBadge::SystemUpdated, Some(_)) => {
            Cell::toned(set.map_or(Value::Empty, Value::Day), Tone::Dim)
        }
    }
}

fn badge(badge: DateBadge) -> Cell {
    match badge {
        DateBadge::None => Cell::empty(),
        other => Cell::toned(Value::Word(other.as_str()), Tone::Hint),
    }
}

fn psa_status(row: &LineRow) -> Cell {
    let tone = match row.line.psa_status {
        PsaStatus::Synced if row.line.revision.is_some() => Tone::Warn,
        PsaStatus::Synced => Tone::Good,
        PsaStatus::Error => Tone::Bad,
        PsaStatus::Posting => Tone::Warn,
        PsaStatus::NotSynced => Tone::Plain,
    };
    Cell::toned(Value::Word(row.line.psa_status.as_str()), tone)
}

fn mapping(row: &LineRow) -> Cell {
    if row.excluded && row.mapping != MappingStatus::ResponseError {
        Cell::toned(Value::Word(row.mapping.as_str()), Tone::Dim)
    } else {
        status_cell(row.mapping)
    }
}

/// The words of a status in the PSA.
const PSA_WORDS: &[&str] = &[
    PsaStatus::NotSynced.as_str(),
    PsaStatus::Posting.as_str(),
    PsaStatus::Synced.as_str(),
    PsaStatus::Error.as_str(),
];

/// The columns.
pub static COLUMNS: &[Spec] = &[
    Spec::new("organization", "Organization Name", 18, |r| {
        value(r, |l| Value::Text(l.line.organization_name.clone()))
    })
    .also(&["org"]),
    Spec::new("offer", "Offer", 18, |r| value(r, |l| Value::Text(l.line.offer_name.clone()))),
    Spec::new("amount", "Amount", 11, |r| value(r, |l| Value::Money(l.line.source_total())))
        .also(&["total", "money"])
        .right(),
    Spec::new("currency", "Cur", 3, |r| value(r, |l| Value::text(l.line.currency.as_str()))),
    Spec::new("mapping", "Mapping", 10, |r| cell(r, mapping))
        .also(&["mapped"])
        .words(MAPPING_WORDS),
    Spec::new("status", "Status in PSA", 13, |r| cell(r, psa_status))
        .also(&["psa"])
        .words(PSA_WORDS),
    Spec::new("type", "Charge Type", 14, |r| {
        value(r, |l| Value::Word(l.line.charge_type.as_str()))
    })
    .also(&["charge"]),
    Spec::new("company", "PSA Organization Name", 20, |r| {
        cell(r, |l| chosen(l.company.as_ref(), l.line.choice.company.is_some()))
    })
    .edits(Edits::Company),
    Spec::new("product", "PSA Product Name", 20, |r| {
        cell(r, |l| chosen(l.product.as_ref(), l.line.choice.product.is_some()))
    })
    .edits(Edits::Product),
    Spec::new("agreement", "PSA Agreement Name", 20, |r| {
        cell(r, |l| match &l.agreement {
            None => Cell::toned(Value::Word("by rule"), Tone::Dim),
            some => chosen(some.as_ref(), l.line.choice.agreement.is_some()),
        })
    })
    .edits(Edits::Agreement),
    Spec::new("start", "Charge Start", 12, |r| {
        cell(r, |l| date(l.line.dates.start, l.line.dates.start_badge, Some(l.line.charge_start)))
    })
    .edits(Edits::Start),
    Spec::new("start-badge", "Start Badge", 14, |r| cell(r, |l| badge(l.line.dates.start_badge))),
    Spec::new("end", "Charge End", 12, |r| {
        cell(r, |l| date(l.line.dates.end, l.line.dates.end_badge, l.line.charge_end))
    })
    .edits(Edits::End),
    Spec::new("end-badge", "End Badge", 14, |r| cell(r, |l| badge(l.line.dates.end_badge))),
    Spec::new("subscription", "Subscription", 20, |r| {
        value(r, |l| Value::maybe(l.line.subscription_name.as_ref()))
    })
    .also(&["sub"]),
    Spec::new("quantity", "Quantity", 9, |r| value(r, |l| Value::Number(l.line.quantity)))
        .also(&["qty"])
        .right(),
    Spec::new("price", "Unit Price", 11, |r| {
        value(r, |l| l.line.unit_price.map_or(Value::Empty, Value::Money))
    })
    .right(),
    Spec::new("cost", "Unit Cost", 11, |r| {
        value(r, |l| l.line.unit_cost.map_or(Value::Empty, Value::Money))
    })
    .right()
    .hidden(),
    Spec::new("line-cost", "Cost", 11, |r| {
        value(r, |l| l.sale.and_then(|s| s.cost).map_or(Value::Empty, Value::Money))
    })
    .right()
    .hidden(),
    Spec::new("sold", "Sold for", 11, |r| {
        value(r, |l| l.sale.map_or(Value::Empty, |s| Value::Money(s.sold)))
    })
    .right()
    .hidden(),
    Spec::new("margin", "Margin", 11, |r| {
        cell(r, |l| match l.sale.and_then(|s| s.margin()) {
            Some(m) if m.is_sign_negative() && l.line.total > Decimal::ZERO => {
                Cell::toned(Value::Money(m), Tone::Bad)
            }
            Some(m) => Cell::plain(Value::Money(m)),
            None => Cell::empty(),
        })
    })
    .right()
    .hidden(),
    Spec::new("cycle", "Billing Cycle", 13, |r| {
        value(r, |l| Value::maybe(l.line.billing_cycle.as_ref()))
    }),
    Spec::new("invoice", "Invoice", 14, |r| {
        value(r, |l| Value::Text(l.line.invoice_number.clone()))
    }),
    Spec::new("date", "Invoice Date", 12, |r| value(r, |l| Value::Day(l.line.invoice_date))),
    Spec::new("invoice-status", "Invoice Status", 14, |r| {
        cell(r, |l| {
            let tone = if l.line.invoice_status.may_be_posted() { Tone::Plain } else { Tone::Warn };
            Cell::toned(Value::Word(l.line.invoice_status.as_str()), tone)
        })
    }),
    Spec::new("excluded", "Excluded", 8, |r| {
        value(r, |l| Value::Word(if l.excluded { "Yes" } else { "No" }))
    }),
    Spec::new("error", "Error", 30, |r| {
        cell(r, |l| match &l.line.error {
            Some(p) => Cell::toned(Value::text(&p.message), Tone::Bad),
            None => Cell::empty(),
        })
    }),
    Spec::new("line", "Line", 20, |r| value(r, |l| Value::Text(l.line.key.clone()))).also(&["key"]),
    Spec::new("contract", "Contract ID", 20, |r| {
        value(r, |l| Value::maybe(l.line.contract_id.as_ref()))
    }),
];
