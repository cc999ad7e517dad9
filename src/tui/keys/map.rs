//! The key map: shipped bindings with the user's on top, their conflicts, and the way back from a
//! command to its keys for footer and help.

use super::chord::{Chord, spell};
use super::condition::{Condition, Contexts};
use super::read::{Bound, MapProblem, SHIPPED, read};
use super::trie::{Found, Node};
use crate::tui::commands::Command;

/// One binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// What is pressed.
    pub chords: Vec<Chord>,
    /// Where it holds.
    pub when: Condition,
    /// What it runs; absent frees the key.
    pub command: Option<Command>,
    /// What it is for.
    pub about: String,
}

/// All bindings.
#[derive(Debug, Clone)]
pub struct KeyMap {
    root: Node,
    bindings: Vec<Binding>,
    /// What is wrong in the user's file.
    pub problems: Vec<MapProblem>,
}

impl Default for KeyMap {
    fn default() -> Self {
        Self::with_user(None)
    }
}

impl KeyMap {
    /// The shipped map, with the user's file on top of it.
    pub fn with_user(user: Option<&str>) -> Self {
        let (shipped, wrong) = read(SHIPPED);
        debug_assert!(wrong.is_empty(), "{wrong:?}");
        let (own, mut problems) = user.map(read).unwrap_or_default();
        problems.extend(conflicts(&own));
        problems.sort_by_key(|p| p.line);
        let mut root = Node::default();
        let mut bindings = Vec::new();
        for b in own.into_iter().chain(shipped) {
            root.add(&b.chords, b.when.clone(), b.command);
            bindings.push(Binding {
                chords: b.chords,
                when: b.when,
                command: b.command,
                about: b.about,
            });
        }
        Self { root, bindings, problems }
    }

    /// What the sequence means here.
    pub fn find(&self, chords: &[Chord], now: Contexts) -> Found {
        self.root.find(chords, now)
    }

    /// The keys that run the command here, as people read them; the first in the file comes first.
    pub fn keys_of(&self, command: Command, now: Contexts) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|b| b.command == Some(command) && b.when.holds(now))
            .filter(|b| self.find(&b.chords, now) == Found::Run(command))
            .map(|b| spell(&b.chords))
            .collect()
    }

    /// The key to name for a command: the first that runs it here, else the first that runs it
    /// anywhere; its id when it has none.
    pub fn key_of(&self, command: Command, now: Contexts) -> String {
        let here = self.keys_of(command, now).into_iter().next();
        let anywhere = || {
            let bound = self.bindings.iter().find(|b| b.command == Some(command));
            bound.map(|b| spell(&b.chords))
        };
        here.or_else(anywhere).unwrap_or_else(|| command.entry().id.to_owned())
    }

    /// What may follow the chords pressed so far: the rest of each sequence and its command.
    pub fn following(&self, pressed: &[Chord], now: Contexts) -> Vec<(String, Command)> {
        self.bindings
            .iter()
            .filter(|b| b.when.holds(now) && b.chords.starts_with(pressed))
            .filter(|b| b.chords.len() > pressed.len())
            .filter_map(|b| Some((spell(&b.chords[pressed.len()..]), b.command?)))
            .collect()
    }

    /// All bindings, the user's first.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }
}

/// The same keys in the same place twice, and a key that hides the sequences that begin with it.
pub(super) fn conflicts(bound: &[Bound]) -> Vec<MapProblem> {
    let mut found = Vec::new();
    for (i, b) in bound.iter().enumerate() {
        for a in &bound[..i] {
            if a.when != b.when || a.command == b.command {
                continue;
            }
            if a.chords == b.chords {
                found.push(MapProblem {
                    line: b.line,
                    message: format!(
                        "{} is bound in line {} already, for the same place; the first one holds",
                        spell(&b.chords),
                        a.line
                    ),
                });
            } else if a.chords.starts_with(&b.chords) || b.chords.starts_with(&a.chords) {
                found.push(MapProblem {
                    line: b.line,
                    message: format!(
                        "{} and {} (line {}) begin alike, so the longer one can never be pressed",
                        spell(&b.chords),
                        spell(&a.chords),
                        a.line
                    ),
                });
            }
        }
    }
    found
}
