//! The PSA's records as plain values for tests, and a person's hands on them: what somebody does
//! in ConnectWise's own screens while Addendum is not looking.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::records::{Addition, Agreement, CatalogItem, Company, Contact};
use super::server::Shared;

/// Looks at a running sandbox, and changes it past the API's rules.
#[derive(Debug, Clone)]
pub struct Inspect {
    shared: Arc<Shared>,
}

impl Inspect {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// All additions of all agreements, by agreement and number.
    pub fn additions(&self) -> Vec<Addition> {
        self.shared_additions().iter().map(|a| Addition::clone(a)).collect()
    }

    /// The same, shared with the PSA: they stay as they are when it changes its own.
    pub fn shared_additions(&self) -> Vec<Arc<Addition>> {
        self.shared.look(|w| w.additions.values().flat_map(|l| l.values()).cloned().collect())
    }

    /// The additions of one agreement, by number.
    pub fn additions_of(&self, agreement: i64) -> Vec<Addition> {
        self.shared.look(|w| {
            let list = w.additions.get(&agreement).into_iter().flat_map(BTreeMap::values);
            list.map(|a| Addition::clone(a)).collect()
        })
    }

    /// One addition.
    pub fn addition(&self, id: i64) -> Option<Addition> {
        self.shared.look(|w| {
            let agreement = w.agreement_of(id)?;
            w.addition(agreement, id).map(|a| Addition::clone(a))
        })
    }

    /// The additions whose serial number or a custom field is this marker.
    pub fn marked(&self, marker: &str) -> Vec<Addition> {
        let mut all = self.additions();
        all.retain(|a| markers(a).any(|m| m == marker));
        all
    }

    /// All additions that carry a marker (`AD-...`).
    pub fn all_marked(&self) -> Vec<Addition> {
        let mut all = self.additions();
        all.retain(|a| markers(a).any(|m| m.starts_with("AD-")));
        all
    }

    /// Sum of billed quantity x unit price over all additions that carry a marker (`AD-...`).
    pub fn marked_total(&self) -> Decimal {
        self.all_marked().iter().map(Addition::ext_price).sum()
    }

    /// All agreements, by number.
    pub fn agreements(&self) -> Vec<Agreement> {
        self.shared.look(|w| w.agreements.values().map(|a| Agreement::clone(a)).collect())
    }

    /// The agreements of one company, by number.
    pub fn agreements_of(&self, company: i64) -> Vec<Agreement> {
        let mut all = self.agreements();
        all.retain(|a| a.company_id == company);
        all
    }

    /// All companies, by number.
    pub fn companies(&self) -> Vec<Company> {
        self.shared.look(|w| w.companies.values().cloned().collect())
    }

    /// All contacts, by number.
    pub fn contacts(&self) -> Vec<Contact> {
        self.shared.look(|w| w.contacts.values().cloned().collect())
    }

    /// The catalog, by number.
    pub fn catalog(&self) -> Vec<CatalogItem> {
        self.shared.look(|w| w.catalog.values().cloned().collect())
    }

    /// A person edits an addition. Returns whether it exists.
    pub fn edit_addition(&self, id: i64, edit: impl FnOnce(&mut Addition)) -> bool {
        self.shared.change(|w| {
            let Some(old) = w.agreement_of(id).and_then(|a| w.addition(a, id)) else {
                return false;
            };
            let mut addition = Addition::clone(old);
            edit(&mut addition);
            addition.updated = Timestamp::now();
            addition.updated_by = "a person".into();
            w.put_addition(addition);
            true
        })
    }

    /// A person deletes an addition. Returns whether it existed.
    pub fn delete_addition(&self, id: i64) -> bool {
        self.shared.change(|w| {
            w.agreement_of(id).is_some_and(|agreement| w.remove_addition(agreement, id))
        })
    }

    /// A person deletes an agreement with all its additions. Returns whether it existed.
    pub fn delete_agreement(&self, id: i64) -> bool {
        self.shared.change(|w| {
            let additions: Vec<i64> =
                w.additions.get(&id).map(|l| l.keys().copied().collect()).unwrap_or_default();
            for addition in additions {
                w.remove_addition(id, addition);
            }
            w.remove_agreement(id)
        })
    }

    /// A person deletes all agreement types that no agreement has.
    pub fn delete_unused_agreement_types(&self) {
        self.shared.change(|w| {
            let used: BTreeSet<i64> = w.agreements.values().map(|a| a.type_id).collect();
            Arc::make_mut(&mut w.setup).retain("agreementTypes", |id| used.contains(&id));
        });
    }

    /// A person edits an agreement. Returns whether it exists.
    pub fn edit_agreement(&self, id: i64, edit: impl FnOnce(&mut Agreement)) -> bool {
        self.shared.change(|w| {
            let Some(old) = w.agreements.get(&id) else { return false };
            let mut agreement = Agreement::clone(old);
            edit(&mut agreement);
            agreement.updated = Timestamp::now();
            agreement.updated_by = "a person".into();
            w.put_agreement(agreement);
            true
        })
    }

    /// ConnectWise invoiced up to the day before: the agreement's `nextInvoiceDate` becomes `day`.
    /// Returns whether it exists.
    pub fn invoice_until(&self, agreement: i64, day: Date) -> bool {
        self.edit_agreement(agreement, |a| a.next_invoice = Some(day))
    }

    /// Time goes by: the PSA's today, from which it tells statuses.
    pub fn set_today(&self, today: Date) {
        self.shared.change(|w| w.today = today);
    }

    /// A person deletes all contacts of a company.
    pub fn delete_contacts(&self, company: i64) {
        self.shared.change(|w| {
            Arc::make_mut(&mut w.contacts).retain(|_, c| c.company_id != company);
            if let Some(c) = Arc::make_mut(&mut w.companies).get_mut(&company) {
                c.contact_id = None;
                c.updated = Timestamp::now();
            }
        });
    }

    /// A person edits a company. Returns whether it exists.
    pub fn edit_company(&self, company: i64, edit: impl FnOnce(&mut Company)) -> bool {
        self.shared.change(|w| {
            let Some(c) = Arc::make_mut(&mut w.companies).get_mut(&company) else { return false };
            edit(c);
            c.updated = Timestamp::now();
            true
        })
    }

    /// A person edits a catalog item. Returns whether it exists.
    pub fn edit_product(&self, product: i64, edit: impl FnOnce(&mut CatalogItem)) -> bool {
        self.shared.change(|w| {
            let Some(p) = Arc::make_mut(&mut w.catalog).get_mut(&product) else { return false };
            edit(p);
            p.updated = Timestamp::now();
            true
        })
    }

    /// A person puts a company into the recycle bin. Returns whether it exists.
    pub fn delete_company(&self, company: i64) -> bool {
        self.shared.change(|w| {
            let Some(c) = Arc::make_mut(&mut w.companies).get_mut(&company) else { return false };
            c.deleted = true;
            c.updated = Timestamp::now();
            true
        })
    }

    /// A person makes a catalog item inactive, or active again. Returns whether it exists.
    pub fn set_inactive(&self, product: i64, inactive: bool) -> bool {
        self.shared.change(|w| {
            let Some(p) = Arc::make_mut(&mut w.catalog).get_mut(&product) else { return false };
            p.inactive = inactive;
            p.updated = Timestamp::now();
            true
        })
    }
}

fn markers(addition: &Addition) -> impl Iterator<Item = &str> {
    let custom = addition.custom_fields.values().filter_map(Value::as_str);
    addition.serial_number.as_deref().into_iter().chain(custom)
}
