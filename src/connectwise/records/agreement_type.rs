//! `/finance/agreements/types`, with the defaults that a new agreement takes from its type.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::lenient;
use super::reference::Reference;
use crate::connectwise::paging::Record;
use crate::domain::psa::AgreementType;

/// ConnectWise's own words that are sent back as they are.
pub(in crate::connectwise) const DEFAULTS: [&str; 6] = [
    "employeeCompRate",
    "employeeCompNotExceed",
    "invoicingCycle",
    "billTime",
    "billExpenses",
    "billProducts",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct AgreementTypeRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    inactive_flag: bool,
    location: Option<Reference>,
    department: Option<Reference>,
    billing_cycle: Option<Reference>,
    #[serde(default, deserialize_with = "lenient::flag")]
    prorate_flag: bool,
    #[serde(default, deserialize_with = "lenient::flag")]
    bill_one_time_flag: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Record for AgreementTypeRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

impl From<AgreementTypeRecord> for AgreementType {
    fn from(r: AgreementTypeRecord) -> Self {
        let word = |name: &str| r.rest.get(name)?.as_str().filter(|w| !w.is_empty());
        let defaults = DEFAULTS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), word(name)?.to_owned())))
            .collect();
        Self {
            id: r.id,
            name: r.name.unwrap_or_default(),
            inactive: r.inactive_flag,
            location: r.location.and_then(Reference::named),
            department: r.department.and_then(Reference::named),
            billing_cycle: r.billing_cycle.and_then(Reference::named),
            prorate: r.prorate_flag,
            bill_once: r.bill_one_time_flag,
            defaults,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_connectwises_own_words() {
        let json = r#"{"id":2,"name":"Managed Cloud","location":{"id":5,"name":"Main"},"department":null,
            "billingCycle":{"id":1,"name":"Monthly"},"prorateFlag":true,"employeeCompRate":"Actual",
            "billTime":"SomethingNew","billProducts":null,"applicationLimit":1.5,"taxableFlag":true}"#;
        let t: AgreementType = serde_json::from_str::<AgreementTypeRecord>(json).unwrap().into();
        assert!(t.prorate && !t.inactive && !t.bill_once);
        assert_eq!(t.location.unwrap().id, 5);
        assert_eq!(t.department, None);
        let words: Vec<_> = t.defaults.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(words, ["billTime=SomethingNew", "employeeCompRate=Actual"]);
    }
}
