//! The known keys, for remedies that name the nearest one.

use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;

/// Keys of `[connectwise]`.
pub(super) const CONNECTWISE: [&str; 9] = [
    "site",
    "company_id",
    "client_id",
    "concurrency",
    "requests_per_minute",
    "timeout_seconds",
    "max_retries",
    "settle_seconds",
    "root_certificate",
];

/// Keys of `[source]`.
pub(super) const SOURCE: [&str; 8] = [
    "profile",
    "id",
    "location",
    "account",
    "date_order",
    "group_by",
    "leave_out",
    "root_certificate",
];

/// Keys of `[matching]`.
pub(super) const MATCHING: [&str; 6] = [
    "organizations",
    "organization_score",
    "organization_lead",
    "offers",
    "offer_score",
    "offer_lead",
];

/// Keys of `[billing]`, its tables last.
pub(super) const BILLING: [&str; 21] = [
    "agreement_type",
    "recurring",
    "posting",
    "identity",
    "residual",
    "price_decimals",
    "closed_period",
    "one_time_end",
    "auto_cancel",
    "partial_share",
    "approval",
    "daily_sync",
    "timezone",
    "description",
    "home_currency",
    "charge_end",
    "charge_start",
    "charge_names",
    "new_agreement",
    "price",
    "guard",
];

/// Keys of `[billing.price]`.
pub(super) const PRICE: [&str; 3] = ["rule", "round", "file"];

/// Keys of `[billing.guard]`.
pub(super) const GUARD: [&str; 3] = ["action", "price_change_percent", "quantity_jump_percent"];

/// Keys of `[billing.new_agreement]`.
pub(super) const NEW_AGREEMENT: [&str; 4] = ["name", "location", "department", "billing_cycle"];

/// Tables of a profile.
pub(super) const SECTIONS: [&str; 4] = ["connectwise", "source", "billing", "matching"];

/// Names of the charge types.
pub(super) fn charge_types() -> Vec<&'static str> {
    ChargeType::ALL.iter().map(|t| t.as_str()).collect()
}

/// Names of the billing cycles.
pub(super) fn cycles() -> Vec<&'static str> {
    BillingCycle::ALL.iter().map(|c| c.as_str()).collect()
}

/// Every key with its path, as [`super::Settings::write`] takes it.
pub(crate) fn all() -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |table: &str, keys: &[&str]| {
        all.extend(keys.iter().map(|k| format!("{table}.{k}")));
    };
    add("connectwise", &CONNECTWISE);
    add("source", &SOURCE);
    add("matching", &MATCHING);
    add("billing", &BILLING[..15]);
    add("billing.charge_end", &charge_types());
    add("billing.charge_start", &cycles());
    add("billing.charge_names", &charge_types());
    add("billing.new_agreement", &NEW_AGREEMENT);
    add("billing.price", &PRICE);
    add("billing.guard", &GUARD);
    all
}

/// The known word that is nearest to what was written, if any is near enough to be meant.
pub(crate) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let written: String = written.chars().take(100).collect::<String>().to_lowercase();
    known
        .iter()
        .map(|k| (strsim::normalized_damerau_levenshtein(&written, &k.to_lowercase()), *k))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}
