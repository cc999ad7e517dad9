//! Agreement additions as the sandbox keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::sandbox::lists::Record;
use crate::sandbox::rules::proration;
use crate::sandbox::shown::Show;
use crate::sandbox::values::{Stamp, info};
use crate::sandbox::world::World;

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

    /// Active, Cancelled or Inactive, from its dates and its agreement.
    pub(in crate::sandbox) fn status(&self, world: &World) -> &'static str {
        let agreement = world.agreements.get(&self.agreement_id);
        match agreement.map_or("Active", |a| a.status(world.today)) {
            "Active" if self.cancelled.is_some_and(|c| c < world.today) => "Cancelled",
            "Active" if self.effective > world.today => "Inactive",
            other => other,
        }
    }

    /// Every custom field with its value, as ConnectWise lists them.
    fn custom<'a>(&'a self, world: &'a World) -> Vec<Custom<'a>> {
        let defined = world.setup.rows("additionFields").iter();
        defined
            .map(|row| Custom {
                id: row.id(),
                caption: &row.0["caption"],
                kind: "Text",
                entry_method: "EntryField",
                number_of_decimals: 0,
                value: self.custom_fields.get(&row.id()),
            })
            .collect()
    }
}

impl Record for Addition {
    fn id(&self) -> i64 {
        self.id
    }

    fn quick(&self, _world: &World, path: &[String]) -> Option<Value> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        Some(match parts.as_slice() {
            ["id"] => self.id.into(),
            ["product", "id"] => self.product_id.into(),
            ["serialNumber"] => self.serial_number.clone().into(),
            _ => return None,
        })
    }

    fn show(&self, world: &World, to: &mut impl Show) {
        for name in FLAGS {
            if !self.other.contains_key(name) {
                to.field(name, || false);
            }
        }
        if !self.other.contains_key("sequenceNumber") {
            to.field("sequenceNumber", || 0);
        }
        for (name, value) in &self.other {
            to.field(name, || value);
        }
        let product = world.catalog.get(&self.product_id);
        to.field("id", || self.id);
        to.field("product", || Item {
            id: self.product_id,
            identifier: product.map_or("", |p| p.identifier.as_str()),
            serialized_flag: false,
        });
        to.amount("quantity", || self.quantity);
        to.amount("lessIncluded", || self.less_included);
        to.amount("unitPrice", || self.unit_price);
        to.amount("unitCost", || self.unit_cost);
        to.field("billCustomer", || &self.bill_customer);
        to.field("effectiveDate", || Stamp(self.effective));
        to.field("taxableFlag", || self.taxable);
        to.field("invoiceDescription", || &self.invoice_description);
        to.field("agreementId", || self.agreement_id);
        to.field("description", || &self.description);
        to.amount("billedQuantity", || self.billed_quantity());
        to.field("uom", || "Each");
        to.amount("extPrice", || self.ext_price());
        to.amount("extCost", || self.ext_cost());
        to.amount("margin", || self.ext_price() - self.ext_cost());
        to.field("agreementStatus", || self.status(world));
        to.field("customFields", || self.custom(world));
        to.field("_info", || info(self.entered, self.updated, &self.updated_by));
        to.maybe("cancelledDate", self.cancelled.map(Stamp));
        to.maybe("serialNumber", self.serial_number.as_ref());
        let agreement = world.agreements.get(&self.agreement_id);
        let share = agreement.and_then(|a| proration::share(a, self.effective));
        let share = share.unwrap_or(Decimal::ZERO);
        let part = |of: Decimal| crate::domain::money::cents(of * share);
        to.amount("proratePrice", || part(self.unit_price));
        to.amount("prorateCost", || part(self.unit_cost));
        to.amount("extendedProratePrice", || part(self.ext_price()));
        to.amount("extendedProrateCost", || part(self.ext_cost()));
    }
}

/// What is false unless somebody set it.
const FLAGS: [&str; 3] = ["purchaseItemFlag", "specialOrderFlag", "prorateCurrentPeriodFlag"];

/// The catalog item of an addition.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    id: i64,
    identifier: &'a str,
    serialized_flag: bool,
}

/// A custom field of an addition.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Custom<'a> {
    id: i64,
    caption: &'a Value,
    #[serde(rename = "type")]
    kind: &'static str,
    entry_method: &'static str,
    number_of_decimals: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value>,
}
