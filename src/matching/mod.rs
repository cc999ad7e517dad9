//! Names to candidates, with reasons. Stable ids outrank names; a name is compared by character
//! grams (TF-IDF, so that rare parts weigh more), by words, and by spelling distance. What is
//! accepted without a person is decided by kind: an organization by a clear lead, an offer only by
//! a stable id or the same name (sources-and-competitors 4: five rows nearly always hold the
//! answer, the first one not always).

mod brands;
mod index;
mod normal;
mod score;

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;

use index::Index;
use normal::{Normal, normal};

/// What is matched. It decides what may be accepted without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Organization to company.
    Organization,
    /// Offer to catalog item.
    Offer,
}

/// One name to search in or with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The record's id.
    pub id: String,
    /// The record's name.
    pub name: String,
    /// Stable keys: short id, part number, SKU, domain, accounting id. Compared without case.
    pub keys: Vec<String>,
}

/// Why a candidate stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A stable kebab-case word, such as `same-key`.
    pub code: &'static str,
    /// One sentence.
    pub text: Cow<'static, str>,
}

/// A record that a name may stand for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// The record's id.
    pub id: String,
    /// The record's name.
    pub name: String,
    /// Likeness, 0 to 1.
    pub score: f32,
    /// How far ahead of the next candidate it is; 0 for all but the first.
    pub lead: f32,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Whether it is taken without asking a person.
    pub accepted: bool,
}

/// The side that is searched in, indexed once.
pub struct Catalog {
    kind: Kind,
    items: Vec<Named>,
    normals: Vec<Normal>,
    index: Index,
    by_key: HashMap<String, Vec<u32>>,
    by_name: HashMap<String, Vec<u32>>,
    by_initials: HashMap<String, Vec<u32>>,
    by_first: HashMap<String, Vec<u32>>,
}

/// How many candidates of the gram index are looked at closely.
const SHORTLIST: usize = 60;

