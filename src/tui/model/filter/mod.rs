//! The filter language of the grids: `word`, `status:error`, `amount>100`, `org=Contoso`, `!word`,
//! `"two words"`, terms joined by AND. A term that is wrong or half typed is left out and named;
//! it never empties the table.

mod lexer;
mod parse;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::grid::{GridId, Spec, Value, columns};
use super::record::Record;

pub use parse::parse;

/// How a term compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `:` the text is contained, case does not matter.
    Contains,
    /// `=` the text is the same, case does not matter.
    Equals,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
}

/// What a term compares with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// A text, in lower case.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(Date),
}

/// One term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// `!`: rows that match are left out.
    pub not: bool,
    /// The column's name; absent: any text column.
    pub column: Option<&'static str>,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub wanted: Wanted,
}

/// A filter: all terms hold. No terms: everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Filter {
    /// The terms.
    pub terms: Vec<Term>,
}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it lets the record through.
    pub fn matches(&self, grid: GridId, record: &Record) -> bool {
        let specs = columns::of(grid);
        self.terms.iter().all(|t| t.matches(specs, record))
    }
}

impl Term {
    fn matches(&self, specs: &[Spec], record: &Record) -> bool {
        let hit = match self.column {
            Some(name) => {
                specs.iter().filter(|s| s.name == name).any(|s| self.hits(&(s.cell)(record).value))
            }
            None => specs.iter().any(|s| self.hits(&(s.cell)(record).value)),
        };
        hit != self.not
    }

    /// Whether a value satisfies the comparison, the `!` left aside.
    pub fn hits(&self, value: &Value) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let order = match (&self.wanted, value) {
            (Wanted::Text(wanted), value) => {
                let shown = value.show().to_lowercase();
                return match self.comparison {
                    Comparison::Contains => shown.contains(wanted),
                    Comparison::Equals => shown == *wanted,
                    Comparison::Greater => shown > *wanted,
                    Comparison::AtLeast => shown >= *wanted,
                    Comparison::Less => shown < *wanted,
                    Comparison::AtMost => shown <= *wanted,
                };
            }
            (Wanted::Number(wanted), value) => value.number().map(|n| n.cmp(wanted)),
            (Wanted::Day(wanted), Value::Day(day)) => Some(day.cmp(wanted)),
            (Wanted::Day(_), _) => None,
        };
        match (self.comparison, order) {
            (_, None) => false,
            (Comparison::Contains | Comparison::Equals, Some(order)) => order == Equal,
            (Comparison::Greater, Some(order)) => order == Greater,
            (Comparison::AtLeast, Some(order)) => order != Less,
            (Comparison::Less, Some(order)) => order == Less,
            (Comparison::AtMost, Some(order)) => order != Greater,
        }
    }
}

#[cfg(test)]
mod tests;
