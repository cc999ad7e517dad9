//! The keys of `[matching]`.

use toml_edit::TableLike;

use super::super::MatchingSettings;
use super::super::keys;
use super::super::reader::Reader;
use super::entries;

impl Reader<'_> {
    pub(super) fn matching(
        &mut self,
        table: &dyn TableLike,
        path: &str,
        into: &mut MatchingSettings,
    ) {
        for (key, item, full) in entries(table, path) {
            let full = full.as_str();
            match key.get() {
                "organizations" => {
                    into.organizations = self.boolean(item, full).unwrap_or(into.organizations);
                }
                "organization_score" => {
                    into.organization_score =
                        self.share(item, full).unwrap_or(into.organization_score);
                }
                "organization_lead" => {
                    into.organization_lead =
                        self.share(item, full).unwrap_or(into.organization_lead);
                }
                "offers" => into.offers = self.boolean(item, full).unwrap_or(into.offers),
                "offer_score" => {
                    into.offer_score = self.share(item, full).unwrap_or(into.offer_score);
                }
                "offer_lead" => {
                    into.offer_lead = self.share(item, full).unwrap_or(into.offer_lead);
                }
                _ => self.unknown(key, full, &keys::MATCHING),
            }
        }
    }
}
