//! `/procurement/catalog`

use rust_decimal::Decimal;
use serde::Deserialize;

use super::lenient;
use crate::connectwise::paging::Record;
use crate::domain::psa::Product;

/// What is asked for.
pub(in crate::connectwise) const FIELDS: &str = "id,identifier,description,productClass,\
    inactiveFlag,manufacturerPartNumber,vendorSku,price,cost";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct CatalogRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    identifier: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    product_class: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    inactive_flag: bool,
    #[serde(default, deserialize_with = "lenient::text")]
    manufacturer_part_number: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    vendor_sku: Option<String>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    price: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    cost: Option<Decimal>,
}

impl Record for CatalogRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

impl From<CatalogRecord> for Product {
    fn from(r: CatalogRecord) -> Self {
        let identifier = r.identifier.unwrap_or_default();
        Self {
            id: r.id,
            description: r.description.unwrap_or_else(|| identifier.clone()),
            identifier,
            class: r.product_class.unwrap_or_default(),
            inactive: r.inactive_flag,
            part_number: r.manufacturer_part_number,
            vendor_sku: r.vendor_sku,
            price: r.price,
            cost: r.cost,
        }
    }
}
