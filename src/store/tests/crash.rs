//! A process may die between any two statements. What it leaves on the disk is a copy of the files
//! at that moment; whatever was acknowledged must be in it, with all that follows from it.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Fixture, action, begin, line, outcome, problem};
use crate::domain::journal::{EntryId, EntryState, RunKind, Step};
use crate::domain::policy::Scope;
use crate::domain::status::PsaStatus;
use crate::domain::tests::cases;
use crate::store::Store;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Requested,
    Done,
    Failed,
    Dropped,
}

impl Move {
    fn step(self, entry: EntryId, addition: i64) -> Step {
        match self {
            Self::Requested => Step::Requested { entry, at: Timestamp::UNIX_EPOCH, request: None },
            Self::Done => Step::Done { entry, outcome: Box::new(outcome(addition)) },
            Self::Failed => Step::Failed { entry, problem: problem("refused") },
            Self::Dropped => Step::Dropped { entry },
        }
    }

    fn status(self) -> PsaStatus {
        match self {
            Self::Requested => PsaStatus::Posting,
            Self::Done => PsaStatus::Synced,
            Self::Failed => PsaStatus::Error,
            Self::Dropped => PsaStatus::NotSynced,
        }
    }
}

const LINES: usize = 4;

/// For each line a request, then one end; interleaved in any order.
fn histories() -> impl Strategy<Value = Vec<(usize, Move)>> {
    let end = prop_oneof![Just(Move::Done), Just(Move::Failed), Just(Move::Dropped)];
    let ends = prop::collection::vec(end, LINES);
    let order: Vec<usize> = (0..LINES).flat_map(|l| [l, l]).collect();
    (ends, Just(order).prop_shuffle()).prop_map(|(ends, order)| {
        let mut begun = [false; LINES];
        order
            .into_iter()
            .map(|l| {
                let first = !std::mem::replace(&mut begun[l], true);
                (l, if first { Move::Requested } else { ends[l] })
            })
            .collect()
    })
}

/// What a dead process leaves: database and log as they are on the disk.
fn corpse(store: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = format!("addendum.db{suffix}");
        let from = store.with_file_name(&name);
        if from.exists() {
            std::fs::copy(from, to.join(name)).unwrap();
        }
    }
}

async fn after_the_crash(folder: &Path, expected: &HashMap<usize, Move>, entries: &[EntryId]) {
    let store = Store::open(&folder.join("addendum.db")).await.unwrap();
    let lines = store.plan_input(&Scope::default()).await.unwrap().lines;
    assert_eq!(lines.len(), LINES);
    for line in &lines {
        let n: usize = line.subscription_id.as_deref().unwrap().parse().unwrap();
        let status = expected.get(&n).map_or(PsaStatus::NotSynced, |m| m.status());
        assert_eq!(line.psa_status, status, "line {n}");
        assert_eq!(line.posted.is_some(), status == PsaStatus::Synced);
        assert_eq!(line.error.is_some(), status == PsaStatus::Error);
    }
    let synced = lines.iter().filter(|l| l.psa_status == PsaStatus::Synced).count();
    assert_eq!(store.own_additions().await.unwrap().len(), synced);
    let open = store.unresolved().await.unwrap();
    let waiting: Vec<EntryId> = entries
        .iter()
        .enumerate()
        .filter(|(n, _)| expected.get(n) == Some(&Move::Requested))
        .map(|(_, e)| *e)
        .collect();
    assert_eq!(open.iter().map(|e| e.id).collect::<Vec<_>>(), waiting);
    let never_sent = (0..LINES).filter(|n| !expected.contains_key(n)).count();
    assert_eq!(store.drop_dead_intents().await.unwrap(), never_sent as u64);
    let posted: rust_decimal::Decimal =
        store.totals(&[]).await.unwrap().iter().map(|g| g.posted_total).sum();
    let shown: rust_decimal::Decimal =
        lines.iter().filter_map(|l| l.posted.as_ref()).map(|p| p.total).sum();
    assert_eq!(posted, shown);
    store.close().await;
}

async fn play(history: &[(usize, Move)]) {
    let f = Fixture::new().await;
    f.load((0..LINES).map(|n| line(&n.to_string(), &format!("{}.25", n + 1))).collect()).await;
    let mut lines = f.lines().await;
    lines.sort_by_key(|l| l.subscription_id.clone());
    let actions = lines.iter().map(action).collect();
    let (run, entries) = begin(&f, RunKind::Sync, None, actions).await;
    let mut expected = HashMap::new();
    for &(n, step) in history {
        f.store.record(vec![step.step(entries[n], 100 + n as i64)]).await.unwrap();
        expected.insert(n, step);
        let grave = tempfile::tempdir().unwrap();
        corpse(f.store.path(), grave.path());
        after_the_crash(grave.path(), &expected, &entries).await;
    }
    let resolved = f.store.entries(run).await.unwrap();
    assert!(resolved.iter().all(|e| !matches!(e.state, EntryState::Requested { .. })));
}

proptest! {
    #![proptest_config(cases(12))]
    #[test]
    fn any_prefix_of_a_run_survives_the_death_of_the_process(history in histories()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(play(&history));
    }
}

#[tokio::test]
async fn concurrent_recorders_are_each_kept() {
    let f = Fixture::new().await;
    let many = 200;
    f.load((0..many).map(|n| line(&n.to_string(), "1")).collect()).await;
    let actions = f.lines().await.iter().map(action).collect();
    let (_, entries) = begin(&f, RunKind::Sync, None, actions).await;
    let recorders = entries.iter().enumerate().map(|(n, &entry)| {
        let store = f.store.clone();
        async move {
            store.record(vec![Move::Requested.step(entry, 0)]).await?;
            store.record(vec![Move::Done.step(entry, n as i64)]).await
        }
    });
    let results = futures_util::future::join_all(recorders).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let grave = tempfile::tempdir().unwrap();
    corpse(f.store.path(), grave.path());
    let store = Store::open(&grave.path().join("addendum.db")).await.unwrap();
    assert_eq!(store.own_additions().await.unwrap().len(), many);
}

#[tokio::test]
async fn a_step_that_cannot_be_made_takes_no_other_with_it() {
    let f = Fixture::new().await;
    f.load(vec![line("1", "1")]).await;
    let actions = f.lines().await.iter().map(action).collect();
    let (_, entries) = begin(&f, RunKind::Sync, None, actions).await;
    let good = f.store.record(vec![Move::Requested.step(entries[0], 0)]);
    let bad =
        f.store.record(vec![Move::Done.step(entries[0], 1), Move::Requested.step(EntryId(999), 0)]);
    let (good, bad) = futures_util::future::join(good, bad).await;
    assert!(good.is_ok());
    assert_eq!(bad.unwrap_err().problem().code, "store-fault");
    assert_eq!(f.line("1").await.psa_status, PsaStatus::Posting, "nothing of the bad one is kept");
}
