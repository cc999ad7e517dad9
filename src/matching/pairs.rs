//! Two names without a catalog around them. How much a word tells comes from the names of the list
//! itself, beside the prior of the tables.

use super::Kind;
use super::catalog::taken_apart;
use super::index::Index;
use super::score::{Looks, Name, Query, look, score};
use super::tuning::Tuning;
use super::variants;
use super::weights::Vocabulary;

/// Names that are compared pair by pair.
pub struct Pairs {
    kind: Kind,
    vocabulary: Vocabulary,
    index: Index,
}

impl Pairs {
    /// Learns from the names of all pairs which words are common.
    pub fn new<'a>(kind: Kind, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<&str> = names.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        let cut: Vec<_> = all.iter().map(|name| taken_apart(kind, name)).collect();
        let mut vocabulary = Vocabulary::new(Tuning::of(kind));
        cut.iter().for_each(|words| vocabulary.count(words));
        let index = Index::new(Tuning::of(kind), cut.iter().map(Vec::as_slice));
        Self { kind, vocabulary, index }
    }

    /// How alike two names are, 0 to 1; the same whichever comes first.
    pub fn likeness(&self, a: &str, b: &str) -> f32 {
        let mut best = 0.0f32;
        for (i, a) in variants::names(a).iter().enumerate() {
            for (j, b) in variants::names(b).iter().enumerate() {
                let there = self.one_way(a, b);
                let back = self.one_way(b, a);
                let part = if i + j > 0 { 0.98 } else { 1.0 };
                best = best.max(part * (there + back) / 2.0);
            }
        }
        best
    }

    fn one_way(&self, a: &str, b: &str) -> f32 {
        let name = |n: &str| Name::new(taken_apart(self.kind, n), |w| self.vocabulary.weight(w));
        let (a, b) = (name(a), name(b));
        if a.words.is_empty() || b.words.is_empty() {
            return 0.0;
        }
        if a.words.len() == b.words.len()
            && a.words.iter().zip(&b.words).all(|(x, y)| x.text == y.text)
        {
            return 0.99;
        }
        let cosine = self.index.cosine(&a.words, &b.words);
        let looks: Looks = look(self.kind, &Query::new(a), &b, cosine);
        score(Tuning::of(self.kind), &looks)
    }
}
