//! Money that two bills can hold, across loads: what a load counts is held against what the store
//! has of the same invoices, whatever their source.

use std::collections::HashMap;

use super::super::job::JobError;
use crate::domain::load::LoadedLine;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::store::Store;
use crate::sync::fault;

/// What a load counts, by invoice and organization.
#[derive(Default)]
pub(super) struct Counted {
    /// Invoice, organization in lower case, and what is counted, to how.
    seen: HashMap<(Box<str>, String, String), (Box<str>, Box<str>)>,
}

/// What is counted, of `what/how`.
fn what(counted_as: &str) -> String {
    counted_as.split('/').next().unwrap_or(counted_as).to_owned()
}

impl Counted {
    pub(super) fn take(&mut self, batch: &[LoadedLine]) {
        for loaded in batch {
            let line = &loaded.line;
            let Some(counted) = line.extra.as_ref().and_then(|e| e.counted_as.as_ref()) else {
                continue;
            };
            let key =
                (line.invoice_number.clone(), line.organization_id.to_lowercase(), what(counted));
            self.seen
                .entry(key)
                .or_insert_with(|| (counted.clone(), line.organization_name.clone()));
        }
    }

    /// Why the load must not be kept: the store counts the same money in another way.
    pub(super) async fn elsewhere(&self, store: &Store) -> Result<Option<Problem>, JobError> {
        if self.seen.is_empty() {
            return Ok(None);
        }
        let mut invoices: Vec<String> =
            self.seen.keys().map(|(invoice, ..)| invoice.to_string()).collect();
        invoices.sort_unstable();
        invoices.dedup();
        let stored = store.counted(invoices).await.map_err(fault)?;
        let twice = stored.iter().find_map(|s| {
            let key = (Box::from(&*s.invoice), s.organization.to_lowercase(), what(&s.counted_as));
            let (counted, name) = self.seen.get(&key)?;
            (**counted != *s.counted_as).then_some((s, counted, name))
        });
        Ok(twice.map(|(stored, counted, name)| {
            Problem::new(
                ProblemKind::Refused,
                "counted-twice",
                format!(
                    "invoice {} of {} is here already as {}, and this load has the same money as {}",
                    harmless(&stored.invoice),
                    harmless(name),
                    harmless(&stored.counted_as),
                    harmless(counted)
                ),
                "nothing was loaded: keep to the form that was loaded first, for this invoice; \
                 source.leave_out and source.group_by decide for the next one",
            )
        }))
    }
}
