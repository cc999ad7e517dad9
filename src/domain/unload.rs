//! Dropping loaded lines that are not posted: which, and what came of it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::line::Text;
use super::money::Currency;
use super::period::Period;

/// Which lines are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unload {
    /// The source's id.
    pub source: Text,
    /// Months by invoice date.
    pub periods: Vec<Period>,
    /// Only lines of these invoices; empty: all.
    pub invoices: Vec<String>,
}

/// What is dropped, and what stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unloaded {
    /// Lines dropped.
    pub lines: u64,
    /// Their money.
    pub money: BTreeMap<Currency, Decimal>,
    /// How many of them had choices or dates that a person typed.
    pub chosen: u64,
    /// Lines that stay because they are posted, or being posted.
    pub posted: u64,
    /// Lines of other sources in the same months, which stay as well.
    pub elsewhere: u64,
}
