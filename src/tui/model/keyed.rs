//! Words that name keys: command ids in braces become the keys that run them, so that the words hold
//! for changed keys too.

use super::Model;
use crate::tui::commands::{Command, contexts};

impl Model {
    /// The text with its keys.
    pub fn keyed(&self, text: &str) -> String {
        self.keyed_within(text, "", "")
    }

    /// The text with its keys, each between two signs.
    pub(super) fn keyed_within(&self, text: &str, before: &str, behind: &str) -> String {
        let now = contexts(self);
        let mut out = String::new();
        for (i, part) in text.split(['{', '}']).enumerate() {
            match (i % 2 == 1).then(|| Command::by_id(part)).flatten() {
                Some(command) => {
                    out.push_str(before);
                    out.push_str(&self.keymap.key_of(command, now));
                    out.push_str(behind);
                }
                None => out.push_str(part),
            }
        }
        out
    }
}
