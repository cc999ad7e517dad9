//! What speaks for a candidate beside its name, and the words for all of it.

use std::borrow::Cow;

use super::catalog::Found;
use super::keys::{Key, KeyKind};
use super::score::Name;
use super::words::Word;
use super::{Decided, Reason};

/// What speaks for records beside their names: stable keys and earlier decisions.
#[derive(Default)]
pub(super) struct Evidence<'a> {
    decided: Vec<(u32, &'a Decided)>,
    keys: Vec<(u32, &'a Key)>,
    items: Vec<u32>,
}

impl<'a> Evidence<'a> {
    pub(super) fn decide(&mut self, item: u32, decided: &'a Decided) {
        self.decided.push((item, decided));
        self.name(item);
    }

    pub(super) fn key(&mut self, item: u32, key: &'a Key) {
        self.keys.push((item, key));
        self.name(item);
    }

    fn name(&mut self, item: u32) {
        if !self.items.contains(&item) {
            self.items.push(item);
        }
    }

    /// Records that something speaks for.
    pub(super) fn items(&self) -> &[u32] {
        &self.items
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn decided(&self, item: u32) -> Option<&'a Decided> {
        self.decided.iter().find(|d| d.0 == item).map(|d| d.1)
    }

    /// What is added to the likeness of the name: a decision outranks a key, a key every name.
    pub(super) fn weight(&self, item: u32) -> f32 {
        if self.decided(item).is_some() {
            2.0
        } else if self.keys.iter().any(|k| k.0 == item) {
            1.0
        } else {
            0.0
        }
    }

    /// Whether the record is the only one that decisions, or without them keys, speak for.
    pub(super) fn only(&self, item: u32) -> bool {
        if self.decided.is_empty() {
            self.items == [item]
        } else {
            self.decided.iter().all(|d| d.0 == item) && self.decided.iter().any(|d| d.1.same)
        }
    }
}

/// The words for a candidate.
pub(super) fn of(
    evidence: &Evidence<'_>,
    item: u32,
    copies: u32,
    q: &Name,
    found: &Name,
    seen: &Found,
) -> Vec<Reason> {
    let looks = &seen.looks;
    let same_name = seen.same_name;
    let mut out = Vec::new();
    if let Some(decided) = evidence.decided(item) {
        out.push(decision(decided));
    }
    for (_, key) in evidence.keys.iter().filter(|k| k.0 == item) {
        let reason = same_key(key.kind);
        if !out.contains(&reason) {
            out.push(reason);
        }
    }
    if copies > 0 {
        out.push(told("copied", format!("{copies} more records say the same of themselves")));
    }
    if same_name {
        out.push(reason("same-name", "the names are the same"));
        return out;
    }
    let core = |n: &'_ Name| -> Vec<u64> {
        n.words.iter().filter(|w| w.is_core()).map(|w| w.meaning).collect()
    };
    let (mut a, mut b) = (core(q), core(found));
    if a.is_empty() || b.is_empty() {
        return out;
    }
    if a == b {
        out.push(if spelled_alike(q, found) {
            reason("same-but-legal-form", "names equal but for the legal form")
        } else {
            reason("same-meaning", "the same words, translated or abbreviated")
        });
        return out;
    }
    a.sort_unstable();
    b.sort_unstable();
    if a == b {
        out.push(reason("same-words", "the same words in another order"));
        return out;
    }
    if q.glue == found.glue {
        out.push(reason("same-letters", "names equal but for spaces and the legal form"));
        return out;
    }
    if looks.acronym {
        out.push(reason("initials", "the initials of one are in the other"));
    }
    if looks.model >= 0.8 {
        out.push(reason("same-model", "the same model or part number is in both names"));
    }
    let shared: Vec<&str> = q
        .words
        .iter()
        .filter(|w| w.is_core() && found.words.iter().any(|v| v.meaning == w.meaning))
        .map(Word::as_str)
        .take(6)
        .collect();
    if !shared.is_empty() {
        out.push(told("shared-words", format!("both have {}", shared.join(", "))));
    }
    if looks.cosine > 0.0 {
        out.push(told(
            "spelling",
            format!("{:.0} % of the spelling is shared", looks.cosine * 100.0),
        ));
    }
    let differ = differing(q, found);
    if !differ.is_empty() {
        out.push(told("other-variant", format!("they differ in {}", differ.join(", "))));
    }
    out
}

fn decision(decided: &Decided) -> Reason {
    let by = match decided.by {
        KeyKind::Id => "",
        KeyKind::Domain => " for the same domain",
        KeyKind::Tenant => " for the same tenant id",
        KeyKind::PartNumber => " for the same part number",
    };
    match &decided.day {
        Some(day) => told("decided", format!("decided on {day}{by}")),
        None => told("decided", format!("decided before{by}")),
    }
}

fn same_key(kind: KeyKind) -> Reason {
    match kind {
        KeyKind::Id => reason("same-id", "same id"),
        KeyKind::Domain => reason("same-domain", "same domain"),
        KeyKind::Tenant => reason("same-tenant", "same tenant id"),
        KeyKind::PartNumber => reason("same-part-number", "same part number"),
    }
}

fn spelled_alike(a: &Name, b: &Name) -> bool {
    let mut of = a.words.iter().filter(|w| w.is_core());
    let mut to = b.words.iter().filter(|w| w.is_core());
    of.by_ref().zip(to.by_ref()).all(|(x, y)| x.text == y.text)
}

/// Numbers and editions that one name has and the other lacks.
fn differing<'n>(a: &'n Name, b: &'n Name) -> Vec<&'n str> {
    let mark = |w: &&Word| w.digits || w.entry.edition;
    let lacks = |n: &Name, w: &Word| n.words.iter().all(|v| v.meaning != w.meaning);
    let first = a.words.iter().filter(mark).filter(|w| lacks(b, w));
    let second = b.words.iter().filter(mark).filter(|w| lacks(a, w));
    let mut out: Vec<&str> = first.chain(second).map(Word::as_str).collect();
    out.dedup();
    out.truncate(6);
    out
}

fn reason(code: &'static str, text: &'static str) -> Reason {
    Reason { code, text: Cow::Borrowed(text) }
}

fn told(code: &'static str, text: String) -> Reason {
    Reason { code, text: Cow::Owned(text) }
}
