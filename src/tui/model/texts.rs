//! Texts to read: how keys are made, good practice, the words of both sides.

use super::layer::reading::Text;
use crate::domain::money::text as money;
use crate::worker::forecast::{Expected, Forecast};

/// How to obtain API keys (domain.md 1.5).
pub fn how_to_obtain() -> Text {
    let mut text = Text::default();
    text.heading("In ConnectWise");
    for (n, step) in [
        (
            1,
            "Site and Company ID are on the login page: the host in the address bar, and the \
             company that you type.",
        ),
        (2, "System > Members > API Members > +: Member ID, Member Name, a Role. Save."),
        (
            3,
            "Open the member again, API Keys > +: a description. Save, and copy both keys: the \
             private one is shown only now.",
        ),
        (4, "The Client ID belongs to the integration: developer.connectwise.com > ClientID."),
    ] {
        text.field(&n.to_string(), step);
    }
    text.heading("In Addendum");
    text.field("5", "Type or paste all of it into this form, Test Connection, then Save.");
    text.field("6", "Verify Permissions says what the role still lacks, and where to grant it.");
    text.heading("Where the keys go");
    text.line(
        "The system keyring, or an encrypted file where there is none. Never into settings, logs \
         or plans. ADDENDUM_CW_PUBLIC_KEY and ADDENDUM_CW_PRIVATE_KEY beat both.",
    );
    text
}

/// Six points that save trouble (domain.md 1.7).
pub fn best_practices() -> Text {
    let mut text = Text::default();
    for (n, point) in [
        (1, "Map organizations and products first: unmapped lines are not posted."),
        (2, "Begin with one to three months of invoices."),
        (3, "Run Sync Organizations after new customers were added in ConnectWise."),
        (4, "Response Error means that ConnectWise could not be read: refresh in a few minutes."),
        (5, "Sync after the end of the month, when the invoices are verified."),
        (
            6,
            "Switch Automated Daily Sync on once most lines are mapped; off while you change \
             mappings or rules.",
        ),
    ] {
        text.field(&n.to_string(), point);
    }
    text
}

/// The words of both sides (design 3).
pub fn dictionary() -> Text {
    let mut text = Text::default();
    text.heading("Platform word = PSA word");
    for (platform, psa) in [
        ("Organization", "Company"),
        ("Offer", "Product (catalog item)"),
        ("Contract", "Agreement"),
        ("Invoice line", "Addition"),
        ("Charge start", "Effective Date"),
        ("Charge end", "Cancelled Date"),
        ("Unit price", "Unit Price"),
        ("Subscription, charge type", "Invoice Description"),
    ] {
        text.field(platform, psa);
    }
    text.heading("Mapping Status");
    text.field("Mapped", "company and product are chosen and exist: the line can be posted");
    text.field("Unmapped", "one of them is missing: the line is skipped");
    text.field("Response Error", "ConnectWise could not be read: refresh later");
    text.heading("Status in PSA");
    text.field("Not Synced", "nothing was posted");
    text.field("Posting", "a write is unresolved; it is looked up before anything else");
    text.field("Synced", "posted, and frozen from here on");
    text.field("Error", "the last try failed; the line says why");
    text.heading("Badges of dates");
    text.field("System Updated", "a rule set the date when the line was loaded");
    text.field("User Updated", "a person typed it; it always wins");
    text.heading("Charge types");
    for t in crate::domain::charge_type::ChargeType::ALL {
        let class = if t.is_recurring() { "recurring" } else { "posted once" };
        text.field(t.as_str(), format!("{} ({class})", t.default_name()));
    }
    text
}

/// What the source is going to bill, by customer.
pub fn forecast(forecast: &Forecast) -> Text {
    let mut text = Text::default();
    text.line(
        "Nothing of this is loaded, so nothing can be posted from it. The bill may differ, and \
         consumption that is billed afterwards is not in it.",
    );
    let told = |sum: &Expected, currency| {
        let (total, cost) = (money(sum.total), money(sum.cost));
        format!("{total} {currency}, cost {cost}, {} lines", sum.lines)
    };
    text.heading("All");
    for (currency, sum) in forecast.by_currency() {
        text.field(currency.as_str(), told(&sum, currency));
    }
    text.heading("Organizations");
    for ((name, _, currency), sum) in forecast.by_organization() {
        text.field(&crate::domain::text::harmless(&name), told(&sum, currency));
    }
    if forecast.lines.is_empty() {
        text.line("The source expects nothing to bill.");
    }
    text.heading("Left out");
    for (reason, n) in &forecast.left_out {
        text.field(&crate::domain::text::harmless(reason), n);
    }
    text
}
