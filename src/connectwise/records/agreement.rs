//! `/finance/agreements`

use std::collections::HashMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::lenient;
use super::reference::{self, Reference};
use super::setup::currency;
use crate::connectwise::numbers::midnight;
use crate::connectwise::paging::Record;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::money::Currency;
use crate::domain::plan::AgreementFields;
use crate::domain::psa::{Agreement, AgreementStatus, InvoicingCycle};

/// What is asked for in lists.
pub(in crate::connectwise) const FIELDS: &str = "id,name,type,company,currency,agreementStatus,\
    cancelledFlag,dateCancelled,startDate,endDate,noEndingDateFlag,billStartDate,nextInvoiceDate,\
    prorateFlag,billOneTimeFlag,billingCycle,invoicingCycle";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CurrencyReference {
    id: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    currency_code: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    currency_identifier: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct AgreementRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<Reference>,
    company: Option<Reference>,
    currency: Option<CurrencyReference>,
    #[serde(default, deserialize_with = "lenient::text")]
    agreement_status: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    cancelled_flag: bool,
    #[serde(default, deserialize_with = "lenient::day")]
    date_cancelled: Option<Date>,
    #[serde(default, deserialize_with = "lenient::day")]
    start_date: Option<Date>,
    #[serde(default, deserialize_with = "lenient::day")]
    end_date: Option<Date>,
    #[serde(default, deserialize_with = "lenient::flag")]
    no_ending_date_flag: bool,
    #[serde(default, deserialize_with = "lenient::day")]
    bill_start_date: Option<Date>,
    #[serde(default, deserialize_with = "lenient::day")]
    next_invoice_date: Option<Date>,
    #[serde(default, deserialize_with = "lenient::flag")]
    prorate_flag: bool,
    #[serde(default, deserialize_with = "lenient::flag")]
    bill_one_time_flag: bool,
    billing_cycle: Option<Reference>,
    #[serde(default, deserialize_with = "lenient::text")]
    invoicing_cycle: Option<String>,
}

impl Record for AgreementRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

/// What references mean, as far as it was read: by number.
#[derive(Debug, Clone, Default)]
pub(in crate::connectwise) struct Tables {
    pub cycles: HashMap<i64, BillingCycle>,
    pub currencies: HashMap<i64, Currency>,
    /// Agreements without a currency have been seen.
    pub unnamed: bool,
}

impl AgreementRecord {
    /// Number and code of its currency, where both stand in the record.
    pub(in crate::connectwise) fn currency_pair(&self) -> Option<(i64, Currency)> {
        let reference = self.currency.as_ref()?;
        Some((reference.id.filter(|id| *id > 0)?, code_of(reference)?))
    }

    /// Whether it has no currency at all.
    pub(in crate::connectwise) fn names_no_currency(&self) -> bool {
        self.currency.as_ref().is_none_or(|c| c.id.is_none() && code_of(c).is_none())
    }

    /// Whether its currency can only be known from the table of currencies.
    pub(in crate::connectwise) fn needs_currencies(&self, tables: &Tables) -> bool {
        self.currency.as_ref().is_some_and(|c| {
            code_of(c).is_none() && c.id.is_some_and(|id| !tables.currencies.contains_key(&id))
        })
    }

    /// The agreement, with what references mean.
    pub(in crate::connectwise) fn resolved(self, tables: &Tables) -> Agreement {
        let cycle = self.billing_cycle.as_ref().and_then(|r| {
            let by_number = r.id.and_then(|id| tables.cycles.get(&id)).copied();
            by_number.or_else(|| r.name.as_deref().and_then(BillingCycle::parse))
        });
        let currency = self
            .currency
            .as_ref()
            .and_then(|c| code_of(c).or_else(|| tables.currencies.get(&c.id?).copied()));
        let status = self.status();
        let end = if status == AgreementStatus::Cancelled {
            self.date_cancelled.or(self.end_date)
        } else {
            self.end_date.filter(|_| !self.no_ending_date_flag)
        };
        Agreement {
            id: self.id,
            name: self.name.unwrap_or_default(),
            type_id: reference::number(self.kind.as_ref()),
            company_id: reference::number(self.company.as_ref()),
            currency,
            status,
            start: self.start_date,
            end,
            bill_start: self.bill_start_date,
            next_invoice: self.next_invoice_date,
            prorates: self.prorate_flag,
            bills_once: self.bill_one_time_flag,
            cycle,
            invoicing_cycle: match self.invoicing_cycle.as_deref() {
                Some("ContractYear") => InvoicingCycle::ContractYear,
                _ => InvoicingCycle::CalendarYear,
            },
        }
    }

