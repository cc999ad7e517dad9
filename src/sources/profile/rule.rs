//! How one field of a line is found in a foreign record: `"Column"`, `["First", "Else"]`, or a
//! table with a constant, a join, or something to take away.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// Where a field's value comes from. The first that gives a value wins: `columns` in their order,
/// then `constant`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldRule {
    /// Columns (JSON: paths); the first that holds something counts.
    pub columns: Vec<String>,
    /// Columns whose values are put together; all must hold something.
    pub join: Vec<String>,
    /// Stands between joined values.
    pub with: String,
    /// The value where no column holds one.
    pub constant: Option<String>,
    /// Taken away from the beginning, in any case of letters.
    pub strip_prefix: Option<String>,
    /// Texts that stand for no value, in any case of letters.
    pub absent: Vec<String>,
    /// Numbers only: the value is divided by it.
    pub divide_by: Option<u32>,
    /// The invoice date only: the last day of the month of the newest date in this column among
    /// all lines of the invoice.
    pub month_of: Option<String>,
}

/// The long form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    #[serde(default)]
    column: OneOrMore,
    #[serde(default)]
    join: Vec<String>,
    #[serde(default)]
    with: String,
    constant: Option<String>,
    strip_prefix: Option<String>,
    #[serde(default)]
    absent: Vec<String>,
    divide_by: Option<u32>,
    month_of: Option<String>,
}

/// `"a"` or `["a", "b"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneOrMore(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = OneOrMore;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![text.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<OneOrMore, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(OneOrMore)
            }
        }
        from.deserialize_any(Words)
    }
}

impl<'de> Deserialize<'de> for FieldRule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = FieldRule;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, a list of columns, or a table with column, join or constant")
            }
            fn visit_str<E>(self, text: &str) -> Result<FieldRule, E> {
                Ok(FieldRule { columns: vec![text.to_owned()], ..FieldRule::default() })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<FieldRule, A::Error> {
                let columns = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(FieldRule { columns, ..FieldRule::default() })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldRule, A::Error> {
                let long = Long::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldRule {
                    columns: long.column.0,
                    join: long.join,
                    with: long.with,
                    constant: long.constant,
                    strip_prefix: long.strip_prefix,
                    absent: long.absent,
                    divide_by: long.divide_by,
                    month_of: long.month_of,
                })
            }
        }
        from.deserialize_any(Any)
    }
}

impl FieldRule {
    /// Whether it can give a value at all.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
            && self.join.is_empty()
            && self.constant.is_none()
            && self.month_of.is_none()
    }
}

/// A rule, or several of which the first that gives a value counts: a column whose scale hangs on
/// its name has a rule for each name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternatives(pub Vec<FieldRule>);

impl<'de> Deserialize<'de> for Alternatives {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Rules;
        impl<'de> Visitor<'de> for Rules {
            type Value = Alternatives;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, or a list of columns and tables with column")
            }
            fn visit_str<E>(self, text: &str) -> Result<Alternatives, E> {
                let columns = vec![text.to_owned()];
                Ok(Alternatives(vec![FieldRule { columns, ..FieldRule::default() }]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Alternatives, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Alternatives)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Alternatives, A::Error> {
                let rule = FieldRule::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Alternatives(vec![rule]))
            }
        }
        from.deserialize_any(Rules)
    }
}
