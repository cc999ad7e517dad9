//! A period is a calendar month; a line belongs to the month of its invoice date
//! (domain.md 1.8: "Period membership is decided by Invoice Date").

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: i16,
    month: i8,
}

/// The text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a period is a month written YYYY-MM, such as 2026-11")]
pub struct NotAPeriod;

impl Period {
    /// The month that holds the day.
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// The month's first day.
    pub fn first_day(self) -> Date {
        Date::constant(self.year, self.month, 1)
    }

    /// The month's last day.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The month after; the last month that a date can lie in has none and gives itself.
    pub fn next(self) -> Self {
        if self.month == 12 {
            if self.year >= Date::MAX.year() {
                return self;
            }
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { year: self.year, month: self.month + 1 }
        }
    }

    /// The month before; the first month that a date can lie in has none and gives itself.
    pub fn previous(self) -> Self {
        if self.month == 1 {
            if self.year <= Date::MIN.year() {
                return self;
            }
            Self { year: self.year - 1, month: 12 }
        } else {
            Self { year: self.year, month: self.month - 1 }
        }
    }

    /// Whether the day lies in the month.
    pub fn holds(self, day: Date) -> bool {
        Self::of(day) == self
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (y, m) = s.split_once('-').ok_or(NotAPeriod)?;
        if y.len() != 4 || m.len() != 2 || !s.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(NotAPeriod);
        }
        let year: i16 = y.parse().map_err(|_| NotAPeriod)?;
        let month: i8 = m.parse().map_err(|_| NotAPeriod)?;
        // The years around are kept away so that `previous` and `next` always exist.
        if !(1..=12).contains(&month) || !(1900..=9000).contains(&year) {
            return Err(NotAPeriod);
        }
        Ok(Self { year, month })
    }
}

impl TryFrom<String> for Period {
    type Error = NotAPeriod;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<Period> for String {
    fn from(p: Period) -> Self {
        p.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}
