//! `[matching]`: what `map auto` takes without a person.

use rust_decimal::Decimal;

/// `[matching]`. Stable keys and earlier decisions are always taken; these are about names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchingSettings {
    /// Whether a name is enough to map an organization.
    pub organizations: bool,
    /// The least likeness of its name, 0 to 1.
    pub organization_score: Decimal,
    /// The least lead over the next company, 0 to 1.
    pub organization_lead: Decimal,
    /// Whether a name is enough to map an offer: the same name stands for other terms too.
    pub offers: bool,
    /// The least likeness of its name, 0 to 1.
    pub offer_score: Decimal,
    /// The least lead over the next catalog item, 0 to 1.
    pub offer_lead: Decimal,
}

impl Default for MatchingSettings {
    fn default() -> Self {
        Self {
            organizations: true,
            organization_score: Decimal::new(65, 2),
            organization_lead: Decimal::new(12, 2),
            offers: false,
            offer_score: Decimal::new(80, 2),
            offer_lead: Decimal::new(15, 2),
        }
    }
}
