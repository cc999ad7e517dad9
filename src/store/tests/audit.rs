//! The audit journal against whoever changes it behind our back: every column of every record, a
//! gap, a cut-off end, and the executor's journal that the records tell of.

use jiff::Timestamp;
use proptest::prelude::*;
use rusqlite::Connection;

use super::{Fixture, action, begin, line, outcome, problem, settled};
use crate::domain::audit::{Anchoring, AuditKind, AuditReport};
use crate::domain::edit::Edit;
use crate::domain::journal::{RunKind, RunState, Step};
use crate::domain::plan::Counts;
use crate::domain::tests::cases;
use crate::store::audit::anchor;
use crate::store::audit::check::check;
use crate::store::{Store, StoreError};

/// A store in which a run did something of everything.
async fn lived() -> Fixture {
    let f = Fixture::new().await;
    f.store.acting_as("ada (uid 1000)");
    f.load((0..5).map(|n| line(&n.to_string(), "10.25")).collect()).await;
    let lines = f.lines().await;
    let actions = lines.iter().take(4).map(action).collect();
    let (run, entries) = begin(&f, RunKind::Sync, None, actions).await;
    let requested =
        |n: usize| Step::Requested { entry: entries[n], at: Timestamp::UNIX_EPOCH, request: None };
    let done = Step::Done { entry: entries[0], outcome: Box::new(outcome(70)) };
    let failed = Step::Failed { entry: entries[1], problem: problem("refused") };
    f.store.record(vec![requested(0), requested(1)]).await.unwrap();
    f.store.record(vec![done, failed, requested(2)]).await.unwrap();
    f.store.record(vec![Step::Dropped { entry: entries[2] }]).await.unwrap();
    let marker = actions_marker(&lines[0].key);
    f.store.settle(run, vec![settled(&lines[4], &marker)]).await.unwrap();
    let counts = Counts { create: 1, ..Counts::default() };
    f.store.finish_run(run, RunState::Done, counts, vec![]).await.unwrap();
    let edit = Edit::Excluded {
        source: "canonical".into(),
        organization: "org-1".into(),
        excluded: false,
    };
    f.store.edit(vec![edit]).await.unwrap();
    f.store.witness(AuditKind::Changed, serde_json::json!({"what": "x"})).await.unwrap();
    f
}

fn actions_marker(key: &str) -> String {
    format!("AD-{key}")
}

/// The file as somebody with a database browser has it.
fn tamperer(store: &Store) -> Connection {
    let conn = Connection::open(store.path()).unwrap();
    conn.execute_batch(
        "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;
         DROP TRIGGER audit_has_no_gap; DROP TRIGGER entry_is_not_changed;
         DROP TRIGGER entry_is_not_deleted; PRAGMA foreign_keys = off;",
    )
    .unwrap();
    conn
}

fn report(store: &Store, conn: &Connection) -> AuditReport {
    check(conn, anchor::read(store.path()), None).unwrap()
}

fn codes(report: &AuditReport) -> Vec<&str> {
    report.faults.iter().map(|f| f.code).collect()
}

#[tokio::test]
async fn what_was_done_is_told_whole_and_nobody_is_accused() {
    let f = lived().await;
    f.store.close().await;
    let store = Store::open(f.store.path()).await.unwrap();
    let report = store.check_audit(None).await.unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.anchor, Some(report.head), "what is closed is noted");
    assert_eq!(report.entries, 4);
    let records = store.audit_page(0, None, 1_000).await.unwrap().records;
    let kinds: Vec<&str> = records.iter().map(|(r, ..)| r.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "journal-began",
            "run-began",
            "intended",
            "intended",
            "intended",
            "intended",
            "requested",
            "requested",
            "done",
            "failed",
            "requested",
            "dropped",
            "settled",
            "run-ended",
            "edited",
            "changed",
        ]
    );
    assert!(records.iter().all(|(r, ..)| r.who == "ada (uid 1000)"));
    let told = |n: usize| records[n].2.clone().unwrap();
    assert!(told(2).contains("\"create\"") && told(8).contains("\"addition_id\":70"));
    assert!(told(9).contains("the line was refused"));
    // Only the kept heads of this very journal are found in it.
    let middle = records[5].1.to_string();
    assert!(store.check_audit(Some(middle[..16].to_owned())).await.unwrap().is_whole());
    let other = store.check_audit(Some("0123456789abcdef".into())).await.unwrap();
    assert_eq!(codes(&other), ["head-not-found"]);
}

#[tokio::test]
async fn the_store_itself_refuses_to_change_what_is_written() {
    let f = lived().await;
    let refused = [
        "UPDATE audit SET who = 'eve' WHERE id = 2",
        "DELETE FROM audit WHERE id = 16",
        "INSERT OR REPLACE INTO audit SELECT id, at, 'eve', kind, run, entry, body, hash \
         FROM audit WHERE id = 16",
        "INSERT INTO audit SELECT 18, at, who, kind, run, entry, body, hash FROM audit \
         WHERE id = 1",
        "UPDATE entry SET action = '{}' WHERE id = 1",
        "DELETE FROM entry WHERE id = 1",
    ];
    for sql in refused {
        let got = f.store.write(move |tx| Ok(tx.execute(sql, [])?)).await;
        assert!(matches!(got, Err(StoreError::Fault { .. })), "{sql}: {got:?}");
    }
    assert!(f.store.check_audit(None).await.unwrap().is_whole());
}

