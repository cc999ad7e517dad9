//! From the cells of one row to a canonical line: the rules of design 5, whatever the file's kind.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::columns::{Cells, Column, number_of};
use super::problems::{Problems, shown};
use super::values::{self, DateError, NumberError};
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::CanonicalLine;
use crate::domain::money::Currency;

/// The largest cell: ids and names are far shorter in every known source.
pub(super) const LONGEST_CELL: usize = 64 * 1024;

/// A row before it is checked.
pub(super) struct Row<'a> {
    /// As a spreadsheet counts it.
    pub(super) number: u64,
    /// Its cells.
    pub(super) cells: &'a Cells<'a>,
    /// All of it is printable ASCII and short, so that no cell needs a closer look.
    pub(super) plain: bool,
    /// The columns that we do not know, as a JSON object.
    pub(super) raw: Option<Box<str>>,
}

/// Checks the row; every complaint goes to `problems`.
pub(super) fn line(row: Row<'_>, problems: &mut Problems) -> Option<CanonicalLine> {
    if is_header(row.cells) {
        problems.push(Some(row.number), None, "header-repeated", || {
            (
                "the header stands here again".into(),
                "remove the row; two bills glued together may hold lines twice".into(),
            )
        });
        return None;
    }
    let before = problems.count();
    let mut c = Cell { row: &row, problems };
    let line_id = c.text(Column::LineId);
    let invoice_number = c.needed_text(Column::InvoiceNumber);
    let invoice_date = c.needed_date(Column::InvoiceDate);
    let invoice_status = c.status();
    let organization_id = c.needed_text(Column::OrganizationId);
    let organization_name = c.needed_name(Column::OrganizationName);
    let contract_id = c.text(Column::ContractId);
    let subscription_id = c.text(Column::SubscriptionId);
    let subscription_name = c.name(Column::SubscriptionName);
    let offer_id = c.needed_text(Column::OfferId);
    let offer_name = c.needed_name(Column::OfferName);
    let part_number = c.text(Column::PartNumber);
    let charge_type = c.charge_type();
    let billing_cycle = c.text(Column::BillingCycle);
    let charge_start = c.needed_date(Column::ChargeStartDate);
    let charge_end = c.date(Column::ChargeEndDate);
    let quantity = c.needed_number(Column::Quantity);
    let unit_price = c.number(Column::UnitPrice);
    let unit_cost = c.number(Column::UnitCost);
    let total = c.needed_number(Column::Total);
    let currency = c.currency();
    if let (Some(start), Some(end)) = (charge_start, charge_end)
        && end < start
    {
        c.complain(Column::ChargeEndDate, "end-before-start", |_| {
            (
                format!("the charge ends on {end}, before it starts on {start}"),
                "correct the dates; an end date is the last day charged".into(),
            )
        });
    }
    if problems.count() != before {
        return None;
    }
    Some(CanonicalLine {
        line_id,
        invoice_number: invoice_number?,
        invoice_date: invoice_date?,
        invoice_status: invoice_status?,
        organization_id: organization_id?,
        organization_name: organization_name?,
        contract_id,
        subscription_id,
        subscription_name,
        offer_id: offer_id?,
        offer_name: offer_name?,
        part_number,
        charge_type: charge_type?,
        billing_cycle,
        charge_start: charge_start?,
        charge_end,
        quantity: quantity?,
        unit_price,
        unit_cost,
        total: total?,
        currency: currency?,
        raw: row.raw,
        extra: None,
    })
}

/// A header line again, in whatever order its columns are.
fn is_header(cells: &Cells<'_>) -> bool {
    [Column::InvoiceDate, Column::Total]
        .into_iter()
        .all(|c| number_of(cells[c as usize]) == Some(c as usize))
}

/// Characters that no id and no name has: a terminal or a reader could be led astray by them.
pub(super) fn refused(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

struct Cell<'r, 'a, 'p> {
    row: &'r Row<'a>,
    problems: &'p mut Problems,
}

impl<'a> Cell<'_, 'a, '_> {
    fn complain(
        &mut self,
        column: Column,
        code: &'static str,
        told: impl FnOnce(&str) -> (String, String),
    ) {
        let text = self.row.cells[column as usize];
        self.problems.push(Some(self.row.number), Some(column.name()), code, || told(text));
    }

    fn raw(&self, column: Column) -> &'a str {
        let text = self.row.cells[column as usize];
        match text.as_bytes() {
            // Nearly every cell: nothing to take away, and no character to look up.
            [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
            _ => text.trim(),
        }
    }