    /// Without a word the flags tell; a word that we do not know is not taken for Active.
    fn status(&self) -> AgreementStatus {
        match self.agreement_status.as_deref().map(str::trim) {
            Some(word) if word.eq_ignore_ascii_case("active") => AgreementStatus::Active,
            Some(word) if word.eq_ignore_ascii_case("cancelled") => AgreementStatus::Cancelled,
            Some(word) if word.eq_ignore_ascii_case("expired") => AgreementStatus::Expired,
            Some(_) => AgreementStatus::Inactive,
            None if self.cancelled_flag => AgreementStatus::Cancelled,
            None => AgreementStatus::Active,
        }
    }
}

fn code_of(reference: &CurrencyReference) -> Option<Currency> {
    [&reference.currency_code, &reference.currency_identifier, &reference.name]
        .into_iter()
        .filter_map(|t| t.as_deref())
        .find_map(currency)
}

/// The body that creates one. The billing start is sent too: left to the server it drifts one day
/// past the start, and additions dated at the start are refused then (connectwise-api.md 9.2).
pub(in crate::connectwise) fn body(fields: &AgreementFields, currency: Option<Value>) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| {
        body.insert(name.to_owned(), value);
    };
    put("name", fields.name.as_str().into());
    put("type", reference::to(fields.type_id));
    put("company", reference::to(fields.company_id));
    put("contact", reference::to(fields.contact_id));
    put("startDate", midnight(fields.start).into());
    put("billStartDate", midnight(fields.start).into());
    put("noEndingDateFlag", true.into());
    for (name, id) in [
        ("location", fields.location_id),
        ("department", fields.department_id),
        ("billingCycle", fields.billing_cycle_id),
    ] {
        if let Some(id) = id {
            put(name, reference::to(id));
        }
    }
    if let Some(currency) = currency {
        put("currency", currency);
    }
    for (name, word) in &fields.defaults {
        if super::agreement_type::DEFAULTS.contains(&name.as_str()) {
            put(name, word.as_str().into());
        }
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(json: &str) -> Agreement {
        let tables = Tables {
            cycles: HashMap::from([(4, BillingCycle::Quarterly)]),
            currencies: HashMap::from([(2, "EUR".parse().unwrap())]),
            unnamed: false,
        };
        serde_json::from_str::<AgreementRecord>(json).unwrap().resolved(&tables)
    }

    #[test]
    fn a_record_becomes_an_agreement() {
        let a = read(
            r#"{"id":5,"name":"Cloud","type":{"id":2,"name":"Managed Cloud"},"company":{"id":9},
            "currency":{"id":2,"name":"Euro"},"agreementStatus":"Active","startDate":"2026-01-01T00:00:00Z",
            "endDate":"","billStartDate":"2026-01-01T00:00:00Z","nextInvoiceDate":"2026-12-01",
            "prorateFlag":null,"billingCycle":{"id":4,"name":"Jedes Quartal"},"invoicingCycle":"ContractYear","extra":1e5}"#,
        );
        assert_eq!((a.id, a.type_id, a.company_id), (5, 2, 9));
        assert_eq!(a.currency.unwrap().as_str(), "EUR");
        assert_eq!(a.status, AgreementStatus::Active);
        assert_eq!((a.start, a.end), (Some(date(2026, 1, 1)), None));
        assert_eq!(a.next_invoice, Some(date(2026, 12, 1)));
        assert_eq!(a.cycle, Some(BillingCycle::Quarterly));
        assert_eq!(a.invoicing_cycle, InvoicingCycle::ContractYear);
    }

    #[test]
    fn status_and_end_follow_words_and_flags() {
        for (json, status) in [
            (r#"{"id":1}"#, AgreementStatus::Active),
            (r#"{"id":1,"cancelledFlag":true}"#, AgreementStatus::Cancelled),
            (r#"{"id":1,"agreementStatus":"Expired"}"#, AgreementStatus::Expired),
            (r#"{"id":1,"agreementStatus":"OnHold"}"#, AgreementStatus::Inactive),
        ] {
            assert_eq!(read(json).status, status, "{json}");
        }
        let open = r#"{"id":1,"endDate":"2026-05-01T00:00:00Z","noEndingDateFlag":true}"#;
        assert_eq!(read(open).end, None);
        let code = r#"{"id":1,"currency":{"id":7,"currencyCode":"GBP","name":"Pound"}}"#;
        assert_eq!(read(code).currency.unwrap().as_str(), "GBP");
    }
}
