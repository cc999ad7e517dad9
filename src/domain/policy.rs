//! The user's choices that rules depend on: the `[billing]` part of the settings as values
//! (design 4). `config` reads them; rules take them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::billing_cycle::BillingCycle;
use super::charge_type::ChargeType;
use super::guard::Guard;
use super::money::Currency;
use super::period::Period;
use super::price::PriceRules;

/// What the end of a charge becomes, per charge type (design 4 `[billing.charge_end]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeEndRule {
    /// The default of design 6.4.
    #[default]
    None,
    /// Last calendar day of the invoice date's month.
    LastDayOfInvoiceMonth,
    /// First day of the month after the invoice date's.
    FirstDayOfFollowingMonth,
    /// The charge's own end.
    ChargeEnd,
}

/// What the start of a charge becomes, per billing cycle (design 4 `[billing.charge_start]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeStartRule {
    /// The default of design 6.4.
    #[default]
    None,
    /// First day of the invoice date's month.
    FirstDayOfInvoiceMonth,
    /// First day of the month after.
    FirstDayOfFollowingMonth,
    /// The charge's own start.
    ChargeStart,
}

/// How recurring charges are posted (design 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecurringPolicy {
    /// One addition per subscription, updated by later periods.
    #[default]
    Persistent,
    /// An addition for each line.
    PerLine,
}

/// Whether lines that are posted once get an addition each, or one for several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostingMode {
    /// An addition for each line.
    #[default]
    PerLine,
    /// One for the lines of an event, such as the refund and the recharge of a seat change.
    NetPerEvent,
    /// One for the lines of a subscription in a month.
    NetPerSubscriptionMonth,
}

/// Where the marker goes (design 6.7).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub enum IdentityPlace {
    /// The custom field captioned `Addendum ID` where there is one, else the serial number.
    #[default]
    Auto,
    /// The addition's serial number.
    SerialNumber,
    /// The custom field with this caption.
    CustomField(String),
}

/// What happens when quantity x unit price is not the total (design 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResidualPolicy {
    /// Quantity 1 at the total.
    #[default]
    Collapse,
    /// A second addition carries the missing cents.
    RoundingLine,
    /// The line is refused. A price that a rule made is collapsed: there the bill is not to blame.
    Refuse,
}

/// What happens to a start inside an invoiced period (design 6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedPeriodPolicy {
    /// Move it to the first day of the open period.
    #[default]
    NextOpen,
    /// Refuse the line.
    Refuse,
}

/// Where a charge that is posted once ends (design 6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OneTimeEnd {
    /// At the latest with the agreement's billing period that holds the start.
    #[default]
    BillingPeriod,
    /// With the charge.
    ChargeEnd,
}

/// What happens to recurring additions whose subscription is missing (design 6.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoCancel {
    /// Nothing.
    Off,
    /// They are in the plan, and carried out only when the plan is confirmed.
    #[default]
    Ask,
    /// They are in the plan and carried out.
    On,
}

/// What an agreement that Addendum creates gets, where the type's own defaults are not wanted
/// (domain.md inventory 7).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NewAgreement {
    /// Template of the name; `{company}`, `{type}`, `{currency}` are filled in.
    pub name: Option<String>,
    /// Location number.
    pub location: Option<i64>,
    /// Department number.
    pub department: Option<i64>,
    /// Billing cycle number.
    pub billing_cycle: Option<i64>,
}

/// All of `[billing]`, as values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Policy {
    /// Name of the agreement type; absent: nothing can be posted.
    pub agreement_type: Option<String>,
    /// See [`RecurringPolicy`].
    pub recurring: RecurringPolicy,
    /// See [`PostingMode`].
    pub posting: PostingMode,
    /// What lines are sold for.
    pub prices: PriceRules,
    /// What is looked at twice.
    pub guard: Guard,
    /// See [`IdentityPlace`].
    pub identity: IdentityPlace,
    /// See [`ResidualPolicy`].
    pub residual: ResidualPolicy,
    /// Decimals that a unit price may have in the PSA.
    pub price_decimals: u32,
    /// See [`ClosedPeriodPolicy`].
    pub closed_period: ClosedPeriodPolicy,
    /// See [`OneTimeEnd`].
    pub one_time_end: OneTimeEnd,
    /// See [`AutoCancel`].
    pub auto_cancel: AutoCancel,
    /// A period looks partial, and nothing is cancelled, when it has fewer organizations or less
    /// money than this share of the month before (0 to 1).
    pub partial_share: Decimal,
    /// Template of the invoice description; `{subscription}`, `{charge_type}`, `{offer}`,
    /// `{organization}`, `{invoice}`, `{part_number}` are filled in. Begins with
    /// `{subscription} - {charge_type}` by default.
    pub description: String,
    /// Currency of agreements for which the PSA names none.
    pub home_currency: Option<Currency>,
    /// End rules; a type that is not named has none.
    pub charge_end: BTreeMap<ChargeType, ChargeEndRule>,
    /// Start rules; a cycle that is not named has none.
    pub charge_start: BTreeMap<BillingCycle, ChargeStartRule>,
    /// Renamed charge types.
    pub charge_names: BTreeMap<ChargeType, String>,
    /// What a created agreement gets.
    pub new_agreement: NewAgreement,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            agreement_type: None,
            recurring: RecurringPolicy::default(),
            posting: PostingMode::default(),
            prices: PriceRules::default(),
            guard: Guard::default(),
            identity: IdentityPlace::default(),
            residual: ResidualPolicy::default(),
            price_decimals: 2,
            closed_period: ClosedPeriodPolicy::default(),
            one_time_end: OneTimeEnd::default(),
            auto_cancel: AutoCancel::default(),
            partial_share: Decimal::new(8, 1),
            description: "{subscription} - {charge_type}".into(),
            home_currency: None,
            charge_end: BTreeMap::new(),
            charge_start: BTreeMap::new(),
            charge_names: BTreeMap::new(),
            new_agreement: NewAgreement::default(),
        }
    }
}

impl Policy {
    /// The name of a charge type as the PSA shows it (design 6.6).
    pub fn charge_name(&self, t: ChargeType) -> &str {
        self.charge_names.get(&t).map_or_else(|| t.default_name(), String::as_str)
    }
}

/// What one invocation of `plan` or `sync` asks for beyond the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only these periods; empty: all that the store holds.
    pub periods: Vec<Period>,
    /// Only these lines, by key; empty: all.
    pub lines: Vec<String>,
    /// Only lines that failed (`retry`).
    pub failed_only: bool,
    /// Overwrite what a person changed in the PSA (design 6.9).
    pub overwrite_drift: bool,
    /// Post again what a person deleted in the PSA (design 6.9).
    pub repost_deleted: bool,
    /// Post lines that the guard warns of, where it asks for consent.
    pub accept_warnings: bool,
    /// Today in the profile's time zone.
    pub today: Option<Date>,
}
