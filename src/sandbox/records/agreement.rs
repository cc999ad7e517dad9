//! Agreements.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::sandbox::lists::Record;
use crate::sandbox::values::{info, named, number, object, put, stamp, time};
use crate::sandbox::world::World;

/// An agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// ConnectWise's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Number of its type.
    pub type_id: i64,
    /// Number of its company.
    pub company_id: i64,
    /// Number of the contact that it was made with.
    pub contact_id: i64,
    /// Number of its currency.
    pub currency_id: Option<i64>,
    /// Number of its location.
    pub location_id: Option<i64>,
    /// Number of its department.
    pub department_id: Option<i64>,
    /// Number of its billing cycle.
    pub cycle_id: Option<i64>,
    /// Number of its billing terms.
    pub terms_id: Option<i64>,
    /// Number of the agreement above it.
    pub parent_id: Option<i64>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Whether it has no end.
    pub no_end: bool,
    /// First day that is billed.
    pub bill_start: Option<Date>,
    /// First day that is not invoiced yet.
    pub next_invoice: Option<Date>,
    /// Whether it prorates.
    pub prorates: bool,
    /// Whether it bills once.
    pub bills_once: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// When it was cancelled.
    pub cancelled_on: Option<Date>,
    /// Whether it was made inactive.
    pub inactive: bool,
    /// The agreement's own price.
    pub bill_amount: Decimal,
    /// The writable fields that the sandbox keeps but does not look at.
    pub other: Map<String, Value>,
    /// When it was made.
    pub entered: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// By whom.
    pub updated_by: String,
}

impl Agreement {
    /// Active, Cancelled, Expired or Inactive, from its dates and flags.
    pub fn status(&self, today: Date) -> &'static str {
        if self.cancelled {
            "Cancelled"
        } else if self.inactive {
            "Inactive"
        } else if !self.no_end && self.end.is_some_and(|e| e < today) {
            "Expired"
        } else {
            "Active"
        }
    }
}

impl Record for Agreement {
    fn id(&self) -> i64 {
        self.id
    }

    fn quick(&self, world: &World, path: &[String]) -> Option<Value> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        Some(match parts.as_slice() {
            ["id"] => self.id.into(),
            ["company", "id"] => self.company_id.into(),
            ["type", "id"] => self.type_id.into(),
            ["type", "name"] => world.setup.name_of("agreementTypes", self.type_id).into(),
            ["agreementStatus"] => self.status(world.today).into(),
            ["cancelledFlag"] => self.cancelled.into(),
            ["lastUpdated"] => time(self.updated).into(),
            _ => return None,
        })
    }

    fn json(&self, world: &World) -> Map<String, Value> {
        let setup = &world.setup;
        // What the other fields are unless somebody set them.
        let mut m = object(json!({
            "restrictLocationFlag": false, "restrictDepartmentFlag": false, "oneTimeFlag": false,
            "applicationUnits": "Amount", "applicationLimit": 0, "applicationCycle": "CalendarMonth",
            "applicationUnlimitedFlag": false, "coverAgreementTime": false,
            "coverAgreementProduct": false, "coverAgreementExpense": false, "coverSalesTax": false,
            "carryOverUnused": false, "allowOverruns": false, "expireWhenZero": false,
            "chargeToFirm": false, "employeeCompRate": "Actual",
            "employeeCompNotExceed": "Billing", "compHourlyRate": 0, "compLimitAmount": 0,
            "invoicingCycle": "CalendarYear", "taxable": true, "restrictDownPayment": false,
            "invoiceProratedAdditionsFlag": false, "topComment": false, "bottomComment": false,
            "billTime": "NoDefault", "billExpenses": "NoDefault", "billProducts": "NoDefault",
            "periodType": "Current", "autoInvoiceFlag": false, "billZeroAmountFlag": false,
            "customFields": [],
        }));
        m.extend(self.other.clone());
        m.insert("id".into(), self.id.into());
        m.insert("name".into(), self.name.as_str().into());
        m.insert("type".into(), setup.reference("agreementTypes", self.type_id));
        if let Some(company) = world.companies.get(&self.company_id) {
            m.insert("company".into(), company.reference());
            m.entry("billToCompany").or_insert_with(|| company.reference());
            let site = named(super::company::site_id(company.id), "Main");
            m.entry("site").or_insert(site);
        }
        let contact = world.contacts.get(&self.contact_id);
        put(&mut m, "contact", contact.map(|c| named(c.id, &c.name())));
        let mut refer = |name: &str, table: &str, id: Option<i64>| {
            put(&mut m, name, id.map(|id| setup.reference(table, id)));
        };
        refer("currency", "currencies", self.currency_id);
        refer("location", "locations", self.location_id);
        refer("department", "departments", self.department_id);
        refer("billingCycle", "billingCycles", self.cycle_id);
        refer("billingTerms", "billingTerms", self.terms_id);
        let parent = self.parent_id.and_then(|id| world.agreements.get(&id));
        put(&mut m, "parentAgreement", parent.map(|a| named(a.id, &a.name)));
        put(&mut m, "startDate", self.start.map(stamp));
        put(&mut m, "endDate", self.end.map(stamp));
        put(&mut m, "billStartDate", self.bill_start.map(stamp));
        put(&mut m, "nextInvoiceDate", self.next_invoice.map(|d| d.to_string()));
        put(&mut m, "dateCancelled", self.cancelled_on.map(stamp));
        m.insert("noEndingDateFlag".into(), self.no_end.into());
        m.insert("cancelledFlag".into(), self.cancelled.into());
        m.insert("prorateFlag".into(), self.prorates.into());
        m.insert("billOneTimeFlag".into(), self.bills_once.into());
        m.insert("billAmount".into(), number(self.bill_amount));
        m.insert("agreementStatus".into(), self.status(world.today).into());
        m.insert("_info".into(), info(self.entered, self.updated, &self.updated_by));
        m
    }
}
