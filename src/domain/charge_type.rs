//! The seven charge types (design 3; domain.md 1.14).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a charge is for. The names are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChargeType {
    /// The first, prorated charge after a purchase. Recurring.
    PurchaseFee,
    /// The charge at the beginning of each cycle. Recurring.
    CycleFee,
    /// Prorations, cancellation fees, discounts, refunds.
    Correction,
    /// Consumption.
    UsageFee,
    /// One-time purchases.
    OneTimeFee,
    /// Licences that are not prepaid.
    ItemFee,
    /// From custom invoices: credit notes and debit memos.
    UserCorrection,
}

/// The text is no charge type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a charge type is one of PurchaseFee, CycleFee, Correction, UsageFee, OneTimeFee, ItemFee, UserCorrection"
)]
pub struct NotAChargeType;

impl ChargeType {
    /// All of them, in the order in which settings and screens list them.
    pub const ALL: [Self; 7] = [
        Self::PurchaseFee,
        Self::CycleFee,
        Self::Correction,
        Self::UsageFee,
        Self::OneTimeFee,
        Self::ItemFee,
        Self::UserCorrection,
    ];

    /// The exact name of design 3.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PurchaseFee => "PurchaseFee",
            Self::CycleFee => "CycleFee",
            Self::Correction => "Correction",
            Self::UsageFee => "UsageFee",
            Self::OneTimeFee => "OneTimeFee",
            Self::ItemFee => "ItemFee",
            Self::UserCorrection => "UserCorrection",
        }
    }

    /// The name that the PSA shows unless the settings rename it (design 6.6).
    pub fn default_name(self) -> &'static str {
        match self {
            Self::PurchaseFee => "Purchase Fee",
            Self::CycleFee => "Cycle Fee",
            Self::Correction => "Correction",
            Self::UsageFee => "Usage Fee",
            Self::OneTimeFee => "One-Time Fee",
            Self::ItemFee => "Item Fee",
            Self::UserCorrection => "User Correction",
        }
    }

    /// Whether the type is of the recurring class (design 6.3).
    pub fn is_recurring(self) -> bool {
        matches!(self, Self::PurchaseFee | Self::CycleFee)
    }
}

impl FromStr for ChargeType {
    type Err = NotAChargeType;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let s = s.trim();
        Self::ALL.into_iter().find(|t| t.as_str().eq_ignore_ascii_case(s)).ok_or(NotAChargeType)
    }
}

impl fmt::Display for ChargeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
