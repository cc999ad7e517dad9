//! The PSA's state, and what its lists showed a moment ago.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::time::Instant;

use super::records::{Addition, Agreement, CatalogItem, Company, Contact, Setup};

/// How long changes are remembered for lists that lag.
const MEMORY: Duration = Duration::from_secs(600);

/// Everything that the PSA knows. Clones share the records.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// The sandbox's day.
    pub today: Date,
    /// When the sample data was made.
    pub born: Timestamp,
    pub setup: Arc<Setup>,
    pub companies: Arc<BTreeMap<i64, Company>>,
    pub contacts: Arc<BTreeMap<i64, Contact>>,
    pub catalog: Arc<BTreeMap<i64, CatalogItem>>,
    pub agreements: BTreeMap<i64, Arc<Agreement>>,
    /// By agreement, then by number.
    pub additions: BTreeMap<i64, BTreeMap<i64, Arc<Addition>>>,
    pub next_agreement: i64,
    pub next_addition: i64,
    changes: VecDeque<Change>,
}

/// A record as it was before a change.
#[derive(Debug, Clone)]
struct Change {
    at: Instant,
    before: Before,
}

#[derive(Debug, Clone)]
enum Before {
    Agreement(i64, Option<Arc<Agreement>>),
    Addition(i64, i64, Option<Arc<Addition>>),
}

impl World {
    pub(super) fn new(today: Date, setup: Setup) -> Self {
        Self {
            today,
            born: Timestamp::now(),
            setup: Arc::new(setup),
            companies: Arc::default(),
            contacts: Arc::default(),
            catalog: Arc::default(),
            agreements: BTreeMap::new(),
            additions: BTreeMap::new(),
            next_agreement: 1,
            next_addition: 1,
            changes: VecDeque::new(),
        }
    }

    /// A copy in which everything changed long ago, with agreements of these companies only.
    pub(super) fn at_rest(&self, companies: &[i64]) -> Self {
        let theirs = |(id, agreement): (&i64, &Arc<Agreement>)| {
            companies.contains(&agreement.company_id).then(|| (*id, Arc::clone(agreement)))
        };
        let agreements: BTreeMap<_, _> = self.agreements.iter().filter_map(theirs).collect();
        let additions = |id: &i64| Some((*id, self.additions.get(id)?.clone()));
        Self {
            today: self.today,
            born: self.born,
            setup: Arc::clone(&self.setup),
            companies: Arc::clone(&self.companies),
            contacts: Arc::clone(&self.contacts),
            catalog: Arc::clone(&self.catalog),
            additions: agreements.keys().filter_map(additions).collect(),
            agreements,
            next_agreement: self.next_agreement,
            next_addition: self.next_addition,
            changes: VecDeque::new(),
        }
    }

    fn remember(&mut self, before: Before) {
        let at = Instant::now();
        while self.changes.front().is_some_and(|c| at.duration_since(c.at) > MEMORY) {
            self.changes.pop_front();
        }
        self.changes.push_back(Change { at, before });
    }

    /// One addition.
    pub(super) fn addition(&self, agreement: i64, id: i64) -> Option<&Arc<Addition>> {
        self.additions.get(&agreement)?.get(&id)
    }

    /// The agreement of an addition.
    pub(super) fn agreement_of(&self, addition: i64) -> Option<i64> {
        self.additions.iter().find(|(_, list)| list.contains_key(&addition)).map(|(a, _)| *a)
    }

    /// Puts an addition, new or changed.
    pub(super) fn put_addition(&mut self, addition: Addition) {
        let (agreement, id) = (addition.agreement_id, addition.id);
        let before = self.additions.entry(agreement).or_default().insert(id, Arc::new(addition));
        self.remember(Before::Addition(agreement, id, before));
    }

    /// Removes an addition; whether it was there.
    pub(super) fn remove_addition(&mut self, agreement: i64, id: i64) -> bool {
        let before = self.additions.get_mut(&agreement).and_then(|list| list.remove(&id));
        let found = before.is_some();
        if found {
            self.remember(Before::Addition(agreement, id, before));
        }
        found
    }

    /// Puts an agreement, new or changed.
    pub(super) fn put_agreement(&mut self, agreement: Agreement) {
        let id = agreement.id;
        let before = self.agreements.insert(id, Arc::new(agreement));
        self.remember(Before::Agreement(id, before));
    }

    /// Removes an agreement; whether it was there.
    pub(super) fn remove_agreement(&mut self, id: i64) -> bool {
        let before = self.agreements.remove(&id);
        let found = before.is_some();
        if found {
            self.remember(Before::Agreement(id, before));
        }
        found
    }

    /// An agreement's additions as a list shows them that lags behind by `lag`.
    pub(super) fn additions_then(
        &self,
        agreement: i64,
        lag: Duration,
    ) -> BTreeMap<i64, Arc<Addition>> {
        let mut list = self.additions.get(&agreement).cloned().unwrap_or_default();
        for before in self.since(lag) {
            if let Before::Addition(a, id, was) = before
                && *a == agreement
            {
                match was {
                    Some(was) => list.insert(*id, Arc::clone(was)),
                    None => list.remove(id),
                };
            }
        }
        list
    }

    /// The agreements that a list which lags behind by `lag` shows differently: as they were, or
    /// not at all.
    pub(super) fn agreements_then(&self, lag: Duration) -> BTreeMap<i64, Option<Arc<Agreement>>> {
        let mut list = BTreeMap::new();
        for before in self.since(lag) {
            if let Before::Agreement(id, was) = before {
                list.insert(*id, was.clone());
            }
        }
        list
    }

    /// The changes of the last `lag`, newest first.
    fn since(&self, lag: Duration) -> impl Iterator<Item = &Before> {
        let now = Instant::now();
        self.changes
            .iter()
            .rev()
            .take_while(move |c| now.duration_since(c.at) < lag)
            .map(|c| &c.before)
    }
}

/// The records with a number above the given one.
pub(super) fn above<R>(map: &BTreeMap<i64, R>, id: i64) -> impl Iterator<Item = &R> {
    map.range((Bound::Excluded(id), Bound::Unbounded)).map(|(_, r)| r)
}
