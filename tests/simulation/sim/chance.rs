//! Chance that can be repeated: everything that looks random in a simulation comes from here, in the
//! order in which it is asked for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One stream of it, shared by everybody in one seed.
#[derive(Debug, Clone)]
pub struct Chance(Arc<Mutex<fastrand::Rng>>);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    fn rng(&self) -> MutexGuard<'_, fastrand::Rng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many times in a hundred.
    pub fn percent(&self, share: u32) -> bool {
        share > 0 && self.rng().u32(0..100) < share
    }

    /// So many times in a thousand.
    pub fn per_mille(&self, share: u32) -> bool {
        share > 0 && self.rng().u32(0..1_000) < share
    }

    /// A number from 0, below `end`.
    pub fn below(&self, end: u64) -> u64 {
        self.rng().u64(0..end)
    }

    /// A number in a range, both ends included.
    pub fn within(&self, low: u64, high: u64) -> u64 {
        self.rng().u64(low..=high)
    }

    /// Milliseconds in a range.
    pub fn ms(&self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.within(low, high))
    }

    /// One of them.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.rng().usize(0..from.len())]
    }
}
