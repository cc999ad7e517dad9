//! The keys of `[source]`.

use toml_edit::TableLike;

use super::super::SourceSettings;
use super::super::keys;
use super::super::reader::Reader;
use super::{check_url, entries};

impl Reader<'_> {
    pub(super) fn source(&mut self, table: &dyn TableLike, path: &str, into: &mut SourceSettings) {
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
                "account" => {
                    if let Some(s) = self.text(item, full) {
                        into.account = (!s.trim().is_empty()).then(|| s.trim().into());
                    }
                }
                "date_order" => {
                    let words = [("", ""), ("mdy", "mdy"), ("dmy", "dmy")];
                    if let Some(word) = self.word(item, full, &words) {
                        into.date_order = word.into();
                    }
                }
                "group_by" => {
                    if let Some(s) = self.text(item, full) {
                        into.group_by = s.trim().into();
                    }
                }
                "leave_out" => {
                    if let Some(s) = self.text(item, full) {
                        let names = s.split(',').map(str::trim).filter(|n| !n.is_empty());
                        into.leave_out = names.map(str::to_owned).collect();
                    }
                }
                "root_certificate" => {
                    if let Some(s) = self.text(item, full) {
                        into.root_certificate = (!s.is_empty()).then(|| s.into());
                    }
                }
                _ => self.unknown(key, full, &keys::SOURCE),
            }
        }
    }
}
