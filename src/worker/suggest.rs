//! Suggestions for organizations and offers: what `map auto` accepts and what the terminal app
//! shows come from here, so that both say the same.

mod memory;

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::MatchingSettings;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::psa::{Company, Product};
use crate::matching::{Acceptance, Asked, Candidate, Catalog, Key, KeyKind, Kind, Named};
use crate::store::{Store, StoreError};

use super::mapping_view::{company_usable, product_usable};

pub use memory::Memory;

/// Who suggests: the PSA records that may be, and what was decided before.
pub struct Suggester {
    records: Arc<Records>,
    memory: Memory,
}

/// The PSA records that may be suggested, indexed once.
pub struct Records {
    companies: Catalog,
    products: Catalog,
}

impl Records {
    /// Indexes the records. Deleted and inactive ones, bundles and copies of another record are
    /// not suggested.
    pub fn new(settings: &MatchingSettings, companies: &[Company], products: &[Product]) -> Self {
        let usable = companies.iter().filter(|c| company_usable(c));
        let companies = originals(usable, |c| (folded(&c.name), told(&c.domain), told(&c.city)));
        let usable = products.iter().filter(|p| product_usable(p));
        let products = originals(usable, |p| {
            (folded(&p.description), told(&p.part_number), told(&p.vendor_sku), p.price, p.cost)
        });
        let s = settings;
        Self {
            companies: Catalog::with(
                Kind::Organization,
                Acceptance::new(s.organizations, s.organization_score, s.organization_lead),
                companies.into_iter().map(|(c, copies)| of_company(c, copies)).collect(),
            ),
            products: Catalog::with(
                Kind::Offer,
                Acceptance::new(s.offers, s.offer_score, s.offer_lead),
                products.into_iter().map(|(p, copies)| of_product(p, copies)).collect(),
            ),
        }
    }
}

impl Suggester {
    /// A suggester that remembers what the store holds of decisions.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn open(store: &Store, records: Arc<Records>) -> Result<Self, StoreError> {
        Ok(Self { records, memory: Memory::open(store).await? })
    }

    /// One with a memory at hand.
    pub fn with(records: Arc<Records>, memory: Memory) -> Self {
        Self { records, memory }
    }

    /// The records that it suggests.
    pub fn records(&self) -> Arc<Records> {
        Arc::clone(&self.records)
    }

    /// Companies for an organization, best first, at most `top`.
    pub fn organization(&self, of: &OrganizationMapping, top: usize) -> Vec<Candidate> {
        let keys = self.memory.organization_keys(of);
        let asked = Asked {
            name: of.name.to_string(),
            decided: self.memory.organization(of, &keys),
            rejected: self.memory.rejected_companies(of),
            keys,
        };
        self.records.companies.candidates(&asked, top)
    }

    /// Catalog items for an offer, best first, at most `top`.
    pub fn offer(&self, of: &OfferMapping, top: usize) -> Vec<Candidate> {
        let keys = self.memory.offer_keys(of);
        let asked = Asked {
            name: of.name.to_string(),
            decided: self.memory.offer(of, &keys),
            rejected: self.memory.rejected_products(of),
            keys,
        };
        self.records.products.candidates(&asked, top)
    }
}

/// The records that copy no other, lowest number first, each with how many copy it.
fn originals<'r, R, K: std::hash::Hash + Eq>(
    records: impl Iterator<Item = &'r R>,
    what: impl Fn(&R) -> K,
) -> Vec<(&'r R, u32)> {
    let mut out: Vec<(&R, u32)> = Vec::new();
    let mut known: HashMap<K, usize> = HashMap::new();
    for record in records {
        match known.entry(what(record)) {
            std::collections::hash_map::Entry::Occupied(at) => out[*at.get()].1 += 1,
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(out.len());
                out.push((record, 0));
            }
        }
    }
    out
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn told(text: &Option<String>) -> String {
    text.as_deref().map(folded).unwrap_or_default()
}

fn of_company(company: &Company, copies: u32) -> Named {
    let mut keys = vec![Key::new(KeyKind::Id, company.identifier.as_str())];
    keys.extend(company.domain.as_deref().map(|d| Key::new(KeyKind::Domain, d)));
    Named { id: company.id.to_string(), name: company.name.clone(), keys, copies }
}

fn of_product(product: &Product, copies: u32) -> Named {
    let mut keys = vec![Key::new(KeyKind::PartNumber, product.identifier.as_str())];
    let numbers = [&product.part_number, &product.vendor_sku];
    keys.extend(numbers.into_iter().flatten().map(|n| Key::new(KeyKind::PartNumber, n.as_str())));
    Named { id: product.id.to_string(), name: product.description.clone(), keys, copies }
}
