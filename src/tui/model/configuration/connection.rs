//! The settings of the connection beside those of the Credentials tab, of matching by name, and of
//! agreements that Addendum creates.

use std::path::PathBuf;

use super::items::on_off;
use super::{Add, Input};
use crate::config::Settings;
use crate::tui::model::layer::prompt::TextKind;

/// What `map auto` takes without a person.
pub(super) fn matching(settings: &Settings, add: Add<'_>) {
    const SECTION: &str = "Matching by name";
    const BY_NAME: &str = "Whether a name is enough to map an organization without a person. Stable \
         keys (a domain, a tenant id) and earlier decisions are always taken.";
    const SCORE: &str = "How alike the names must be, 0 to 1, to be taken without a person.";
    const LEAD: &str = "How much better than the next candidate the name must be, 0 to 1.";
    let m = &settings.matching;
    let mut flag = |key, title, help, on| {
        add(SECTION, key, title, help, on_off(on).into(), Input::Flag(on));
    };
    flag("matching.organizations", "Organizations by name", BY_NAME, m.organizations);
    flag(
        "matching.offers",
        "Offers by name",
        "Whether a name is enough to map an offer without a person. The same name stands for other \
         terms and editions too: better left off.",
        m.offers,
    );
    let mut share = |key, title, help, value: rust_decimal::Decimal| {
        add(SECTION, key, title, help, value.to_string(), Input::Text(TextKind::Decimal));
    };
    share("matching.organization_score", "Likeness, organizations", SCORE, m.organization_score);
    share("matching.organization_lead", "Lead, organizations", LEAD, m.organization_lead);
    share("matching.offer_score", "Likeness, offers", SCORE, m.offer_score);
    share("matching.offer_lead", "Lead, offers", LEAD, m.offer_lead);
}

/// Agreements that Addendum creates.
pub(super) fn new_agreements(settings: &Settings, add: Add<'_>) {
    const SECTION: &str = "New agreements";
    let new = &settings.policy.new_agreement;
    add(
        SECTION,
        "billing.new_agreement.name",
        "Name",
        "{company}, {type} and {currency} are filled in. Empty: {type} ({currency}).",
        new.name.clone().unwrap_or_default(),
        Input::Text(TextKind::Text),
    );
    let mut number = |key, title, help, value: Option<i64>| {
        let value = value.unwrap_or_default().to_string();
        add(SECTION, key, title, help, value, Input::Text(TextKind::Number));
    };
    number(
        "billing.new_agreement.location",
        "Location",
        "Number of the location in ConnectWise; 0: as the agreement type has it.",
        new.location,
    );
    number(
        "billing.new_agreement.department",
        "Department",
        "Number of the department in ConnectWise; 0: as the agreement type has it.",
        new.department,
    );
    number(
        "billing.new_agreement.billing_cycle",
        "Billing cycle",
        "Number of the billing cycle in ConnectWise; 0: as the agreement type has it.",
        new.billing_cycle,
    );
}

/// How ConnectWise is asked; site, company and client id are on the Credentials tab.
pub(super) fn connection(settings: &Settings, add: Add<'_>) {
    const SECTION: &str = "Connection";
    let c = &settings.connectwise;
    let mut number = |key, title, help, value: u64| {
        add(SECTION, key, title, help, value.to_string(), Input::Text(TextKind::Number));
    };
    number(
        "connectwise.concurrency",
        "Requests at once",
        "How many requests are on their way at the same time, 1 to 64.",
        c.concurrency as u64,
    );
    number(
        "connectwise.requests_per_minute",
        "Requests a minute",
        "What ConnectWise allows an integration; 0: no limit of ours.",
        c.requests_per_minute.into(),
    );
    number(
        "connectwise.timeout_seconds",
        "Time-out",
        "Seconds that one request may take, 1 to 3600.",
        c.timeout_seconds,
    );
    number(
        "connectwise.max_retries",
        "Further tries",
        "How often a request is tried again after its first try, 0 to 20.",
        c.max_retries.into(),
    );
    number(
        "connectwise.settle_seconds",
        "Look for lost writes",
        "Seconds, 0 to 600, for which a write whose answer was lost is looked for before it counts as \
         not made: ConnectWise's lists can lag behind its writes.",
        c.settle_seconds,
    );
    add(
        SECTION,
        "connectwise.root_certificate",
        "Root certificate",
        "A PEM file of certificate authorities that are trusted beside the system's, for a ConnectWise \
         on your own premises.",
        path(c.root_certificate.as_ref()),
        Input::Text(TextKind::Text),
    );
}

/// A path as it is written in the file.
pub(super) fn path(path: Option<&PathBuf>) -> String {
    path.map(|p| p.display().to_string()).unwrap_or_default()
}
