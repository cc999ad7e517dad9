//! Numbers and dates as foreign bills write them, brought to decimals and calendar days.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::super::values::{self, DateError, NumberError};

/// How numbers are written.
#[derive(Default, Debug, Clone, PartialEq, Eq)]
pub struct NumberStyle {
    /// `,` instead of `.`.
    pub decimal_comma: bool,
    /// Marks between thousands.
    pub thousands: Vec<char>,
    /// Texts around an amount that mean nothing.
    pub symbols: Vec<String>,
    /// `(1.50)` is -1.50.
    pub parentheses: bool,
}

impl NumberStyle {
    /// Reads a number, exactly; nothing passes through a binary float.
    ///
    /// # Errors
    /// It is no number in this style, or has more digits than a decimal holds.
    pub fn read(&self, text: &str) -> Result<Decimal, NumberError> {
        // Nearly every number of nearly every bill.
        if !self.decimal_comma
            && let Ok(number) = values::decimal(text.as_bytes())
        {
            return Ok(number);
        }
        let mut text = text.trim();
        let mut negative = false;
        if self.parentheses
            && let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'))
        {
            (text, negative) = (inner.trim(), true);
        }
        let minus = |t: &mut &str| match t.strip_prefix('-').or_else(|| t.strip_prefix('\u{2212}'))
        {
            Some(rest) => {
                *t = rest.trim_start();
                true
            }
            None => false,
        };
        let mut signed = minus(&mut text);
        for symbol in &self.symbols {
            let bare = text.strip_prefix(symbol.as_str()).unwrap_or(text);
            text = bare.strip_suffix(symbol.as_str()).unwrap_or(bare).trim();
        }
        signed |= !signed && minus(&mut text);
        if signed && negative {
            return Err(NumberError::NotANumber);
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().map_err(|_| NumberError::NotANumber)?),
            None => (text, 0),
        };
        let plain = self.plain(mantissa).ok_or(NumberError::NotANumber)?;
        let number = scaled(values::decimal(plain.as_bytes())?, exponent)?;
        Ok(if signed || negative { -number } else { number })
    }

    /// Digits with a point, the marks between thousands taken away where they stand right.
    fn plain(&self, text: &str) -> Option<String> {
        let mark = if self.decimal_comma { ',' } else { '.' };
        let (whole, rest) = match text.split_once(mark) {
            Some((whole, rest)) => (whole, Some(rest)),
            None => (text, None),
        };
        let mut plain = String::with_capacity(text.len());
        let mut groups = whole.split(|c: char| self.thousands.contains(&c));
        let first = groups.next()?;
        plain.push_str(first);
        let mut grouped = false;
        for group in groups {
            // 1,5 is no 15: behind a mark stand three digits.
            if group.len() != 3 {
                return None;
            }
            plain.push_str(group);
            grouped = true;
        }
        if grouped && (first.is_empty() || first.len() > 3) {
            return None;
        }
        if let Some(rest) = rest {
            plain.push('.');
            plain.push_str(rest);
        }
        plain.bytes().all(|b| b.is_ascii_digit() || b == b'.').then_some(plain)
    }
}

/// The number times ten to the power of `exponent`.
fn scaled(number: Decimal, exponent: i32) -> Result<Decimal, NumberError> {
    if exponent == 0 || number.is_zero() {
        return Ok(number);
    }
    let ten = Decimal::TEN;
    let mut number = number;
    if !(-28..=28).contains(&exponent) {
        return Err(if exponent > 0 { NumberError::TooLarge } else { NumberError::TooManyDigits });
    }
    if exponent < 0 {
        let scale = number.scale() + exponent.unsigned_abs();
        return number.set_scale(scale).map(|()| number).map_err(|_| NumberError::TooManyDigits);
    }
    for _ in 0..exponent {
        number = number.checked_mul(ten).ok_or(NumberError::TooLarge)?;
    }
    // The largest that a plain number may be.
    if number.abs() >= Decimal::from(1_000_000_000_000_u64) {
        return Err(NumberError::TooLarge);
    }
    Ok(number)
}

/// The order of `3/4/2025`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// Month, day, year.
    Mdy,
    /// Day, month, year.
    Dmy,
    /// Year, month, day.
    Ymd,
    /// Nothing but `YYYY-MM-DD` is taken.
    Iso,
}

impl DateOrder {
    /// The order's word in settings and profiles.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Mdy => Some("mdy"),
            Self::Dmy => Some("dmy"),
            Self::Ymd | Self::Iso => None,
        }
    }
}

/// How dates are written and meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateStyle {
    /// `None`: the whole file decides.
    pub order: Option<DateOrder>,
    /// A date with a time and an offset is brought to UTC first.
    pub utc: bool,
    /// Dates that stand for no date: year, month, day.
    pub absent: Vec<(i16, u8, u8)>,
}