#[tokio::test]
async fn a_change_of_any_column_of_any_record_is_seen() {
    let f = lived().await;
    f.store.close().await;
    let conn = tamperer(&f.store);
    assert!(report(&f.store, &conn).is_whole(), "without a change nothing is wrong");
    let rows: i64 = conn.query_row("SELECT count(*) FROM audit", [], |r| r.get(0)).unwrap();
    let changes = [
        "id = id + 1000",
        "at = at + 1",
        "who = who || ' '",
        "kind = 'run-began '",
        "run = coalesce(run, 0) + 1",
        "run = iif(run IS NULL, 1, NULL)",
        "entry = coalesce(entry, 0) + 1",
        "entry = iif(entry IS NULL, 1, NULL)",
        "body = replace(body, '{', '{ ')",
        "hash = zeroblob(32)",
        "hash = zeroblob(31)",
    ];
    for row in 1..=rows {
        for change in changes {
            conn.execute_batch("SAVEPOINT s").unwrap();
            let sql = format!("UPDATE audit SET {change} WHERE id = ?1");
            assert_eq!(conn.execute(&sql, [row]).unwrap(), 1);
            let report = report(&f.store, &conn);
            assert!(!report.is_whole(), "record {row}: {change} is not seen");
            conn.execute_batch("ROLLBACK TO s; RELEASE s").unwrap();
        }
        conn.execute_batch("SAVEPOINT s").unwrap();
        conn.execute("DELETE FROM audit WHERE id = ?1", [row]).unwrap();
        let code = if row == rows { "truncated" } else { "gap" };
        let report = report(&f.store, &conn);
        assert!(codes(&report).contains(&code), "record {row} removed: {report:?}");
        conn.execute_batch("ROLLBACK TO s; RELEASE s").unwrap();
    }
}

#[tokio::test]
async fn an_end_that_was_cut_off_is_seen_however_long_it_was() {
    let f = lived().await;
    f.store.close().await;
    let conn = tamperer(&f.store);
    let rows: i64 = conn.query_row("SELECT count(*) FROM audit", [], |r| r.get(0)).unwrap();
    for n in 1..=rows {
        conn.execute_batch("SAVEPOINT s").unwrap();
        conn.execute("DELETE FROM audit WHERE id > ?1", [rows - n]).unwrap();
        let report = report(&f.store, &conn);
        assert!(codes(&report).contains(&"truncated"), "{n} cut off: {report:?}");
        conn.execute_batch("ROLLBACK TO s; RELEASE s").unwrap();
    }
}

#[tokio::test]
async fn a_change_of_the_executors_journal_is_seen_too() {
    let f = lived().await;
    f.store.close().await;
    let conn = tamperer(&f.store);
    for (sql, code) in [
        ("UPDATE entry SET action = replace(action, '10', '11') WHERE id = 1", "entry-changed"),
        ("UPDATE entry SET state = 4 WHERE id = 1", "entry-changed"),
        ("UPDATE entry SET at = at + 1 WHERE id = 1", "entry-changed"),
        ("UPDATE entry SET outcome = replace(outcome, '70', '71') WHERE id = 1", "entry-changed"),
        ("UPDATE entry SET outcome = NULL WHERE id = 1", "entry-changed"),
        ("UPDATE entry SET problem = NULL WHERE id = 2", "entry-changed"),
        ("UPDATE entry SET state = 1 WHERE id = 4", "entry-changed"),
        ("DELETE FROM entry WHERE id = 4", "entry-missing"),
        ("INSERT INTO entry (run, kind, action) VALUES (1, 'create', '{}')", "entry-unknown"),
        ("UPDATE run SET counts = replace(counts, '1', '2')", "run-changed"),
        ("UPDATE run SET state = 'cancelled'", "run-changed"),
        ("DELETE FROM run", "run-missing"),
    ] {
        conn.execute_batch("SAVEPOINT s").unwrap();
        assert_eq!(conn.execute(sql, []).unwrap(), 1, "{sql}");
        assert_eq!(codes(&report(&f.store, &conn)), [code], "{sql}");
        conn.execute_batch("ROLLBACK TO s; RELEASE s").unwrap();
    }
}

