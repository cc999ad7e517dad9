//! The tables below `[billing]`.

use toml_edit::Item;

use super::super::keys;
use super::super::reader::Reader;
use super::{entries, set};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::policy::{ChargeEndRule, ChargeStartRule, Policy};

const AGREEMENT_NAME_FIELDS: [&str; 3] = ["company", "type", "currency"];

impl Reader<'_> {
    pub(super) fn charge_end(&mut self, item: &Item, path: &str, policy: &mut Policy) {
        const WORDS: [(&str, ChargeEndRule); 4] = [
            ("none", ChargeEndRule::None),
            ("last-day-of-invoice-month", ChargeEndRule::LastDayOfInvoiceMonth),
            ("first-day-of-following-month", ChargeEndRule::FirstDayOfFollowingMonth),
            ("charge-end", ChargeEndRule::ChargeEnd),
        ];
        let Some(table) = self.table(item, path) else { return };
        for (key, item, full) in entries(table, path) {
            match ChargeType::ALL.into_iter().find(|t| t.as_str() == key.get()) {
                Some(t) => match self.word(item, &full, &WORDS) {
                    Some(ChargeEndRule::None) => drop(policy.charge_end.remove(&t)),
                    Some(rule) => drop(policy.charge_end.insert(t, rule)),
                    None => {}
                },
                None => self.unknown(key, &full, &keys::charge_types()),
            }
        }
    }

    pub(super) fn charge_start(&mut self, item: &Item, path: &str, policy: &mut Policy) {
        const WORDS: [(&str, ChargeStartRule); 4] = [
            ("none", ChargeStartRule::None),
            ("first-day-of-invoice-month", ChargeStartRule::FirstDayOfInvoiceMonth),
            ("first-day-of-following-month", ChargeStartRule::FirstDayOfFollowingMonth),
            ("charge-start", ChargeStartRule::ChargeStart),
        ];
        let Some(table) = self.table(item, path) else { return };
        for (key, item, full) in entries(table, path) {
            match BillingCycle::ALL.into_iter().find(|c| c.as_str() == key.get()) {
                Some(c) => match self.word(item, &full, &WORDS) {
                    Some(ChargeStartRule::None) => drop(policy.charge_start.remove(&c)),
                    Some(rule) => drop(policy.charge_start.insert(c, rule)),
                    None => {}
                },
                None => self.unknown(key, &full, &keys::cycles()),
            }
        }
    }

    pub(super) fn charge_names(&mut self, item: &Item, path: &str, policy: &mut Policy) {
        let Some(table) = self.table(item, path) else { return };
        for (key, item, full) in entries(table, path) {
            let Some(t) = ChargeType::ALL.into_iter().find(|t| t.as_str() == key.get()) else {
                self.unknown(key, &full, &keys::charge_types());
                continue;
            };
            match self.text(item, &full) {
                Some(name) if name.is_empty() || name == t.default_name() => {
                    policy.charge_names.remove(&t);
                }
                Some(name) if name.chars().count() > 100 => {
                    self.refuse(item, &full, "the name is too long", "use up to 100 characters");
                }
                Some(name) => drop(policy.charge_names.insert(t, name.into())),
                None => {}
            }
        }
    }

    pub(super) fn new_agreement(&mut self, item: &Item, path: &str, policy: &mut Policy) {
        let Some(table) = self.table(item, path) else { return };
        let new = &mut policy.new_agreement;
        for (key, item, full) in entries(table, path) {
            let full = full.as_str();
            let number = |r: &mut Self| r.integer(item, full, 0..=i64::MAX);
            // 0 is how the commented defaults write "not set".
            let some = |n: i64| (n != 0).then_some(n);
            match key.get() {
                "name" => {
                    if let Some(name) = self.template(item, full, &AGREEMENT_NAME_FIELDS, true) {
                        new.name = (!name.is_empty()).then_some(name);
                    }
                }
                "location" => set(number(self).map(some), &mut new.location),
                "department" => set(number(self).map(some), &mut new.department),
                "billing_cycle" => set(number(self).map(some), &mut new.billing_cycle),
                _ => self.unknown(key, full, &keys::NEW_AGREEMENT),
            }
        }
    }
}