/// A date as its three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Year, month and day in that order: nothing to decide.
    Clear(i16, u8, u8),
    /// Two numbers and a year: day and month in one order or the other.
    Either(u8, u8, i16),
}

impl DateStyle {
    /// Reads a date with this order; `Ok(None)` is a date that stands for none.
    ///
    /// # Errors
    /// It is no date, or none of the calendar.
    pub fn read(&self, text: &str, order: Option<DateOrder>) -> Result<Option<Date>, DateError> {
        let (y, m, d) = match self.written(text)? {
            Written::Clear(y, m, d) => (y, m, d),
            Written::Either(a, b, y) => match order {
                Some(DateOrder::Mdy) => (y, a, b),
                Some(DateOrder::Dmy) => (y, b, a),
                // Equal numbers are the same day in both orders.
                None if a == b => (y, a, b),
                Some(DateOrder::Ymd | DateOrder::Iso) | None => return Err(DateError::NotADate),
            },
        };
        if self.absent.contains(&(y, m, d)) {
            return Ok(None);
        }
        // The range of periods (domain::period): their neighbours must exist.
        if !(1900..=9000).contains(&y) {
            return Err(DateError::NoSuchDay);
        }
        Date::new(y, m.cast_signed(), d.cast_signed()).map(Some).map_err(|_| DateError::NoSuchDay)
    }

    /// The three numbers of a date.
    ///
    /// # Errors
    /// It has no three numbers.
    pub fn written(&self, text: &str) -> Result<Written, DateError> {
        let bytes = text.as_bytes();
        let (a, rest) = number(bytes)?;
        let Some((&mark, rest)) = rest.split_first() else {
            return eight_digits(text);
        };
        if !matches!(mark, b'-' | b'/' | b'.') {
            return Err(DateError::NotADate);
        }
        let (b, rest) = number(rest)?;
        let (c, rest) = match rest.split_first() {
            Some((next, rest)) if *next == mark => number(rest)?,
            _ => return Err(DateError::NotADate),
        };
        let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        let small = |n: i16| u8::try_from(n).map_err(|_| DateError::NoSuchDay);
        let clear = digits == 4;
        time(rest)?;
        if clear {
            if self.utc && !rest.is_empty() && a > 1 {
                return Ok(in_utc(text).unwrap_or(Written::Clear(a, small(b)?, small(c)?)));
            }
            return Ok(Written::Clear(a, small(b)?, small(c)?));
        }
        // Two digits of a year could be a day, too.
        let end = bytes.len() - rest.len();
        if end < 4 || !bytes[end - 4..end].iter().all(u8::is_ascii_digit) || digits > 2 {
            return Err(DateError::NotADate);
        }
        Ok(Written::Either(small(a)?, small(b)?, c))
    }
}

/// `20250630`.
fn eight_digits(text: &str) -> Result<Written, DateError> {
    match (text.len(), text.parse::<u32>()) {
        (8, Ok(n)) => {
            Ok(Written::Clear((n / 10_000) as i16, (n / 100 % 100) as u8, (n % 100) as u8))
        }
        _ => Err(DateError::NotADate),
    }
}

fn number(bytes: &[u8]) -> Result<(i16, &[u8]), DateError> {
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || (digits > 4 && digits != 8) {
        return Err(DateError::NotADate);
    }
    let n = bytes[..digits.min(4)].iter().fold(0, |n: i16, b| n * 10 + i16::from(b - b'0'));
    Ok((n, &bytes[digits..]))
}

/// What may stand behind a date: nothing, or a time of day.
fn time(rest: &[u8]) -> Result<(), DateError> {
    match rest {
        [] => Ok(()),
        [b'T' | b't' | b' ', time @ ..]
            if time.first().is_some_and(u8::is_ascii_digit)
                && time.len() <= 32
                && time.iter().all(|b| {
                    b.is_ascii_digit()
                        || matches!(b, b':' | b'.' | b'+' | b'-' | b' ')
                        || matches!(b.to_ascii_uppercase(), b'Z' | b'A' | b'P' | b'M')
                }) =>
        {
            Ok(())
        }
        _ => Err(DateError::NotADate),
    }
}

