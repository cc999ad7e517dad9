//! `/finance/agreements/{id}/additions`

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::lenient;
use super::reference::{self, Reference};
use crate::connectwise::numbers::{midnight, number};
use crate::connectwise::paging::Record;
use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::psa::MarkerPlace;

/// An effective date that is missing: before every real day.
const NO_DAY: Date = jiff::civil::date(1, 1, 1);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct AdditionRecord {
    id: i64,
    agreement_id: Option<i64>,
    product: Option<Reference>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    quantity: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    unit_price: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    unit_cost: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::text")]
    bill_customer: Option<String>,
    #[serde(default, deserialize_with = "lenient::day")]
    effective_date: Option<Date>,
    #[serde(default, deserialize_with = "lenient::day")]
    cancelled_date: Option<Date>,
    #[serde(default, deserialize_with = "lenient::text")]
    invoice_description: Option<String>,
    #[serde(default, deserialize_with = "lenient::decimal")]
    ext_price: Option<Decimal>,
    #[serde(default, deserialize_with = "lenient::text")]
    serial_number: Option<String>,
    #[serde(default)]
    custom_fields: Value,
    #[serde(default, rename = "_info")]
    info: Value,
}

impl Record for AdditionRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

impl AdditionRecord {
    /// Whether it is on this agreement, as far as it says.
    pub(in crate::connectwise) fn is_on(&self, agreement: i64) -> bool {
        self.agreement_id.is_none_or(|id| id == agreement || id == 0)
    }

    /// The addition on the agreement under which it was asked for.
    pub(in crate::connectwise) fn live(self, agreement: i64) -> LiveAddition {
        let info = |name: &str| self.info.get(name).and_then(Value::as_str);
        let last_updated = match (info("lastUpdated"), info("updatedBy")) {
            (Some(at), Some(by)) => Some(format!("{at} {by}")),
            (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
            (None, None) => None,
        };
        LiveAddition {
            id: self.id,
            agreement_id: agreement,
            bill_customer: self.bill_customer.unwrap_or_default(),
            fields: AdditionFields {
                product_id: reference::number(self.product.as_ref()),
                quantity: self.quantity.unwrap_or_default(),
                unit_price: self.unit_price.unwrap_or_default(),
                unit_cost: self.unit_cost,
                effective: self.effective_date.unwrap_or(NO_DAY),
                cancelled: self.cancelled_date,
                invoice_description: self.invoice_description.unwrap_or_default(),
            },
            ext_price: self.ext_price,
            serial_number: self.serial_number,
            custom_fields: texts(&self.custom_fields),
            raw_custom_fields: self.custom_fields,
            last_updated,
        }
    }
}

/// Custom fields by caption, those that hold text.
fn texts(fields: &Value) -> BTreeMap<String, String> {
    let text = |v: &Value, name: &str| v.get(name).and_then(Value::as_str).map(str::to_owned);
    fields
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|f| Some((text(f, "caption")?, text(f, "value")?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The body that creates one: an open end is left out, for `null` is not allowed
/// (connectwise-api.md 10.3).
pub(in crate::connectwise) fn body(
    fields: &AdditionFields,
    marker: &str,
    place: &MarkerPlace,
) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| {
        body.insert(name.to_owned(), value);
    };
    put("product", reference::to(fields.product_id));
    put("quantity", number(fields.quantity));
    put("unitPrice", number(fields.unit_price));
    if let Some(cost) = fields.unit_cost {
        put("unitCost", number(cost));
    }
    put("billCustomer", "Billable".into());
    put("effectiveDate", midnight(fields.effective).into());
    if let Some(cancelled) = fields.cancelled {
        put("cancelledDate", midnight(cancelled).into());
    }
    put("invoiceDescription", fields.invoice_description.as_str().into());
    match place {
        MarkerPlace::SerialNumber => put("serialNumber", marker.into()),
        MarkerPlace::CustomField(field) => put(
            "customFields",
            json!([{"id": field.id, "caption": field.caption, "value": marker}]),
        ),
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::psa::CustomField;

    fn read(json: &str) -> LiveAddition {
        serde_json::from_str::<AdditionRecord>(json).unwrap().live(7)
    }

    #[test]
    fn a_record_becomes_an_addition_digit_for_digit() {
        let a = read(
            r#"{"id":3,"product":{"id":10,"identifier":"X"},"quantity":3.0000,"unitPrice":0.1000000001,
            "unitCost":null,"billCustomer":"Billable","effectiveDate":"2026-11-01T00:00:00Z","serialNumber":"AD-1",
            "invoiceDescription":"Mail","extPrice":12345678901234.56,
            "customFields":[{"id":1,"caption":"A","value":"x"},{"id":2,"caption":"B","value":5},{"id":3,"caption":"C","value":null}]}"#,
        );
        assert_eq!(a.fields.quantity.to_string(), "3.0000");
        assert_eq!(a.fields.unit_price.to_string(), "0.1000000001");
        assert_eq!(a.fields.unit_cost, None);
        assert_eq!(a.ext_price.unwrap().to_string(), "12345678901234.56");
        assert_eq!(a.fields.effective, date(2026, 11, 1));
        assert_eq!(a.custom_fields.len(), 1);
        assert_eq!(a.raw_custom_fields.as_array().unwrap().len(), 3);
        assert_eq!((a.agreement_id, a.last_updated), (7, None));
    }

    #[test]
    fn what_is_missing_is_empty() {
        let a =
            read(r#"{"id":3,"_info":{"lastUpdated":"2026-11-01T10:00:00Z"},"cancelledDate":""}"#);
        assert_eq!((a.fields.product_id, a.fields.quantity), (0, Decimal::ZERO));
        assert_eq!((a.fields.effective, a.fields.cancelled), (NO_DAY, None));
        assert_eq!(a.last_updated.as_deref(), Some("2026-11-01T10:00:00Z"));
    }

    #[test]
    fn the_body_has_the_marker_in_its_place_and_no_null() {
        let fields = AdditionFields {
            product_id: 10,
            quantity: "1.50".parse().unwrap(),
            unit_price: "-0.10".parse().unwrap(),
            unit_cost: None,
            effective: date(2026, 11, 1),
            cancelled: None,
            invoice_description: "Caf\u{e9}".into(),
        };
        let text = body(&fields, "AD-X", &MarkerPlace::SerialNumber).to_string();
        assert!(
            text.contains(r#""quantity":1.50"#) && text.contains(r#""unitPrice":-0.10"#),
            "{text}"
        );
        assert!(text.contains(r#""serialNumber":"AD-X""#) && !text.contains("null"), "{text}");
        assert!(!text.contains("cancelledDate") && !text.contains("unitCost"), "{text}");
        let place = MarkerPlace::CustomField(CustomField { id: 11, caption: "Addendum ID".into() });
        let value = body(&fields, "AD-X", &place);
        assert_eq!(value["customFields"][0]["value"], "AD-X");
        assert!(value.get("serialNumber").is_none());
    }
}
