//! Agreements.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::sandbox::lists::Record;
use crate::sandbox::shown::Show;
use crate::sandbox::values::{Stamp, info, named, time};
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

    fn show(&self, world: &World, to: &mut impl Show) {
        let setup = &world.setup;
        let open = |name: &str| !self.other.contains_key(name);
        for name in FLAGS.into_iter().filter(|n| open(n)) {
            to.field(name, || false);
        }
        for (name, word) in WORDS.into_iter().filter(|(n, _)| open(n)) {
            to.field(name, || word);
        }
        for name in AMOUNTS.into_iter().filter(|n| open(n)) {
            to.field(name, || 0);
        }
        if open("taxable") {
            to.field("taxable", || true);
        }
        for (name, value) in &self.other {
            to.field(name, || value);
        }
        to.field("customFields", || [(); 0]);
        to.field("id", || self.id);
        to.field("name", || &self.name);
        to.field("type", || setup.reference("agreementTypes", self.type_id));
        if let Some(company) = world.companies.get(&self.company_id) {
            to.field("company", || company.reference());
            if open("billToCompany") {
                to.field("billToCompany", || company.reference());
            }
            if open("site") {
                to.field("site", || named(super::company::site_id(company.id), "Main"));
            }
        }
        let contact = world.contacts.get(&self.contact_id);
        to.maybe("contact", contact.map(|c| named(c.id, c.name())));
        for (name, table, id) in [
            ("currency", "currencies", self.currency_id),
            ("location", "locations", self.location_id),
            ("department", "departments", self.department_id),
            ("billingCycle", "billingCycles", self.cycle_id),
            ("billingTerms", "billingTerms", self.terms_id),
        ] {
            if let Some(id) = id {
                to.field(name, || setup.reference(table, id));
            }
        }
        let parent = self.parent_id.and_then(|id| world.agreements.get(&id));
        to.maybe("parentAgreement", parent.map(|a| named(a.id, &a.name)));
        to.maybe("startDate", self.start.map(Stamp));
        to.maybe("endDate", self.end.map(Stamp));
        to.maybe("billStartDate", self.bill_start.map(Stamp));
        to.maybe("nextInvoiceDate", self.next_invoice);
        to.maybe("dateCancelled", self.cancelled_on.map(Stamp));
        to.field("noEndingDateFlag", || self.no_end);
        to.field("cancelledFlag", || self.cancelled);
        to.field("prorateFlag", || self.prorates);
        to.field("billOneTimeFlag", || self.bills_once);
        to.amount("billAmount", || self.bill_amount);
        to.field("agreementStatus", || self.status(world.today));
        to.field("_info", || info(self.entered, self.updated, &self.updated_by));
    }
}

/// What is false unless somebody set it.
const FLAGS: [&str; 18] = [
    "restrictLocationFlag",
    "restrictDepartmentFlag",
    "oneTimeFlag",
    "applicationUnlimitedFlag",
    "coverAgreementTime",
    "coverAgreementProduct",
    "coverAgreementExpense",
    "coverSalesTax",
    "carryOverUnused",
    "allowOverruns",
    "expireWhenZero",
    "chargeToFirm",
    "restrictDownPayment",
    "invoiceProratedAdditionsFlag",
    "topComment",
    "bottomComment",
    "autoInvoiceFlag",
    "billZeroAmountFlag",
];

/// What is one of several words, and which unless somebody set it.
const WORDS: [(&str, &str); 9] = [
    ("applicationUnits", "Amount"),
    ("applicationCycle", "CalendarMonth"),
    ("employeeCompRate", "Actual"),
    ("employeeCompNotExceed", "Billing"),
    ("invoicingCycle", "CalendarYear"),
    ("billTime", "NoDefault"),
    ("billExpenses", "NoDefault"),
    ("billProducts", "NoDefault"),
    ("periodType", "Current"),
];

/// What is zero unless somebody set it.
const AMOUNTS: [&str; 3] = ["applicationLimit", "compHourlyRate", "compLimitAmount"];
