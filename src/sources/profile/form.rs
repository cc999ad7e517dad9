//! The TOML form of a source profile. `config/sources/template.toml` explains each key to those
//! who write one; here stands what the program makes of it.
//!
//! A *column* is named as the file's header names it (any case; blanks, dashes and underscores do
//! not matter). In JSON it is a dotted path, such as `invoice.number`, `lines[0].id` or
//! `tags[name=CustomerDisplayName].value`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::rule::{Alternatives, FieldRule, OneOrMore};

/// A whole profile, as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its name, which is the source's id unless the settings say otherwise.
    pub name: String,
    /// What it reads, for people.
    #[serde(default)]
    pub title: String,
    /// Profiles whose files may stand beside this one's in one load.
    #[serde(default)]
    pub also: Vec<String>,
    /// What the file is like.
    #[serde(default)]
    pub file: FileForm,
    /// How numbers are written.
    #[serde(default)]
    pub numbers: NumberForm,
    /// How dates are written and meant.
    #[serde(default)]
    pub dates: DateForm,
    /// Other names of a column: `Total = ["totalForCustomer"]`.
    #[serde(default)]
    pub columns: BTreeMap<String, OneOrMore>,
    /// Generations of the header, each by the names that only it has; two in one file are refused.
    #[serde(default)]
    pub generations: BTreeMap<String, Vec<String>>,
    /// Canonical field to where its value is.
    pub fields: BTreeMap<String, FieldRule>,
    /// Values that are kept for people beside the columns that no field uses.
    #[serde(default)]
    pub keep: BTreeMap<String, Alternatives>,
    /// What the amounts mean.
    #[serde(default)]
    pub amounts: AmountForm,
    /// What makes a line that line.
    #[serde(default)]
    pub identity: IdentityForm,
    /// The source's word for a charge to a charge type; any case.
    #[serde(default)]
    pub charge_types: BTreeMap<String, String>,
    /// Exceptions to that table; the first that applies wins.
    #[serde(default)]
    pub charge_rules: Vec<ChargeRuleForm>,
    /// The source's word for how often it bills to a billing cycle; any case. Words that are not
    /// in it are kept as they are.
    #[serde(default)]
    pub cycles: BTreeMap<String, String>,
    /// The source's word for how far an invoice is to an invoice status, `skip` or `refuse`; any
    /// case.
    #[serde(default)]
    pub statuses: BTreeMap<String, String>,
    /// Rows that are left out, and counted.
    #[serde(default)]
    pub filters: Vec<FilterForm>,
    /// What the sum of the lines is held against.
    #[serde(default)]
    pub control: ControlForm,
    /// Rows are summed up before they become lines.
    pub aggregate: Option<AggregateForm>,
    /// Two bills that can hold the same money.
    pub overlap: Option<OverlapForm>,
    /// Where an HTTP source is asked, and how.
    pub http: Option<toml::Table>,
}

/// `[file]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileForm {
    /// `csv`, `xlsx`, `json-lines`; empty: all of them. The content decides which it is.
    pub kinds: Vec<String>,
    /// `auto`, `,`, `;`, `|` or `tab`.
    pub delimiter: Option<String>,
    /// `auto` (UTF-8, or UTF-16 by its mark), `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
    pub encoding: Option<String>,
    /// XLSX: the sheet's name; absent: the first.
    pub sheet: Option<String>,
    /// The row that names the columns; absent: the first that is not blank.
    pub header_row: Option<u64>,
    /// A row whose first cell that is not blank begins with one of these ends the table.
    pub footer: Vec<String>,
}

/// `[numbers]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NumberForm {
    /// The decimal mark: `.` or `,`.
    pub decimal: String,
    /// Marks between thousands that are taken away: any of `,`, `.`, `'` and a blank.
    pub thousands: String,
    /// Symbols before or behind an amount that are taken away, such as `$` or `EUR`.
    pub symbols: Vec<String>,
}

impl Default for NumberForm {
    fn default() -> Self {
        Self { decimal: ".".into(), thousands: String::new(), symbols: Vec::new() }
    }
}