    /// The cell without blanks around it, if it holds nothing that is refused.
    fn checked(&mut self, column: Column, breaks: bool) -> Option<Cow<'a, str>> {
        let text = self.raw(column);
        if text.is_empty() || self.row.plain {
            return (!text.is_empty()).then_some(Cow::Borrowed(text));
        }
        let row = Some(self.row.number);
        look(text, breaks, row, column.name(), self.problems)
    }

    /// An id, or a word: one line.
    fn text(&mut self, column: Column) -> Option<Box<str>> {
        self.checked(column, false).map(Into::into)
    }

    /// A name for people: line breaks in it become blanks.
    fn name(&mut self, column: Column) -> Option<Box<str>> {
        self.checked(column, true).map(Into::into)
    }

    fn missing(&mut self, column: Column) {
        self.complain(column, "missing-value", |_| {
            (format!("{} is empty", column.name()), "fill it in; it is mandatory".into())
        });
    }

    fn needed_text(&mut self, column: Column) -> Option<Box<str>> {
        if self.raw(column).is_empty() {
            self.missing(column);
        }
        self.text(column)
    }

    fn needed_name(&mut self, column: Column) -> Option<Box<str>> {
        if self.raw(column).is_empty() {
            self.missing(column);
        }
        self.name(column)
    }

    fn date(&mut self, column: Column) -> Option<Date> {
        let text = self.raw(column);
        if text.is_empty() {
            return None;
        }
        match values::date(text.as_bytes()) {
            Ok(date) => Some(date),
            Err(e) => {
                let (code, why) = match e {
                    DateError::NotADate => ("not-a-date", "is no date"),
                    DateError::NoSuchDay => ("no-such-date", "is no day of the calendar"),
                };
                self.complain(column, code, |t| {
                    (
                        format!("{} {why}", shown(t)),
                        "write it as YYYY-MM-DD, such as 2026-11-30".into(),
                    )
                });
                None
            }
        }
    }

    fn needed_date(&mut self, column: Column) -> Option<Date> {
        if self.raw(column).is_empty() {
            self.missing(column);
        }
        self.date(column)
    }

    fn number(&mut self, column: Column) -> Option<Decimal> {
        let text = self.raw(column);
        if text.is_empty() {
            return None;
        }
        match values::decimal(text.as_bytes()) {
            Ok(number) => Some(number),
            Err(e) => {
                let (code, why, remedy) = match e {
                    NumberError::NotANumber => (
                        "not-a-number",
                        "is no number",
                        "write digits with a point, such as 1234.56: no comma, currency or exponent",
                    ),
                    NumberError::TooManyDigits => {
                        ("too-many-digits", "has more than 28 digits", "round it at its source")
                    }
                    NumberError::TooLarge => (
                        "number-too-large",
                        "is a trillion or more",
                        "check the number; amounts and quantities are smaller",
                    ),
                };
                self.complain(column, code, |t| (format!("{} {why}", shown(t)), remedy.into()));
                None
            }
        }
    }

    fn needed_number(&mut self, column: Column) -> Option<Decimal> {
        if self.raw(column).is_empty() {
            self.missing(column);
        }
        self.number(column)
    }

    fn currency(&mut self) -> Option<Currency> {
        let text = self.raw(Column::Currency);
        if text.is_empty() {
            self.missing(Column::Currency);
            return None;
        }
        let currency = text.parse().ok();
        if currency.is_none() {
            self.complain(Column::Currency, "not-a-currency", |t| {
                (format!("{} is no currency", shown(t)), "write three letters, such as EUR".into())
            });
        }
        currency
    }

    fn status(&mut self) -> Option<InvoiceStatus> {
        match self.raw(Column::InvoiceStatus) {
            // By far the most lines.
            "" | "Verified" => Some(InvoiceStatus::Verified),
            text => match InvoiceStatus::parse(text) {
                Ok(status) => Some(status),
                Err(e) => {
                    self.complain(Column::InvoiceStatus, "unknown-status", |t| {
                        (format!("{} is no invoice status", shown(t)), e.to_string())
                    });
                    None
                }
            },
        }
    }

    fn charge_type(&mut self) -> Option<ChargeType> {
        let text = self.raw(Column::ChargeType);
        if text.is_empty() {
            self.missing(Column::ChargeType);
            return None;
        }
        let charge_type = text.parse::<ChargeType>();
        if let Err(e) = &charge_type {
            self.complain(Column::ChargeType, "unknown-charge-type", |t| {
                let short: String = t.chars().take(40).collect::<String>().to_lowercase();
                let near = ChargeType::ALL
                    .into_iter()
                    .map(|c| {
                        let name = c.as_str().to_lowercase();
                        (strsim::normalized_damerau_levenshtein(&name, &short), c)
                    })
                    .filter(|(likeness, _)| *likeness >= 0.6)
                    .max_by(|a, b| a.0.total_cmp(&b.0));
                let remedy = match near {
                    Some((_, c)) => format!("did you mean {c}? {e}"),
                    None => e.to_string(),
                };
                (format!("{} is no charge type", shown(t)), remedy)
            });
        }
        charge_type.ok()
    }
}

/// Looks at every character of a cell that is not plain. With `breaks`, tabs and line breaks
/// become blanks.
pub(super) fn look<'t>(
    text: &'t str,
    breaks: bool,
    row: Option<u64>,
    column: &str,
    problems: &mut Problems,
) -> Option<Cow<'t, str>> {
    if text.len() > LONGEST_CELL {
        problems.push(row, Some(column), "cell-too-long", || {
            (
                format!("the cell holds {} bytes; at most {LONGEST_CELL} are taken", text.len()),
                "shorten it; look for a quotation mark that is never closed".into(),
            )
        });
        return None;
    }
    let is_break = |c: char| matches!(c, '\t' | '\n' | '\r');
    if let Some(bad) = text.chars().find(|c| refused(*c) && !(breaks && is_break(*c))) {
        problems.push(row, Some(column), "control-character", || {
            (
                format!("{} holds the control character U+{:04X}", shown(text), u32::from(bad)),
                "remove it; ids and names hold printable characters only".into(),
            )
        });
        return None;
    }
    if breaks && text.contains(is_break) {
        let words: Vec<&str> = text.split(is_break).filter(|w| !w.is_empty()).collect();
        return Some(Cow::Owned(words.join(" ")));
    }
    Some(Cow::Borrowed(text))
}
