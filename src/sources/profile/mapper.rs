//! From a foreign record to a canonical line, by a profile.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::super::problems::Problems;
use super::super::raw::RawData;
use super::columns::Col;
use super::field::Field;
use super::reading::Reading;
use super::written::DateOrder;
use super::{Profile, record};
use crate::domain::line::CanonicalLine;

/// A line, and what tells it apart where the bill gives it no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The line.
    pub line: CanonicalLine,
    /// The digest of the profile's identity columns; `None`: the line has an id of its own, or its
    /// canonical content tells (see [`crate::domain::identity::Identities`]).
    pub identity: Option<[u8; 16]>,
}

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is a line.
    Line(Box<Mapped>),
    /// A filter or a status leaves it out.
    LeftOut,
    /// It is refused; the reasons are among the problems.
    Refused,
}

/// A record before it is mapped.
#[derive(Debug)]
pub struct Foreign<'a> {
    /// Its row, as a spreadsheet counts, or its place among the records of a page.
    pub row: u64,
    /// Its cells by column number ([`super::columns::Columns`]).
    pub cells: &'a [Cow<'a, str>],
    /// Columns that no field shows.
    pub raw: RawData,
    /// The digest of the whole row, where the profile's identity asks for it.
    pub whole: Option<[u8; 16]>,
}

/// What a mapper is told beside the profile.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Named filters that are switched on (settings: `source.leave_out`).
    pub leave_out: Vec<String>,
    /// The newest date of each invoice in the column that [`super::Rule::month_of`] names.
    pub newest: HashMap<Box<str>, Date>,
}

/// Maps the records of one load.
pub struct Mapper<'p> {
    profile: &'p Profile,
    choices: Choices,
    /// The order of dates in the present file.
    order: Option<DateOrder>,
    /// The sum of each invoice, and what it should be.
    sums: HashMap<Box<str>, Sum>,
    buffer: Vec<u8>,
}

/// The sum of an invoice's rows.
#[derive(Debug, Default)]
struct Sum {
    rows: Decimal,
    expected: Option<Decimal>,
}

impl<'p> Mapper<'p> {
    /// A mapper for the records of one load.
    pub fn new(profile: &'p Profile, choices: Choices) -> Self {
        let order = profile.dates.order;
        Self { profile, choices, order, sums: HashMap::new(), buffer: Vec::new() }
    }

    /// What follows has its dates in this order.
    pub fn dates_are(&mut self, order: Option<DateOrder>) {
        self.order = order;
    }

    /// Maps a JSON record: the row of an HTTP source (with what its invoice says merged into it) or
    /// a line of JSON Lines.
    pub fn record(&mut self, row: u64, record: &Value, problems: &mut Problems) -> Fate {
        let mut raw = RawData::default();
        match record::cells(&self.profile.columns, record, row, Some(&mut raw), problems) {
            Some(cells) => self.map(Foreign { row, cells: &cells, raw, whole: None }, problems),
            None => Fate::Refused,
        }
    }

    /// Maps a record that is cut into cells already.
    pub fn map(&mut self, foreign: Foreign<'_>, problems: &mut Problems) -> Fate {
        let profile = self.profile;
        let left_out = self.left_out(&foreign);
        let mut reading = Reading {
            profile,
            order: self.order,
            newest: &self.choices.newest,
            row: foreign.row,
            cells: foreign.cells,
            problems,
        };
        if let Some(control) = profile.control.column {
            let invoice = reading.value(Field::InvoiceNumber).1;
            let (row, told) = (reading.number(Field::Total), reading.number_in(control));
            if !invoice.is_empty() {
                let sum = self.sums.entry(invoice.into()).or_default();
                sum.rows += row.unwrap_or_default();
                sum.expected = sum.expected.or(told);
            }
        }
        if left_out {
            return Fate::LeftOut;
        }
        let before = reading.problems.count();
        let line = reading.line();
        let identity = reading.identity(&mut self.buffer).or(foreign.whole);
        let mut raw = foreign.raw;
        reading.keep(&mut raw);
        match line {
            Some(Some(mut line)) if reading.problems.count() == before => {
                line.raw = raw.take();
                let identity = identity.filter(|_| line.line_id.is_none());
                Fate::Line(Box::new(Mapped { line, identity }))
            }
            Some(None) if reading.problems.count() == before => Fate::LeftOut,
            _ => Fate::Refused,
        }
    }

    /// Whether a filter leaves the record out.
    fn left_out(&self, foreign: &Foreign<'_>) -> bool {
        let text = |col: Col| foreign.cells[col.0].trim().to_lowercase();
        self.profile.filters.iter().any(|f| {
            let on = f.name.as_ref().is_none_or(|n| self.choices.leave_out.contains(n));
            on && f.unless.is_none_or(|c| text(c).is_empty()) && {
                let text = text(f.column);
                if f.keep.is_empty() { f.drop.contains(&text) } else { !f.keep.contains(&text) }
            }
        })
    }

    /// All records were mapped: holds the sums against what they should be.
    pub fn finish(&self, problems: &mut Problems) {
        let control = &self.profile.control;
        let mut invoices: Vec<_> = self.sums.iter().collect();
        invoices.sort_by_key(|(invoice, _)| *invoice);
        for (invoice, sum) in invoices {
            let invoice = super::super::problems::shown(invoice);
            match sum.expected {
                Some(expected) if (sum.rows - expected).abs() > control.tolerance => {
                    problems.push(None, None, "control-total", || {
                        (
                            format!(
                                "the rows of invoice {invoice} sum up to {}, but its total is \
                                 {expected}: {} is missing",
                                sum.rows,
                                expected - sum.rows
                            ),
                            "fetch the bill again: rows are missing, or stand there twice".into(),
                        )
                    });
                }
                None if control.required => {
                    problems.push(None, None, "missing-control-total", || {
                        (
                            format!("nothing says what invoice {invoice} sums up to"),
                            "export the bill with its total".into(),
                        )
                    });
                }
                _ => {}
            }
        }
    }
}
