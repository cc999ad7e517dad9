//! ConnectWise's condition language (connectwise-api.md 4.2): lexer, parser, evaluation.

mod eval;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use rust_decimal::Decimal;

pub(super) use eval::{Lookup, compare_values, holds};
pub(super) use parser::parse;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Test(Test),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Test {
    /// The field's path, split at slashes.
    pub path: Vec<String>,
    pub op: Op,
    /// One value, or several for `in`.
    pub values: Vec<Literal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    Like,
    In,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(Decimal),
    Flag(bool),
    Time(Timestamp),
    Null,
}

impl Expr {
    /// The first names of all paths, for checking them against the record's fields.
    pub(super) fn fields(&self, found: &mut Vec<String>) {
        match self {
            Self::And(list) | Self::Or(list) => list.iter().for_each(|e| e.fields(found)),
            Self::Not(inner) => inner.fields(found),
            Self::Test(t) => found.push(t.path[0].clone()),
        }
    }
}
