//! What is worth a second look before money moves: thresholds, and what is said of a line that
//! passes one.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::line::Text;

/// What happens to a line that something is to be said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardAction {
    /// It is posted, and told.
    #[default]
    Warn,
    /// It is refused until somebody accepts it (`--accept-warnings`).
    Consent,
    /// Nothing is looked at.
    Off,
}

/// The thresholds of `[billing.guard]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guard {
    /// See [`GuardAction`].
    pub action: GuardAction,
    /// A unit price that differs from the month before by more than so many percent; absent: not
    /// looked at.
    pub price_change: Option<Decimal>,
    /// Units that differ from the month before by more than so many percent, and by
    /// [`Guard::JUMP_UNITS`] at least; absent: not looked at.
    pub quantity_jump: Option<Decimal>,
}

impl Guard {
    /// From 1 seat to 3 is no jump.
    pub const JUMP_UNITS: u32 = 5;
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            action: GuardAction::default(),
            price_change: Some(Decimal::TEN),
            quantity_jump: Some(Decimal::ONE_HUNDRED),
        }
    }
}

/// Something about one line of a plan that somebody should look at before it is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The line's key.
    pub line: Text,
    /// A stable kebab-case word, such as `below-cost`.
    pub code: Cow<'static, str>,
    /// What it is.
    pub message: String,
    /// What to do.
    pub remedy: Cow<'static, str>,
}
