//! Companies, their contacts and sites.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::lists::Record;
use crate::sandbox::shown::Show;
use crate::sandbox::values::{info, named};
use crate::sandbox::world::World;

/// A customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    /// ConnectWise's number.
    pub id: i64,
    /// The short id.
    pub identifier: String,
    /// The name.
    pub name: String,
    /// Number of its status.
    pub status_id: i64,
    /// In the recycle bin.
    pub deleted: bool,
    /// Number of its default contact.
    pub contact_id: Option<i64>,
    /// Its web site.
    pub website: Option<String>,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// Postal code.
    pub zip: String,
    /// Country's name.
    pub country: &'static str,
    /// Telephone.
    pub phone: String,
    /// Number of its currency.
    pub currency_id: i64,
    /// The group that it belongs to.
    pub parent_id: Option<i64>,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// Fields that conditions may name.
pub(in crate::sandbox) const COMPANY_FIELDS: &[&str] = &[
    "id",
    "identifier",
    "name",
    "status",
    "addressLine1",
    "addressLine2",
    "city",
    "state",
    "zip",
    "country",
    "phoneNumber",
    "faxNumber",
    "website",
    "territory",
    "market",
    "accountNumber",
    "defaultContact",
    "dateAcquired",
    "parentCompany",
    "annualRevenue",
    "numberOfEmployees",
    "leadFlag",
    "unsubscribeFlag",
    "taxCode",
    "billingTerms",
    "billToCompany",
    "billingSite",
    "billingContact",
    "deletedFlag",
    "dateDeleted",
    "deletedBy",
    "currency",
    "isVendorFlag",
    "types",
    "type",
    "site",
    "lastUpdated",
    "updatedBy",
    "enteredBy",
    "dateEntered",
    "_info",
    "customFields",
];

impl Record for Company {
    fn id(&self) -> i64 {
        self.id
    }

    fn quick(&self, world: &World, path: &[String]) -> Option<Value> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        Some(match parts.as_slice() {
            ["id"] => self.id.into(),
            ["name"] => self.name.as_str().into(),
            ["identifier"] => self.identifier.as_str().into(),
            ["deletedFlag"] => self.deleted.into(),
            ["status", "id"] => self.status_id.into(),
            ["status", "name"] => world.setup.name_of("statuses", self.status_id).into(),
            ["lastUpdated"] => crate::sandbox::values::time(self.updated).into(),
            _ => return None,
        })
    }

    fn show(&self, world: &World, to: &mut impl Show) {
        to.field("id", || &self.id);
        to.field("identifier", || &self.identifier);
        to.field("name", || &self.name);
        to.field("status", || world.setup.reference("statuses", self.status_id));
        to.field("addressLine1", || &self.street);
        to.field("city", || &self.city);
        to.field("zip", || &self.zip);
        to.field("country", || json!({"id": 1, "name": self.country}));
        to.field("phoneNumber", || &self.phone);
        to.field("faxNumber", || "");
        to.field("territory", || json!({"id": 2, "name": "Main Office"}));
        to.field("accountNumber", || format!("A{:06}", self.id));
        to.field("dateAcquired", || "2019-03-01T00:00:00Z");
        to.field("leadFlag", || false);
        to.field("unsubscribeFlag", || false);
        to.field("taxCode", || json!({"id": 1, "name": "Standard"}));
        to.field("billingTerms", || json!({"id": 1, "name": "Net 30 days"}));
        to.field("billToCompany", || self.reference());
        to.field("billingSite", || json!({"id": site_id(self.id), "name": "Main"}));
        to.field("invoiceDeliveryMethod", || json!({"id": 1, "name": "Mail"}));
        to.field("deletedFlag", || &self.deleted);
        to.field("currency", || world.setup.reference("currencies", self.currency_id));
        to.field("isVendorFlag", || false);
        to.field("types", || json!([{"id": 1, "name": "Client"}]));
        to.field("site", || json!({"id": site_id(self.id), "name": "Main"}));
        to.field("_info", || info(world.born, self.updated, "office"));
        to.field("customFields", || json!([]));
        to.maybe("website", self.website.as_ref());
        let contact = self.contact_id.and_then(|id| world.contacts.get(&id));
        to.maybe("defaultContact", contact.map(|c| named(c.id, c.name())));
        to.maybe("billingContact", contact.map(|c| named(c.id, c.name())));
        if self.deleted {
            to.field("dateDeleted", || "2024-02-01T09:30:00Z");
            to.field("deletedBy", || "office");
        }
        let parent = self.parent_id.and_then(|id| world.companies.get(&id));
        to.maybe("parentCompany", parent.map(Company::reference));
    }
}

impl Company {
    /// The company as other records refer to it.
    pub(in crate::sandbox) fn reference(&self) -> CompanyReference<'_> {
        CompanyReference { id: self.id, identifier: &self.identifier, name: &self.name }
    }
}

/// A company as other records refer to it.
#[derive(Serialize)]
pub(in crate::sandbox) struct CompanyReference<'a> {
    id: i64,
    identifier: &'a str,
    name: &'a str,
}

/// The number of a company's only site.
pub(in crate::sandbox) fn site_id(company: i64) -> i64 {
    company + 1_000_000
}

/// A person at a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// ConnectWise's number.
    pub id: i64,
    /// Number of the company.
    pub company_id: i64,
    /// First name.
    pub first: &'static str,
    /// Last name.
    pub last: &'static str,
    /// E-mail address.
    pub email: String,
    /// No longer there.
    pub inactive: bool,
}

/// Fields that conditions may name.
pub(in crate::sandbox) const CONTACT_FIELDS: &[&str] = &[
    "id",
    "firstName",
    "lastName",
    "company",
    "site",
    "addressLine1",
    "city",
    "state",
    "zip",
    "country",
    "inactiveFlag",
    "title",
    "defaultFlag",
    "defaultBillingFlag",
    "communicationItems",
    "types",
    "lastUpdated",
    "updatedBy",
    "enteredBy",
    "_info",
    "customFields",
];

impl Contact {
    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

impl Record for Contact {
    fn id(&self) -> i64 {
        self.id
    }

    fn quick(&self, _world: &World, path: &[String]) -> Option<Value> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        Some(match parts.as_slice() {
            ["id"] => self.id.into(),
            ["company", "id"] => self.company_id.into(),
            ["inactiveFlag"] => self.inactive.into(),
            _ => return None,
        })
    }

    fn show(&self, world: &World, to: &mut impl Show) {
        let company = world.companies.get(&self.company_id);
        let default = company.is_some_and(|c| c.contact_id == Some(self.id));
        to.field("id", || &self.id);
        to.field("firstName", || &self.first);
        to.field("lastName", || &self.last);
        to.field("site", || json!({"id": site_id(self.company_id), "name": "Main"}));
        to.field("inactiveFlag", || &self.inactive);
        to.field("marriedFlag", || false);
        to.field("childrenFlag", || false);
        to.field("disablePortalLoginFlag", || true);
        to.field("unsubscribeFlag", || false);
        to.field("defaultFlag", || default);
        to.field("defaultBillingFlag", || default);
        to.field("communicationItems", || {
            json!([{
                "id": self.id, "type": {"id": 1, "name": "Email"}, "value": self.email,
                "defaultFlag": true, "domain": "", "communicationType": "Email",
            }])
        });
        to.field("_info", || info(world.born, world.born, "office"));
        to.field("customFields", || json!([]));
        to.maybe("company", company.map(Company::reference));
    }
}
