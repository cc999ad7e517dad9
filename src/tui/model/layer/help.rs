//! Help: every key that works here, generated from the key map; typed text narrows it, Enter runs.

use super::Layer;
use crate::tui::commands::{Command, Group, TABLE, contexts, works_now};
use crate::tui::field::Field;
use crate::tui::model::effect::Effect;
use crate::tui::model::{Model, fuzzy};

/// A row of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The command.
    pub command: Command,
    /// Its heading.
    pub group: Group,
    /// Its keys here.
    pub keys: String,
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Help {
    /// What was typed.
    pub field: Field,
    /// Where it was opened.
    pub place: &'static str,
    /// What works here, by group.
    pub items: Vec<Item>,
    /// Indexes of those that match.
    pub found: Vec<usize>,
    /// The cursor.
    pub at: usize,
}

impl Help {
    /// Searches with what is typed now; the order of the groups stays.
    pub(super) fn search(&mut self) {
        let texts: Vec<String> = self
            .items
            .iter()
            .map(|i| {
                let e = i.command.entry();
                format!("{} {} {}", i.keys, e.title, e.help)
            })
            .collect();
        self.found = fuzzy::rank(self.field.text(), texts.iter().map(String::as_str));
        if !self.field.is_empty() {
            self.found.sort_unstable();
        }
        self.at = 0;
    }
}

impl Model {
    /// Opens the help.
    pub(in crate::tui::model) fn open_help(&mut self) {
        let now = contexts(self);
        let mut items: Vec<Item> = TABLE
            .iter()
            .filter(|e| works_now(self, e.command))
            .filter_map(|e| {
                let keys = self.keymap.keys_of(e.command, now).join(", ");
                (!keys.is_empty()).then_some(Item { command: e.command, group: e.group, keys })
            })
            .collect();
        items.sort_by_key(|i| i.group);
        let place = self.tab.title();
        let mut help = Help { field: Field::default(), place, items, found: vec![], at: 0 };
        help.search();
        self.layers.push(Layer::Help(help));
    }

    pub(super) fn accept_help(&mut self) -> Vec<Effect> {
        let Some(Layer::Help(h)) = self.layers.last() else { return vec![] };
        let Some(command) = h.found.get(h.at).map(|i| h.items[*i].command) else { return vec![] };
        self.layers.pop();
        self.run(command)
    }
}
