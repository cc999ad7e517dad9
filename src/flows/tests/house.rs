//! A store in memory: lines, mappings and PSA records to plan on, and what carrying out a plan
//! leaves behind.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::addition::OwnAddition;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::{Line, LineDates, LineId, Posted, Text};
use crate::domain::line_choice::OwnChoice;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Plan};
use crate::domain::plan_input::{PeriodTotals, PlanInput, SubscriptionKey};
use crate::domain::policy::{AutoCancel, Policy, Scope};
use crate::domain::problem::Problem;
use crate::domain::psa::{
    Agreement, AgreementStatus, AgreementType, Company, InvoicingCycle, NamedRef, Product,
};
use crate::domain::status::PsaStatus;
use crate::flows::invoice_lines;

pub(super) const SOURCE: &str = "canonical";
/// The default agreement type.
pub(super) const TYPE: i64 = 5;

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// What there is to plan on.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub input: PlanInput,
    pub policy: Policy,
    pub scope: Scope,
    next: i64,
}

impl House {
    /// Organization `org-1` is company 1 with agreement 10 in EUR, monthly; `offer` is product 100.
    pub(super) fn new() -> Self {
        let mut house = Self::empty();
        house.organization("org-1", 1);
        house.agreement(10, 1);
        house
    }

    /// No organization yet; `offer` is product 100.
    pub(super) fn empty() -> Self {
        let mut input = PlanInput::default();
        input.agreement_types.push(AgreementType {
            id: TYPE,
            name: "Managed Cloud".into(),
            inactive: false,
            location: Some(NamedRef { id: 2, name: "Main".into() }),
            department: Some(NamedRef { id: 3, name: "Cloud".into() }),
            billing_cycle: Some(NamedRef { id: 4, name: "Monthly".into() }),
            prorate: false,
            bill_once: false,
            defaults: [("employeeCompRate".to_owned(), "Hourly".to_owned())].into(),
        });
        let policy = Policy {
            agreement_type: Some("managed cloud".into()),
            auto_cancel: AutoCancel::On,
            ..Policy::default()
        };
        let mut house = Self { input, policy, scope: Scope::default(), next: 1000 };
        house.offer("offer", 100);
        house
    }

    pub(super) fn organization(&mut self, id: &str, company: i64) {
        self.company(company);
        let (source, id): (Text, Text) = (SOURCE.into(), id.into());
        self.input.organizations.insert(
            (source.clone(), id.clone()),
            OrganizationMapping {
                source,
                name: id.clone(),
                id,
                excluded: false,
                companies: vec![company],
            },
        );
    }

    pub(super) fn company(&mut self, id: i64) -> &mut Company {
        self.input.companies.entry(id).or_insert_with(|| Company {
            id,
            identifier: format!("C{id}"),
            name: format!("Company {id}"),
            status: "Active".into(),
            deleted: false,
            contact: Some(NamedRef { id: 7, name: "Ada".into() }),
            domain: None,
            city: None,
        })
    }

    pub(super) fn offer(&mut self, id: &str, product: i64) {
        self.input.products.insert(
            product,
            Product {
                id: product,
                identifier: format!("P{product}"),
                description: format!("Product {product}"),
                class: "Agreement".into(),
                inactive: false,
                part_number: None,
                vendor_sku: None,
                price: None,
                cost: None,
            },
        );
        let (source, id): (Text, Text) = (SOURCE.into(), id.into());
        self.input.offers.insert(
            (source.clone(), id.clone()),
            OfferMapping {
                source,
                name: id.clone(),
                id,
                part_number: None,
                product: Some(product),
            },
        );
    }

    /// A monthly agreement of the default type in EUR that bills since 2026.
    pub(super) fn agreement(&mut self, id: i64, company: i64) -> &mut Agreement {
        self.input.agreements.entry(id).or_insert_with(|| Agreement {
            id,
            name: format!("Agreement {id}"),
            type_id: TYPE,
            company_id: company,
            currency: Some("EUR".parse().unwrap()),
            status: AgreementStatus::Active,
            start: Some(day("2026-01-01")),
            end: None,
            bill_start: Some(day("2026-01-01")),
            next_invoice: None,
            prorates: false,
            bills_once: false,
            cycle: Some(BillingCycle::Monthly),
            invoicing_cycle: InvoicingCycle::CalendarYear,
        })
    }

