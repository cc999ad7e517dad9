//! The Platform's invoice statuses (domain.md 1.13).

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far the source's invoice is. Only some may be posted (design 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InvoiceStatus {
    /// Still open at the source.
    New,
    /// Corrected by hand, not verified yet.
    NewCorrected,
    /// Verified: no more corrections.
    Verified,
    /// Sent.
    Issued,
    /// Paid.
    Paid,
    /// The payment gateway refused the card.
    PaymentCardError,
}

/// The text is no invoice status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an invoice status is one of New, New Corrected, Verified, Issued, Paid, Payment Card Error"
)]
pub struct NotAnInvoiceStatus;

impl InvoiceStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::NewCorrected,
        Self::Verified,
        Self::Issued,
        Self::Paid,
        Self::PaymentCardError,
    ];

    /// The Platform's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::NewCorrected => "New Corrected",
            Self::Verified => "Verified",
            Self::Issued => "Issued",
            Self::Paid => "Paid",
            Self::PaymentCardError => "Payment Card Error",
        }
    }

    /// Reads the name; case and spaces do not matter. Empty means Verified (design 5).
    pub fn parse(text: &str) -> Result<Self, NotAnInvoiceStatus> {
        let squeeze = |s: &str| -> String {
            s.chars()
                .filter(|c| c.is_ascii_alphanumeric())
                .map(|c| c.to_ascii_lowercase())
                .collect()
        };
        if text.trim().is_empty() {
            return Ok(Self::Verified);
        }
        let t = squeeze(text);
        Self::ALL.into_iter().find(|s| squeeze(s.as_str()) == t).ok_or(NotAnInvoiceStatus)
    }

    /// Only Verified, Issued and Paid lines may be posted (design 5).
    pub fn may_be_posted(self) -> bool {
        matches!(self, Self::Verified | Self::Issued | Self::Paid)
    }
}

impl fmt::Display for InvoiceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
