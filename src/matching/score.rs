//! How alike two names are, from several looks at them, and the words for it.

use std::borrow::Cow;

use super::Kind;
use super::Reason;
use super::index::Index;
use super::normal::{Normal, initials, variant_marks};

/// An organization is accepted from this likeness on ...
pub(super) const ACCEPT_SCORE: f32 = 0.65;
/// ... when it is this far ahead of the next one. Both were chosen on labelled names so that at
/// least 99 of 100 accepted ones are right, with room to spare.
pub(super) const ACCEPT_LEAD: f32 = 0.12;

/// An acronym is a good guess and never more: it stays below what is accepted.
const ACRONYM_SCORE: f32 = 0.60;

/// Likeness of two names, 0 to 1: grams carry most, words and spelling correct them. The shares were
/// chosen on labelled names of each kind.
pub(super) fn name_score(kind: Kind, index: &Index, a: &Normal, b: &Normal, cosine: f32) -> f32 {
    if a.words.is_empty() || b.words.is_empty() {
        return 0.0;
    }
    let s = match kind {
        Kind::Organization => 0.80 * cosine + 0.20 * word_overlap(index, &a.words, &b.words),
        Kind::Offer => {
            0.85 * cosine
                + 0.05 * word_overlap(index, &a.words, &b.words)
                + 0.05 * sorted_spelling(&a.core, &b.core)
                + 0.05 * first_word(a, b)
        }
    };
    let s = if is_acronym(a, b) || is_acronym(b, a) { s.max(ACRONYM_SCORE) } else { s };
    s.clamp(0.0, 0.985)
}

/// Whether one name is just the initials of the other.
fn is_acronym(short: &Normal, long: &Normal) -> bool {
    short.core.first().is_some_and(|w| initials(&long.core).is_some_and(|i| i == *w))
}

/// Shared words weighed by how rare they are; words that are nearly equal share in part.
fn word_overlap(index: &Index, a: &[String], b: &[String]) -> f32 {
    let mut shared = 0.0;
    let mut total_a = 0.0;
    for w in a {
        let weight = index.weight(w);
        total_a += weight;
        let best = b.iter().map(|v| word_likeness(w, v)).fold(0.0f32, f32::max);
        shared += weight * best;
    }
    let mut shared_b = 0.0;
    let mut total_b = 0.0;
    for v in b {
        let weight = index.weight(v);
        total_b += weight;
        let best = a.iter().map(|w| word_likeness(w, v)).fold(0.0f32, f32::max);
        shared_b += weight * best;
    }
    let (forth, back) = (shared / total_a.max(f32::EPSILON), shared_b / total_b.max(f32::EPSILON));
    // Harmonic: containing a short name must not look like being it.
    if forth + back > 0.0 { 2.0 * forth * back / (forth + back) } else { 0.0 }
}

/// Equal, nearly equal (typing error), or the beginning of the other (abbreviation).
fn word_likeness(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    let digits = |s: &str| s.chars().any(|c| c.is_ascii_digit());
    if digits(a) || digits(b) {
        return 0.0;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.chars().count() >= 3 && long.starts_with(short) {
        return 0.75;
    }
    let s = strsim::jaro_winkler(a, b) as f32;
    if s >= 0.9 { s * 0.9 } else { 0.0 }
}

/// Spelling distance of the words in alphabetical order, 0 to 1.
fn sorted_spelling(a: &[String], b: &[String]) -> f32 {
    let line = |w: &[String]| {
        let mut w: Vec<&str> = w.iter().map(String::as_str).collect();
        w.sort_unstable();
        w.join(" ")
    };
    strsim::normalized_damerau_levenshtein(&line(a), &line(b)) as f32
}

/// Names of companies and products are told apart by their first word more than by any other.
fn first_word(a: &Normal, b: &Normal) -> f32 {
    match (a.core.first(), b.core.first()) {
        (Some(a), Some(b)) => word_likeness(a, b),
        _ => 0.0,
    }
}

/// The words for a candidate.
pub(super) fn reasons(
    q: &Normal,
    found: &Normal,
    by_key: bool,
    same_name: bool,
    cosine: f32,
) -> Vec<Reason> {
    let mut out = Vec::new();
    if by_key {
        out.push(Reason { code: "same-key", text: "a stable id is the same".into() });
    }
    if same_name {
        out.push(Reason { code: "same-name", text: "the names are the same".into() });
        return out;
    }
    if q.core == found.core {
        out.push(Reason {
            code: "same-but-legal-form",
            text: "the names differ in the legal form only".into(),
        });
    } else {
        let shared: Vec<&str> =
            q.core.iter().filter(|w| found.core.contains(w)).map(String::as_str).take(6).collect();
        if !shared.is_empty() {
            out.push(Reason {
                code: "shared-words",
                text: Cow::Owned(format!("both have {}", shared.join(", "))),
            });
        }
    }
    if cosine > 0.0 {
        out.push(Reason {
            code: "spelling",
            text: Cow::Owned(format!("{:.0} % of the spelling is shared", cosine * 100.0)),
        });
    }
    let (a, b) = (variant_marks(&q.core), variant_marks(&found.core));
    if a != b {
        let differ: Vec<&str> = a
            .iter()
            .filter(|m| !b.contains(m))
            .chain(b.iter().filter(|m| !a.contains(m)))
            .copied()
            .take(6)
            .collect();
        out.push(Reason {
            code: "other-variant",
            text: Cow::Owned(format!("they differ in {}", differ.join(", "))),
        });
    }
    out
}
