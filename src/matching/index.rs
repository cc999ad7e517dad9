//! The gram index: an inverted list from character grams and words to names, with TF-IDF weights.

use std::collections::HashMap;

use super::normal::{Normal, grams};

/// Weights of a name's grams, sorted by gram, of length 1 as a vector.
pub(super) type Profile = Vec<(u32, f32)>;

/// Character grams to names.
pub(super) struct Index {
    /// Gram hash to its column.
    columns: HashMap<u64, u32>,
    /// Inverse document frequency by column.
    idf: Vec<f32>,
    /// (name, weight) by column.
    postings: Vec<Vec<(u32, f32)>>,
    /// How rare a word is among all names, 0 to 1.
    words: HashMap<String, f32>,
    names: usize,
}

impl Index {
    pub(super) fn new(names: &[Normal]) -> Self {
        let mut columns: HashMap<u64, u32> = HashMap::new();
        let mut frequency: Vec<u32> = Vec::new();
        let mut counted: Vec<Vec<(u32, f32)>> = Vec::with_capacity(names.len());
        let mut word_frequency: HashMap<&str, u32> = HashMap::new();
        for name in names {
            let mut counts: HashMap<u32, f32> = HashMap::new();
            grams(&name.words, |g, weight| {
                let next = u32::try_from(columns.len()).unwrap_or(u32::MAX);
                let c = *columns.entry(g).or_insert(next);
                if c as usize == frequency.len() {
                    frequency.push(0);
                }
                *counts.entry(c).or_insert(0.0) += weight;
            });
            for c in counts.keys() {
                frequency[*c as usize] += 1;
            }
            counted.push(counts.into_iter().collect());
            let mut seen: Vec<&str> = name.words.iter().map(String::as_str).collect();
            seen.sort_unstable();
            seen.dedup();
            for w in seen {
                *word_frequency.entry(w).or_insert(0) += 1;
            }
        }
        let n = names.len() as f32;
        let idf: Vec<f32> =
            frequency.iter().map(|f| ((1.0 + n) / (1.0 + *f as f32)).ln() + 1.0).collect();
        let mut postings: Vec<Vec<(u32, f32)>> = vec![Vec::new(); idf.len()];
        for (name, mut weights) in (0u32..).zip(counted) {
            weigh(&mut weights, &idf);
            for (c, w) in weights {
                postings[c as usize].push((name, w));
            }
        }
        let top = (1.0 + n).ln() + 1.0;
        let words = word_frequency
            .into_iter()
            .map(|(w, f)| (w.to_owned(), (((1.0 + n) / (1.0 + f as f32)).ln() + 1.0) / top))
            .collect();
        Self { columns, idf, postings, words, names: names.len() }
    }

    /// The weights of a name that is searched with. Grams that the catalog lacks count in its
    /// length: a name with much of its own is less like everything.
    pub(super) fn profile(&self, name: &Normal) -> Profile {
        let mut counts: HashMap<u32, f32> = HashMap::new();
        let mut foreign: HashMap<u64, f32> = HashMap::new();
        grams(&name.words, |g, weight| match self.columns.get(&g) {
            Some(c) => *counts.entry(*c).or_insert(0.0) += weight,
            None => *foreign.entry(g).or_insert(0.0) += weight,
        });
        let mut weights: Profile = counts.into_iter().collect();
        for (c, w) in &mut weights {
            *w = damp(*w) * self.idf[*c as usize];
        }
        // A gram that no name has is treated as a fairly rare one, at half weight: typing errors
        // make such grams, and they should not drown what is shared.
        let rare = 0.5 * ((1.0 + self.names as f32).ln() + 1.0);
        let outside: f32 = foreign.values().map(|w| (damp(*w) * rare).powi(2)).sum();
        let length = (weights.iter().map(|(_, w)| w * w).sum::<f32>() + outside).sqrt();
        if length > 0.0 {
            weights.iter_mut().for_each(|(_, w)| *w /= length);
        }
        weights.sort_unstable_by_key(|(c, _)| *c);
        weights
    }

    /// The names with the highest cosine, best first.
    pub(super) fn shortlist(&self, profile: &Profile, most: usize) -> Vec<(u32, f32)> {
        let mut sums = vec![0.0f32; self.names];
        let mut touched: Vec<u32> = Vec::new();
        for (c, w) in profile {
            for (name, v) in &self.postings[*c as usize] {
                let s = &mut sums[*name as usize];
                if *s == 0.0 {
                    touched.push(*name);
                }
                *s += w * v;
            }
        }
        let mut best: Vec<(u32, f32)> =
            touched.into_iter().map(|n| (n, sums[n as usize])).collect();
        let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if best.len() > most {
            best.select_nth_unstable_by(most, order);
            best.truncate(most);
        }
        best.sort_unstable_by(order);
        best
    }

    /// How much a word tells, 0 to 1; a word that the catalog lacks tells most.
    pub(super) fn weight(&self, word: &str) -> f32 {
        self.words.get(word).copied().unwrap_or(1.0)
    }
}

/// A gram that stands twice does not count double.
fn damp(count: f32) -> f32 {
    if count > 1.0 { 1.0 + count.ln() } else { count }
}

fn weigh(weights: &mut [(u32, f32)], idf: &[f32]) {
    for (c, w) in weights.iter_mut() {
        *w = damp(*w) * idf[*c as usize];
    }
    let length = weights.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
    if length > 0.0 {
        weights.iter_mut().for_each(|(_, w)| *w /= length);
    }
}
