//! What words mean: legal forms, words that say little, translations and abbreviations. A meaning
//! is a number; words of one meaning are alike however they are spelled. These are features of a
//! comparison, never a reason to drop a word.

mod legal;
mod meanings;
mod places;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::spelling;

/// What the tables know of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The meaning that it shares with others; 0: its own.
    pub meaning: u64,
    /// The place of the word that names the meaning, plus one.
    name: u16,
    /// How a company is incorporated.
    pub legal: bool,
    /// A legal form after which only addenda come (`Ltd`, not `Co`).
    pub closing: bool,
    /// An article, a preposition, a conjunction.
    pub little: bool,
    /// A word that many names have: `group`, `services`.
    pub generic: bool,
    /// It tells variants of one offer apart: an edition, a kind of customer, a term.
    pub edition: bool,
}

/// The meaning of a word that no table has: a digest of its letters. The same words have the same
/// meaning in every run.
pub(super) fn own_meaning(word: &[u8]) -> u64 {
    let h = word
        .iter()
        .fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    (h ^ (h >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) | (1 << 63)
}

/// Looks a word up.
pub(super) fn entry(word: &[u8]) -> Entry {
    TABLES.entries.get(word).copied().unwrap_or_default()
}

/// The word that names an entry's meaning.
pub(super) fn name_of(entry: Entry) -> Option<&'static [u8]> {
    let place = usize::from(entry.name).checked_sub(1)?;
    TABLES.names.get(place).map(|name| &**name)
}

#[derive(Default)]
struct Tables {
    entries: HashMap<Box<[u8]>, Entry, foldhash::fast::RandomState>,
    /// The first word of each line.
    names: Vec<Box<[u8]>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables::default();
    for line in legal::CLOSING.lines() {
        tables.line(line, |e| (e.legal, e.closing) = (true, true));
    }
    for line in legal::OPEN.lines() {
        tables.line(line, |e| e.legal = true);
    }
    for line in meanings::MEANINGS.lines().chain(places::PLACES.lines()) {
        tables.line(line, |_| {});
    }
    for word in meanings::LITTLE.split_whitespace() {
        tables.line(word, |e| e.little = true);
    }
    // What is said of a word holds for all words of its meaning.
    for (words, mark) in [
        (meanings::GENERIC, (|e| e.generic = true) as fn(&mut Entry)),
        (meanings::EDITIONS, |e| e.edition = true),
    ] {
        for word in words.split_whitespace() {
            tables.line(word, mark);
            let meaning = tables.entries.get(&*folded(word)).map(|e| e.meaning);
            tables.entries.values_mut().filter(|e| Some(e.meaning) == meaning).for_each(mark);
        }
    }
    tables
});

fn folded(word: &str) -> Box<[u8]> {
    let mut bytes = word.as_bytes().to_vec();
    spelling::without_umlauts(&mut bytes);
    bytes.into()
}

impl Tables {
    /// Words of one meaning. The first line that has a word decides on its meaning.
    fn line(&mut self, line: &str, mark: impl Fn(&mut Entry)) {
        let mut named: Option<(u64, u16)> = None;
        for word in line.split_whitespace().map(folded) {
            let (meaning, name) = *named.get_or_insert_with(|| {
                self.names.push(word.clone());
                (own_meaning(&word), u16::try_from(self.names.len()).unwrap_or(0))
            });
            let entry = self.entries.entry(word).or_default();
            if entry.meaning == 0 {
                (entry.meaning, entry.name) = (meaning, name);
            }
            mark(entry);
        }
    }
}
