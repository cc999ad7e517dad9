//! The side that is searched in, indexed once, and the search.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;

use super::brands;
use super::index::{Index, Sheet};
use super::keys::{Key, KeyKind};
use super::lexicon::own_meaning;
use super::reasons::{self, Evidence};
use super::score::{Looks, Name, Query, look, score};
use super::tuning::{Acceptance, Tuning};
use super::variants;
use super::weights::Vocabulary;
use super::words::{Word, words};
use super::{Asked, Candidate, Kind, Named};

/// How many candidates of the gram index are looked at closely, for each of a name's variants.
const SHORTLIST: usize = 40;
/// How many that share initials or glued letters are looked at beside them.
const BESIDE: usize = 16;
/// How much of the letters one word must share with the other name to be taken, 0 to 1.
const LONE_LETTERS: f32 = 0.7;
/// What an equal name gets: names alone are never certain.
const SAME_NAME: f32 = 0.99;

type Places = HashMap<u64, Vec<u32>, RandomState>;

/// The side that is searched in, indexed once.
pub struct Catalog {
    kind: Kind,
    acceptance: Acceptance,
    items: Vec<Named>,
    /// Names in the index, each with its item: an item has one for each of its names.
    rows: Vec<(u32, Name)>,
    vocabulary: Vocabulary,
    index: Index,
    by_key: HashMap<(KeyKind, String), Vec<u32>>,
    by_id: HashMap<String, u32>,
    /// Rows by what they share beside grams: the very words, initials, glued letters.
    by_name: Places,
    by_initials: Places,
    by_glue: Places,
    sheets: Mutex<Vec<Sheet>>,
}

/// A candidate on its way.
pub(super) struct Found {
    item: u32,
    row: u32,
    query: usize,
    score: f32,
    /// What was seen.
    pub looks: Looks,
    /// The very same words.
    pub same_name: bool,
}

impl Catalog {
    /// Indexes the records; what is accepted without a person is as shipped.
    pub fn new(kind: Kind, items: Vec<Named>) -> Self {
        Self::with(kind, Acceptance::shipped(kind), items)
    }

