//! What becomes of one process: at which step it dies, and when its disk is full.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use addendum::store::inline::{Disk, Steps};
use tokio::sync::Notify;

/// A process's fate. A step is anything between two of its doings at which it can die: before and
/// after each request to the store, before each request to the PSA and after its answer.
#[derive(Debug)]
pub struct Fate {
    steps: AtomicU64,
    dies_at: AtomicU64,
    /// First and last step at which the disk is full.
    full: (AtomicU64, AtomicU64),
    /// How many rows it takes in each request meanwhile.
    rows: AtomicU64,
    dead: AtomicBool,
    death: Notify,
}

const NEVER: u64 = u64::MAX;

impl Default for Fate {
    fn default() -> Self {
        Self {
            steps: AtomicU64::new(0),
            dies_at: AtomicU64::new(NEVER),
            full: (AtomicU64::new(NEVER), AtomicU64::new(0)),
            rows: AtomicU64::new(0),
            dead: AtomicBool::new(false),
            death: Notify::new(),
        }
    }
}

impl Fate {
    /// It dies so many steps from now.
    pub fn dies_in(&self, steps: u64) {
        self.dies_at.store(self.steps() + steps, Ordering::Relaxed);
    }

    /// Its disk is full from so many steps on, for so many: it takes so many rows of a request, and
    /// fails at the next one or at the commit.
    pub fn disk_fills_in(&self, steps: u64, long: u64, rows: u64) {
        let from = self.steps() + steps;
        self.full.0.store(from, Ordering::Relaxed);
        self.full.1.store(from.saturating_add(long), Ordering::Relaxed);
        self.rows.store(rows, Ordering::Relaxed);
    }

    /// Steps so far.
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Passes a step. A future that passes the one at which its process dies never ends.
    pub async fn step(&self) {
        if !self.survives() {
            std::future::pending::<()>().await;
        }
    }

    /// Passes a step; false at the one at which its process dies, and after it.
    fn survives(&self) -> bool {
        let now = self.steps.fetch_add(1, Ordering::Relaxed);
        let survives = now < self.dies_at.load(Ordering::Relaxed);
        if !survives {
            self.dead.store(true, Ordering::Relaxed);
            self.death.notify_one();
        }
        survives
    }

    /// Comes when it has died.
    pub async fn died(&self) {
        while !self.dead.load(Ordering::Relaxed) {
            self.death.notified().await;
        }
    }
}

impl Steps for Fate {
    fn before(&self) -> Option<Disk> {
        if !self.survives() {
            return None;
        }
        let now = self.steps();
        let (from, to) = (&self.full.0, &self.full.1);
        let full = now >= from.load(Ordering::Relaxed) && now <= to.load(Ordering::Relaxed);
        Some(if full { Disk::Fills(self.rows.load(Ordering::Relaxed)) } else { Disk::Works })
    }

    fn after(&self) -> bool {
        self.survives()
    }
}
