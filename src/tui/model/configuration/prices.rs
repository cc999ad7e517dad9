//! The settings of prices and of the margin guard.

use super::items::word;
use super::{Add, Input};
use crate::config::Settings;
use crate::tui::model::layer::prompt::TextKind;

/// Prices by rule, and the guard.
pub(super) fn prices(settings: &Settings, add: Add<'_>) {
    let (p, g) = (&settings.policy.prices, &settings.policy.guard);
    let prices = "Prices";
    add(
        prices,
        "billing.price.rule",
        "Price rule",
        "What lines are sold for where nothing more specific is said: as-billed, markup 20%, \
         margin 15% (of the price), add 1.50 (to each unit's cost), or product (the price of the \
         PSA product). What is posted keeps its price.",
        p.all.to_string(),
        Input::Text(TextKind::Text),
    );
    add(
        prices,
        "billing.price.round",
        "Round prices by",
        "A rule's price is rounded half away from zero to the cent.",
        word(&p.round),
        Input::Words(&[
            ("line", "the amount of each line"),
            ("unit", "the price of a unit, so that invoices show quantity x unit price"),
        ]),
    );
    add(
        prices,
        "billing.price.file",
        "Price file",
        "A CSV file with rules of its own for organizations, offers, or both: columns \
         organization_id, offer_id (empty: all), rule. Its most specific row holds.",
        settings.price_file.clone().unwrap_or_default(),
        Input::Text(TextKind::Text),
    );
    add(
        prices,
        "billing.guard.action",
        "Margin guard",
        "What happens to lines sold below cost, with another price or many more units than the \
         month before, or that were free until now.",
        word(&g.action),
        Input::Words(&[
            ("warn", "they are posted, and told"),
            ("consent", "they are refused until somebody accepts the warnings"),
            ("off", "nothing is looked at"),
        ]),
    );
    let percent = |p: Option<rust_decimal::Decimal>| p.unwrap_or_default().to_string();
    add(
        prices,
        "billing.guard.price_change_percent",
        "Price change over, %",
        "Against what the addition shows for the month before. 0: not looked at.",
        percent(g.price_change),
        Input::Text(TextKind::Number),
    );
    add(
        prices,
        "billing.guard.quantity_jump_percent",
        "Quantity jump over, %",
        "Against the month before, and by 5 units at least. 0: not looked at.",
        percent(g.quantity_jump),
        Input::Text(TextKind::Number),
    );
}
