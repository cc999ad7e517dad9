//! Suggestions as the screens show them. What is sure here is what `map auto` would accept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Inner, died};
use crate::domain::line::Text;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::problem::Problem;
use crate::matching::Candidate;
use crate::tui::model::record::{Record, Row, Suggestion};
use crate::worker::suggest;

/// Suggestions below this are more noise than help (0 to 1).
const LEAST: f32 = 0.45;

/// Who suggests, and what was found before.
pub(super) struct Suggester {
    worker: suggest::Suggester,
    /// By source, id and name: a suggestion takes a part of a millisecond.
    known: Mutex<HashMap<(Text, Text, Text), Option<Suggestion>>>,
}

impl Suggester {
    pub(super) fn new(worker: suggest::Suggester) -> Self {
        Self { worker, known: Mutex::default() }
    }

    /// The records that it suggests.
    pub(super) fn records(&self) -> Arc<suggest::Records> {
        self.worker.records()
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
        suggestions(self.worker.organization(o, top))
    }

    /// Products for an offer, best first.
    pub(super) fn offers(&self, o: &OfferMapping, top: usize) -> Vec<Suggestion> {
        suggestions(self.worker.offer(o, top))
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

fn suggestions(found: Vec<Candidate>) -> Vec<Suggestion> {
    found
        .into_iter()
        .filter(|c| c.score >= LEAST)
        .filter_map(|c| {
            let why: Vec<&str> = c.reasons.iter().map(|r| &*r.text).collect();
            Some(Suggestion {
                id: c.id.parse().ok()?,
                sure: c.accepted,
                // A score lies between 0 and 1.
                score: (c.score * 100.0).round().clamp(0.0, 100.0) as u8,
                reason: why.join("; ").into(),
                name: c.name.into(),
            })
        })
        .collect()
}
