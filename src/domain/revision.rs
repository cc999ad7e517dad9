//! What becomes of a line that is loaded again (design 5). Pure; the store carries it out.

use std::collections::HashMap;
use std::hash::Hash;

use super::status::PsaStatus;

/// What becomes of an incoming line whose key the store knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The same content: nothing.
    Unchanged,
    /// Not posted: its content is replaced; dates typed by a user and choices stay.
    Replace,
    /// Posted, or being posted: kept as it is, the new content is its revision.
    Revise,
}

/// Decides for a line that is there under the same key.
pub fn again(status: PsaStatus, same_content: bool) -> Again {
    match status {
        _ if same_content => Again::Unchanged,
        PsaStatus::Synced | PsaStatus::Posting => Again::Revise,
        PsaStatus::NotSynced | PsaStatus::Error => Again::Replace,
    }
}

/// What identifies the charge that a line without an id of its own is about, whatever its amounts:
/// the fields on which a changed line is found again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot<T> {
    /// Contract, subscription, offer and charge type, as the store codes them.
    pub charge: T,
    /// First day charged, as a number; only to tell several apart.
    pub start: i64,
}

/// Pairs stored lines that a file no longer has with lines that it newly has, of one invoice and
/// organization: a line without an id changes its key with its content. Gives (stored, incoming)
/// positions. First those that agree in the start as well; what is left over pairs only where one
/// stands against one.
pub fn pair<T: Clone + Eq + Hash>(stored: &[Slot<T>], incoming: &[Slot<T>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut taken_stored = vec![false; stored.len()];
    let mut taken_incoming = vec![false; incoming.len()];
    let mut by_slot: HashMap<&Slot<T>, Vec<usize>> = HashMap::new();
    for (n, slot) in incoming.iter().enumerate().rev() {
        by_slot.entry(slot).or_default().push(n);
    }
    for (s, slot) in stored.iter().enumerate() {
        if let Some(i) = by_slot.get_mut(slot).and_then(Vec::pop) {
            taken_stored[s] = true;
            taken_incoming[i] = true;
            pairs.push((s, i));
        }
    }
    let mut left: HashMap<&T, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (s, slot) in stored.iter().enumerate().filter(|(s, _)| !taken_stored[*s]) {
        left.entry(&slot.charge).or_default().0.push(s);
    }
    for (i, slot) in incoming.iter().enumerate().filter(|(i, _)| !taken_incoming[*i]) {
        left.entry(&slot.charge).or_default().1.push(i);
    }
    for (was, is) in left.into_values() {
        if let ([s], [i]) = (was.as_slice(), is.as_slice()) {
            pairs.push((*s, *i));
        }
    }
    pairs.sort_unstable();
    pairs
}
