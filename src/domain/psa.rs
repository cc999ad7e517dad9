//! PSA records as Addendum needs them: what `pull` keeps locally. Plain nouns; the wire forms are
//! in `connectwise`.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::billing_cycle::BillingCycle;
use super::money::Currency;

/// A reference to a record by number, with its name for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRef {
    /// The record's number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// ConnectWise's number.
    pub id: i64,
    /// The short id.
    pub identifier: String,
    /// The name.
    pub name: String,
    /// Status name, such as Active.
    pub status: String,
    /// In the recycle bin.
    pub deleted: bool,
    /// Who an agreement is made with; an agreement cannot be created without.
    pub contact: Option<NamedRef>,
    /// Web site or e-mail domain, a hint for matching.
    pub domain: Option<String>,
    /// City, for people who choose among equal names.
    pub city: Option<String>,
}

/// What decides whether lines can be posted for a company. Where there are tens of thousands, the
/// rest of them is not read for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct CompanyStanding {
    /// See [`Company::id`].
    pub id: i64,
    /// See [`Company::deleted`].
    pub deleted: bool,
}

impl CompanyStanding {
    /// Whether lines can be posted for the company.
    pub fn usable(self) -> bool {
        !self.deleted
    }
}

impl Company {
    /// How it stands.
    pub fn standing(&self) -> CompanyStanding {
        CompanyStanding { id: self.id, deleted: self.deleted }
    }
}

/// A catalog item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// ConnectWise's number.
    pub id: i64,
    /// The product id that people use.
    pub identifier: String,
    /// What people call its name.
    pub description: String,
    /// Agreement, Bundle, Inventory, NonInventory, Service. A Bundle cannot be an addition.
    pub class: String,
    /// Inactive items are not offered.
    pub inactive: bool,
    /// Maker's part number.
    pub part_number: Option<String>,
    /// Vendor's SKU.
    pub vendor_sku: Option<String>,
    /// List price.
    pub price: Option<Decimal>,
    /// Cost.
    pub cost: Option<Decimal>,
}

/// What decides whether a catalog item can be an addition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProductStanding<'a> {
    /// See [`Product::id`].
    pub id: i64,
    /// See [`Product::class`].
    #[serde(borrow)]
    pub class: Cow<'a, str>,
    /// See [`Product::inactive`].
    pub inactive: bool,
}

impl ProductStanding<'_> {
    /// Whether the catalog item can be an addition (design 6.1; ConnectWise refuses bundles).
    pub fn usable(&self) -> bool {
        !self.inactive && self.class != "Bundle"
    }
}

impl Product {
    /// How it stands.
    pub fn standing(&self) -> ProductStanding<'_> {
        let class = Cow::Borrowed(self.class.as_str());
        ProductStanding { id: self.id, class, inactive: self.inactive }
    }
}

/// A kind of agreement, with the defaults that a new agreement takes from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementType {
    /// ConnectWise's number.
    pub id: i64,
    /// The name, as in `billing.agreement_type`.
    pub name: String,
    /// Not for new agreements.
    pub inactive: bool,
    /// Default location.
    pub location: Option<NamedRef>,
    /// Default department.
    pub department: Option<NamedRef>,
    /// Default billing cycle.
    pub billing_cycle: Option<NamedRef>,
    /// Whether a new agreement prorates.
    pub prorate: bool,
    /// Whether a new agreement bills once.
    pub bill_once: bool,
    /// ConnectWise's own words, sent back as they are: employeeCompRate, employeeCompNotExceed,
    /// invoicingCycle, billTime, billExpenses, billProducts.
    pub defaults: std::collections::BTreeMap<String, String>,
}

/// How an agreement's billing periods are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum InvoicingCycle {
    /// From the first of the calendar month, quarter or year.
    #[default]
    CalendarYear,
    /// From the agreement's billing start.
    ContractYear,
}

/// Status words of agreements and additions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AgreementStatus {
    /// In force.
    Active,
    /// Cancelled.
    Cancelled,
    /// Its end has passed.
    Expired,
    /// Not in force.
    Inactive,
}

/// An agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// ConnectWise's number.
    pub id: i64,
    /// The name.
    pub name: String,
    /// Its type.
    pub type_id: i64,
    /// Its company.
    pub company_id: i64,
    /// Its currency; absent where the PSA has only its home currency.
    pub currency: Option<Currency>,
    /// Whether it is in force.
    pub status: AgreementStatus,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Additions may not start before this day.
    pub bill_start: Option<Date>,
    /// First day that is not invoiced yet.
    pub next_invoice: Option<Date>,
    /// Whether the PSA prorates.
    pub prorates: bool,
    /// Whether it bills once.
    pub bills_once: bool,
    /// How often it bills.
    pub cycle: Option<BillingCycle>,
    /// How its periods are counted.
    pub invoicing_cycle: InvoicingCycle,
}

impl Agreement {
    /// Up to which day ConnectWise has invoiced, where what begins on `from` is invoiced with it.
    pub fn invoiced_past(&self, from: Date) -> Option<Date> {
        self.next_invoice.filter(|next| *next > from && !self.bills_once)
    }
}

/// The definition of a custom field on agreement additions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomField {
    /// ConnectWise's number.
    pub id: i64,
    /// Its caption, such as `Addendum ID`.
    pub caption: String,
}

/// Where markers go, after `billing.identity` was resolved (design 6.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkerPlace {
    /// The addition's `serialNumber`.
    SerialNumber,
    /// The custom field with this number and caption.
    CustomField(CustomField),
}
