//! Agreement additions as the sandbox keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// An addition. What ConnectWise computes is not kept but computed when it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// ConnectWise's number; unique over all agreements.
    pub id: i64,
    /// Its agreement.
    pub agreement_id: i64,
    /// Its catalog item.
    pub product_id: i64,
    /// Billable, DoNotBill or NoCharge.
    pub bill_customer: String,
    /// Units.
    pub quantity: Decimal,
    /// Units that the agreement's price includes.
    pub less_included: Decimal,
    /// Price of a unit.
    pub unit_price: Decimal,
    /// Cost of a unit.
    pub unit_cost: Decimal,
    /// First day.
    pub effective: Date,
    /// Last day.
    pub cancelled: Option<Date>,
    /// Whether it is taxed.
    pub taxable: bool,
    /// Internal text.
    pub description: String,
    /// Text on the invoice.
    pub invoice_description: String,
    /// At most 50 characters.
    pub serial_number: Option<String>,
    /// Values of custom fields by the field's number.
    pub custom_fields: BTreeMap<i64, Value>,
    /// The writable fields that the sandbox keeps but does not look at.
    pub other: Map<String, Value>,
    /// When it was made.
    pub entered: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// By whom: the API member's public key, or a person's name.
    pub updated_by: String,
}

impl Addition {
    /// Quantity less what is included.
    pub fn billed_quantity(&self) -> Decimal {
        self.quantity - self.less_included
    }

    /// What it bills in one period: billed quantity x unit price.
    pub fn ext_price(&self) -> Decimal {
        self.billed_quantity() * self.unit_price
    }

    /// Billed quantity x unit cost.
    pub fn ext_cost(&self) -> Decimal {
        self.billed_quantity() * self.unit_cost
    }
}
