//! Dates and numbers from bytes, without allocation: every line has ten of them.

use jiff::civil::Date;
use rust_decimal::Decimal;

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberError {
    /// Something else than digits with a point.
    NotANumber,
    /// More than 28 digits, which is what a decimal holds exactly.
    TooManyDigits,
    /// So large that quantity x price could not be held.
    TooLarge,
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateError {
    /// Not written `YYYY-MM-DD`.
    NotADate,
    /// Written so, and the calendar does not have it.
    NoSuchDay,
}

const MOST_DIGITS: u32 = 28;
/// Digits before the point. The product of two such numbers, and sums of many products, still fit
/// into a decimal's 28 digits, so that no sum can overflow.
const MOST_WHOLE_DIGITS: u32 = 12;

/// Reads a decimal with a point: an optional minus sign and digits, nothing else.
pub(super) fn decimal(text: &[u8]) -> Result<Decimal, NumberError> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    if digits.len() > 18 {
        return long_decimal(negative, digits);
    }
    let mut value: u64 = 0;
    let mut scale: u32 = 0;
    let mut point = false;
    let mut any = false;
    for &b in digits {
        match b {
            b'0'..=b'9' => {
                value = value * 10 + u64::from(b - b'0');
                scale += u32::from(point);
                any = true;
            }
            b'.' if !point => point = true,
            _ => return Err(NumberError::NotANumber),
        }
    }
    if !any {
        return Err(NumberError::NotANumber);
    }
    // At most 18 digits: only the part before the point can be too large.
    if digits.len() as u32 - scale > MOST_WHOLE_DIGITS
        && value / 10u64.pow(scale) >= 10u64.pow(MOST_WHOLE_DIGITS)
    {
        return Err(NumberError::TooLarge);
    }
    let (low, middle) = (value & u64::from(u32::MAX), value >> 32);
    Ok(Decimal::from_parts(low as u32, middle as u32, 0, negative && value != 0, scale))
}

fn long_decimal(negative: bool, digits: &[u8]) -> Result<Decimal, NumberError> {
    let mut value: u128 = 0;
    let (mut scale, mut significant) = (0u32, 0u32);
    let (mut point, mut any) = (false, false);
    for &b in digits {
        match b {
            b'0'..=b'9' => {
                any = true;
                scale += u32::from(point);
                significant += u32::from(value != 0 || b != b'0');
                if significant > MOST_DIGITS || scale > MOST_DIGITS {
                    // What follows is looked at only to tell a long number from no number.
                    continue;
                }
                value = value * 10 + u128::from(b - b'0');
            }
            b'.' if !point => point = true,
            _ => return Err(NumberError::NotANumber),
        }
    }
    if !any {
        return Err(NumberError::NotANumber);
    }
    if significant > MOST_DIGITS || scale > MOST_DIGITS {
        return Err(NumberError::TooManyDigits);
    }
    if significant.saturating_sub(scale) > MOST_WHOLE_DIGITS {
        return Err(NumberError::TooLarge);
    }
    let part = |shift: u32| (value >> shift) as u32;
    Ok(Decimal::from_parts(part(0), part(32), part(64), negative && value != 0, scale))
}

/// Reads `YYYY-MM-DD`.
pub(super) fn date(text: &[u8]) -> Result<Date, DateError> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else {
        return Err(DateError::NotADate);
    };
    if ![y0, y1, y2, y3, m0, m1, d0, d1].iter().all(u8::is_ascii_digit) {
        return Err(DateError::NotADate);
    }
    let two = |a: u8, b: u8| (a - b'0') * 10 + (b - b'0');
    let year = i16::from(two(y0, y1)) * 100 + i16::from(two(y2, y3));
    // The range of periods (domain::period): their neighbours must exist.
    if !(1900..=9000).contains(&year) {
        return Err(DateError::NoSuchDay);
    }
    Date::new(year, two(m0, m1).cast_signed(), two(d0, d1).cast_signed())
        .map_err(|_| DateError::NoSuchDay)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_digits_with_a_point() {
        for (text, value) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00", "0.00"),
            ("12.50", "12.50"),
            ("-3", "-3"),
            (".5", "0.5"),
            ("7.", "7"),
            ("000000000000000000000012.5", "12.5"),
            ("999999999999.9999999999999999", "999999999999.9999999999999999"),
            ("0.0000000000000000000000000001", "0.0000000000000000000000000001"),
            ("-123456789012.345678901234", "-123456789012.345678901234"),
        ] {
            assert_eq!(decimal(text.as_bytes()).unwrap().to_string(), value, "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "--1",
            "+1",
            "1,5",
            "1.000,00",
            "1 000",
            "1e3",
            "NaN",
            "inf",
            "1.2.3",
            "0x1",
            "１",
            "12345678901234567890x",
            "$1",
        ] {
            assert_eq!(decimal(text.as_bytes()), Err(NumberError::NotANumber), "{text}");
        }
        for text in ["1.00000000000000000000000000001", "0.00000000000000000000000000001"] {
            assert_eq!(decimal(text.as_bytes()), Err(NumberError::TooManyDigits), "{text}");
        }
        for text in ["1000000000000", "-9999999999999.5", "12345678901234567890.1"] {
            assert_eq!(decimal(text.as_bytes()), Err(NumberError::TooLarge), "{text}");
        }
    }

    #[test]
    fn the_largest_numbers_can_be_multiplied_and_summed() {
        let largest = decimal(b"999999999999.9999999999999999").unwrap();
        let product = largest.checked_mul(largest).unwrap();
        assert!(product.checked_mul(Decimal::from(10_000)).is_some());
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        assert_eq!(date(b"2024-02-29"), Ok(jiff::civil::date(2024, 2, 29)));
        for text in
            ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01", "9999-01-01"]
        {
            assert_eq!(date(text.as_bytes()), Err(DateError::NoSuchDay), "{text}");
        }
        for text in ["", "2026-1-1", "01/02/2026", "2026-01-01T00:00:00Z", "20260101", "2026-01-0x"]
        {
            assert_eq!(date(text.as_bytes()), Err(DateError::NotADate), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_survives_its_text(mantissa in -999_999_999_999_999i64.., scale in 0u32..=18) {
            let number = Decimal::new(mantissa % 1_000_000_000_000, scale);
            prop_assert_eq!(decimal(number.to_string().as_bytes()), Ok(number));
        }

        #[test]
        fn any_bytes_are_a_value_or_a_refusal(bytes: Vec<u8>) {
            let _ = decimal(&bytes);
            let _ = date(&bytes);
        }

        #[test]
        fn what_is_taken_is_what_the_decimal_crate_reads(text in "-?[0-9]{0,30}(\\.[0-9]{0,30})?") {
            if let Ok(number) = decimal(text.as_bytes()) {
                let sign = if text.starts_with('-') { "-" } else { "" };
                let padded = format!("{sign}0{}0", text.trim_start_matches('-'));
                if text.contains('.') && text.len() < 29 {
                    prop_assert_eq!(padded.parse::<Decimal>().unwrap().normalize(), number.normalize());
                }
            }
        }
    }
}
