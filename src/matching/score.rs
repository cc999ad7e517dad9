//! How alike two names are, from several looks at them.

use rapidfuzz::distance::osa;

use super::Kind;
use super::align::{Alignment, Probe, align};
use super::tuning::Tuning;
use super::words::Word;

/// A name with what comparing it needs.
pub(super) struct Name {
    pub words: Vec<Word>,
    /// How much each word tells.
    pub weights: Vec<f32>,
    /// The words without legal forms and articles, glued.
    pub glue: Vec<u8>,
}

impl Name {
    pub(super) fn new(words: Vec<Word>, weight: impl Fn(&Word) -> f32) -> Self {
        let weights = words.iter().map(weight).collect();
        let core: Vec<&Word> = words.iter().filter(|w| w.is_core() && !w.addendum).collect();
        let glue = if core.is_empty() {
            words.iter().flat_map(|w| w.text.iter().copied()).collect()
        } else {
            core.iter().flat_map(|w| w.text.iter().copied()).collect()
        };
        Self { words, weights, glue }
    }
}

/// A name that is searched with.
pub(super) struct Query {
    pub name: Name,
    probes: Vec<Probe>,
    glue: osa::BatchComparator<u8>,
}

impl Query {
    pub(super) fn new(name: Name) -> Self {
        let probes = name.words.iter().map(Probe::new).collect();
        let glue = osa::BatchComparator::new(name.glue.iter().copied());
        Self { name, probes, glue }
    }
}

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// Shared grams, 0 to 1.
    pub cosine: f32,
    /// How much of the first name's words is in the second ...
    pub forth: f32,
    /// ... and the other way round.
    pub back: f32,
    /// Likeness of the words that the names begin with.
    pub start: f32,
    /// Likeness of the letters in their order, spaces aside.
    pub letters: f32,
    /// A model number is in both.
    pub model: f32,
    /// Numbers or editions of each that the other lacks.
    pub marks: (u32, u32),
    /// The same for numbers alone.
    pub numbers: (u32, u32),
    /// 1: both have the same legal form, -1: both have one and none is shared.
    pub legal: f32,
    pub acronym: bool,
    pub all_initials: bool,
}

/// Looks at two names.
pub(super) fn look(kind: Kind, query: &Query, found: &Name, cosine: f32) -> Looks {
    let (a, b) = (&query.name, found);
    if a.words.is_empty() || b.words.is_empty() {
        return Looks::default();
    }
    let aligned = align(&a.words, &query.probes, &b.words);
    let letters = {
        let longest = a.glue.len().max(b.glue.len()).max(1) as f32;
        1.0 - query.glue.distance(b.glue.iter().copied()) as f32 / longest
    };
    let (marks_a, numbers_a) = lacking(kind, &a.words, &aligned.first);
    let (marks_b, numbers_b) = lacking(kind, &b.words, &aligned.second);
    Looks {
        cosine,
        forth: share(&a.weights, &aligned.first),
        back: share(&b.weights, &aligned.second),
        start: start(a, &aligned.first).min(start(b, &aligned.second)),
        letters,
        model: model(&a.words, &aligned).max(model_b(&b.words, &aligned)),
        marks: (marks_a, marks_b),
        numbers: (numbers_a, numbers_b),
        legal: legal(&a.words, &b.words),
        acronym: aligned.acronym,
        all_initials: aligned.all_initials,
    }
}

fn legal(a: &[Word], b: &[Word]) -> f32 {
    let mut forms = a.iter().filter(|w| w.entry.legal).peekable();
    if forms.peek().is_none() || !b.iter().any(|w| w.entry.legal) {
        return 0.0;
    }
    let shared = forms.any(|f| b.iter().any(|w| w.meaning == f.meaning));
    if shared { 1.0 } else { -1.0 }
}

fn share(weights: &[f32], found: &[f32]) -> f32 {
    let all: f32 = weights.iter().sum();
    let shared: f32 = weights.iter().zip(found).map(|(w, f)| w * f).sum();
    shared / all.max(f32::EPSILON)
}

fn start(name: &Name, found: &[f32]) -> f32 {
    name.words.iter().position(Word::is_core).map_or(0.0, |at| found[at])
}

/// The best model number that the other name has too.
fn model(words: &[Word], aligned: &Alignment) -> f32 {
    best_model(words, &aligned.first)
}

fn model_b(words: &[Word], aligned: &Alignment) -> f32 {
    best_model(words, &aligned.second)
}

fn best_model(words: &[Word], found: &[f32]) -> f32 {
    words.iter().zip(found).filter(|(w, _)| w.is_model()).map(|(_, f)| *f).fold(0.0, f32::max)
}

/// How many marks, and how many numbers, are not in the other name.
fn lacking(kind: Kind, words: &[Word], found: &[f32]) -> (u32, u32) {
    let (mut marks, mut numbers) = (0, 0);
    for (word, found) in words.iter().zip(found) {
        if *found >= 0.6 {
            continue;
        }
        if word.digits {
            numbers += 1;
            marks += 1;
        } else if kind == Kind::Offer && word.entry.edition {
            marks += 1;
        }
    }
    (marks, numbers)
}

/// Likeness of two names, 0 to 1; below 1 because names alone prove nothing.
pub(super) fn score(s: &Tuning, l: &Looks) -> f32 {
    let both =
        if l.forth + l.back > 0.0 { 2.0 * l.forth * l.back / (l.forth + l.back) } else { 0.0 };
    let sum = s.cosine * l.cosine
        + s.both * both
        + s.forth * l.forth
        + s.back * l.back
        + s.start * l.start
        + s.letters * l.letters;
    let of = s.cosine + s.both + s.forth + s.back + s.start + s.letters;
    let mut value = sum / of;
    value += s.model * l.model * (1.0 - value);
    if l.all_initials {
        value = value.max(s.initials);
    }
    let (a, b) = l.marks;
    if a > 0 && b > 0 {
        value -= s.conflict;
    }
    value -= s.extra * (a + b).min(4) as f32;
    value += s.legal * l.legal;
    value.clamp(0.0, 0.985)
}