#[tokio::test]
async fn a_note_that_does_not_fit_stays_until_a_person_vouches() {
    let mut f = lived().await;
    f.store.close().await;
    let noted = anchor::read(f.store.path()).unwrap();
    let conn = tamperer(&f.store);
    conn.execute("DELETE FROM audit WHERE id > 12", []).unwrap();
    drop(conn);
    f.reopen().await;
    // Work goes on, and the note still says that there was more.
    f.store.witness(AuditKind::Changed, serde_json::json!({"what": "y"})).await.unwrap();
    assert_eq!(f.store.audit_state().await.unwrap().anchor, Anchoring::Differs);
    f.reopen().await;
    assert_eq!(anchor::read(f.store.path()).unwrap(), noted);
    assert!(!f.store.check_audit(None).await.unwrap().is_whole());

    f.store.accept_audit().await.unwrap();
    f.reopen().await;
    assert_eq!(f.store.audit_state().await.unwrap().anchor, Anchoring::Fits);
    let last = f.store.audit_page(13, None, 10).await.unwrap().records;
    assert_eq!(last[0].0.kind, "accepted");
    assert!(last[0].0.body.contains(&noted.hash.to_string()), "it says what did not fit");
    let again = f.store.accept_audit().await.unwrap_err().problem();
    assert_eq!(again.code, "nothing-to-accept");
}

#[tokio::test]
async fn a_note_that_is_gone_or_scrawled_over_is_a_finding_and_an_older_one_is_not() {
    let mut f = lived().await;
    f.store.close().await;
    let file = anchor::path(f.store.path());
    let good = std::fs::read(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), good.len() as u64);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_file(&file).unwrap();
    f.reopen().await;
    assert_eq!(codes(&f.store.check_audit(None).await.unwrap()), ["anchor-missing"]);
    f.store.close().await;
    for bad in [&b""[..], b"nothing", &good[1..]] {
        std::fs::write(&file, bad).unwrap();
        f.reopen().await;
        assert_eq!(codes(&f.store.check_audit(None).await.unwrap()), ["anchor-unreadable"]);
        f.store.close().await;
    }
    #[cfg(unix)]
    {
        let aside = file.with_extension("aside");
        std::fs::write(&aside, &good).unwrap();
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(&aside, &file).unwrap();
        f.reopen().await;
        assert_eq!(codes(&f.store.check_audit(None).await.unwrap()), ["anchor-unreadable"]);
        f.store.witness(AuditKind::Changed, serde_json::json!({})).await.unwrap();
        f.store.close().await;
        assert_eq!(std::fs::read(&aside).unwrap(), good, "a link is not written through");
        std::fs::remove_file(&file).unwrap();
    }
    // A crash between a commit and its note: the note lags, and that is no finding.
    std::fs::write(&file, &good).unwrap();
    f.reopen().await;
    assert!(f.store.check_audit(None).await.unwrap().is_whole());
    f.store.witness(AuditKind::Changed, serde_json::json!({})).await.unwrap();
    f.store.close().await;
    assert_ne!(std::fs::read(&file).unwrap(), good, "it goes on from there");
}

#[tokio::test]
async fn a_store_from_before_the_journal_says_what_is_not_in_it() {
    let f = lived().await;
    f.store.close().await;
    let conn = tamperer(&f.store);
    conn.execute_batch("DELETE FROM audit").unwrap();
    drop(conn);
    std::fs::remove_file(anchor::path(f.store.path())).unwrap();
    let store = Store::open(f.store.path()).await.unwrap();
    store.witness(AuditKind::Changed, serde_json::json!({})).await.unwrap();
    let report = store.check_audit(None).await.unwrap();
    assert!(report.is_whole(), "{report:?}");
    let first = store.audit_page(0, None, 1).await.unwrap().records.remove(0).0;
    assert!(first.body.contains("\"entries_before\":4"), "{}", first.body);
}

proptest! {
    #![proptest_config(cases(24))]

    /// Whatever is recorded in whatever parts, refused steps among it, the chain is whole.
    #[test]
    fn any_history_is_a_whole_chain(parts in prop::collection::btree_set(0usize..9, 1..9)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let f = Fixture::new().await;
            f.load((0..9).map(|n| line(&n.to_string(), "10.25")).collect()).await;
            let actions = f.lines().await.iter().map(action).collect();
            let (_, entries) = begin(&f, RunKind::Sync, None, actions).await;
            let writes = parts.iter().map(|n| {
                let entry = entries[*n];
                let mut steps = vec![
                    Step::Requested { entry, at: Timestamp::UNIX_EPOCH, request: None },
                    Step::Done { entry, outcome: Box::new(outcome(80)) },
                ];
                if n % 3 == 0 {
                    // Nothing of a request that names an unknown entry is kept.
                    steps.push(Step::Dropped { entry: crate::domain::journal::EntryId(999) });
                }
                f.store.record(steps)
            });
            for (n, result) in parts.iter().zip(futures_util::future::join_all(writes).await) {
                assert_eq!(result.is_err(), n % 3 == 0);
            }
            let report = f.store.check_audit(None).await.unwrap();
            assert!(report.is_whole(), "{report:?}");
            let kept = parts.iter().filter(|n| *n % 3 != 0).count() as u64;
            assert_eq!(report.head.length, 1 + 1 + 9 + 2 * kept);
        });
    }
}
