//! The PSA's records as plain values for tests, and a person's hands on them: what somebody does
//! in ConnectWise's own screens while Addendum is not looking.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::records::Addition;
use super::server::Shared;

/// Looks at a running sandbox, and changes it past the API's rules.
#[derive(Debug, Clone)]
pub struct Inspect {
    shared: Arc<Shared>,
}

#[expect(clippy::todo, unused_variables, reason = "the interface stands first")]
impl Inspect {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
    /// All additions of all agreements, by number.
    pub fn additions(&self) -> Vec<Addition> {
        todo!()
    }
    /// The additions of one agreement, by number.
    pub fn additions_of(&self, agreement: i64) -> Vec<Addition> {
        todo!()
    }
    /// One addition.
    pub fn addition(&self, id: i64) -> Option<Addition> {
        todo!()
    }
    /// The additions whose serial number or a custom field is this marker.
    pub fn marked(&self, marker: &str) -> Vec<Addition> {
        todo!()
    }
    /// Sum of quantity x unit price over all additions that carry a marker (`AD-...`).
    pub fn marked_total(&self) -> Decimal {
        todo!()
    }
    /// A person edits an addition. Returns whether it exists.
    pub fn edit_addition(&self, id: i64, edit: impl FnOnce(&mut Addition)) -> bool {
        todo!()
    }
    /// A person deletes an addition. Returns whether it existed.
    pub fn delete_addition(&self, id: i64) -> bool {
        todo!()
    }
    /// ConnectWise invoiced up to the day before: the agreement's `nextInvoiceDate` becomes `day`.
    pub fn invoice_until(&self, agreement: i64, day: Date) -> bool {
        todo!()
    }
    /// A person deletes all contacts of a company.
    pub fn delete_contacts(&self, company: i64) {
        todo!()
    }
    /// A person puts a company into the recycle bin.
    pub fn delete_company(&self, company: i64) -> bool {
        todo!()
    }
    /// A person makes a catalog item inactive, or active again.
    pub fn set_inactive(&self, product: i64, inactive: bool) -> bool {
        todo!()
    }
}
