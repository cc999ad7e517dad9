//! Suggestions of the matching room, as the screens show them. What is sure here is what
//! `map auto` would accept: for an offer the same name alone is not enough, because one name stands
//! for other terms and editions too.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::choices::PsaLists;
use super::{Inner, died};
use crate::domain::line::Text;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::problem::Problem;
use crate::domain::psa::{Company, Product};
use crate::matching::{Candidate, Catalog, Kind, Named};
use crate::tui::model::record::{Record, Row, Suggestion};
use crate::worker::mapping_view::{company_usable, product_usable};

/// Suggestions below this are more noise than help (0 to 1).
const LEAST: f32 = 0.45;
/// The reason of matching that stands for an equal id.
const SAME_ID: &str = "same-key";

/// The indexed PSA records.
pub(super) struct Suggester {
    companies: Catalog,
    products: Catalog,
    /// What was found before, by source, id and name: a suggestion takes about a millisecond.
    known: Mutex<HashMap<(Text, Text, Text), Option<Suggestion>>>,
}

impl Suggester {
    /// Indexes the records.
    pub(super) fn new(lists: &PsaLists) -> Self {
        let companies = lists.companies.iter().filter(|c| company_usable(c)).map(of_company);
        let products = lists.products.iter().filter(|p| product_usable(p)).map(of_product);
        Self {
            companies: Catalog::new(Kind::Organization, companies.collect()),
            products: Catalog::new(Kind::Offer, products.collect()),
            known: Mutex::default(),
        }
    }

    /// Fills in what is known already; tells whether that was all.
    fn fill_known(&self, rows: &mut [Row]) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = true;
        for row in rows {
            let Some((key, into)) = wants(row) else { continue };
            match known.get(&key) {
                Some(found) => into.clone_from(found),
                None => all = false,
            }
        }
        all
    }

    /// Fills in the best suggestion of every row that wants one.
    fn fill(&self, rows: &mut [Row]) {
        for row in rows {
            let found = match &row.record {
                Record::Organization(o) if o.companies.is_empty() => {
                    self.organizations(&o.mapping, 2).into_iter().next()
                }
                Record::Offer(o) if o.product.is_none() => {
                    self.offers(&o.mapping, 2).into_iter().next()
                }
                _ => continue,
            };
            let Some((key, into)) = wants(row) else { continue };
            into.clone_from(&found);
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found);
        }
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

/// The place for a suggestion in a row that is not mapped, and what the suggestion is for.
fn wants(row: &mut Row) -> Option<((Text, Text, Text), &mut Option<Suggestion>)> {
    match &mut row.record {
        Record::Organization(o) if o.companies.is_empty() => {
            let m = &o.mapping;
            Some(((m.source.clone(), m.id.clone(), m.name.clone()), &mut o.suggestion))
        }
        Record::Offer(o) if o.product.is_none() => {
            let m = &o.mapping;
            Some(((m.source.clone(), m.id.clone(), m.name.clone()), &mut o.suggestion))
        }
        _ => None,
    }
}

impl Inner {
    /// Fills in suggestions that are known already; tells whether that was all.
    pub(super) async fn suggest_known(&self, rows: &mut [Row]) -> bool {
        if !rows.iter_mut().any(|r| wants(r).is_some()) {
            return true;
        }
        self.tables.choices.suggester().is_some_and(|s| s.fill_known(rows))
    }

    /// Fills in the best suggestion of every row that wants one, off this thread.
    pub(super) async fn suggest(&self, rows: &mut Vec<Row>) -> Result<(), Problem> {
        let suggester = self.suggester().await?;
        let mut given = std::mem::take(rows);
        *rows = tokio::task::spawn_blocking(move || {
            if !suggester.fill_known(&mut given) {
                suggester.fill(&mut given);
            }
            given
        })
        .await
        .map_err(died)?;
        Ok(())
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
