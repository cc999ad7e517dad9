//! What a load of invoice lines did (design 5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::line::{CanonicalLine, LineDates, Text};
use super::money::Currency;
use super::period::Period;

/// A line ready for the store: its identity and the dates that the rules gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedLine {
    /// Identity within the source, see [`super::line::Line::key`].
    pub key: Box<str>,
    /// A digest of the content, display names included: equal digests mean that nothing changed
    /// but the progress of a verified invoice (Verified, Issued, Paid) and unknown columns.
    pub content: [u8; 16],
    /// The line.
    pub line: CanonicalLine,
    /// What the charge-date rules say (design 6.4).
    pub dates: LineDates,
}

/// A Synced line that the source has changed since (design 5, 6.10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionReport {
    /// The line's key.
    pub line: Text,
    /// Its organization's name.
    pub organization: Text,
    /// Currency of the difference.
    pub currency: Currency,
    /// What was posted.
    #[serde(with = "rust_decimal::serde::str")]
    pub posted: rust_decimal::Decimal,
    /// What the source says now.
    #[serde(with = "rust_decimal::serde::str")]
    pub source: rust_decimal::Decimal,
    /// `source - posted`.
    #[serde(with = "rust_decimal::serde::str")]
    pub difference: rust_decimal::Decimal,
}

/// A line that its source no longer has, though its whole month was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The line's key.
    pub line: Text,
    /// Its organization's name.
    pub organization: Text,
    /// Its invoice.
    pub invoice: Text,
    /// Currency of the amount.
    pub currency: Currency,
    /// What was posted, or the line's total where it is not posted.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: rust_decimal::Decimal,
    /// Whether it is posted: then the money stays in the PSA.
    pub posted: bool,
}

/// The outcome of a load.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadReport {
    /// Lines read from the source, in the periods asked for.
    pub read: u64,
    /// New to the store.
    pub added: u64,
    /// Not Synced lines whose content was replaced.
    pub replaced: u64,
    /// Lines that were there already, unchanged.
    pub unchanged: u64,
    /// Lines outside the periods asked for.
    pub outside: u64,
    /// Records of the source that are no lines to post, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// Lines of the loaded invoices that the store holds and the source no longer has. They are
    /// kept: a partial file must not lose income.
    pub absent: u64,
    /// Synced lines that came with other content. They are not altered.
    pub revisions: Vec<RevisionReport>,
    /// Lines of months that came whole, which the source no longer has. They are kept, too, and
    /// told until they come again, are dropped or taken back.
    pub withdrawn: Vec<Withdrawn>,
    /// Periods that the loaded lines belong to, in order.
    pub periods: Vec<Period>,
}
