//! PSA records as the sandbox keeps them, and as ConnectWise shows them.

mod addition;
mod agreement;
mod catalog;
mod company;
mod setup;

pub use addition::Addition;
pub use agreement::Agreement;
pub use catalog::CatalogItem;
pub use company::{Company, Contact};

pub(super) use catalog::CATALOG_FIELDS;
pub(super) use company::{COMPANY_FIELDS, CONTACT_FIELDS, site_id};
pub(super) use setup::{Row, Setup};
