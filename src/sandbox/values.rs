//! JSON values as ConnectWise reads and writes them.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::temporal::DateTimePrinter;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::{Map, Number, Value};

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
pub(super) struct Stamp(pub Date);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{}T00:00:00Z", self.0))
    }
}

/// A time as ConnectWise writes it: whole seconds, UTC.
pub(super) fn time(t: Timestamp) -> String {
    const SECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
    SECONDS.timestamp_to_string(&t)
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
#[derive(Serialize)]
pub(super) struct Named<N> {
    id: i64,
    name: N,
}

/// A reference: number and name.
pub(super) fn named<N>(id: i64, name: N) -> Named<N> {
    Named { id, name }
}

/// `_info` of a record.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Info<'a> {
    date_entered: String,
    entered_by: &'static str,
    last_updated: String,
    updated_by: &'a str,
}

/// `_info` of a record.
pub(super) fn info(entered: Timestamp, updated: Timestamp, by: &str) -> Info<'_> {
    Info {
        date_entered: time(entered),
        entered_by: "template",
        last_updated: time(updated),
        updated_by: by,
    }
}

/// A JSON object's map.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
