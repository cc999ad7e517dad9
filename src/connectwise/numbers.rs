//! Decimals and days on the wire: numbers digit for digit, never through a binary float, and days
//! as ConnectWise's midnights (connectwise-api.md 8, 9).

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// A decimal as a JSON number: plain digits, no exponent.
pub(super) fn number(value: Decimal) -> Value {
    let value = if value.is_zero() { value.abs() } else { value };
    let number: Number = value.to_string().parse().expect("a decimal's digits are a JSON number");
    Value::Number(number)
}

/// A decimal from a JSON number or its text; `None` for null, empty and what is no number.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.trim().to_owned(),
        _ => return None,
    };
    text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
}

/// A day as ConnectWise wants it: midnight UTC without fractions.
pub(super) fn midnight(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

/// The day that a time of ConnectWise's stands for: its first ten characters, never converted to a
/// zone. Years before 2 are how some servers say "none".
pub(super) fn day(text: &str) -> Option<Date> {
    let day: Date = text.trim().get(..10)?.parse().ok()?;
    (day.year() > 1).then_some(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_in_every_notation() {
        for (json, text) in [
            ("1.10", Some("1.10")),
            ("-0.005", Some("-0.005")),
            ("1e3", Some("1000")),
            ("1.5E-2", Some("0.015")),
            ("100000000000000000000.01", Some("100000000000000000000.01")),
            ("\"12.50\"", Some("12.50")),
            ("\"\"", None),
            ("null", None),
            ("true", None),
            ("1e999", None),
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(decimal(&value).map(|d| d.to_string()).as_deref(), text, "{json}");
        }
    }

    #[test]
    fn days_are_the_first_ten_characters() {
        assert_eq!(midnight(date(2026, 2, 1)), "2026-02-01T00:00:00Z");
        for (text, wanted) in [
            ("2026-12-01T00:00:00Z", Some(date(2026, 12, 1))),
            ("2026-12-01T23:59:59-08:00", Some(date(2026, 12, 1))),
            ("2026-12-01", Some(date(2026, 12, 1))),
            ("", None),
            ("0001-01-01T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("12/01/2026", None),
            ("ää-ää-ää", None),
        ] {
            assert_eq!(day(text), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn decimals_are_kept_digit_for_digit(mantissa in any::<i64>(), scale in 0_u32..=10) {
            let value = Decimal::new(mantissa, scale);
            let json = serde_json::to_string(&number(value)).unwrap();
            prop_assert!(!json.contains(['e', 'E', '"']), "{}", json);
            let back = decimal(&serde_json::from_str(&json).unwrap()).unwrap();
            prop_assert_eq!(back.to_string(), value.to_string());
        }
    }
}
