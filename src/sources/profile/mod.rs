//! Source profiles: how a foreign bill becomes canonical lines, said in TOML (design 4, 5).
//!
//! A profile is read once ([`Profile::find`]) and everything in it is checked then. A reader of
//! files or an HTTP source brings foreign records; a [`Mapper`] turns each into a
//! [`CanonicalLine`](crate::domain::line::CanonicalLine) or says why it is refused. It refuses
//! rather than guesses.
//!
//! A record is a list of cells by column number ([`Columns`]): a row of a table is cut into it by
//! its header, a JSON record by [`Profile::cells_of`].

mod check;
pub mod columns;
pub mod field;
pub mod form;
mod line;
pub mod mapper;
pub mod parse;
pub mod path;
mod reading;
pub mod record;
pub mod rule;
mod shipped;
#[cfg(test)]
mod tests;
pub mod written;

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use columns::{Col, Columns};
pub use mapper::{Choices, Fate, Foreign, Mapped, Mapper};
#[cfg(test)]
pub use shipped::shipped;
pub use shipped::{Known, TEMPLATES, known};
use written::{DateStyle, NumberStyle};

/// A profile, checked.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name, which is the source's id unless the settings say otherwise.
    pub name: String,
    /// What it reads, for people.
    pub title: String,
    /// Profiles whose files may stand beside this one's in one load.
    pub also: Vec<String>,
    /// What its files are like.
    pub file: FileStyle,
    /// How numbers are written.
    pub numbers: NumberStyle,
    /// How dates are written and meant.
    pub dates: DateStyle,
    /// What an end date is.
    pub end: EndDate,
    /// The columns that it asks for.
    pub columns: Columns,
    /// Generations of the header: name, and the headers that only it has.
    pub generations: Vec<(String, Vec<String>)>,
    /// Where each field is, by [`field::Field`].
    pub fields: Vec<Rule>,
    /// What is kept for people beside the columns that no field shows.
    pub keep: Vec<(String, Vec<Rule>)>,
    /// How a credit is written.
    pub sign: Sign,
    /// The amounts are what we pay.
    pub cost_only: bool,
    /// What makes a line that line.
    pub identity: Identity,
    /// Charge types by the source's word, lower case.
    pub charge_types: HashMap<String, ChargeType>,
    /// Exceptions to them.
    pub charge_rules: Vec<ChargeRule>,
    /// Billing cycles by the source's word, lower case.
    pub cycles: HashMap<String, String>,
    /// Statuses by the source's word, lower case.
    pub statuses: HashMap<String, StatusRule>,
    /// Rows that are left out.
    pub filters: Vec<Filter>,
    /// What the sum of the lines is held against.
    pub control: Control,
    /// How rows are summed up, where they are.
    pub aggregate: Option<Aggregate>,
    /// How the lines are counted that another bill can hold as well.
    pub overlap: Option<Overlap>,
    /// The HTTP part, as written.
    pub http: Option<toml::Table>,
}

/// What files are like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileStyle {
    /// Kinds that are taken; empty: all.
    pub kinds: Vec<Kind>,
    /// `None`: the header shows it.
    pub delimiter: Option<u8>,
    /// How characters are written.
    pub encoding: Encoding,
    /// XLSX: the sheet; absent: the first.
    pub sheet: Option<String>,
    /// The row of the header, from 1; absent: the first that is not blank.
    pub header_row: Option<u64>,
    /// Beginnings of a footer, lower case.
    pub footer: Vec<String>,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Delimited text.
    Csv,
    /// A workbook.
    Xlsx,
    /// An object on each line.
    JsonLines,
}

/// How characters are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or UTF-16 by its mark.
    #[default]
    Auto,
    /// UTF-8.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Windows' western code page.
    Windows1252,
}

/// What an end date is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EndDate {
    /// The last day charged.
    #[default]
    Inclusive,
    /// The day after it.
    Exclusive,
    /// Whole months tell; what cannot be told is refused.
    Detect,
}

/// A field's rule with its columns by number; see [`rule::FieldRule`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    pub columns: Vec<Col>,
    pub join: Vec<Col>,
    pub with: String,
    pub constant: Option<String>,
    /// Lower case.
    pub strip_prefix: Option<String>,
    /// Lower case.
    pub absent: Vec<String>,
    pub divide_by: Option<Decimal>,
    pub month_of: Option<Col>,
}

/// How a credit is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sign {
    /// With a minus sign, or in parentheses where numbers allow them.
    #[default]
    Written,
    /// Amounts have no sign; a column tells. Texts are lower case.
    Flag { column: Col, credit: Vec<String>, charge: Vec<String> },
}

/// What makes a line that line, where the bill has no line ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub texts: Vec<Col>,
    pub dates: Vec<Col>,
    pub numbers: Vec<Col>,
    /// All columns of the file tell, but for these (as [`columns::plain`] makes them).
    pub all_but: Option<Vec<String>>,
}

impl Identity {
    /// Whether columns are named; otherwise the canonical fields tell.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.dates.is_empty() && self.numbers.is_empty()
    }
}

/// An exception to the table of charge types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRule {
    pub words: Vec<String>,
    pub column: Option<Col>,
    pub is: Vec<String>,
    pub is_not: Vec<String>,
    pub negative: Option<bool>,
    pub to: ChargeType,
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusRule {
    /// The invoice is that far.
    Is(InvoiceStatus),
    /// Rows with it are left out.
    Skip,
    /// Rows with it refuse the file.
    Refuse,
}

/// Rows that are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub name: Option<String>,
    pub column: Col,
    /// Lower case.
    pub keep: Vec<String>,
    /// Lower case.
    pub drop: Vec<String>,
    /// Rows in which it holds something are kept.
    pub unless: Option<Col>,
}

/// What the sum of the lines is held against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Control {
    /// A column that repeats the invoice's total on each of its rows.
    pub column: Option<Col>,
    /// The footer row holds the sum of all rows in this column.
    pub footer: Option<Col>,
    /// How far the sum may be off.
    pub tolerance: Decimal,
    /// Whether a bill without a control total is refused.
    pub required: bool,
}

/// How rows are summed up. The start of its charge decides on a row's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// Choices by name.
    pub groups: Vec<(String, Vec<Col>)>,
    /// The choice that is taken where the settings pick none.
    pub group_by: String,
    /// A column with a JSON object of tags.
    pub tags: Option<Col>,
    /// The charge's name; `{group}` is filled in.
    pub name: String,
}

/// How lines are counted that another bill can hold as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// `what/form`, as [`crate::domain::line_extra::LineExtra::counted_as`] has it.
    pub counted_as: String,
    /// The lines that are meant.
    pub charge_types: Vec<ChargeType>,
}
