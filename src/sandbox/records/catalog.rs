//! Catalog items.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::sandbox::lists::Record;
use crate::sandbox::values::{info, number, object};
use crate::sandbox::world::World;

/// A product.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogItem {
    /// ConnectWise's number.
    pub id: i64,
    /// The product id that people use.
    pub identifier: String,
    /// Its name.
    pub description: String,
    /// Text on invoices.
    pub customer_description: String,
    /// Agreement, Bundle, Inventory, NonInventory, Service.
    pub class: &'static str,
    /// Not for new use.
    pub inactive: bool,
    /// Maker's part number.
    pub part_number: String,
    /// Vendor's SKU.
    pub vendor_sku: String,
    /// List price.
    pub price: Decimal,
    /// Cost.
    pub cost: Decimal,
    /// Whether it is taxed.
    pub taxable: bool,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// Fields that conditions may name.
pub(in crate::sandbox) const CATALOG_FIELDS: &[&str] = &[
    "id",
    "identifier",
    "description",
    "inactiveFlag",
    "subcategory",
    "type",
    "productClass",
    "serializedFlag",
    "unitOfMeasure",
    "price",
    "cost",
    "taxableFlag",
    "customerDescription",
    "manufacturer",
    "manufacturerPartNumber",
    "vendor",
    "vendorSku",
    "recurringFlag",
    "category",
    "billableOption",
    "agreementType",
    "lastUpdated",
    "dateEntered",
    "updatedBy",
    "enteredBy",
    "_info",
    "customFields",
];

impl Record for CatalogItem {
    fn id(&self) -> i64 {
        self.id
    }

    fn json(&self, world: &World) -> Map<String, Value> {
        object(json!({
            "id": self.id,
            "identifier": self.identifier,
            "description": self.description,
            "inactiveFlag": self.inactive,
            "subcategory": {"id": 11, "name": "Cloud"},
            "type": {"id": 5, "name": "Subscription"},
            "productClass": self.class,
            "serializedFlag": false,
            "serializedCostFlag": false,
            "phaseProductFlag": false,
            "unitOfMeasure": {"id": 1, "name": "Each"},
            "minStockLevel": 0,
            "price": number(self.price),
            "cost": number(self.cost),
            "taxableFlag": self.taxable,
            "dropShipFlag": false,
            "specialOrderFlag": false,
            "customerDescription": self.customer_description,
            "manufacturerPartNumber": self.part_number,
            "vendorSku": self.vendor_sku,
            "recurringFlag": true,
            "category": {"id": 3, "name": "Licences"},
            "billableOption": "NoDefault",
            "_info": info(world.born, self.updated, "office"),
            "customFields": [],
        }))
    }
}
