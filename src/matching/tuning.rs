//! All figures of matching: when a candidate is taken without a person, and what each look at two
//! names counts. They were chosen on one half of labelled names of each kind, and of names altered
//! by rule, and looked at on the other half.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Kind;

/// When a candidate is taken without asking: above a likeness **and** ahead of the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Acceptance {
    /// Whether names are enough at all. Stable keys and earlier decisions always are.
    pub by_name: bool,
    /// The least likeness, 0 to 1.
    pub score: f32,
    /// The least lead over the next candidate, 0 to 1.
    pub lead: f32,
}

impl Acceptance {
    /// From settings; shares are clamped to 0 to 1.
    pub fn new(by_name: bool, score: Decimal, lead: Decimal) -> Self {
        let share = |d: Decimal| d.to_f32().unwrap_or(1.0).clamp(0.0, 1.0);
        Self { by_name, score: share(score), lead: share(lead) }
    }

    /// What is shipped: organizations by name, offers never. Both figures were chosen on labelled
    /// names so that at least 99 of 100 accepted ones are right, with room to spare.
    pub fn shipped(kind: Kind) -> Self {
        match kind {
            Kind::Organization => Self { by_name: true, score: 0.65, lead: 0.12 },
            Kind::Offer => Self { by_name: false, score: 0.80, lead: 0.15 },
        }
    }
}

/// What each look at two names counts.
#[derive(Debug)]
pub(super) struct Tuning {
    /// Shared grams.
    pub cosine: f32,
    /// Words found in both directions, ...
    pub both: f32,
    /// ... of the name that is searched with in the other ...
    pub forth: f32,
    /// ... and the other way round.
    pub back: f32,
    /// The words that the names begin with.
    pub start: f32,
    /// The letters in their order, spaces aside.
    pub letters: f32,
    /// How much of what is missing to certainty a shared model number gives.
    pub model: f32,
    /// Taken away when both names have marks that the other lacks ...
    pub conflict: f32,
    /// ... and for each that only one has.
    pub extra: f32,
    /// Given for a shared legal form, taken for another one.
    pub legal: f32,
    /// What initials alone are worth.
    pub initials: f32,
    /// How much words tell beside others: legal forms, ...
    pub legal_word: f32,
    /// ... articles and prepositions, ...
    pub little_word: f32,
    /// ... words that many names have anywhere, ...
    pub generic_word: f32,
    /// ... and what stands behind a legal form and a comma.
    pub addendum: f32,
    /// How much their grams count: those of legal forms ...
    pub legal_gram: f32,
    /// ... and of small words.
    pub little_gram: f32,
    /// How much a meaning counts beside the grams of its word.
    pub meaning: f32,
    /// Grams that no name of the catalog has count as fairly rare ones, in part: typing errors make
    /// such grams, and they should not drown what is shared.
    pub foreign: f32,
}

impl Tuning {
    /// The figures of a kind.
    pub(super) fn of(kind: Kind) -> &'static Self {
        match kind {
            Kind::Organization => &ORGANIZATION,
            Kind::Offer => &OFFER,
        }
    }
}

const ORGANIZATION: Tuning = Tuning {
    cosine: 0.50,
    both: 0.08,
    forth: 0.18,
    back: 0.04,
    start: 0.08,
    letters: 0.15,
    model: 0.0,
    conflict: 0.15,
    extra: 0.01,
    legal: 0.05,
    initials: 0.50,
    legal_word: 0.50,
    little_word: 0.20,
    generic_word: 0.60,
    addendum: 0.70,
    legal_gram: 0.45,
    little_gram: 0.70,
    meaning: 2.5,
    foreign: 0.90,
};

const OFFER: Tuning = Tuning {
    cosine: 1.0,
    both: 0.15,
    forth: 0.06,
    back: 0.01,
    start: 0.04,
    letters: 0.05,
    model: 0.40,
    conflict: 0.015,
    extra: 0.01,
    legal: 0.02,
    initials: 0.40,
    legal_word: 0.25,
    little_word: 0.18,
    generic_word: 0.35,
    addendum: 1.0,
    legal_gram: 0.45,
    little_gram: 0.50,
    meaning: 1.8,
    foreign: 0.15,
};
