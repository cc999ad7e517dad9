//! Agreement additions as the sandbox keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::sandbox::lists::Record;
use crate::sandbox::rules::proration;
use crate::sandbox::values::{info, number, object, put, stamp};
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
    fn custom(&self, world: &World) -> Vec<Value> {
        let defined = world.setup.rows("additionFields").iter();
        defined
            .map(|row| {
                let mut field = json!({
                    "id": row.id(), "caption": row.0["caption"], "type": "Text",
                    "entryMethod": "EntryField", "numberOfDecimals": 0,
                });
                if let Some(value) = self.custom_fields.get(&row.id()) {
                    field["value"] = value.clone();
                }
                field
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

    fn json(&self, world: &World) -> Map<String, Value> {
        let product = world.catalog.get(&self.product_id);
        let mut m = object(json!({
            "purchaseItemFlag": false, "specialOrderFlag": false, "sequenceNumber": 0,
            "prorateCurrentPeriodFlag": false,
        }));
        m.extend(self.other.clone());
        m.extend(object(json!({
            "id": self.id,
            "product": {
                "id": self.product_id,
                "identifier": product.map_or("", |p| p.identifier.as_str()),
                "serializedFlag": false,
            },
            "quantity": number(self.quantity),
            "lessIncluded": number(self.less_included),
            "unitPrice": number(self.unit_price),
            "unitCost": number(self.unit_cost),
            "billCustomer": self.bill_customer,
            "effectiveDate": stamp(self.effective),
            "taxableFlag": self.taxable,
            "invoiceDescription": self.invoice_description,
            "agreementId": self.agreement_id,
            "description": self.description,
            "billedQuantity": number(self.billed_quantity()),
            "uom": "Each",
            "extPrice": number(self.ext_price()),
            "extCost": number(self.ext_cost()),
            "margin": number(self.ext_price() - self.ext_cost()),
            "agreementStatus": self.status(world),
            "customFields": self.custom(world),
            "_info": info(self.entered, self.updated, &self.updated_by),
        })));
        put(&mut m, "cancelledDate", self.cancelled.map(stamp));
        put(&mut m, "serialNumber", self.serial_number.clone());
        let agreement = world.agreements.get(&self.agreement_id);
        let share = agreement.and_then(|a| proration::share(a, self.effective));
        let cents = |d: Decimal| number(crate::domain::money::cents(d));
        let share = share.unwrap_or(Decimal::ZERO);
        m.insert("proratePrice".into(), cents(self.unit_price * share));
        m.insert("prorateCost".into(), cents(self.unit_cost * share));
        m.insert("extendedProratePrice".into(), cents(self.ext_price() * share));
        m.insert("extendedProrateCost".into(), cents(self.ext_cost() * share));
        m
    }
}
