//! How often a source or an agreement bills. ConnectWise's `billingOptions` and the sources' own
//! words are brought to one vocabulary so that they can be compared (design 6.3).

use std::fmt;

use serde::{Deserialize, Serialize};

/// How often something is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BillingCycle {
    /// Every week.
    Weekly,
    /// Every two weeks.
    BiWeekly,
    /// Every month.
    Monthly,
    /// Every two months.
    BiMonthly,
    /// Every three months.
    Quarterly,
    /// Every six months.
    SemiAnnual,
    /// Every year.
    Yearly,
    /// Every two years. ConnectWise has no such agreement.
    BiYearly,
    /// Every three years. ConnectWise has no such agreement.
    TriYearly,
    /// Once.
    OneTime,
}

impl BillingCycle {
    /// All of them, for settings and screens.
    pub const ALL: [Self; 10] = [
        Self::Weekly,
        Self::BiWeekly,
        Self::Monthly,
        Self::BiMonthly,
        Self::Quarterly,
        Self::SemiAnnual,
        Self::Yearly,
        Self::BiYearly,
        Self::TriYearly,
        Self::OneTime,
    ];

    /// The name used in settings and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "Weekly",
            Self::BiWeekly => "BiWeekly",
            Self::Monthly => "Monthly",
            Self::BiMonthly => "BiMonthly",
            Self::Quarterly => "Quarterly",
            Self::SemiAnnual => "SemiAnnual",
            Self::Yearly => "Yearly",
            Self::BiYearly => "BiYearly",
            Self::TriYearly => "TriYearly",
            Self::OneTime => "OneTime",
        }
    }

    /// Reads a source's or ConnectWise's word; case, spaces and dashes do not matter.
    /// Unknown words give `None`: such a line is never persistent.
    pub fn parse(word: &str) -> Option<Self> {
        // Asked for every line of a plan: a buffer that no known word fills, and no allocation.
        let mut buffer = [0u8; 16];
        let mut used = 0;
        for c in word.bytes().filter(u8::is_ascii_alphanumeric) {
            *buffer.get_mut(used)? = c.to_ascii_lowercase();
            used += 1;
        }
        Some(match std::str::from_utf8(&buffer[..used]).ok()? {
            "weekly" | "week" => Self::Weekly,
            "biweekly" => Self::BiWeekly,
            "monthly" | "month" | "1month" | "p1m" => Self::Monthly,
            "bimonthly" => Self::BiMonthly,
            "quarterly" | "quarter" | "p3m" => Self::Quarterly,
            "semiannual" | "semiannually" | "halfyearly" | "p6m" => Self::SemiAnnual,
            "yearly" | "annual" | "annually" | "year" | "1year" | "p1y" => Self::Yearly,
            "biyearly" | "2year" | "2years" | "biennial" | "p2y" => Self::BiYearly,
            "triyearly" | "triennial" | "3year" | "3years" | "p3y" => Self::TriYearly,
            "onetime" | "once" | "notrecurring" | "none" => Self::OneTime,
            _ => return None,
        })
    }

    /// The cycle's length in months, for the cycles that are made of months.
    pub fn months(self) -> Option<i32> {
        Some(match self {
            Self::Monthly => 1,
            Self::BiMonthly => 2,
            Self::Quarterly => 3,
            Self::SemiAnnual => 6,
            Self::Yearly => 12,
            Self::BiYearly => 24,
            Self::TriYearly => 36,
            Self::Weekly | Self::BiWeekly | Self::OneTime => return None,
        })
    }
}

impl fmt::Display for BillingCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
