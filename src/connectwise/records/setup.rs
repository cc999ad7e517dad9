//! Setup tables: billing cycles, currencies, custom field definitions; and the caller's rights.

use serde::Deserialize;

use super::lenient;
use super::reference::Reference;
use crate::connectwise::paging::Record;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::money::Currency;
use crate::domain::psa::CustomField;

/// `/finance/billingCycles`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct CycleRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    billing_options: Option<String>,
}

impl Record for CycleRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

impl CycleRecord {
    /// How often it bills: ConnectWise's own word first, the name that people gave it second.
    pub(in crate::connectwise) fn cycle(&self) -> Option<BillingCycle> {
        let read = |word: &Option<String>| word.as_deref().and_then(BillingCycle::parse);
        read(&self.billing_options).or_else(|| read(&self.name))
    }
}

/// `/finance/currencies`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct CurrencyRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    currency_identifier: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    currency_code: Option<Reference>,
}

impl Record for CurrencyRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

impl CurrencyRecord {
    /// Its code, from whichever field has one.
    pub(in crate::connectwise) fn code(&self) -> Option<Currency> {
        let inner = self.currency_code.as_ref();
        [
            inner.and_then(|c| c.identifier.as_deref()),
            inner.and_then(|c| c.name.as_deref()),
            self.currency_identifier.as_deref(),
            self.name.as_deref(),
        ]
        .into_iter()
        .flatten()
        .find_map(currency)
    }
}

/// Three capital letters; a name such as `Yen` is none.
pub(in crate::connectwise) fn currency(text: &str) -> Option<Currency> {
    let text = text.trim();
    text.bytes().all(|b| b.is_ascii_uppercase()).then(|| text.parse().ok())?
}

/// `/system/userDefinedFields`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct FieldRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    caption: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    screen_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    field_type_identifier: Option<String>,
}

impl Record for FieldRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

/// Words in the names of screens that are not the additions'.
const OTHER_SCREENS: [&str; 9] = [
    "compan",
    "contact",
    "ticket",
    "service",
    "project",
    "opportunit",
    "config",
    "activit",
    "order",
];

/// The text fields on agreement additions. How ConnectWise names the screens is not published: where
/// one names additions, only that counts; else those of screens that are surely others are left out.
pub(in crate::connectwise) fn on_additions(all: Vec<FieldRecord>) -> Vec<CustomField> {
    let screen = |r: &FieldRecord| r.screen_id.as_deref().unwrap_or_default().to_lowercase();
    let named = all.iter().any(|r| screen(r).contains("addition"));
    let text = |r: &FieldRecord| {
        r.field_type_identifier
            .as_deref()
            .is_none_or(|t| t.eq_ignore_ascii_case("text") || t.eq_ignore_ascii_case("textarea"))
    };
    all.into_iter()
        .filter(text)
        .filter(|r| {
            let screen = screen(r);
            if named {
                screen.contains("addition")
            } else {
                !OTHER_SCREENS.iter().any(|w| screen.contains(w))
            }
        })
        .filter_map(|r| Some(CustomField { id: r.id, caption: r.caption? }))
        .collect()
}

/// `/system/mySecurity`: the caller's rights, a row for each function of a module.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::connectwise) struct SecurityRow {
    pub id: i64,
    #[serde(deserialize_with = "lenient::text")]
    pub module_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub module_function_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub module_function_identifier: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub add_level: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub edit_level: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub delete_level: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub inquire_level: Option<String>,
}

/// `/system/info`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::connectwise) struct InfoRecord {
    #[serde(deserialize_with = "lenient::text")]
    pub version: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub server_time_zone: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_found_in_any_of_its_fields() {
        for (json, code) in [
            (r#"{"id":1,"currencyIdentifier":"EUR","name":"Euro"}"#, Some("EUR")),
            (
                r#"{"id":1,"currencyIdentifier":"US$","currencyCode":{"id":1,"name":"USD"}}"#,
                Some("USD"),
            ),
            (r#"{"id":1,"name":"Yen"}"#, None),
            (r#"{"id":1,"name":"GBP"}"#, Some("GBP")),
        ] {
            let record: CurrencyRecord = serde_json::from_str(json).unwrap();
            assert_eq!(record.code().map(|c| c.to_string()).as_deref(), code, "{json}");
        }
    }

    #[test]
    fn only_text_fields_of_additions_are_offered() {
        let read = |json: &str| -> Vec<String> {
            let all = serde_json::from_str(json).unwrap();
            on_additions(all).into_iter().map(|f| f.caption).collect()
        };
        let with_screens = r#"[{"id":1,"caption":"Site","screenId":"companies_company","fieldTypeIdentifier":"Text"},
            {"id":2,"caption":"Addendum ID","screenId":"agreements_additions","fieldTypeIdentifier":"Text"},
            {"id":3,"caption":"When","screenId":"agreements_additions","fieldTypeIdentifier":"Date"},
            {"id":4,"caption":"Else","screenId":"agr1"}]"#;
        assert_eq!(read(with_screens), ["Addendum ID"]);
        let without = r#"[{"id":1,"caption":"Site","screenId":"Company"},{"id":2,"caption":"Addendum ID","screenId":"agr020"},{"id":3,"caption":null}]"#;
        assert_eq!(read(without), ["Addendum ID"]);
    }

    #[test]
    fn a_cycle_is_known_by_its_option_or_its_name() {
        let read = |json: &str| serde_json::from_str::<CycleRecord>(json).unwrap().cycle();
        let renamed = r#"{"id":1,"name":"Jeden Monat","billingOptions":"Monthly"}"#;
        assert_eq!(read(renamed), Some(BillingCycle::Monthly));
        assert_eq!(read(r#"{"id":1,"name":"Yearly"}"#), Some(BillingCycle::Yearly));
        assert_eq!(read(r#"{"id":1,"name":"?"}"#), None);
    }
}
