//! Money is a decimal with a currency; nothing here passes through a binary float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// A three-letter ISO 4217 code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// The text is no currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a currency is three letters, such as EUR")]
pub struct NotACurrency;

impl Currency {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency holds ASCII letters only")
    }
}

impl FromStr for Currency {
    type Err = NotACurrency;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match *s.trim().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self([a, b, c].map(|x| x.to_ascii_uppercase())))
            }
            _ => Err(NotACurrency),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = NotACurrency;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<Currency> for String {
    fn from(c: Currency) -> Self {
        c.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Rounds to cents, halves away from zero, as invoices do.
pub fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// The amount as text with at least two decimals, for documents and screens: `12.5` is `12.50`.
pub fn text(amount: Decimal) -> String {
    let mut a = amount.normalize();
    if a.scale() < 2 {
        a.rescale(2);
    }
    a.to_string()
}

/// Amounts in documents: text with at least two decimals, for serde's `with` (design 7).
pub mod as_text {
    use rust_decimal::Decimal;
    use serde::{Deserializer, Serializer};

    /// As [`text`](super::text).
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(amount: &Decimal, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::text(*amount))
    }

    /// Any decimal in a string.
    ///
    /// # Errors
    /// No decimal.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        rust_decimal::serde::str::deserialize(from)
    }
}

/// Lists of amounts in documents, each as [`as_text`].
pub mod as_texts {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer};

    /// As [`text`](super::text), each.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(amounts: &[Decimal], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(amounts.iter().map(|a| super::text(*a)))
    }

    /// Decimals in strings.
    ///
    /// # Errors
    /// One is no decimal.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Decimal>, D::Error> {
        let texts = Vec::<std::borrow::Cow<'_, str>>::deserialize(from)?;
        texts.iter().map(|t| t.parse().map_err(serde::de::Error::custom)).collect()
    }
}