    /// A monthly fee of `org-1` for a whole month, with a subscription named like the key's part
    /// before `@`: the same subscription in several months has keys `s@1`, `s@2`.
    pub(super) fn fee(&mut self, key: &str, month: &str) -> &mut Line {
        self.fee_of("org-1", key, month)
    }

    pub(super) fn fee_of(&mut self, organization: &str, key: &str, month: &str) -> &mut Line {
        let period: Period = month.parse().unwrap();
        self.next += 1;
        let subscription = key.split('@').next().unwrap_or(key);
        let line = Line {
            id: LineId(self.next),
            source: SOURCE.into(),
            key: key.into(),
            period,
            invoice_number: "INV".into(),
            invoice_date: period.first_day().saturating_add(jiff::ToSpan::days(9)),
            invoice_status: InvoiceStatus::Verified,
            organization_id: organization.into(),
            organization_name: "Fourth Coffee".into(),
            contract_id: Some("contract".into()),
            subscription_id: Some(subscription.into()),
            subscription_name: Some("Office".into()),
            offer_id: "offer".into(),
            offer_name: "The offer".into(),
            part_number: None,
            charge_type: ChargeType::CycleFee,
            billing_cycle: Some("Monthly".into()),
            charge_start: period.first_day(),
            charge_end: Some(period.last_day()),
            quantity: dec("2"),
            unit_price: Some(dec("10.50")),
            unit_cost: Some(dec("8")),
            total: dec("21"),
            currency: "EUR".parse().unwrap(),
            side: None,
            dates: LineDates::default(),
            choice: OwnChoice::default(),
            psa_status: PsaStatus::NotSynced,
            posted: None,
            revision: None,
            error: None,
        };
        self.input.lines.push(line);
        self.input.lines.last_mut().unwrap()
    }

    /// A usage charge of `org-1` for a whole month.
    pub(super) fn usage(&mut self, key: &str, month: &str) -> &mut Line {
        let line = self.fee(key, month);
        line.charge_type = ChargeType::UsageFee;
        line
    }

    pub(super) fn line(&mut self, key: &str) -> &mut Line {
        self.input.lines.iter_mut().find(|l| &*l.key == key).unwrap()
    }

    /// Brings up what the store derives from its lines.
    pub(super) fn tally(&mut self) {
        let mut totals: HashMap<(Period, Text), (HashSet<Text>, PeriodTotals)> = HashMap::new();
        self.input.present.clear();
        for l in &self.input.lines {
            let of = totals.entry((l.period, l.source.clone())).or_default();
            of.0.insert(l.organization_id.clone());
            let sum = of.1.money.entry(l.currency).or_default();
            *sum = sum.saturating_add(l.source_total());
            let present = self.input.present.entry((l.period, l.source.clone())).or_default();
            if let (true, Some(s)) = (l.charge_type.is_recurring(), &l.subscription_id) {
                let key = SubscriptionKey {
                    contract: l.contract_id.clone(),
                    subscription: s.clone(),
                    offer: l.offer_id.clone(),
                };
                *present.entry(key).or_default() += 1;
            }
        }
        self.input.totals = totals
            .into_iter()
            .map(|(k, (organizations, t))| {
                (k, PeriodTotals { organizations: organizations.len() as u64, ..t })
            })
            .collect();
    }

    pub(super) fn try_plan(&mut self) -> Result<Plan, Problem> {
        self.tally();
        invoice_lines(&self.input, &self.policy, &self.scope)
    }

    pub(super) fn plan(&mut self) -> Plan {
        self.try_plan().unwrap()
    }

    /// Plans and carries out, as the executor and the store do when nothing goes wrong.
    pub(super) fn sync(&mut self) -> Plan {
        let plan = self.plan();
        self.apply(&plan);
        plan
    }

    pub(super) fn apply(&mut self, plan: &Plan) {
        for action in &plan.actions {
            self.act(action);
        }
        for s in &plan.settled {
            let own = self.input.additions.iter_mut().find(|a| a.marker == s.marker).unwrap();
            own.shown = s.period;
            own.line = s.line.clone();
            let posted = Posted {
                marker: s.marker.clone(),
                agreement_id: own.agreement_id,
                addition_id: own.addition_id,
                total: s.amount,
                sold: s.sold.unwrap_or(s.amount),
            };
            self.post(s.line_id, posted);
        }
        for e in &plan.errors {
            let line = self.by_id(e.line_id.unwrap());
            line.psa_status = PsaStatus::Error;
            line.error = Some(Box::new(e.problem.clone()));
        }
    }

