//! Numbers that went through a binary float on their way here, such as 47.599999999999994. Every
//! decimal of up to 15 digits survives a double, so rounding to 15 gives back what was meant.

use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Number, Value};

/// What a double holds for certain.
const DIGITS: u32 = 15;

/// Takes the noise out of every number in the value.
pub(super) fn clean(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(clean) = cleaned(number.as_str()) {
                *number = clean;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(clean),
        Value::Object(object) => object.values_mut().for_each(clean),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The number without noise, if there is some.
fn cleaned(text: &str) -> Option<Number> {
    // A whole number is one, however long it is.
    if !text.contains(['.', 'e', 'E']) {
        return None;
    }
    let digits = text.bytes().take_while(|b| !matches!(b, b'e' | b'E'));
    let digits = digits.filter(u8::is_ascii_digit).skip_while(|b| *b == b'0').count();
    if digits <= DIGITS as usize {
        return None;
    }
    let number = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()?;
    let rounded =
        number.round_sf_with_strategy(DIGITS, RoundingStrategy::MidpointAwayFromZero)?.normalize();
    Number::from_str(&rounded.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn noise_goes_and_everything_else_stays() {
        let text = r#"{"a":47.599999999999994,"b":[0.30000000000000004,-1.1,1e3],"c":"0.30000000000000004","d":12345678901234567890,"e":0.000058000000000000001}"#;
        let mut value: Value = serde_json::from_str(text).unwrap();
        clean(&mut value);
        let wanted = r#"{"a":47.6,"b":[0.3,-1.1,1e+3],"c":"0.30000000000000004","d":12345678901234567890,"e":0.000058}"#;
        assert_eq!(value.to_string(), wanted);
        let mut plain = json!({"a": null, "b": true});
        clean(&mut plain);
        assert_eq!(plain, json!({"a": null, "b": true}));
    }

    proptest! {
        #[test]
        fn what_a_double_did_to_an_amount_is_undone(cents in -99_999_999_999i64..=99_999_999_999) {
            let amount = Decimal::new(cents, 2);
            let double: f64 = amount.to_string().parse().unwrap();
            // As a server prints it that shows all 17 digits.
            let printed = format!("{double:.16e}");
            let mut value: Value = serde_json::from_str(&printed).unwrap();
            clean(&mut value);
            let back = Decimal::from_str(&value.to_string())
                .or_else(|_| Decimal::from_scientific(&value.to_string()))
                .unwrap();
            prop_assert_eq!(back, amount);
        }
    }
}
