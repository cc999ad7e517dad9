//! The invoice line: as a source gives it ([`CanonicalLine`]) and as the store keeps it ([`Line`]).

use std::fmt;
use std::sync::Arc;

use arcstr::ArcStr;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::billing_cycle::BillingCycle;
use super::charge_type::ChargeType;
use super::invoice_status::InvoiceStatus;
use super::line_choice::OwnChoice;
use super::line_extra::{LineExtra, LineSide};
use super::money::Currency;
use super::period::Period;
use super::problem::Problem;
use super::status::PsaStatus;

/// Text that many lines share: cheap to clone, interned by the store. One word wide, because a line
/// has a dozen and there are a million of lines.
pub type Text = ArcStr;

/// The store's number of a line. It dies with the store; people and scripts use [`Line::key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineId(pub i64);

/// A line as a source gives it (design 5). Dates are calendar days, an end date is inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalLine {
    /// The source's own id of the line, where it has one.
    pub line_id: Option<Box<str>>,
    /// The source's invoice.
    pub invoice_number: Box<str>,
    /// Decides the period.
    pub invoice_date: Date,
    /// How far that invoice is; absent means Verified.
    pub invoice_status: InvoiceStatus,
    /// The customer's id at the source.
    pub organization_id: Box<str>,
    /// The customer's name at the source.
    pub organization_name: Box<str>,
    /// The source's contract with the customer.
    pub contract_id: Option<Box<str>>,
    /// The subscription that is charged.
    pub subscription_id: Option<Box<str>>,
    /// Its name, shown on the customer's invoice.
    pub subscription_name: Option<Box<str>>,
    /// The offer's id at the source.
    pub offer_id: Box<str>,
    /// The offer's name.
    pub offer_name: Box<str>,
    /// The maker's part number.
    pub part_number: Option<Box<str>>,
    /// What the charge is for.
    pub charge_type: ChargeType,
    /// The source's word for how often it bills, as written.
    pub billing_cycle: Option<Box<str>>,
    /// First day charged.
    pub charge_start: Date,
    /// Last day charged.
    pub charge_end: Option<Date>,
    /// Units.
    pub quantity: Decimal,
    /// Customer price of a unit.
    pub unit_price: Option<Decimal>,
    /// Our cost of a unit.
    pub unit_cost: Option<Decimal>,
    /// The amount of record, before tax.
    pub total: Decimal,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Columns that we do not know, as a JSON object, kept for people.
    pub raw: Option<Box<str>>,
    /// What some bills tell beside: events, amended documents, stable keys, cost only.
    #[serde(default)]
    pub extra: Option<Box<LineExtra>>,
}

impl CanonicalLine {
    /// The calendar month of the invoice date.
    pub fn period(&self) -> Period {
        Period::of(self.invoice_date)
    }
}

/// Where a date comes from: the badge of domain.md 1.10. Precedence is typed, rule, default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum DateBadge {
    /// Neither rule nor person: the default of design 6.4 applies when the plan is made.
    #[default]
    None,
    /// A rule ran when the line was loaded.
    #[serde(rename = "System Updated")]
    SystemUpdated,
    /// A person typed it.
    #[serde(rename = "User Updated")]
    UserUpdated,
}

impl DateBadge {
    /// The badge's words; empty without a badge.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::SystemUpdated => "System Updated",
            Self::UserUpdated => "User Updated",
        }
    }
}

/// The dates of a line that are not defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct LineDates {
    /// Start, when a rule or a person set it.
    pub start: Option<Date>,
    /// Where `start` comes from.
    pub start_badge: DateBadge,
    /// End, when a rule or a person set it. With `end_badge` User Updated and no date, a person
    /// asked for an open end.
    pub end: Option<Date>,
    /// Where `end` comes from.
    pub end_badge: DateBadge,
}

/// Where a posted line is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The addition's marker (design 6.7).
    pub marker: Text,
    /// The agreement it is on.
    pub agreement_id: i64,
    /// The addition.
    pub addition_id: i64,
    /// The line's money that was posted.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// What the customer is asked for: `total`, unless a price rule said otherwise when it was
    /// posted.
    #[serde(with = "rust_decimal::serde::str")]
    pub sold: Decimal,
}

/// A line that was posted and then came again with other content (design 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The source's newest total.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// The newest content.
    pub line: Box<CanonicalLine>,
}

/// A line as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The store's number.
    pub id: LineId,
    /// The source's id (settings: `source.id`).
    pub source: Text,
    /// Identity within the source: `line_id` where there is one, else a content hash with an
    /// occurrence count (design 5). This is what people and scripts see as the line's id.
    pub key: Text,
    /// Calendar month of the invoice date.
    pub period: Period,
    /// See [`CanonicalLine`].
    pub invoice_number: Text,
    /// See [`CanonicalLine`].
    pub invoice_date: Date,
    /// See [`CanonicalLine`].
    pub invoice_status: InvoiceStatus,
    /// See [`CanonicalLine`].
    pub organization_id: Text,
    /// See [`CanonicalLine`].
    pub organization_name: Text,
    /// See [`CanonicalLine`].
    pub contract_id: Option<Text>,
    /// See [`CanonicalLine`].
    pub subscription_id: Option<Text>,
    /// See [`CanonicalLine`].
    pub subscription_name: Option<Text>,
    /// See [`CanonicalLine`].
    pub offer_id: Text,
    /// See [`CanonicalLine`].
    pub offer_name: Text,
    /// See [`CanonicalLine`].
    pub part_number: Option<Text>,
    /// See [`CanonicalLine`].
    pub charge_type: ChargeType,
    /// The source's word, as written.
    pub billing_cycle: Option<Text>,
    /// The charge's own first day.
    pub charge_start: Date,
    /// The charge's own last day.
    pub charge_end: Option<Date>,
    /// See [`CanonicalLine`].
    pub quantity: Decimal,
    /// See [`CanonicalLine`].
    pub unit_price: Option<Decimal>,
    /// See [`CanonicalLine`].
    pub unit_cost: Option<Decimal>,
    /// See [`CanonicalLine`].
    pub total: Decimal,
    /// See [`CanonicalLine`].
    pub currency: Currency,
    /// What some bills tell beside the canonical fields.
    pub side: Option<Arc<LineSide>>,
    /// Dates set by rule or person.
    pub dates: LineDates,
    /// What a person chose.
    pub choice: OwnChoice,
    /// What has become of it.
    pub psa_status: PsaStatus,
    /// Where it was posted.
    pub posted: Option<Box<Posted>>,
    /// The newest content of a line that was changed after posting.
    pub revision: Option<Box<Revision>>,
    /// Why the last try failed.
    pub error: Option<Box<Problem>>,
}

impl Line {
    /// How often the source bills it, where the word is known.
    pub fn cycle(&self) -> Option<BillingCycle> {
        self.billing_cycle.as_deref().and_then(BillingCycle::parse)
    }

    /// The money that the source asks for today: the revision's, where there is one.
    pub fn source_total(&self) -> Decimal {
        self.revision.as_ref().map_or(self.total, |r| r.total)
    }
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
