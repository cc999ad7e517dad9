//! `[billing.price]` and `[billing.guard]`.

use rust_decimal::Decimal;
use toml_edit::Item;

use super::super::Settings;
use super::super::keys;
use super::super::reader::Reader;
use super::{entries, set};
use crate::domain::guard::GuardAction;
use crate::domain::policy::Policy;
use crate::domain::price::{PriceRounding, PriceRule};

impl Reader<'_> {
    pub(super) fn price(&mut self, item: &Item, path: &str, into: &mut Settings) {
        let Some(table) = self.table(item, path) else { return };
        for (key, item, full) in entries(table, path) {
            let full = full.as_str();
            match key.get() {
                "rule" => match self.text(item, full).map(str::parse::<PriceRule>) {
                    Some(Ok(rule)) => into.policy.prices.all = rule,
                    Some(Err(_)) => self.refuse(
                        item,
                        full,
                        "this is no price rule",
                        "use \"as-billed\", \"markup 20%\", \"margin 15%\", \"add 1.50\" or \
                         \"product\"",
                    ),
                    None => {}
                },
                "round" => set(
                    self.word(
                        item,
                        full,
                        &[("line", PriceRounding::Line), ("unit", PriceRounding::Unit)],
                    ),
                    &mut into.policy.prices.round,
                ),
                "file" => {
                    if let Some(s) = self.text(item, full) {
                        into.price_file = (!s.is_empty()).then(|| s.into());
                    }
                }
                _ => self.unknown(key, full, &keys::PRICE),
            }
        }
    }

    pub(super) fn guard(&mut self, item: &Item, path: &str, policy: &mut Policy) {
        let Some(table) = self.table(item, path) else { return };
        let guard = &mut policy.guard;
        for (key, item, full) in entries(table, path) {
            let full = full.as_str();
            // 0 is how the commented defaults write "not looked at".
            let percent = |r: &mut Self| {
                let n = r.integer(item, full, 0..=1_000_000)?;
                Some((n != 0).then(|| Decimal::from(n)))
            };
            match key.get() {
                "action" => set(
                    self.word(
                        item,
                        full,
                        &[
                            ("warn", GuardAction::Warn),
                            ("consent", GuardAction::Consent),
                            ("off", GuardAction::Off),
                        ],
                    ),
                    &mut guard.action,
                ),
                "price_change_percent" => set(percent(self), &mut guard.price_change),
                "quantity_jump_percent" => set(percent(self), &mut guard.quantity_jump),
                _ => self.unknown(key, full, &keys::GUARD),
            }
        }
    }
}