/// The day in UTC, where the text has an offset.
fn in_utc(text: &str) -> Option<Written> {
    let time: jiff::Timestamp = text.parse().ok()?;
    let day = time.to_zoned(TimeZone::UTC).date();
    let part = |n: i8| u8::try_from(n).ok();
    Some(Written::Clear(day.year(), part(day.month())?, part(day.day())?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn style(decimal_comma: bool, thousands: &str) -> NumberStyle {
        NumberStyle {
            decimal_comma,
            thousands: thousands.chars().collect(),
            symbols: vec!["$".into(), "EUR".into()],
            parentheses: true,
        }
    }

    #[test]
    fn numbers_are_read_in_the_style_of_the_file_and_in_no_other() {
        let (point, comma) = (style(false, ","), style(true, ". "));
        for (text, value) in [
            ("1,234.50", "1234.50"),
            ("-1,234,567.8", "-1234567.8"),
            ("(12.50)", "-12.50"),
            ("$12.50", "12.50"),
            ("-$12.50", "-12.50"),
            ("$-12.50", "-12.50"),
            ("12.50 EUR", "12.50"),
            ("5.8E-05", "0.000058"),
            ("1.2e3", "1200.0"),
            ("\u{2212}3", "-3"),
        ] {
            assert_eq!(point.read(text).unwrap().to_string(), *value, "{text}");
        }
        for (text, value) in [("1.234,50", "1234.50"), ("12,5", "12.5"), ("1 234", "1234")] {
            assert_eq!(comma.read(text).unwrap().to_string(), *value, "{text}");
        }
        for text in ["12,50", "1,5", "1,2345.00", "1234,567", "(-1)", "--1", "1e", "", "$", ",500"]
        {
            assert!(point.read(text).is_err(), "{text}");
        }
        for text in ["12.50", "1.5", "1.234.5"] {
            assert!(comma.read(text).is_err(), "{text} in a file with decimal commas");
        }
        assert!(NumberStyle::default().read("1,234.50").is_err());
        assert!(NumberStyle::default().read("(1.50)").is_err());
        assert_eq!(point.read("1e-40"), Err(NumberError::TooManyDigits));
        assert_eq!(point.read("1e15"), Err(NumberError::TooLarge));
    }

    #[test]
    fn dates_are_read_in_one_order() {
        let s = DateStyle { utc: true, absent: vec![(1, 1, 1)], ..DateStyle::default() };
        let day = |y, m, d| Ok(Some(jiff::civil::date(y, m, d)));
        for (text, mdy, dmy) in [
            ("3/4/2025", day(2025, 3, 4), day(2025, 4, 3)),
            ("06/20/2025", day(2025, 6, 20), Err(DateError::NoSuchDay)),
            ("20.06.2025", Err(DateError::NoSuchDay), day(2025, 6, 20)),
            ("6/20/2025 12:00:00 AM", day(2025, 6, 20), Err(DateError::NoSuchDay)),
            ("2025-06-20", day(2025, 6, 20), day(2025, 6, 20)),
            ("2025-06-20T00:00:00Z", day(2025, 6, 20), day(2025, 6, 20)),
            ("2025-06-20T00:00:00.0000000", day(2025, 6, 20), day(2025, 6, 20)),
            ("2025-06-20T00:00:00.0000000Z", day(2025, 6, 20), day(2025, 6, 20)),
            ("2025-06-19T17:00:00-07:00", day(2025, 6, 20), day(2025, 6, 20)),
            ("2025/06/20", day(2025, 6, 20), day(2025, 6, 20)),
            ("20250620", day(2025, 6, 20), day(2025, 6, 20)),
            ("0001-01-01T00:00:00", Ok(None), Ok(None)),
            ("1/1/0001", Ok(None), Ok(None)),
            ("6/20/25", Err(DateError::NotADate), Err(DateError::NotADate)),
            ("2025-06-20 x", Err(DateError::NotADate), Err(DateError::NotADate)),
            ("June 20", Err(DateError::NotADate), Err(DateError::NotADate)),
            ("2025-13-01", Err(DateError::NoSuchDay), Err(DateError::NoSuchDay)),
        ] {
            assert_eq!(s.read(text, Some(DateOrder::Mdy)), mdy, "{text}");
            assert_eq!(s.read(text, Some(DateOrder::Dmy)), dmy, "{text}");
        }
        assert_eq!(s.read("3/4/2025", None), Err(DateError::NotADate));
        assert_eq!(s.read("4/4/2025", None), day(2025, 4, 4));
        assert_eq!(s.read("3/4/2025", Some(DateOrder::Iso)), Err(DateError::NotADate));
        let as_written = DateStyle::default();
        assert_eq!(as_written.read("2025-06-01T00:00:00+02:00", None), day(2025, 6, 1));
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_or_a_refusal(text in ".{0,24}") {
            let style = style(false, ",");
            let _ = style.read(&text);
            let dates = DateStyle { utc: true, ..DateStyle::default() };
            let _ = dates.read(&text, Some(DateOrder::Mdy));
        }

        #[test]
        fn every_day_is_found_again(days in 0i32..40_000, mdy: bool) {
            let day = jiff::civil::date(1950, 1, 1)
                .checked_add(jiff::Span::new().days(days)).unwrap();
            let (y, m, d) = (day.year(), day.month(), day.day());
            let s = DateStyle::default();
            let (text, order) = if mdy {
                (format!("{m}/{d}/{y}"), DateOrder::Mdy)
            } else {
                (format!("{d:02}.{m:02}.{y}"), DateOrder::Dmy)
            };
            prop_assert_eq!(s.read(&text, Some(order)), Ok(Some(day)));
        }
    }
}
