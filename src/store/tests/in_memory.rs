//! The store without threads: the same promises, also where a process dies between two steps and
//! where the disk refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{line, loaded};
use crate::domain::clock::Clock;
use crate::domain::log::{LogEntry, LogLevel};
use crate::domain::policy::Scope;
use crate::store::inline::{Disk, Memory, Steps};
use crate::store::{LogQuery, Store, StoreError};

const DIES_BEFORE: u8 = 1;
const DIES_AFTER: u8 = 2;
/// And more: so many rows less.
const DISK_FILLS: u8 = 3;

/// What happens to the next requests.
#[derive(Default)]
struct Fate(AtomicU8);

impl Steps for Fate {
    fn before(&self) -> Option<Disk> {
        match self.0.load(Ordering::SeqCst) {
            DIES_BEFORE => None,
            0 | DIES_AFTER => Some(Disk::Works),
            rows => Some(Disk::Fills(u64::from(rows - DISK_FILLS))),
        }
    }

    fn after(&self) -> bool {
        self.0.load(Ordering::SeqCst) != DIES_AFTER
    }
}

async fn open(memory: &Memory) -> (Store, Arc<Fate>) {
    let fate = Arc::new(Fate::default());
    let clock = Clock::of(|| Timestamp::UNIX_EPOCH);
    (memory.open(Arc::clone(&fate) as Arc<dyn Steps>, clock).await.unwrap(), fate)
}

async fn load(store: &Store) -> Result<u64, StoreError> {
    let mut session = store.begin_load("canonical").await?;
    session.push(loaded(vec![line("s-1", "1.00")])).await?;
    session.push(loaded(vec![line("s-2", "2.00")])).await?;
    Ok(session.finish().await?.added)
}

async fn count(store: &Store) -> usize {
    store.plan_input(&Scope::default()).await.unwrap().lines.len()
}

/// Whether it comes to an end at all; time passes at once.
async fn ends<T>(work: impl Future<Output = T>) -> bool {
    tokio::time::timeout(Duration::from_secs(60), work).await.is_ok()
}

#[tokio::test]
async fn who_keeps_a_store_open_for_months_does_not_keep_its_logs() {
    let day = Arc::new(AtomicU8::new(0));
    let on = |day: u8| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * i64::from(day));
    let tells = Arc::clone(&day);
    let clock = Clock::of(move || on(tells.load(Ordering::SeqCst)));
    let memory = Memory::new().unwrap();
    let store = memory.open(Arc::new(Fate::default()), clock).await.unwrap();
    let mut left = Vec::new();
    for today in [1, 30, 31, 32] {
        day.store(today, Ordering::SeqCst);
        for title in ["morning", "evening"] {
            let at = store.now();
            let (level, title, details) = (LogLevel::Info, title.into(), String::new());
            let entry = LogEntry { id: 0, at, level, title, details, run: None, line: None };
            store.log(vec![entry]).await.unwrap();
        }
        let all = store.logs(LogQuery { limit: 10, ..LogQuery::default() }).await.unwrap();
        left.push(all.len());
    }
    assert_eq!(left, [2, 4, 6, 6]);
}

#[tokio::test(start_paused = true)]
async fn what_was_committed_survives_and_nothing_else() {
    let memory = Memory::new().unwrap();
    let (store, fate) = open(&memory).await;
    fate.0.store(DIES_BEFORE, Ordering::SeqCst);
    assert!(!ends(load(&store)).await);
    let (store, fate) = open(&memory).await;
    assert_eq!(count(&store).await, 0);
    fate.0.store(DIES_AFTER, Ordering::SeqCst);
    assert!(!ends(load(&store)).await);
    let (store, fate) = open(&memory).await;
    assert_eq!(count(&store).await, 2);
    assert_eq!(store.now(), Timestamp::UNIX_EPOCH);

    fate.0.store(0, Ordering::SeqCst);
    store.set_note("a", Some("b".into())).await.unwrap();
    assert_eq!(store.note("a").await.unwrap().as_deref(), Some("b"));

    memory.forget_work().unwrap();
    assert_eq!((count(&store).await, store.note("a").await.unwrap()), (0, None));
    assert_eq!(load(&store).await.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_is_full_at_any_row_or_at_the_commit_leaves_nothing_and_reads_on() {
    let memory = Memory::new().unwrap();
    let (store, fate) = open(&memory).await;
    // A load changes some twenty rows: it fails at each of them, and at its commit where it
    // would change fewer.
    for rows in 0..60 {
        fate.0.store(DISK_FILLS + rows, Ordering::SeqCst);
        let error = load(&store).await.unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
        assert_eq!(count(&store).await, 0, "full after {rows} rows");
        let error = store.set_note("a", Some("b".into())).await.unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
        assert_eq!(store.note("a").await.unwrap(), None, "full after {rows} rows");
    }
    fate.0.store(0, Ordering::SeqCst);
    assert_eq!(load(&store).await.unwrap(), 2);
    store.set_note("a", Some("b".into())).await.unwrap();
    assert_eq!(store.note("a").await.unwrap().as_deref(), Some("b"));
}

#[tokio::test]
async fn a_load_that_is_let_go_leaves_nothing() {
    let memory = Memory::new().unwrap();
    let (store, _) = open(&memory).await;
    let mut session = store.begin_load("canonical").await.unwrap();
    session.push(loaded(vec![line("s-1", "1.00")])).await.unwrap();
    drop(session);
    let mut session = store.begin_load("canonical").await.unwrap();
    session.push(loaded(vec![line("s-1", "1.00")])).await.unwrap();
    session.abort().await.unwrap();
    assert_eq!(count(&store).await, 0);
}
