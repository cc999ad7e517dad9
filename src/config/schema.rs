//! What each key means: the one place where keys of the file become fields of [`Settings`].

use std::path::Path;

use toml_edit::{Item, Key, TableLike};
use url::Host;

use super::keys;
use super::reader::Reader;
use super::{ConnectWiseSettings, Settings, SourceSettings};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::policy::{
    AutoCancel, ChargeEndRule, ChargeStartRule, ClosedPeriodPolicy, IdentityPlace, OneTimeEnd,
    Policy, RecurringPolicy, ResidualPolicy,
};

const DESCRIPTION_FIELDS: [&str; 6] =
    ["subscription", "charge_type", "offer", "organization", "invoice", "part_number"];
const AGREEMENT_NAME_FIELDS: [&str; 3] = ["company", "type", "currency"];

/// The keys of a table with their items and full paths.
fn entries<'t>(table: &'t dyn TableLike, path: &str) -> Vec<(&'t Key, &'t Item, String)> {
    table
        .iter()
        .filter_map(|(name, _)| table.get_key_value(name))
        .map(|(key, item)| {
            let full =
                if path.is_empty() { key.get().into() } else { format!("{path}.{}", key.get()) };
            (key, item, full)
        })
        .collect()
}

impl Reader<'_> {
    /// Reads the sections of `table` into `into`. `profiles` is known at the top level only and is
    /// the caller's.
    pub(super) fn sections(&mut self, table: &dyn TableLike, path: &str, into: &mut Settings) {
        for (key, item, full) in entries(table, path) {
            match key.get() {
                "connectwise" => {
                    if let Some(t) = self.table(item, &full) {
                        self.connectwise(t, &full, &mut into.connectwise);
                    }
                }
                "source" => {
                    if let Some(t) = self.table(item, &full) {
                        self.source(t, &full, &mut into.source);
                    }
                }
                "billing" => {
                    if let Some(t) = self.table(item, &full) {
                        self.billing(t, &full, into);
                    }
                }
                "profiles" if path.is_empty() => {}
                _ if path.is_empty() => {
                    self.unknown(key, &full, &["connectwise", "source", "billing", "profiles"]);
                }
                _ => self.unknown(key, &full, &keys::SECTIONS),
            }
        }
    }

    fn connectwise(&mut self, table: &dyn TableLike, path: &str, into: &mut ConnectWiseSettings) {
        for (key, item, full) in entries(table, path) {
            let full = full.as_str();
            match key.get() {
                "site" => {
                    if let Some(s) = self.text(item, full) {
                        match check_url(s) {
                            Ok(()) => into.site = s.into(),
                            Err((why, remedy)) => self.refuse(item, full, why, remedy),
                        }
                    }
                }
                "company_id" => set(self.text(item, full).map(Into::into), &mut into.company_id),
                "client_id" => set(self.text(item, full).map(Into::into), &mut into.client_id),
                "concurrency" => {
                    set(self.number(item, full, 1..=64), &mut into.concurrency);
                }
                "requests_per_minute" => {
                    set(self.number(item, full, 0..=1_000_000), &mut into.requests_per_minute);
                }
                "timeout_seconds" => {
                    set(self.number(item, full, 1..=3_600), &mut into.timeout_seconds);
                }
                "max_retries" => set(self.number(item, full, 0..=20), &mut into.max_retries),
                "settle_seconds" => {
                    set(self.number(item, full, 0..=600), &mut into.settle_seconds);
                }
                _ => self.unknown(key, full, &keys::CONNECTWISE),
            }
        }
    }

    fn source(&mut self, table: &dyn TableLike, path: &str, into: &mut SourceSettings) {
        for (key, item, full) in entries(table, path) {
            let full = full.as_str();
            match key.get() {
                "profile" => match self.text(item, full) {
                    Some("") => self.refuse(item, full, "it is empty", "write \"canonical\""),
                    Some(s) => into.profile = s.into(),
                    None => {}
                },
                "id" => match self.text(item, full) {
                    Some(s) if s.contains('/') || s.len() > 64 => self.refuse(
                        item,
                        full,
                        "a source's id is short and has no slash",
                        "use up to 64 letters, digits, dashes or dots",
                    ),
                    Some(s) => into.id = s.into(),
                    None => {}
                },
                "location" => {
                    if let Some(s) = self.text(item, full) {
                        match if s.contains("://") { check_url(s) } else { Ok(()) } {
                            Ok(()) => into.location = (!s.is_empty()).then(|| s.into()),
                            Err((why, remedy)) => self.refuse(item, full, why, remedy),
                        }
                    }
                }
                _ => self.unknown(key, full, &keys::SOURCE),
            }
        }
    }

    fn billing(&mut self, table: &dyn TableLike, path: &str, into: &mut Settings) {
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

    fn charge_end(&mut self, item: &Item, path: &str, policy: &mut Policy) {
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

    fn charge_start(&mut self, item: &Item, path: &str, policy: &mut Policy) {
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

    fn charge_names(&mut self, item: &Item, path: &str, policy: &mut Policy) {
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

    fn new_agreement(&mut self, item: &Item, path: &str, policy: &mut Policy) {
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

    fn number<T: TryFrom<i64>>(
        &mut self,
        item: &Item,
        path: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<T> {
        self.integer(item, path, range).and_then(|n| T::try_from(n).ok())
    }

    /// A text in which `{field}` stands for something.
    fn template(
        &mut self,
        item: &Item,
        path: &str,
        fields: &[&str],
        may_be_empty: bool,
    ) -> Option<String> {
        let text = self.text(item, path)?;
        let all = fields.iter().map(|f| format!("{{{f}}}")).collect::<Vec<_>>().join(", ");
        if text.is_empty() && !may_be_empty {
            self.refuse(item, path, "it is empty", format!("use {all} and words of your own"));
            return None;
        }
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let inner = rest[open..].strip_prefix('{').and_then(|r| r.split_once('}'));
            match inner {
                Some((field, after)) if fields.contains(&field) => rest = after,
                Some((field, _)) => {
                    let remedy = match keys::nearest(field, fields) {
                        Some(n) => format!("did you mean {{{n}}}?"),
                        None => format!("use {all}"),
                    };
                    self.refuse(item, path, &format!("{{{field}}} is not known"), remedy);
                    return None;
                }
                None => {
                    self.refuse(item, path, "a brace has no partner", format!("use {all}"));
                    return None;
                }
            }
        }
        Some(text.into())
    }
}

/// An address that secrets may be sent to: https, or http on this machine (design 4).
fn check_url(text: &str) -> Result<(), (&'static str, &'static str)> {
    if !text.contains("://") {
        // A bare host, or nothing yet.
        return if text.contains(char::is_whitespace) || text.contains('@') {
            Err(("this is no host", "write a host such as na.myconnectwise.net"))
        } else {
            Ok(())
        };
    }
    let Ok(url) = url::Url::parse(text) else {
        return Err(("this is no address", "write a host or an address that begins with https://"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err((
            "the address holds a user or a password",
            "remove it and use addendum credentials set",
        ));
    }
    let loopback = match url.host() {
        Some(Host::Domain(d)) => d.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(a)) => a.is_loopback(),
        Some(Host::Ipv6(a)) => a.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" if url.host().is_some() => Ok(()),
        "http" if loopback => Ok(()),
        "http" => Err((
            "http:// would send keys in the clear; it is accepted for this machine only",
            "write https://",
        )),
        _ => Err(("this kind of address is not known", "write an address with https://")),
    }
}

/// Finishes what the whole file decides together: the source's id and its place.
pub(super) fn complete(settings: &mut Settings, file: &Path) {
    let folder = file.parent().unwrap_or(Path::new(""));
    let source = &mut settings.source;
    if source.id.is_empty() {
        let name = Path::new(&source.profile).file_stem().map(|s| s.to_string_lossy());
        source.id = name.as_deref().unwrap_or(&source.profile).replace('/', "-");
    }
    if let Some(location) = &source.location {
        source.location = Some(expand(location, folder));
    }
    if source.profile.contains(['/', '\\']) || source.profile.starts_with('~') {
        source.profile = expand(&source.profile, folder);
    }
}

/// `~` becomes the home folder; a relative path counts from the settings' folder.
fn expand(location: &str, folder: &Path) -> String {
    if location.contains("://") {
        return location.into();
    }
    let home = || directories::BaseDirs::new().map(|b| b.home_dir().to_owned());
    let expanded = match location.strip_prefix('~') {
        Some("") => home(),
        Some(rest) => rest.strip_prefix(['/', '\\']).and_then(|rest| home().map(|h| h.join(rest))),
        None => None,
    };
    let path = expanded.unwrap_or_else(|| folder.join(location));
    path.to_string_lossy().into_owned()
}

fn set<T>(value: Option<T>, field: &mut T) {
    if let Some(value) = value {
        *field = value;
    }
}
