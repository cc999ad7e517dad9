//! How much a word tells: rare words of the lists at hand tell most. A list of few names knows
//! little about which words are common, so a prior stands beside it.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::tuning::Tuning;
use super::words::Word;

/// How often words stand in the names at hand.
pub(super) struct Vocabulary {
    tuning: &'static Tuning,
    names: u32,
    frequency: HashMap<u64, u32, RandomState>,
}

impl Vocabulary {
    pub(super) fn new(tuning: &'static Tuning) -> Self {
        Self { tuning, names: 0, frequency: HashMap::default() }
    }

    /// Counts one name's words.
    pub(super) fn count(&mut self, words: &[Word]) {
        self.names += 1;
        for (i, word) in words.iter().enumerate() {
            if words[..i].iter().all(|w| w.meaning != word.meaning) {
                *self.frequency.entry(word.meaning).or_default() += 1;
            }
        }
    }

    /// How much a word tells, above 0 and at most 1; a word that no name has tells most.
    pub(super) fn weight(&self, word: &Word) -> f32 {
        let of = self.names as f32;
        let with = self.frequency.get(&word.meaning).copied().unwrap_or_default() as f32;
        let rare = (((1.0 + of) / (1.0 + with)).ln() + 1.0) / ((1.0 + of).ln() + 1.0);
        let e = word.entry;
        let kind = match (e.legal, e.little, e.generic) {
            (true, _, _) => self.tuning.legal_word,
            (_, true, _) => self.tuning.little_word,
            (_, _, true) => self.tuning.generic_word,
            _ => 1.0,
        };
        rare.clamp(0.05, 1.0) * kind * if word.addendum { self.tuning.addendum } else { 1.0 }
    }
}
