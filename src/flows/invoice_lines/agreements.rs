//! Agreements that the plan creates: one for a company and currency, however many lines ask for it
//! (design 6.2).

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::billing_cycle::BillingCycle;
use crate::domain::line::Line;
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::plan::AgreementFields;
use crate::domain::policy::Policy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::{Agreement, AgreementStatus, AgreementType, Company, InvoicingCycle};

/// ConnectWise's limit of an agreement's name.
const LONGEST_NAME: usize = 100;

/// The agreement type of the settings.
///
/// # Errors
/// Not set up: no type is named, none were pulled, or the PSA has none of that name.
pub(super) fn default_type<'a>(
    types: &'a [AgreementType],
    policy: &Policy,
) -> Result<&'a AgreementType, Problem> {
    let not_set_up = |code: &'static str, message: String, remedy: &str| {
        Problem::new(ProblemKind::NotSetUp, code, message, remedy)
    };
    let Some(wanted) = policy.agreement_type.as_deref().map(str::trim).filter(|t| !t.is_empty())
    else {
        return Err(not_set_up(
            "no-agreement-type",
            "no agreement type is chosen, so nothing can be posted".into(),
            "set billing.agreement_type in the settings to the type that cloud charges belong to",
        ));
    };
    let usable: Vec<&AgreementType> = types.iter().filter(|t| !t.inactive).collect();
    if usable.is_empty() {
        return Err(not_set_up(
            "no-agreement-types-pulled",
            "the agreement types of ConnectWise are not known here yet".into(),
            "run `addendum pull agreements`; if it brings none, the role may not see the table \
             (`addendum verify`)",
        ));
    }
    usable.iter().find(|t| t.name.trim().eq_ignore_ascii_case(wanted)).copied().ok_or_else(|| {
        let names: Vec<String> =
            usable.iter().take(12).map(|t| crate::domain::text::harmless(&t.name)).collect();
        not_set_up(
            "unknown-agreement-type",
            format!(
                "billing.agreement_type is \u{201c}{wanted}\u{201d}, and ConnectWise has no active \
                 agreement type of that name"
            ),
            &format!("choose one of: {}", names.join(", ")),
        )
    })
}

/// The agreements to create, with what they will look like to the rules on dates.
#[derive(Debug)]
pub(super) struct NewAgreements<'a> {
    policy: &'a Policy,
    kind: &'a AgreementType,
    wanted: BTreeMap<(i64, Currency), Wanted>,
}

#[derive(Debug)]
struct Wanted {
    fields: AgreementFields,
    agreement: Agreement,
}

impl<'a> NewAgreements<'a> {
    pub(super) fn new(policy: &'a Policy, kind: &'a AgreementType) -> Self {
        Self { policy, kind, wanted: BTreeMap::new() }
    }

    /// Asks for the agreement of a company and currency, from this day on at the latest.
    ///
    /// # Errors
    /// The company has no contact: ConnectWise would refuse the agreement.
    pub(super) fn ask(
        &mut self,
        company: &Company,
        line: &Line,
        first: Date,
    ) -> Result<(), Problem> {
        let start = Period::of(first).first_day();
        if let Some(w) = self.wanted.get_mut(&(company.id, line.currency)) {
            if start < w.fields.start {
                w.fields.start = start;
                w.agreement.start = Some(start);
                w.agreement.bill_start = Some(start);
            }
            return Ok(());
        }
        let Some(contact) = &company.contact else {
            return Err(Problem::new(
                ProblemKind::Incomplete,
                "no-contact",
                format!(
                    "company {} \u{201c}{}\u{201d} needs a new agreement, and ConnectWise makes none \
                     without a contact",
                    company.id,
                    crate::domain::text::harmless(&company.name)
                ),
                "give the company a default contact in ConnectWise and run `addendum pull \
                 companies`, or choose an agreement that exists",
            ));
        };
        let fields = AgreementFields {
            name: self.name(company, line.currency),
            type_id: self.kind.id,
            company_id: company.id,
            contact_id: contact.id,
            start,
            currency: line.currency,
            location_id: self
                .policy
                .new_agreement
                .location
                .or_else(|| self.kind.location.as_ref().map(|l| l.id)),
            department_id: self
                .policy
                .new_agreement
                .department
                .or_else(|| self.kind.department.as_ref().map(|d| d.id)),
            billing_cycle_id: self
                .policy
                .new_agreement
                .billing_cycle
                .or_else(|| self.kind.billing_cycle.as_ref().map(|c| c.id)),
            defaults: self.kind.defaults.clone(),
        };
        let agreement = self.as_agreement(&fields);
        self.wanted.insert((company.id, line.currency), Wanted { fields, agreement });
        Ok(())
    }

    /// The agreement as it will be.
    pub(super) fn get(&self, company: i64, currency: Currency) -> Option<&Agreement> {
        self.wanted.get(&(company, currency)).map(|w| &w.agreement)
    }

    /// All of them, by company and currency.
    pub(super) fn all(&self) -> impl Iterator<Item = &AgreementFields> {
        self.wanted.values().map(|w| &w.fields)
    }

    fn as_agreement(&self, f: &AgreementFields) -> Agreement {
        let own_cycle = self.kind.billing_cycle.as_ref();
        Agreement {
            id: 0,
            name: f.name.clone(),
            type_id: f.type_id,
            company_id: f.company_id,
            currency: Some(f.currency),
            status: AgreementStatus::Active,
            start: Some(f.start),
            end: None,
            bill_start: Some(f.start),
            next_invoice: None,
            prorates: self.kind.prorate,
            bills_once: self.kind.bill_once,
            // A cycle that only the settings name is known by number: what it means is not known
            // here, and then nothing is posted as recurring.
            cycle: own_cycle
                .filter(|c| f.billing_cycle_id == Some(c.id))
                .and_then(|c| BillingCycle::parse(&c.name)),
            invoicing_cycle: match self.kind.defaults.get("invoicingCycle").map(String::as_str) {
                Some("ContractYear") => InvoicingCycle::ContractYear,
                _ => InvoicingCycle::CalendarYear,
            },
        }
    }

    fn name(&self, company: &Company, currency: Currency) -> String {
        let template =
            self.policy.new_agreement.name.as_deref().unwrap_or("{type} {currency} - {company}");
        let mut name = template
            .replace("{type}", &self.kind.name)
            .replace("{currency}", currency.as_str())
            .replace("{company}", &company.name);
        if let Some((end, _)) = name.char_indices().nth(LONGEST_NAME) {
            name.truncate(end);
        }
        name
    }
}
