//! JSON values as ConnectWise reads and writes them.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};

/// A decimal as a JSON number, without passing through a float.
pub(super) fn number(d: Decimal) -> Value {
    let text = d.to_string();
    Value::Number(Number::from_str(&text).expect("a decimal is written as a JSON number"))
}

/// A JSON number as a decimal; `None` when it is no number or too big.
pub(super) fn decimal(v: &Value) -> Option<Decimal> {
    let Value::Number(n) = v else { return None };
    let text = n.to_string();
    Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// A day as ConnectWise writes it: midnight with a `Z`.
pub(super) fn stamp(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

/// A time as ConnectWise writes it: whole seconds, UTC.
pub(super) fn time(t: Timestamp) -> String {
    t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads `YYYY-MM-DDTHH:MM:SSZ` and, as ConnectWise does for agreements and additions, the bare
/// day. Milliseconds, offsets and a missing zone are refused (connectwise-api.md 9.1).
pub(super) fn day(text: &str) -> Option<Date> {
    let b = text.as_bytes();
    let digits = |r: std::ops::Range<usize>| b[r].iter().all(u8::is_ascii_digit);
    match b.len() {
        10 => {}
        20 => {
            let shape = b[10] == b'T' && b[13] == b':' && b[16] == b':' && b[19] == b'Z';
            if !(shape && digits(11..13) && digits(14..16) && digits(17..19)) {
                return None;
            }
            if &b[11..13] > b"23".as_slice()
                || &b[14..16] > b"59".as_slice()
                || &b[17..19] > b"59".as_slice()
            {
                return None;
            }
        }
        _ => return None,
    }
    if !(b[4] == b'-' && b[7] == b'-' && digits(0..4) && digits(5..7) && digits(8..10)) {
        return None;
    }
    text.get(..10)?.parse().ok()
}

/// A reference: number and name.
pub(super) fn named(id: i64, name: &str) -> Value {
    json!({"id": id, "name": name})
}

/// `_info` of a record.
pub(super) fn info(entered: Timestamp, updated: Timestamp, by: &str) -> Value {
    json!({
        "dateEntered": time(entered),
        "enteredBy": "template",
        "lastUpdated": time(updated),
        "updatedBy": by,
    })
}

/// Puts a value unless there is none: ConnectWise leaves empty fields out.
pub(super) fn put(map: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), value.into());
    }
}

/// A JSON object's map.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
