//! How values stand in columns: dates, periods, amounts, times and digests as integers.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rust_decimal::Decimal;

use super::error::StoreError;
use crate::domain::line::{DateBadge, LineDates};
use crate::domain::period::Period;
use crate::domain::status::PsaStatus;

/// A day as YYYYMMDD.
pub(super) fn day(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// The day of a column.
pub(super) fn to_day(value: i64) -> Result<Date, StoreError> {
    let (year, rest) = (value.div_euclid(10_000), value.rem_euclid(10_000));
    let part = |v: i64| i8::try_from(v).ok();
    i16::try_from(year)
        .ok()
        .zip(part(rest / 100))
        .zip(part(rest % 100))
        .and_then(|((y, m), d)| Date::new(y, m, d).ok())
        .ok_or_else(|| StoreError::fault(format!("{value} is no day")))
}

/// A period as year x 12 + month - 1.
pub(super) fn month(period: Period) -> i64 {
    let first = period.first_day();
    i64::from(first.year()) * 12 + i64::from(first.month()) - 1
}

/// The period of a column.
pub(super) fn to_month(value: i64) -> Result<Period, StoreError> {
    let day = value.div_euclid(12) * 10_000 + (value.rem_euclid(12) + 1) * 100 + 1;
    to_day(day).map(Period::of)
}

/// The numbers that lines of a month have: first and last.
pub(super) fn line_numbers(month: i64) -> (i64, i64) {
    (month << 32, (month << 32) | 0xFFFF_FFFF)
}

/// The month that a line's number says.
pub(super) fn month_of(line: i64) -> i64 {
    line >> 32
}

/// Microseconds since 1970.
pub(super) fn time(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The time of a column.
pub(super) fn to_time(value: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(value).map_err(|_| StoreError::fault(format!("{value} is no time")))
}

/// An amount on its way into a column: mantissa x 32 + scale, or text where that does not fit.
pub(super) struct Amount(pub Decimal);

impl ToSql for Amount {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(match packed(self.0) {
            Some(v) => Value::Integer(v),
            None => Value::Text(self.0.to_string()),
        }))
    }
}

/// The packed form, where the mantissa fits 58 bits. Decimals have a scale of at most 28.
pub(super) fn packed(amount: Decimal) -> Option<i64> {
    let mantissa = i64::try_from(amount.mantissa()).ok()?;
    (mantissa.unsigned_abs() < 1 << 58).then(|| (mantissa << 5) | i64::from(amount.scale()))
}

/// The amount of a column.
pub(super) fn to_amount(value: ValueRef<'_>) -> Result<Decimal, StoreError> {
    match value {
        ValueRef::Integer(v) => Decimal::try_new(v >> 5, (v & 31) as u32)
            .map_err(|_| StoreError::fault(format!("{v} is no amount"))),
        ValueRef::Text(t) => std::str::from_utf8(t)
            .ok()
            .and_then(|t| t.parse().ok())
            .ok_or_else(|| StoreError::fault("a stored amount cannot be read")),
        _ => Err(StoreError::fault("a stored amount has the wrong type")),
    }
}

/// As [`to_amount`], for columns that may be empty.
pub(super) fn to_amount_or_none(value: ValueRef<'_>) -> Result<Option<Decimal>, StoreError> {
    match value {
        ValueRef::Null => Ok(None),
        v => to_amount(v).map(Some),
    }
}

/// Both badges in one number.
pub(super) fn badges(dates: &LineDates) -> i64 {
    let code = |b: DateBadge| match b {
        DateBadge::None => 0,
        DateBadge::SystemUpdated => 1,
        DateBadge::UserUpdated => 2,
    };
    code(dates.start_badge) + 3 * code(dates.end_badge)
}

/// The badges of a column: start, end.
pub(super) fn to_badges(value: i64) -> (DateBadge, DateBadge) {
    let badge = |c: i64| match c {
        1 => DateBadge::SystemUpdated,
        2 => DateBadge::UserUpdated,
        _ => DateBadge::None,
    };
    (badge(value % 3), badge(value / 3))
}

/// A value's position in its list of all values.
pub(super) fn position<T: PartialEq>(all: &[T], value: &T) -> i64 {
    all.iter().position(|v| v == value).map_or(-1, |p| p as i64)
}

/// The value at a position.
pub(super) fn at_position<T: Copy>(all: &[T], position: i64) -> Result<T, StoreError> {
    usize::try_from(position)
        .ok()
        .and_then(|p| all.get(p).copied())
        .ok_or_else(|| StoreError::fault(format!("{position} is no known code")))
}

/// A status as a column.
pub(super) fn status(value: PsaStatus) -> i64 {
    position(&PsaStatus::ALL, &value)
}

/// The digest of a line's identity: 128 bits, so that equal digests mean equal keys.
pub(super) fn identity(source: i64, key: &str) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&source.to_le_bytes());
    hasher.update(key.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(half)
}

/// The half of the digest that `line_key` keeps.
pub(super) fn short(identity: u128) -> i64 {
    identity as u64 as i64
}
