//! One record while it is mapped: its values by field, each complaint with row and column.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::check::look;
use super::super::problems::{Problems, shown};
use super::super::values::{DateError, NumberError};
use super::columns::Col;
use super::field::Field;
use super::written::DateOrder;
use super::{Profile, Rule};

/// A record under the profile's eyes.
pub(super) struct Reading<'a, 'r> {
    pub profile: &'a Profile,
    pub order: Option<DateOrder>,
    pub newest: &'a HashMap<Box<str>, Date>,
    pub row: u64,
    pub cells: &'a [Cow<'a, str>],
    pub problems: &'r mut Problems,
}

impl<'a> Reading<'a, '_> {
    pub(super) fn complain(
        &mut self,
        col: Option<Col>,
        field: Field,
        code: &'static str,
        told: impl FnOnce() -> (String, String),
    ) {
        let name = match col {
            Some(col) => &self.profile.columns.get(col).name,
            None => field.name(),
        };
        self.problems.push(Some(self.row), Some(name), code, told);
    }

    pub(super) fn cell(&self, col: Col) -> &'a str {
        self.cells[col.0].trim()
    }

    /// A field's value and the column that it comes from; empty is absent.
    pub(super) fn value(&self, field: Field) -> (Option<Col>, Cow<'a, str>) {
        self.by_rule(&self.profile.fields[field as usize])
    }

    pub(super) fn by_rule(&self, rule: &'a Rule) -> (Option<Col>, Cow<'a, str>) {
        for &col in &rule.columns {
            let text = strip(self.cell(col), rule.strip_prefix.as_deref());
            if !text.is_empty() && !is_one_of(text, &rule.absent) {
                return (Some(col), Cow::Borrowed(text));
            }
        }
        if let Some(&first) = rule.join.first() {
            let parts: Vec<&str> = rule.join.iter().map(|c| self.cell(*c)).collect();
            if parts.iter().all(|p| !p.is_empty()) {
                return (Some(first), Cow::Owned(parts.join(&rule.with)));
            }
        }
        let column = rule.columns.first().or(rule.join.first()).copied();
        match &rule.constant {
            Some(constant) => (None, Cow::Borrowed(constant)),
            None => (column, Cow::Borrowed("")),
        }
    }

    /// The field as a text, if it has one and nothing in it is refused. With `breaks`, line breaks
    /// become blanks.
    pub(super) fn text(&mut self, field: Field, breaks: bool) -> Option<Box<str>> {
        let (col, text) = self.value(field);
        if text.is_empty() {
            return None;
        }
        let name = col.map_or(field.name(), |c| &self.profile.columns.get(c).name);
        look(&text, breaks, Some(self.row), name, self.problems).map(Into::into)
    }

    pub(super) fn needed(&mut self, field: Field, breaks: bool) -> Option<Box<str>> {
        let (col, text) = self.value(field);
        if text.is_empty() {
            self.missing(col, field);
            return None;
        }
        self.text(field, breaks)
    }

    pub(super) fn missing(&mut self, col: Option<Col>, field: Field) {
        let name = col.map_or(field.name(), |c| &self.profile.columns.get(c).name);
        let (name, field_name) = (name.to_owned(), field.name());
        self.complain(col, field, "missing-value", || {
            (
                format!("{name} is empty, and {field_name} comes from it"),
                "fill it in, or say in the profile where the value is; it is mandatory".into(),
            )
        });
    }

    /// The field as a number, divided and with its sign.
    pub(super) fn number(&mut self, field: Field) -> Option<Decimal> {
        let rule = &self.profile.fields[field as usize];
        let (col, text) = self.by_rule(rule);
        if text.is_empty() {
            return None;
        }
        let number = self.number_of(col, field, &text)?;
        match rule.divide_by {
            Some(by) => number.checked_div(by),
            None => Some(number),
        }
    }

    /// A column as a number.
    pub(super) fn number_in(&mut self, col: Col) -> Option<Decimal> {
        let text = self.cell(col);
        if text.is_empty() { None } else { self.number_of(Some(col), Field::Total, text) }
    }

    pub(super) fn number_of(
        &mut self,
        col: Option<Col>,
        field: Field,
        text: &str,
    ) -> Option<Decimal> {
        match self.profile.numbers.read(text) {
            Ok(number) => Some(number),
            Err(e) => {
                let comma = self.profile.numbers.decimal_comma;
                let (code, why, remedy) = match e {
                    NumberError::NotANumber if comma => (
                        "not-a-number",
                        "is no number",
                        "numbers of this profile have a decimal comma, such as 1234,56; set \
                         numbers.decimal and numbers.thousands as the file has them",
                    ),
                    NumberError::NotANumber => (
                        "not-a-number",
                        "is no number",
                        "numbers of this profile have a decimal point, such as 1234.56: export the \
                         bill in the language en-US, or set numbers.decimal in a profile of your own",
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
                let text = shown(text);
                self.complain(col, field, code, || (format!("{text} {why}"), remedy.into()));
                None
            }
        }
    }

    pub(super) fn needed_number(&mut self, field: Field) -> Option<Decimal> {
        let (col, text) = self.value(field);
        if text.is_empty() {
            self.missing(col, field);
            return None;
        }
        self.number(field)
    }

    pub(super) fn date(&mut self, field: Field) -> Option<Date> {
        let (col, text) = self.value(field);
        if text.is_empty() { None } else { self.date_of(col, field, &text) }
    }

    pub(super) fn date_of(&mut self, col: Option<Col>, field: Field, text: &str) -> Option<Date> {
        match self.profile.dates.read(text, self.order) {
            Ok(date) => date,
            Err(e) => {
                let (code, why) = match e {
                    DateError::NotADate => ("not-a-date", "is no date of this bill"),
                    DateError::NoSuchDay => ("no-such-date", "is no day of the calendar"),
                };
                let remedy = match self.order {
                    Some(DateOrder::Mdy) => "dates of this bill are month/day/year",
                    Some(DateOrder::Dmy) => "dates of this bill are day/month/year",
                    _ => "dates of this bill are YYYY-MM-DD",
                };
                let text = shown(text);
                self.complain(col, field, code, || (format!("{text} {why}"), remedy.into()));
                None
            }
        }
    }

    pub(super) fn needed_date(&mut self, field: Field) -> Option<Date> {
        let (col, text) = self.value(field);
        if text.is_empty() {
            self.missing(col, field);
            return None;
        }
        let before = self.problems.count();
        let date = self.date_of(col, field, &text);
        if date.is_none() && self.problems.count() == before {
            self.missing(col, field);
        }
        date
    }
}

/// Whether the text is one of these, in any case; they are lower case.
pub(super) fn is_one_of(text: &str, list: &[String]) -> bool {
    !list.is_empty() && list.contains(&text.to_lowercase())
}

pub(super) fn strip<'t>(text: &'t str, prefix: Option<&str>) -> &'t str {
    match prefix {
        Some(p)
            if text.len() >= p.len()
                && text.is_char_boundary(p.len())
                && text[..p.len()].to_lowercase() == *p =>
        {
            text[p.len()..].trim_start()
        }
        _ => text,
    }
}