    fn by_id(&mut self, id: LineId) -> &mut Line {
        self.input.lines.iter_mut().find(|l| l.id == id).unwrap()
    }

    fn post(&mut self, id: LineId, posted: Posted) {
        let line = self.by_id(id);
        assert_eq!(line.total, posted.total, "a line is posted whole");
        line.psa_status = PsaStatus::Synced;
        line.posted = Some(Box::new(posted));
        line.error = None;
    }

    fn act(&mut self, action: &Action) {
        if action.kind == ActionKind::CreateAgreement {
            let fields = action.new_agreement.as_ref().unwrap();
            self.next += 1;
            let id = self.next;
            let agreement = self.agreement(id, fields.company_id);
            agreement.name = fields.name.clone();
            agreement.currency = Some(fields.currency);
            agreement.start = Some(fields.start);
            agreement.bill_start = Some(fields.start);
            return;
        }
        let agreement_id = match action.agreement {
            AgreementTarget::Existing(id) => id,
            AgreementTarget::New { company, currency } => {
                let made: Vec<i64> = self
                    .input
                    .agreements
                    .values()
                    .filter(|a| a.company_id == company && a.currency == Some(currency))
                    .filter(|a| a.status == AgreementStatus::Active && a.type_id == TYPE)
                    .map(|a| a.id)
                    .collect();
                assert_eq!(made.len(), 1, "a new agreement is made once, before it is used");
                made[0]
            }
        };
        let (marker, after) = (action.marker.clone().unwrap(), action.after.clone().unwrap());
        let known = self.input.additions.iter_mut().find(|a| a.marker == marker);
        let addition_id = match (action.kind, known) {
            (ActionKind::Create, None) => {
                self.next += 1;
                self.input.additions.push(OwnAddition {
                    marker: marker.clone(),
                    subject: action.subject.clone().unwrap(),
                    company_id: action.company_id,
                    agreement_id,
                    addition_id: self.next,
                    fields: after,
                    currency: action.currency,
                    shown: action.period.unwrap(),
                    line: action.lines.first().cloned().unwrap_or_else(|| "".into()),
                    gone: false,
                });
                self.next
            }
            (ActionKind::Create, Some(own)) => {
                assert!(own.gone, "{marker} is made twice");
                own.gone = false;
                own.fields = after;
                own.addition_id
            }
            (ActionKind::Update | ActionKind::Cancel, Some(own)) => {
                assert_eq!(Some(&own.fields), action.before.as_deref(), "the plan knows its past");
                assert!(action.addition_id.is_none_or(|id| id == own.addition_id));
                own.fields = after;
                own.shown = action.period.unwrap();
                if let Some(line) = action.lines.first() {
                    own.line = line.clone();
                }
                own.addition_id
            }
            other => panic!("{other:?} is nothing that this flow plans"),
        };
        for id in &action.line_ids {
            let line = self.by_id(*id);
            let total = line.total;
            let sold = action.sold_for(&line.key).unwrap_or(total);
            let marker = marker.clone();
            self.post(*id, Posted { marker, agreement_id, addition_id, total, sold });
        }
    }
}

/// The only write to an addition.
pub(super) fn only(plan: &Plan) -> &Action {
    assert!(plan.errors.is_empty(), "{:?}", plan.errors);
    let writes: Vec<&Action> = plan.actions.iter().filter(|a| a.marker.is_some()).collect();
    assert_eq!(writes.len(), 1, "{writes:#?}");
    writes[0]
}

/// The only refusal's code.
pub(super) fn refused(plan: &Plan) -> &str {
    assert!(plan.actions.is_empty(), "{:#?}", plan.actions);
    assert_eq!((plan.errors.len(), plan.counts.failed), (1, 1), "{:?}", plan.errors);
    let problem = &plan.errors[0].problem;
    assert!(!problem.message.is_empty() && !problem.remedy.is_empty());
    &problem.code
}

/// Codes of an action's reasons.
pub(super) fn reasons(action: &Action) -> Vec<&str> {
    action.reasons.iter().map(|r| &*r.code).collect()
}

/// Codes of the plan's notices.
pub(super) fn notices(plan: &Plan) -> Vec<&str> {
    plan.notices.iter().map(|r| &*r.code).collect()
}