impl Catalog {
    /// Indexes the records.
    pub fn new(kind: Kind, items: Vec<Named>) -> Self {
        let normals: Vec<Normal> = items.iter().map(|i| named(kind, &i.name)).collect();
        let mut by_key: HashMap<String, Vec<u32>> = HashMap::new();
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        let mut by_initials: HashMap<String, Vec<u32>> = HashMap::new();
        let mut by_first: HashMap<String, Vec<u32>> = HashMap::new();
        for (n, (item, norm)) in (0u32..).zip(items.iter().zip(&normals)) {
            for key in item.keys.iter().filter_map(|k| stable_key(k)) {
                let entry = by_key.entry(key).or_default();
                if entry.last() != Some(&n) {
                    entry.push(n);
                }
            }
            by_name.entry(normal(&item.name).words.join(" ")).or_default().push(n);
            if let Some(i) = normal::initials(&norm.core) {
                by_initials.entry(i).or_default().push(n);
            }
            if let Some(w) = norm.core.first().filter(|w| w.chars().count() <= 6) {
                by_first.entry(w.clone()).or_default().push(n);
            }
        }
        let index = Index::new(&normals);
        Self { kind, items, normals, index, by_key, by_name, by_initials, by_first }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The best candidates for a name, best first, at most `top`.
    pub fn candidates(&self, query: &Named, top: usize) -> Vec<Candidate> {
        let q = named(self.kind, &query.name);
        let profile = self.index.profile(&q);
        let mut keyed: Vec<u32> = query
            .keys
            .iter()
            .filter_map(|k| stable_key(k))
            .filter_map(|k| self.by_key.get(&k))
            .flatten()
            .copied()
            .collect();
        keyed.sort_unstable();
        keyed.dedup();
        // The name as written: a renamed brand is a good guess, and never "the same name".
        let written = normal(&query.name).words.join(" ");
        let same: &[u32] =
            self.by_name.get(&written).map_or(&[], |v| if written.is_empty() { &[] } else { v });

        let mut ranked: Vec<(u32, f32, f32)> = self
            .index
            .shortlist(&profile, SHORTLIST)
            .into_iter()
            .map(|(n, cosine)| {
                (
                    n,
                    score::name_score(
                        self.kind,
                        &self.index,
                        &q,
                        &self.normals[n as usize],
                        cosine,
                    ),
                    cosine,
                )
            })
            .collect();
        // Initials share no grams with what they stand for.
        let acronyms = self.by_initials.get(&q.core.first().cloned().unwrap_or_default());
        let spelled = normal::initials(&q.core).and_then(|i| self.by_first.get(&i));
        for &n in acronyms.into_iter().chain(spelled).flatten() {
            if !ranked.iter().any(|r| r.0 == n) {
                ranked.push((
                    n,
                    score::name_score(self.kind, &self.index, &q, &self.normals[n as usize], 0.0),
                    0.0,
                ));
            }
        }
        for &n in keyed.iter().chain(same) {
            if !ranked.iter().any(|r| r.0 == n) {
                ranked.push((n, 0.0, 0.0));
            }
        }
        for r in &mut ranked {
            if same.contains(&r.0) {
                r.1 = r.1.max(0.99);
            }
            if keyed.contains(&r.0) {
                // A stable id outranks every name, and the name decides among several.
                r.1 += 1.0;
            }
        }
        ranked.sort_by(|a, b| {
            b.1.total_cmp(&a.1)
                .then_with(|| self.items[a.0 as usize].id.cmp(&self.items[b.0 as usize].id))
        });
        ranked.truncate(top.max(2));
        let mut out: Vec<Candidate> = ranked
            .iter()
            .enumerate()
            .map(|(place, &(n, s, cosine))| {
                let next = ranked.get(place + 1).map_or(0.0, |r| r.1.min(2.0));
                let lead = if place == 0 { (s - next).clamp(0.0, 1.0) } else { 0.0 };
                let item = &self.items[n as usize];
                let reasons = score::reasons(
                    &q,
                    &self.normals[n as usize],
                    keyed.contains(&n),
                    same.contains(&n),
                    cosine,
                );
                Candidate {
                    id: item.id.clone(),
                    name: item.name.clone(),
                    score: s.min(1.0),
                    lead,
                    accepted: place == 0 && self.accepts(&q, n, s, lead, &keyed, same),
                    reasons,
                }
            })
            .collect();
        out.truncate(top);
        out
    }

    fn accepts(
        &self,
        q: &Normal,
        n: u32,
        score: f32,
        lead: f32,
        keyed: &[u32],
        same: &[u32],
    ) -> bool {
        if !keyed.is_empty() {
            return keyed == [n];
        }
        if !same.is_empty() {
            return same == [n];
        }
        let found = &self.normals[n as usize];
        match self.kind {
            Kind::Offer => false,
            Kind::Organization => {
                score >= score::ACCEPT_SCORE
                    && lead >= score::ACCEPT_LEAD
                    && normal::numbers(&q.core).eq(normal::numbers(&found.core))
            }
        }
    }
}

/// How alike two names are, 0 to 1, without a catalog around them.
pub fn likeness(kind: Kind, a: &str, b: &str) -> f32 {
    let (a, b) = (named(kind, a), named(kind, b));
    let index = Index::new(&[a.clone(), b.clone()]);
    let profile = index.profile(&a);
    let cosine = index.shortlist(&profile, 2).into_iter().find(|r| r.0 == 1).map_or(0.0, |r| r.1);
    score::name_score(kind, &index, &a, &b, cosine)
}

/// A name taken apart, renamed brands under their newest name.
fn named(kind: Kind, name: &str) -> Normal {
    match kind {
        Kind::Organization => normal(name),
        Kind::Offer => normal(&brands::newest(name)),
    }
}

/// A key that is long enough to mean something, brought to one case.
fn stable_key(key: &str) -> Option<String> {
    let k = key.trim().to_lowercase();
    (k.chars().count() >= 3).then_some(k)
}

#[cfg(test)]
mod tests;
