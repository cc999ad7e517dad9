//! What a flow looks at: a snapshot of the store as plain values, so that planning is a pure
//! function (design 1).

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use rust_decimal::Decimal;

use super::addition::OwnAddition;
use super::line::{Line, LineId, Text};
use super::mapping::{ContractMapping, OfferMapping, OrganizationMapping};
use super::money::Currency;
use super::period::Period;
use super::psa::{Agreement, AgreementType, Company, CustomField, Product};

/// Totals of one period of one source, for the partial-load guard of auto-cancel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeriodTotals {
    /// How many organizations have lines.
    pub organizations: u64,
    /// Money by currency.
    pub money: BTreeMap<Currency, Decimal>,
}

/// Everything the invoice-line flow reads.
#[derive(Debug, Clone, Default)]
pub struct PlanInput {
    /// Lines in scope, ordered by period, invoice date, key.
    pub lines: Vec<Line>,
    /// Organizations by (source, id).
    pub organizations: HashMap<(Text, Text), OrganizationMapping>,
    /// Offers by (source, id).
    pub offers: HashMap<(Text, Text), OfferMapping>,
    /// Remembered agreements.
    pub contracts: Vec<ContractMapping>,
    /// Companies by number.
    pub companies: HashMap<i64, Company>,
    /// Catalog items by number.
    pub products: HashMap<i64, Product>,
    /// Agreements by number.
    pub agreements: HashMap<i64, Agreement>,
    /// Agreement types.
    pub agreement_types: Vec<AgreementType>,
    /// Custom fields on agreement additions.
    pub custom_fields: Vec<CustomField>,
    /// Additions that Addendum made: all recurring ones, and those of the lines in scope.
    pub additions: Vec<OwnAddition>,
    /// Totals per period and source, for the periods in scope and the month before each.
    pub totals: BTreeMap<(Period, Text), PeriodTotals>,
    /// Subscriptions, by [`super::addition::Subject`] parts, that each period's load holds, even
    /// where the scope is narrower: what auto-cancel looks at. Key: (period, source); value:
    /// (organization, contract, subscription, offer) with how many times it is billed.
    pub present: HashMap<(Period, Text), HashMap<SubscriptionKey, u32>>,
    /// Lines that their source no longer has (see [`super::load::Withdrawn`]).
    pub withdrawn: BTreeSet<LineId>,
    /// Months of sources of which lines were dropped and not loaded again: what is missing there says
    /// nothing.
    pub unloaded: BTreeSet<(Period, Text)>,
    /// Whether PSA records could not be read at the last refresh (Mapping Status Response Error).
    pub response_error: bool,
}

/// A subscription at the source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SubscriptionKey {
    /// The contract.
    pub contract: Option<Text>,
    /// The subscription.
    pub subscription: Text,
    /// The offer.
    pub offer: Text,
}
