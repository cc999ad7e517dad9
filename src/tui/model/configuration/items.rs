//! Every setting of the page, with its value and what it means.

use super::prices::prices;
use super::{Input, Item, connection};
use crate::config::Settings;
use crate::domain::approval::Approval;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::policy::{ChargeEndRule, ChargeStartRule, IdentityPlace};
use crate::tui::model::layer::prompt::TextKind;

const END_RULES: &[(&str, &str)] = &[
    ("none", "the default for the charge type"),
    ("last-day-of-invoice-month", "18 May gives 31 May"),
    ("first-day-of-following-month", "18 May gives 1 June"),
    ("charge-end", "the charge's own end"),
];
const START_RULES: &[(&str, &str)] = &[
    ("none", "the charge's own start; a persistent addition keeps its first one"),
    ("first-day-of-invoice-month", "18 May gives 1 May"),
    ("first-day-of-following-month", "18 May gives 1 June"),
    ("charge-start", "the charge's own start"),
];

pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// All settings that the page shows, with their values.
pub fn items(settings: &Settings) -> Vec<Item> {
    let p = &settings.policy;
    let mut all = Vec::new();
    let mut add = |section, key: &str, title: &str, help, value: String, input| {
        all.push(Item { section, key: key.into(), title: title.into(), help, value, input });
    };
    let general = "Posting";
    add(
        general,
        "billing.agreement_type",
        "Agreement Type",
        "Additions go to agreements of this type, and new agreements get it. Required before \
         anything is posted.",
        p.agreement_type.clone().unwrap_or_default(),
        Input::AgreementType,
    );
    add(
        general,
        "billing.recurring",
        "Recurring charges",
        "persistent keeps one addition for each subscription and updates it month by month; \
         per-line makes an addition for each line.",
        word(&p.recurring),
        Input::Words(&[
            ("persistent", "one addition per subscription, updated"),
            ("per-line", "an addition for each line"),
        ]),
    );
    add(
        general,
        "billing.posting",
        "Lines posted once",
        "per-line makes an addition for each; net-per-event one for the refund and the recharge of \
         a seat change; net-per-subscription-month one for all of a subscription in a month. What \
         is posted stays as it is.",
        word(&p.posting),
        Input::Words(&[
            ("per-line", "an addition for each line"),
            ("net-per-event", "one for a refund and its recharge"),
            ("net-per-subscription-month", "one for a subscription in a month"),
        ]),
    );
    add(
        general,
        "billing.residual",
        "Residual cents",
        "What happens when quantity x unit price is not the source's total. The total always wins.",
        word(&p.residual),
        Input::Words(&[
            ("collapse", "quantity 1 at the total"),
            ("rounding-line", "an addition of its own carries the missing cents"),
            ("refuse", "the line is refused"),
        ]),
    );
    add(
        general,
        "billing.price_decimals",
        "Price decimals",
        "Decimals that a unit price may have in the PSA, 0 to 4. A price with more is a residual.",
        p.price_decimals.to_string(),
        Input::Text(TextKind::Number),
    );
    add(
        general,
        "billing.identity",
        "Marker",
        "Where the marker goes by which an addition is found again: serialNumber, \
         customField:CAPTION, or auto.",
        match &p.identity {
            IdentityPlace::Auto => "auto".into(),
            IdentityPlace::SerialNumber => "serialNumber".into(),
            IdentityPlace::CustomField(caption) => format!("customField:{caption}"),
        },
        Input::Text(TextKind::Text),
    );
    add(
        general,
        "billing.auto_cancel",
        "Auto-cancel",
        "Recurring additions whose subscription is missing from the month's bill get the last day \
         of the month before as their end.",
        word(&p.auto_cancel),
        Input::Words(&[
            ("off", "nothing is cancelled"),
            ("ask", "the plan shows them, a sync asks"),
            ("on", "they are cancelled with the sync"),
        ]),
    );
    add(
        general,
        "billing.partial_share",
        "Partial load below",
        "A month with fewer organizations or less money than this share (0 to 1) of the month \
         before looks partial: nothing is cancelled because of it.",
        p.partial_share.to_string(),
        Input::Text(TextKind::Decimal),
    );
    add(
        general,
        "billing.closed_period",
        "Invoiced period",
        "A start inside a period that the PSA has invoiced already.",
        word(&p.closed_period),
        Input::Words(&[
            ("next-open", "moved to the first open day, which the plan shows"),
            ("refuse", "the line is refused"),
        ]),
    );
    add(
        general,
        "billing.one_time_end",
        "End of one-time charges",
        "What is to be billed once must end inside one billing period.",
        word(&p.one_time_end),
        Input::Words(&[
            ("billing-period", "at the latest with the agreement's billing period"),
            ("charge-end", "with the charge"),
        ]),
    );
    add(
        general,
        "billing.description",
        "Invoice description",
        "{subscription}, {charge_type}, {offer}, {organization}, {invoice}, {part_number} are \
         filled in.",
        p.description.clone(),
        Input::Text(TextKind::Text),
    );
    add(
        general,
        "billing.home_currency",
        "Home currency",
        "Currency of agreements for which ConnectWise names none, such as USD.",
        p.home_currency.map(|c| c.to_string()).unwrap_or_default(),
        Input::Text(TextKind::Text),
    );
    add(
        general,
        "billing.approval",
        "Approval",
        "Whether what is written to ConnectWise needs the approval of a second person.",
        match settings.approval {
            Approval::Off => "off",
            Approval::TwoPerson => "two-person",
        }
        .into(),
        Input::Words(&[
            ("off", "nobody has to approve"),
            ("two-person", "a plan is carried out only when another system user approved it"),
        ]),
    );
    prices(settings, &mut add);
    let daily = "Schedule";
    add(
        daily,
        "billing.daily_sync",
        "Automated Daily Sync",
        "Fully mapped lines are posted every day at 00:00 UTC, while `addendum daemon` runs.",
        on_off(settings.daily_sync).into(),
        Input::Flag(settings.daily_sync),
    );
    add(
        daily,
        "billing.timezone",
        "Time zone",
        "Whose \"today\" and \"this month\" are meant: UTC, or a name such as Europe/Berlin.",
        settings.timezone.clone(),
        Input::Text(TextKind::Text),
    );
    let source = "Billing source";
    add(
        source,
        "source.profile",
        "Source profile",
        "How the bill is read: canonical, partner-center, pax8, ... (`addendum source list`), or the \
         path of a profile of your own.",
        settings.source.profile.clone(),
        Input::Text(TextKind::Text),
    );
    add(
        source,
        "source.location",
        "Location",
        "Where Load Invoices looks: a file, a folder or a URL.",
        settings.source.location.clone().unwrap_or_default(),
        Input::Text(TextKind::Text),
    );
    add(
        source,
        "source.account",
        "Account",
        "Your own id at the source, where its profile asks for one.",
        settings.source.account.clone().unwrap_or_default(),
        Input::Text(TextKind::Text),
    );
    add(
        source,
        "source.date_order",
        "Order of dates",
        "How dates such as 3/4/2025 are read where the bill's file cannot tell.",
        settings.source.date_order.clone(),
        Input::Words(&[
            ("", "the whole file decides, or is refused"),
            ("mdy", "month, day, year"),
            ("dmy", "day, month, year"),
        ]),
    );
    add(
        source,
        "source.group_by",
        "Usage by",
        "What daily usage is summed up by, beside customer, subscription and month: subscription, \
         resource-group or tag:NAME.",
        settings.source.group_by.clone(),
        Input::Text(TextKind::Text),
    );
    add(
        source,
        "source.leave_out",
        "Left out",
        "Parts of the bill that are left out, by the profile's names: azure.",
        settings.source.leave_out.join(", "),
        Input::Text(TextKind::Text),
    );
    add(
        source,
        "source.id",
        "Name in markers",
        "Names this source in line identities and markers. Once lines are posted it must stay: they \
         would be other lines.",
        settings.source.id.clone(),
        Input::Text(TextKind::Text),
    );
    add(
        source,
        "source.root_certificate",
        "Root certificate",
        "A PEM file of certificate authorities that are trusted beside the system's, for the address \
         that the bill is read from and for nothing else.",
        connection::path(settings.source.root_certificate.as_ref()),
        Input::Text(TextKind::Text),
    );
    connection::matching(settings, &mut add);
    connection::new_agreements(settings, &mut add);
    for t in ChargeType::ALL {
        add(
            "Charge End Date rules",
            &format!("billing.charge_end.{t}"),
            t.default_name(),
            "The end date that a charge of this type gets when it is loaded. Lines that are \
             loaded already keep theirs.",
            word(&p.charge_end.get(&t).copied().unwrap_or(ChargeEndRule::None)),
            Input::Words(END_RULES),
        );
    }
    for c in BillingCycle::ALL {
        add(
            "Charge Start Date rules",
            &format!("billing.charge_start.{c}"),
            c.as_str(),
            "The start date that a charge of this billing cycle gets when it is loaded.",
            word(&p.charge_start.get(&c).copied().unwrap_or(ChargeStartRule::None)),
            Input::Words(START_RULES),
        );
    }
    for t in ChargeType::ALL {
        add(
            "Custom Charge Type Names",
            &format!("billing.charge_names.{t}"),
            t.as_str(),
            "What the charge type is called on the customer's invoice.",
            p.charge_name(t).to_owned(),
            Input::Text(TextKind::Text),
        );
    }
    connection::connection(settings, &mut add);
    all
}

pub(super) fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
