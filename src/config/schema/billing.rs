//! The keys of `[billing]`.

use toml_edit::{Item, TableLike};

use super::super::Settings;
use super::super::keys;
use super::super::reader::Reader;
use super::{entries, set};
use crate::domain::approval::Approval;
use crate::domain::policy::{
    AutoCancel, ClosedPeriodPolicy, IdentityPlace, OneTimeEnd, PostingMode, RecurringPolicy,
    ResidualPolicy,
};

const DESCRIPTION_FIELDS: [&str; 6] =
    ["subscription", "charge_type", "offer", "organization", "invoice", "part_number"];

impl Reader<'_> {
    pub(super) fn billing(&mut self, table: &dyn TableLike, path: &str, into: &mut Settings) {
        for (key, item, full) in entries(table, path) {
            let full = full.as_str();
            let policy = &mut into.policy;
            match key.get() {
                "agreement_type" => {
                    if let Some(s) = self.text(item, full) {
                        policy.agreement_type = (!s.is_empty()).then(|| s.into());
                    }
                }
                "recurring" => set(
                    self.word(
                        item,
                        full,
                        &[
                            ("persistent", RecurringPolicy::Persistent),
                            ("per-line", RecurringPolicy::PerLine),
                        ],
                    ),
                    &mut policy.recurring,
                ),
                "posting" => set(
                    self.word(
                        item,
                        full,
                        &[
                            ("per-line", PostingMode::PerLine),
                            ("net-per-event", PostingMode::NetPerEvent),
                            ("net-per-subscription-month", PostingMode::NetPerSubscriptionMonth),
                        ],
                    ),
                    &mut policy.posting,
                ),
                "identity" => set(self.identity(item, full), &mut policy.identity),
                "residual" => set(
                    self.word(
                        item,
                        full,
                        &[
                            ("collapse", ResidualPolicy::Collapse),
                            ("rounding-line", ResidualPolicy::RoundingLine),
                            ("refuse", ResidualPolicy::Refuse),
                        ],
                    ),
                    &mut policy.residual,
                ),
                "price_decimals" => {
                    set(self.number(item, full, 0..=4), &mut policy.price_decimals);
                }
                "closed_period" => set(
                    self.word(
                        item,
                        full,
                        &[
                            ("next-open", ClosedPeriodPolicy::NextOpen),
                            ("refuse", ClosedPeriodPolicy::Refuse),
                        ],
                    ),
                    &mut policy.closed_period,
                ),
                "one_time_end" => set(
                    self.word(
                        item,
                        full,
                        &[
                            ("billing-period", OneTimeEnd::BillingPeriod),
                            ("charge-end", OneTimeEnd::ChargeEnd),
                        ],
                    ),
                    &mut policy.one_time_end,
                ),
                "auto_cancel" => set(
                    self.word(
                        item,
                        full,
                        &[
                            ("off", AutoCancel::Off),
                            ("ask", AutoCancel::Ask),
                            ("on", AutoCancel::On),
                        ],
                    ),
                    &mut policy.auto_cancel,
                ),
                "partial_share" => set(self.share(item, full), &mut policy.partial_share),
                "approval" => set(
                    self.word(
                        item,
                        full,
                        &[("off", Approval::Off), ("two-person", Approval::TwoPerson)],
                    ),
                    &mut into.approval,
                ),
                "daily_sync" => set(self.boolean(item, full), &mut into.daily_sync),
                "timezone" => {
                    if let Some(s) = self.text(item, full) {
                        if s == "UTC" || jiff::tz::TimeZone::get(s).is_ok() {
                            into.timezone = s.into();
                        } else {
                            self.refuse(
                                item,
                                full,
                                &format!("the time zone \"{s}\" is not known"),
                                "use \"UTC\" or a name such as \"Europe/Berlin\"",
                            );
                        }
                    }
                }
                "description" => {
                    set(
                        self.template(item, full, &DESCRIPTION_FIELDS, false),
                        &mut policy.description,
                    );
                }
                "home_currency" => match self.text(item, full) {
                    Some("") => policy.home_currency = None,
                    Some(s) => match s.parse() {
                        Ok(c) => policy.home_currency = Some(c),
                        Err(_) => self.refuse(
                            item,
                            full,
                            &format!("\"{s}\" is no currency"),
                            "use three letters, such as \"USD\"",
                        ),
                    },
                    None => {}
                },
                "price" => self.price(item, full, into),
                "guard" => self.guard(item, full, policy),
                "charge_end" => self.charge_end(item, full, policy),
                "charge_start" => self.charge_start(item, full, policy),
                "charge_names" => self.charge_names(item, full, policy),
                "new_agreement" => self.new_agreement(item, full, policy),
                _ => self.unknown(key, full, &keys::BILLING),
            }
        }
    }

    fn identity(&mut self, item: &Item, path: &str) -> Option<IdentityPlace> {
        let text = self.text(item, path)?;
        match text.strip_prefix("customField:").map(str::trim) {
            Some("") => {
                self.refuse(item, path, "the caption is missing", "write customField:CAPTION");
                None
            }
            Some(caption) => Some(IdentityPlace::CustomField(caption.into())),
            None => Some(
                match self.word(
                    item,
                    path,
                    &[("auto", 0), ("serialNumber", 1), ("customField:CAPTION", 2)],
                )? {
                    1 => IdentityPlace::SerialNumber,
                    _ => IdentityPlace::Auto,
                },
            ),
        }
    }
}
