//! Additions that are known to be deleted: ConnectWise's lists lag behind, and what they still show
//! of such an addition is not there. Without this a line that an undo took back would be found
//! again under its marker, and count as posted.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::{Executor, fault};
use crate::domain::addition::LiveAddition;
use crate::domain::problem::Problem;

/// Their numbers; they are never given again.
#[derive(Debug, Default)]
pub(super) struct Deleted(Mutex<HashSet<i64>>);

impl Executor {
    /// What is known now.
    pub(super) async fn known_deleted(&self) -> Result<Deleted, Problem> {
        Ok(Deleted(Mutex::new(self.store.deleted_additions().await.map_err(fault)?)))
    }
}

impl Deleted {
    /// One more.
    pub(super) fn add(&self, addition: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(addition);
    }

    /// A list without them.
    pub(super) fn taken_out(&self, mut list: Vec<LiveAddition>) -> Vec<LiveAddition> {
        let deleted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !deleted.is_empty() {
            list.retain(|a| !deleted.contains(&a.id));
        }
        list
    }
}
