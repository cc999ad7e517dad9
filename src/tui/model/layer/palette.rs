//! The command palette: fuzzy search over every command by title, id, help and key.

use super::Layer;
use crate::tui::commands::{Command, TABLE, contexts, works_now};
use crate::tui::field::Field;
use crate::tui::model::effect::Effect;
use crate::tui::model::{Model, fuzzy};

/// A row of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The command.
    pub command: Command,
    /// Its keys here; empty when it has none.
    pub keys: String,
    /// Whether it works here.
    pub works: bool,
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Palette {
    /// What was typed.
    pub field: Field,
    /// All commands, those that work here first.
    pub items: Vec<Item>,
    /// Indexes of those that match, best first.
    pub found: Vec<usize>,
    /// The cursor.
    pub at: usize,
}

impl Palette {
    /// Searches with what is typed now.
    pub(super) fn search(&mut self) {
        let names: Vec<String> =
            self.items.iter().map(|i| format!("{} {}", i.command.entry().title, i.keys)).collect();
        let text = self.field.text();
        self.found = fuzzy::rank(text, names.iter().map(String::as_str));
        // A sentence of help holds the letters of almost any word: whole words count there, and
        // less than a name.
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        for (i, item) in self.items.iter().enumerate() {
            let entry = item.command.entry();
            let help = format!("{} {}", entry.id, entry.help).to_lowercase();
            if words.iter().all(|w| help.contains(w)) && !self.found.contains(&i) {
                self.found.push(i);
            }
        }
        self.at = 0;
    }
}

impl Model {
    /// Opens the palette.
    pub(in crate::tui::model) fn open_palette(&mut self) {
        let now = contexts(self);
        let mut items: Vec<Item> = TABLE
            .iter()
            .filter(|e| {
                !matches!(
                    e.command,
                    Command::Accept
                        | Command::Yes
                        | Command::No
                        | Command::NextField
                        | Command::PreviousField
                        | Command::Palette
                )
            })
            .map(|e| Item {
                command: e.command,
                keys: self.keymap.keys_of(e.command, now).first().cloned().unwrap_or_default(),
                works: works_now(self, e.command),
            })
            .collect();
        items.sort_by_key(|i| !i.works);
        let mut palette = Palette { field: Field::default(), items, found: vec![], at: 0 };
        palette.search();
        self.layers.push(Layer::Palette(palette));
    }

    pub(super) fn accept_palette(&mut self) -> Vec<Effect> {
        let Some(Layer::Palette(p)) = self.layers.last() else { return vec![] };
        let Some(item) = p.found.get(p.at).map(|i| p.items[*i].clone()) else { return vec![] };
        self.layers.pop();
        if !item.works {
            let e = item.command.entry();
            self.toast(crate::tui::model::toast::Toast::warning(format!(
                "{} works here: {}",
                e.title, e.at
            )));
            return vec![];
        }
        self.run(item.command)
    }
}
