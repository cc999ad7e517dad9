//! Which rule holds for which line.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Serialize;

use super::{PriceRounding, PriceRule};

/// The rules for all, for organizations, for offers, and for an organization's offer: the most
/// specific one holds, and an organization's goes before an offer's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PriceRules {
    /// Where nothing more specific is said.
    pub all: PriceRule,
    /// Where prices are rounded.
    pub round: PriceRounding,
    organizations: BTreeMap<Box<str>, OfOrganization>,
    /// By offer, for every organization.
    offers: BTreeMap<Box<str>, PriceRule>,
}

/// The rules of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
struct OfOrganization {
    /// For its offers that are not named.
    rest: Option<PriceRule>,
    offers: BTreeMap<Box<str>, PriceRule>,
}

impl PriceRules {
    /// The same rule for all.
    pub fn for_all(rule: PriceRule) -> Self {
        Self { all: rule, ..Self::default() }
    }

    /// Sets a rule; both absent: for all. False when there is one already for the same: nothing is
    /// changed then.
    pub fn set(
        &mut self,
        organization: Option<&str>,
        offer: Option<&str>,
        rule: PriceRule,
    ) -> bool {
        match (organization, offer) {
            (None, None) => {
                let free = self.all == PriceRule::AsBilled;
                if free {
                    self.all = rule;
                }
                free
            }
            (None, Some(offer)) => vacant(&mut self.offers, offer.into(), rule),
            (Some(organization), offer) => {
                let of = self.organizations.entry(organization.into()).or_default();
                match offer {
                    Some(offer) => vacant(&mut of.offers, offer.into(), rule),
                    None if of.rest.is_some() => false,
                    None => {
                        of.rest = Some(rule);
                        true
                    }
                }
            }
        }
    }

    /// The rule for a line of this organization and offer.
    pub fn of(&self, organization: &str, offer: &str) -> PriceRule {
        if self.is_for_all() {
            return self.all;
        }
        let own = self
            .organizations
            .get(organization)
            .and_then(|of| of.offers.get(offer).copied().or(of.rest));
        own.or_else(|| self.offers.get(offer).copied()).unwrap_or(self.all)
    }

    /// Whether no line has a rule of its own.
    pub fn is_for_all(&self) -> bool {
        self.organizations.is_empty() && self.offers.is_empty()
    }

    /// Whether every line is posted as billed.
    pub fn is_as_billed(&self) -> bool {
        self.is_for_all() && self.all == PriceRule::AsBilled
    }

    /// Whether a PSA product's price decides anything.
    pub fn asks_products(&self) -> bool {
        let own = self.organizations.values().flat_map(|of| of.offers.values().chain(&of.rest));
        own.chain(self.offers.values()).chain([&self.all]).any(|r| *r == PriceRule::Product)
    }

    /// How many rules there are beside the one for all.
    pub fn len(&self) -> usize {
        let own = |of: &OfOrganization| of.offers.len() + usize::from(of.rest.is_some());
        self.offers.len() + self.organizations.values().map(own).sum::<usize>()
    }

    /// Whether there is none beside the one for all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn vacant(map: &mut BTreeMap<Box<str>, PriceRule>, key: Box<str>, rule: PriceRule) -> bool {
    match map.entry(key) {
        Entry::Vacant(e) => {
            e.insert(rule);
            true
        }
        Entry::Occupied(_) => false,
    }
}
