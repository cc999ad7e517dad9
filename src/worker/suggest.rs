//! Suggestions for organizations and offers: what `map auto` accepts and what the terminal app
//! shows come from here, so that both say the same.

use std::collections::HashMap;

use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::psa::{Company, Product};
use crate::matching::{Asked, Candidate, Catalog, Key, KeyKind, Kind, Named};

use super::mapping_view::{company_usable, product_usable};

/// The PSA records that may be suggested, indexed once.
pub struct Suggester {
    companies: Catalog,
    products: Catalog,
}

impl Suggester {
    /// Indexes the records. Deleted and inactive ones, bundles and copies of another record are
    /// not suggested.
    pub fn new(companies: &[Company], products: &[Product]) -> Self {
        let usable = companies.iter().filter(|c| company_usable(c));
        let companies = originals(usable, |c| (folded(&c.name), told(&c.domain), told(&c.city)));
        let usable = products.iter().filter(|p| product_usable(p));
        let products = originals(usable, |p| {
            (folded(&p.description), told(&p.part_number), told(&p.vendor_sku), p.price, p.cost)
        });
        Self {
            companies: Catalog::new(
                Kind::Organization,
                companies.into_iter().map(|(c, copies)| of_company(c, copies)).collect(),
            ),
            products: Catalog::new(
                Kind::Offer,
                products.into_iter().map(|(p, copies)| of_product(p, copies)).collect(),
            ),
        }
    }

    /// Companies for an organization, best first, at most `top`.
    pub fn organization(&self, of: &OrganizationMapping, top: usize) -> Vec<Candidate> {
        let asked = Asked { name: of.name.to_string(), keys: own_id(&of.id), ..Asked::default() };
        self.companies.candidates(&asked, top)
    }

    /// Catalog items for an offer, best first, at most `top`.
    pub fn offer(&self, of: &OfferMapping, top: usize) -> Vec<Candidate> {
        let mut keys = own_id(&of.id);
        keys.extend(of.part_number.as_deref().map(|n| Key::new(KeyKind::PartNumber, n)));
        let asked = Asked { name: of.name.to_string(), keys, ..Asked::default() };
        self.products.candidates(&asked, top)
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

/// The source's own id as a stable key. A plain number means nothing in another system.
fn own_id(id: &str) -> Vec<Key> {
    let number = id.bytes().all(|b| b.is_ascii_digit());
    if number { Vec::new() } else { vec![Key::new(KeyKind::Id, id)] }
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
