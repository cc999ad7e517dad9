//! The trie of chord sequences (after helix's key maps): each node holds ordered bindings, the
//! first whose condition holds wins.

use std::collections::BTreeMap;

use super::chord::Chord;
use super::condition::{Condition, Contexts};
use crate::tui::commands::Command;

/// What a sequence of chords means right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Run this.
    Run(Command),
    /// It is the beginning of longer sequences.
    Pending,
    /// Nothing.
    Nothing,
}

/// One node.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    bound: Vec<(Condition, Option<Command>)>,
    children: BTreeMap<Chord, Node>,
}

impl Node {
    /// Adds a binding behind those that are there. `None` frees the key.
    pub(super) fn add(&mut self, chords: &[Chord], when: Condition, command: Option<Command>) {
        match chords.split_first() {
            None => self.bound.push((when, command)),
            Some((first, rest)) => {
                self.children.entry(*first).or_default().add(rest, when, command)
            }
        }
    }

    fn here(&self, now: Contexts) -> Option<Option<Command>> {
        self.bound.iter().find(|(when, _)| when.holds(now)).map(|(_, command)| *command)
    }

    fn leads_on(&self, now: Contexts) -> bool {
        self.children
            .values()
            .any(|child| child.here(now).flatten().is_some() || child.leads_on(now))
    }

    /// Looks a sequence up.
    pub(super) fn find(&self, chords: &[Chord], now: Contexts) -> Found {
        match chords.split_first() {
            Some((first, rest)) => {
                self.children.get(first).map_or(Found::Nothing, |child| child.find(rest, now))
            }
            None => match self.here(now) {
                Some(Some(command)) => Found::Run(command),
                Some(None) => Found::Nothing,
                None if self.leads_on(now) => Found::Pending,
                None => Found::Nothing,
            },
        }
    }
}
