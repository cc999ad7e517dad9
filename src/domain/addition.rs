//! The agreement addition: what Addendum asks for, and what it knows of those it made.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::line::Text;
use super::money::Currency;
use super::period::Period;

/// The fields that Addendum writes and compares (design 6.4 to 6.7). `billCustomer` is always
/// Billable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdditionFields {
    /// The catalog item.
    pub product_id: i64,
    /// Units.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// Price of a unit.
    #[serde(with = "rust_decimal::serde::str")]
    pub unit_price: Decimal,
    /// Cost of a unit.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub unit_cost: Option<Decimal>,
    /// `effectiveDate`: first day.
    pub effective: Date,
    /// `cancelledDate`: last day; absent: open-ended.
    pub cancelled: Option<Date>,
    /// Text on the invoice.
    pub invoice_description: String,
}

impl AdditionFields {
    /// What the addition bills: quantity x unit price. What the PSA returned may be any number, so
    /// an amount beyond the largest decimal is that decimal.
    pub fn amount(&self) -> Decimal {
        self.quantity.saturating_mul(self.unit_price)
    }
}

/// What an addition stands for (design 6.3, 6.7). Its digest is the marker.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// One line, posted once.
    Line {
        /// The source's id.
        source: Text,
        /// The line's key.
        key: Text,
    },
    /// The missing cents of one line (residual policy `rounding-line`).
    Rounding {
        /// The source's id.
        source: Text,
        /// The line's key.
        key: Text,
    },
    /// Several lines as one (`billing.posting`), posted once.
    Net {
        /// The source's id.
        source: Text,
        /// Digest of the event, or of the subscription and month ([`super::net::stem`]).
        stem: Text,
        /// Keys of the lines, in order.
        keys: Vec<Text>,
    },
    /// What takes back the money of an addition in a month that the PSA has invoiced (undo).
    Credit {
        /// The addition's marker.
        of: Text,
        /// The month.
        period: Period,
    },
    /// A subscription, updated by later periods.
    Recurring {
        /// The source's id.
        source: Text,
        /// PSA company.
        company: i64,
        /// The source's contract.
        contract: Option<Text>,
        /// The source's subscription.
        subscription: Text,
        /// The source's offer.
        offer: Text,
        /// 1, 2, ... when one invoice period bills it more than once.
        occurrence: u32,
        /// 1 at first; one more each time that it comes back after its addition was cancelled.
        life: u32,
    },
}

impl Subject {
    /// Whether it is a subscription, followed from one period to the next.
    pub fn is_recurring(&self) -> bool {
        matches!(self, Self::Recurring { .. })
    }
}

/// An addition that Addendum made or found by its marker, as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAddition {
    /// The marker (design 6.7).
    pub marker: Text,
    /// What it stands for.
    pub subject: Subject,
    /// Its company.
    pub company_id: i64,
    /// The agreement it is on.
    pub agreement_id: i64,
    /// ConnectWise's number.
    pub addition_id: i64,
    /// The fields as last written or accepted.
    pub fields: AdditionFields,
    /// Currency of its lines.
    pub currency: Currency,
    /// The newest period whose line it shows.
    pub shown: Period,
    /// The line whose values it shows.
    pub line: Text,
    /// A person deleted it in the PSA.
    pub gone: bool,
}

/// An addition as the PSA returns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveAddition {
    /// ConnectWise's number.
    pub id: i64,
    /// The agreement it is on.
    pub agreement_id: i64,
    /// Billable, DoNotBill or NoCharge.
    pub bill_customer: String,
    /// The fields that Addendum writes. A missing date or number is the field's empty value.
    pub fields: AdditionFields,
    /// quantity x price as the PSA computed it, less what is included.
    pub ext_price: Option<Decimal>,
    /// The `serialNumber`.
    pub serial_number: Option<String>,
    /// Custom fields by caption, text values only.
    pub custom_fields: BTreeMap<String, String>,
    /// The raw custom field array: it is written back whole, or ConnectWise clears the rest.
    pub raw_custom_fields: serde_json::Value,
    /// When and by whom it was last changed, where the PSA says so.
    pub last_updated: Option<String>,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// ConnectWise's name of the field.
    pub field: String,
    /// The value before, as text.
    pub from: String,
    /// The value after, as text.
    pub to: String,
}
