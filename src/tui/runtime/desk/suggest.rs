//! Suggestions of the matching room, as the screens show them. What is sure here is what
//! `map auto` would accept: for an offer the same name alone is not enough, because one name stands
//! for other terms and editions too.

use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::psa::{Company, Product};
use crate::matching::{Candidate, Catalog, Kind, Named};
use crate::tui::model::record::Suggestion;
use crate::worker::mapping_view::{company_usable, product_usable};

use super::choices::PsaLists;

/// Suggestions below this are more noise than help (0 to 1).
const LEAST: f32 = 0.45;
/// The reason of matching that stands for an equal id.
const SAME_ID: &str = "same-key";

/// The indexed PSA records.
pub(super) struct Suggester {
    companies: Catalog,
    products: Catalog,
}

impl Suggester {
    /// Indexes the records.
    pub(super) fn new(lists: &PsaLists) -> Self {
        let companies = lists.companies.iter().filter(|c| company_usable(c)).map(of_company);
        let products = lists.products.iter().filter(|p| product_usable(p)).map(of_product);
        Self {
            companies: Catalog::new(Kind::Organization, companies.collect()),
            products: Catalog::new(Kind::Offer, products.collect()),
        }
    }

    /// The best company for an organization.
    pub(super) fn organization(&self, o: &OrganizationMapping) -> Option<Suggestion> {
        self.organizations(o, 2).into_iter().next()
    }

    /// The best product for an offer.
    pub(super) fn offer(&self, o: &OfferMapping) -> Option<Suggestion> {
        self.offers(o, 2).into_iter().next()
    }

    /// Companies for an organization, best first.
    pub(super) fn organizations(&self, o: &OrganizationMapping, top: usize) -> Vec<Suggestion> {
        let query = Named { id: o.id.to_string(), name: o.name.to_string(), keys: own_id(&o.id) };
        suggestions(self.companies.candidates(&query, top), |c| c.accepted)
    }

    /// Products for an offer, best first.
    pub(super) fn offers(&self, o: &OfferMapping, top: usize) -> Vec<Suggestion> {
        let mut keys = own_id(&o.id);
        keys.extend(o.part_number.as_deref().map(str::to_owned));
        let query = Named { id: o.id.to_string(), name: o.name.to_string(), keys };
        let same = |c: &Candidate| c.accepted && c.reasons.iter().any(|r| r.code == SAME_ID);
        suggestions(self.products.candidates(&query, top), same)
    }
}

fn suggestions(found: Vec<Candidate>, sure: impl Fn(&Candidate) -> bool) -> Vec<Suggestion> {
    found
        .into_iter()
        .filter(|c| c.score >= LEAST)
        .filter_map(|c| {
            let why: Vec<&str> = c.reasons.iter().map(|r| &*r.text).collect();
            Some(Suggestion {
                id: c.id.parse().ok()?,
                sure: sure(&c),
                // A score lies between 0 and 1.
                score: (c.score * 100.0).round().clamp(0.0, 100.0) as u8,
                reason: why.join("; ").into(),
                name: c.name.into(),
            })
        })
        .collect()
}

/// The source's own id as a stable key. A plain number means nothing in another system.
fn own_id(id: &str) -> Vec<String> {
    if id.bytes().all(|b| b.is_ascii_digit()) { vec![] } else { vec![id.to_owned()] }
}

fn of_company(c: &Company) -> Named {
    let mut keys = vec![c.identifier.clone()];
    keys.extend(c.domain.clone());
    Named { id: c.id.to_string(), name: c.name.clone(), keys }
}

fn of_product(p: &Product) -> Named {
    let mut keys = vec![p.identifier.clone()];
    keys.extend(p.part_number.clone());
    keys.extend(p.vendor_sku.clone());
    Named { id: p.id.to_string(), name: p.description.clone(), keys }
}