    /// Indexes the records.
    pub fn with(kind: Kind, acceptance: Acceptance, items: Vec<Named>) -> Self {
        let mut by_key: HashMap<(KeyKind, String), Vec<u32>> = HashMap::new();
        let mut by_id = HashMap::with_capacity(items.len());
        let mut cut: Vec<(u32, Vec<Word>)> = Vec::with_capacity(items.len());
        let mut vocabulary = Vocabulary::new(Tuning::of(kind));
        for (n, item) in (0u32..).zip(&items) {
            by_id.entry(item.id.clone()).or_insert(n);
            for key in item.keys.iter().filter_map(Key::comparable) {
                let entry = by_key.entry(key).or_default();
                if entry.last() != Some(&n) {
                    entry.push(n);
                }
            }
            for name in variants::names(&item.name) {
                let words = taken_apart(kind, &name);
                vocabulary.count(&words);
                cut.push((n, words));
            }
        }
        let index = Index::new(Tuning::of(kind), cut.iter().map(|(_, words)| words.as_slice()));
        let rows: Vec<(u32, Name)> = cut
            .into_iter()
            .map(|(n, words)| (n, Name::new(words, |w| vocabulary.weight(w))))
            .collect();
        let (mut by_name, mut by_initials, mut by_glue) =
            (Places::default(), Places::default(), Places::default());
        for (row, (_, name)) in (0u32..).zip(&rows) {
            by_name.entry(written(&name.words)).or_default().push(row);
            by_glue.entry(own_meaning(&name.glue)).or_default().push(row);
            for initials in initials(&name.words) {
                by_initials.entry(initials).or_default().push(row);
            }
            if let Some(only) = lone_word(&name.words) {
                by_initials.entry(only).or_default().push(row);
            }
        }
        let sheets = Mutex::default();
        Self {
            kind,
            acceptance,
            items,
            rows,
            vocabulary,
            index,
            by_key,
            by_id,
            by_name,
            by_initials,
            by_glue,
            sheets,
        }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The best candidates, best first, at most `top`. What was rejected is not among them.
    pub fn candidates(&self, asked: &Asked, top: usize) -> Vec<Candidate> {
        let queries: Vec<Query> = variants::names(&asked.name)
            .iter()
            .map(|name| {
                let words = taken_apart(self.kind, name);
                Query::new(Name::new(words, |w| self.vocabulary.weight(w)))
            })
            .collect();
        let mut found = self.by_names(&queries);
        let evidence = self.evidence(asked);
        for &item in evidence.items() {
            if !found.iter().any(|f| f.item == item) {
                let row = self.rows.partition_point(|r| r.0 < item) as u32;
                found.push(self.looked_at(&queries, 0, row, 0.0));
            }
        }
        found.retain(|f| {
            evidence.decided(f.item).is_some()
                || !asked.rejected.contains(&self.items[f.item as usize].id)
        });
        let mut ranked: Vec<(f32, Found)> =
            found.into_iter().map(|f| (f.score + evidence.weight(f.item), f)).collect();
        ranked.sort_by(|a, b| {
            b.0.total_cmp(&a.0).then_with(|| {
                self.items[a.1.item as usize].id.cmp(&self.items[b.1.item as usize].id)
            })
        });
        ranked.truncate(top.max(2));
        let mut out: Vec<Candidate> = Vec::with_capacity(ranked.len());
        for (place, (value, f)) in ranked.iter().enumerate() {
            let next = ranked.get(place + 1).map_or(0.0, |r| r.0);
            let lead = if place == 0 { (value - next).clamp(0.0, 1.0) } else { 0.0 };
            let item = &self.items[f.item as usize];
            let certain = place == 0 && evidence.only(f.item);
            let (q, name) = (&queries[f.query].name, &self.rows[f.row as usize].1);
            out.push(Candidate {
                id: item.id.clone(),
                name: item.name.clone(),
                score: value.min(1.0),
                lead,
                accepted: place == 0
                    && (certain
                        || evidence.is_empty()
                            && self.takes(&queries, f, lead)
                            && !ranked.get(1).is_some_and(|r| self.twins(f, &r.1))),
                certain,
                reasons: reasons::of(&evidence, f.item, item.copies, q, name, f),
            });
        }
        out.truncate(top);
        out
    }

    /// What names alone find, each record once, at its best.
    fn by_names(&self, queries: &[Query]) -> Vec<Found> {
        let mut sheet =
            self.sheets.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let mut best: HashMap<u32, Found, RandomState> = HashMap::default();
        for (n, query) in queries.iter().enumerate() {
            let mut rows = self.index.shortlist(&query.name.words, SHORTLIST, &mut sheet);
            let mut beside = |places: Option<&Vec<u32>>| {
                for row in places.into_iter().flatten().take(BESIDE) {
                    if !rows.iter().any(|r| r.0 == *row) {
                        rows.push((*row, 0.0));
                    }
                }
            };
            // Initials share no grams with what they stand for, glued words few.
            beside(self.by_name.get(&written(&query.name.words)));
            beside(self.by_glue.get(&own_meaning(&query.name.glue)));
            if let Some(only) = lone_word(&query.name.words) {
                beside(self.by_initials.get(&only));
            }
            for initials in initials(&query.name.words) {
                beside(self.by_initials.get(&initials));
            }
            for (row, cosine) in rows {
                let found = self.looked_at(queries, n, row, cosine);
                match best.get_mut(&found.item) {
                    Some(kept) if kept.score >= found.score => {}
                    Some(kept) => *kept = found,
                    None => drop(best.insert(found.item, found)),
                }
            }
        }
        self.sheets.lock().unwrap_or_else(PoisonError::into_inner).push(sheet);
        best.into_values().collect()
    }

    fn looked_at(&self, queries: &[Query], query: usize, row: u32, cosine: f32) -> Found {
        let (item, name) = &self.rows[row as usize];
        let asked = &queries[query];
        let looks = look(self.kind, asked, name, cosine);
        let same_name = !name.words.is_empty()
            && asked.name.words.len() == name.words.len()
            && asked.name.words.iter().zip(&name.words).all(|(a, b)| a.text == b.text);
        let value = score(Tuning::of(self.kind), &looks);
        // A part of a name is a little less than the name.
        let value = if query > 0 { value * 0.98 } else { value };
        let score = if same_name { value.max(SAME_NAME) } else { value };
        Found { item: *item, row, query, score, looks, same_name }
    }

    /// Whether the name alone is enough.
    fn takes(&self, queries: &[Query], f: &Found, lead: f32) -> bool {
        let a = &self.acceptance;
        // One of two names that a name holds is as likely the other company.
        if !a.by_name || f.query > 0 || f.score < a.score || lead < a.lead {
            return false;
        }
        let item = &self.items[f.item as usize];
        let first_name = self.rows.partition_point(|r| r.0 < f.item) == f.row as usize;
        if item.copies > 0 || !first_name {
            return false;
        }
        let (asked, found) = (&queries[f.query].name, &self.rows[f.row as usize].1);
        let says = |n: &Name| n.words.iter().any(|w| w.is_core() && w.text.len() >= 2);
        // One word that is a small part of the other name says too little: `MTI`, `saveetha.ac.in`.
        let lone = |n: &Name| n.words.iter().filter(|w| w.is_core()).count() == 1;
        if (lone(asked) || lone(found)) && f.looks.letters < LONE_LETTERS {
            return false;
        }
        // Names that differ in a number, or in what initials may stand for, are a person's.
        f.looks.numbers == (0, 0) && !f.looks.all_initials && says(asked) && says(found)
    }

    /// Two records that are told apart by the legal form at most: the very name decides, or a
    /// person.
    fn twins(&self, f: &Found, next: &Found) -> bool {
        let glue = |f: &Found| &self.rows[f.row as usize].1.glue;
        !f.same_name && glue(f) == glue(next)
    }

    fn evidence<'a>(&'a self, asked: &'a Asked) -> Evidence<'a> {
        let mut evidence = Evidence::default();
        for decided in &asked.decided {
            if let Some(item) = self.by_id.get(&decided.id) {
                evidence.decide(*item, decided);
            }
        }
        for key in &asked.keys {
            for item in key.comparable().and_then(|k| self.by_key.get(&k)).into_iter().flatten() {
                evidence.key(*item, key);
            }
        }
        evidence
    }
}

/// The words of a name, renamed brands under their newest name.
pub(super) fn taken_apart(kind: Kind, name: &str) -> Vec<Word> {
    let words = words(kind, name);
    match kind {
        Kind::Organization => words,
        Kind::Offer => brands::newest(words),
    }
}

/// A digest of the words as written.
fn written(words: &[Word]) -> u64 {
    words.iter().fold(0, |h, w| own_meaning(&w.text).wrapping_add(h).rotate_left(17))
}

/// Digests of the initials that a name may be known by: with and without its small words.
fn initials(words: &[Word]) -> Vec<u64> {
    let of = |all: &mut dyn Iterator<Item = &Word>| -> Option<u64> {
        let letters: Vec<u8> = all.map(|w| w.text[0]).collect();
        ((2..=8).contains(&letters.len())).then(|| own_meaning(&letters))
    };
    let core = of(&mut words.iter().filter(|w| w.is_core() && !w.addendum));
    let all = of(&mut words.iter().filter(|w| !w.entry.legal && !w.addendum));
    match (core, all) {
        (Some(a), Some(b)) if a != b => vec![a, b],
        (a, b) => a.or(b).into_iter().collect(),
    }
}

/// A digest of the only word that a name says, where it may be initials.
fn lone_word(words: &[Word]) -> Option<u64> {
    let mut core = words.iter().filter(|w| w.is_core());
    let only = core.next()?;
    let short = (2..=8).contains(&only.text.len()) && !only.digits;
    (short && core.next().is_none()).then(|| own_meaning(&only.text))
}