/// `[dates]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DateForm {
    /// The order of `3/4/2025`: `auto` (the whole file decides or is refused), `mdy`, `dmy`, `ymd`
    /// or `iso` (nothing but `YYYY-MM-DD` is taken).
    pub order: Option<String>,
    /// `as-written`, or `utc`: a date with a time and an offset is brought to UTC first.
    pub zone: Option<String>,
    /// Dates that stand for no date, as `YYYY-MM-DD`.
    pub absent: Vec<String>,
    /// What an end date is: `inclusive` (the last day), `exclusive` (the day after it), or
    /// `detect` (whole months tell; what cannot be told is refused).
    pub end: Option<String>,
}

/// `[amounts]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AmountForm {
    /// How a credit is written: `minus` (the default), `parentheses` (a minus sign as well), or
    /// `flag`: amounts have no sign and a column tells.
    pub sign: Option<String>,
    /// With `flag`: the column.
    pub flag: Option<String>,
    /// With `flag`: its texts for a credit; every other text must be in `charge`.
    pub credit: Vec<String>,
    /// With `flag`: its texts for a charge; `""` is an empty cell.
    pub charge: Vec<String>,
    /// The amounts are what we pay; the bill has no selling price.
    pub cost_only: bool,
}

/// `[identity]`: without `line_id` among the fields, these columns tell lines apart, with a count
/// among equal rows. Empty: the canonical fields do.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityForm {
    /// Columns that are compared as texts, in any case of letters.
    pub texts: Vec<String>,
    /// Columns that are compared as calendar days.
    pub dates: Vec<String>,
    /// Columns that are compared as numbers.
    pub numbers: Vec<String>,
    /// All columns of the file tell, but for those in `except`.
    pub all: bool,
    /// With `all`: columns that do not tell, such as display names.
    pub except: Vec<String>,
}

/// `[[charge_rules]]`: all conditions that are there must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChargeRuleForm {
    /// The source's words that it is about; empty: all.
    pub words: Vec<String>,
    /// The column that is looked at.
    pub column: Option<String>,
    /// Its texts, in any case; `""` is an empty cell.
    pub is: Vec<String>,
    /// Texts that the column does not have, in any case.
    pub is_not: Vec<String>,
    /// The amount is below zero.
    pub negative: Option<bool>,
    /// The charge type.
    pub to: String,
}

/// `[[filters]]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilterForm {
    /// With a name the filter works only when the settings' `source.leave_out` has the name.
    pub name: Option<String>,
    /// The column that is looked at.
    pub column: String,
    /// Rows with one of these texts are kept, all others left out.
    pub keep: Vec<String>,
    /// Rows with one of these texts are left out.
    pub drop: Vec<String>,
    /// A column: rows in which it holds something are kept whatever `column` says.
    pub unless: Option<String>,
}

/// `[control]`: at most one of `column` and `footer`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ControlForm {
    /// A column that repeats the invoice's total on each of its rows.
    pub column: Option<String>,
    /// The footer row holds the sum of all rows in this column.
    pub footer: Option<String>,
    /// How far the sum may be off, as a decimal.
    pub tolerance: Option<String>,
    /// Whether a bill without a control total is refused.
    pub required: bool,
}

/// `[aggregate]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AggregateForm {
    /// Beside invoice, organization, subscription, currency and month: choices by name, each the
    /// columns that tell groups apart. `source.group_by` of the settings picks one.
    pub groups: BTreeMap<String, OneOrMore>,
    /// The choice that is taken where the settings pick none; empty: no further column.
    pub group_by: String,
    /// A column that holds a JSON object of tags: `source.group_by = "tag:NAME"` takes one.
    pub tags: Option<String>,
    /// The charge's name; `{group}` is filled in.
    pub name: String,
}

/// `[overlap]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OverlapForm {
    /// What is counted, such as `azure`.
    pub what: String,
    /// How this bill counts it, such as `monthly`.
    pub form: String,
    /// The lines that count it, by charge type.
    pub charge_types: Vec<String>,
}
