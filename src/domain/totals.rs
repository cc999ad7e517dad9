//! Lines grouped by what decides on which side of the equation they stand (design 6.10).

use rust_decimal::Decimal;

use super::line::Text;
use super::money::Currency;
use super::period::Period;
use super::status::PsaStatus;

/// A group of lines that all stand on the same side of the equation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineGroup {
    /// The source's id.
    pub source: Text,
    /// Calendar month.
    pub period: Period,
    /// The organization's id.
    pub organization: Text,
    /// The organization's name.
    pub organization_name: Text,
    /// The offer's id.
    pub offer: Text,
    /// The company that the lines chose for themselves.
    pub company: Option<i64>,
    /// The product that the lines chose for themselves.
    pub product: Option<i64>,
    /// What has become of them.
    pub psa_status: PsaStatus,
    /// Whether the invoice status allows posting.
    pub may_be_posted: bool,
    /// Currency of the sums.
    pub currency: Currency,
    /// How many lines.
    pub lines: u64,
    /// Sum of the source's newest totals.
    pub source_total: Decimal,
    /// Sum of what was posted.
    pub posted_total: Decimal,
}
