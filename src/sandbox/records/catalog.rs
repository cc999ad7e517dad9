//! Catalog items.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::json;

use crate::sandbox::lists::Record;
use crate::sandbox::shown::Show;
use crate::sandbox::values::info;
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

    fn show(&self, world: &World, to: &mut impl Show) {
        to.field("id", || &self.id);
        to.field("identifier", || &self.identifier);
        to.field("description", || &self.description);
        to.field("inactiveFlag", || &self.inactive);
        to.field("subcategory", || json!({"id": 11, "name": "Cloud"}));
        to.field("type", || json!({"id": 5, "name": "Subscription"}));
        to.field("productClass", || &self.class);
        to.field("serializedFlag", || false);
        to.field("serializedCostFlag", || false);
        to.field("phaseProductFlag", || false);
        to.field("unitOfMeasure", || json!({"id": 1, "name": "Each"}));
        to.field("minStockLevel", || 0);
        to.amount("price", || self.price);
        to.amount("cost", || self.cost);
        to.field("taxableFlag", || &self.taxable);
        to.field("dropShipFlag", || false);
        to.field("specialOrderFlag", || false);
        to.field("customerDescription", || &self.customer_description);
        to.field("manufacturerPartNumber", || &self.part_number);
        to.field("vendorSku", || &self.vendor_sku);
        to.field("recurringFlag", || true);
        to.field("category", || json!({"id": 3, "name": "Licences"}));
        to.field("billableOption", || "NoDefault");
        to.field("_info", || info(world.born, self.updated, "office"));
        to.field("customFields", || json!([]));
    }
}
