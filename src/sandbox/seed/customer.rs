//! Customer `i` of the sample: its numbers, and what is peculiar about it. The PSA and the
//! Platform are both made from this, so that they fit.

use super::names::{self, CompanyName, mix};

/// What a customer's agreements of the default type are like. Most are ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Terms {
    /// One active monthly agreement, both sample months open.
    Ordinary,
    /// The month before today's is invoiced already.
    Invoiced,
    /// No agreement of the default type.
    Missing,
    /// Two active ones.
    Several,
    /// One, in another currency.
    OtherCurrency,
    /// One that prorates, invoiced up to the next month.
    Prorating,
    /// One that bills once a year.
    Yearly,
    /// One that bills once.
    Once,
    /// One cancelled and one expired.
    Ended,
    /// One whose billing starts with today's month.
    Late,
}

/// Numbers of currencies in the setup table.
pub(in crate::sandbox) const EUR: i64 = 1;
pub(in crate::sandbox) const USD: i64 = 2;
pub(in crate::sandbox) const GBP: i64 = 3;
pub(in crate::sandbox) const SEK: i64 = 4;

/// A customer.
pub(in crate::sandbox) struct Customer {
    pub index: u64,
    pub name: CompanyName,
    pub terms: Terms,
    pub currency: i64,
    pub deleted: bool,
    pub inactive: bool,
    pub has_contact: bool,
}

/// Customer `i`.
pub(in crate::sandbox) fn customer(seed: u64, i: u64) -> Customer {
    let terms = match i % 20 {
        3 => Terms::Invoiced,
        10 => Terms::Missing,
        12 => Terms::Several,
        13 => Terms::OtherCurrency,
        14 => Terms::Prorating,
        15 => Terms::Yearly,
        16 => Terms::Once,
        17 => Terms::Ended,
        18 => Terms::Late,
        _ => Terms::Ordinary,
    };
    let currency = match mix(seed, 2, i) % 10 {
        0..=5 => EUR,
        6 | 7 => USD,
        8 => GBP,
        _ => SEK,
    };
    Customer {
        index: i,
        name: names::company(seed, i),
        terms,
        currency,
        deleted: i % 29 == 13,
        inactive: i % 23 == 11,
        has_contact: i % 19 != 10,
    }
}

impl Customer {
    /// The name with its legal form, as the PSA has it.
    pub(in crate::sandbox) fn full_name(&self) -> String {
        format!("{} {}", self.name.stem, self.name.form)
    }

    /// Whether its lines can be posted without anybody deciding anything.
    pub(in crate::sandbox) fn is_plain(&self) -> bool {
        self.terms == Terms::Ordinary && !self.deleted && !self.inactive && self.has_contact
    }

    /// Its number as a PSA company.
    pub(in crate::sandbox) fn company_id(&self) -> i64 {
        number(20 + self.index)
    }

    /// The number of its first contact.
    pub(in crate::sandbox) fn contact_id(&self) -> i64 {
        number(5000 + 2 * self.index)
    }

    /// The number of its agreement `k` (below 8).
    pub(in crate::sandbox) fn agreement_id(&self, k: u64) -> i64 {
        number(1000 + 8 * self.index + k)
    }

    /// Its id at the Platform.
    pub(in crate::sandbox) fn organization_id(&self) -> String {
        format!("ORG-{:05}", 40_000 + self.index)
    }

    /// Its contract at the Platform.
    pub(in crate::sandbox) fn contract_id(&self) -> String {
        format!("CTR-{:05}", 70_000 + self.index)
    }
}

fn number(n: u64) -> i64 {
    i64::try_from(n).expect("the sample is far smaller than the numbers allow")
}

/// The code of a currency's number.
pub(in crate::sandbox) fn currency_code(id: i64) -> &'static str {
    match id {
        USD => "USD",
        GBP => "GBP",
        SEK => "SEK",
        _ => "EUR",
    }
}
