//! The keys of `[connectwise]`.

use toml_edit::TableLike;

use super::super::ConnectWiseSettings;
use super::super::keys;
use super::super::reader::Reader;
use super::{check_url, entries, set};

impl Reader<'_> {
    pub(super) fn connectwise(
        &mut self,
        table: &dyn TableLike,
        path: &str,
        into: &mut ConnectWiseSettings,
    ) {
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
                "root_certificate" => {
                    if let Some(s) = self.text(item, full) {
                        into.root_certificate = (!s.is_empty()).then(|| s.into());
                    }
                }
                "settle_seconds" => {
                    set(self.number(item, full, 0..=600), &mut into.settle_seconds);
                }
                _ => self.unknown(key, full, &keys::CONNECTWISE),
            }
        }
    }
}
