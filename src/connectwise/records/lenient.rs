//! Deserializers that take what servers send where the description promises something else:
//! `null`, an empty text, a number as text.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize as _, Deserializer};
use serde_json::Value;

use crate::connectwise::numbers;

/// Text; numbers as their digits. Empty and anything else: none.
pub(in crate::connectwise) fn text<'de, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::String(s) if !s.trim().is_empty() => Some(s),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    })
}

/// Yes or no; `null` and anything else: no.
pub(in crate::connectwise) fn flag<'de, D: Deserializer<'de>>(d: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::Bool(b) => b,
        Value::String(s) => s.eq_ignore_ascii_case("true"),
        _ => false,
    })
}

/// A decimal, digit for digit.
pub(in crate::connectwise) fn decimal<'de, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<Decimal>, D::Error> {
    Ok(numbers::decimal(&Value::deserialize(d)?))
}

/// A calendar day.
pub(in crate::connectwise) fn day<'de, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<Date>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::String(s) => numbers::day(&s),
        _ => None,
    })
}
