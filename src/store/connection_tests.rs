//! Opening files that are old, new, foreign, damaged, locked or without room.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{APPLICATION, MIGRATIONS, backup_path, open, writer};
use crate::domain::problem::{Problem, ProblemKind};
use crate::store::error::{StoreError, files_of};
use crate::store::threads::in_transaction;
use crate::store::{Moment, Store};

/// A migration after the newest real one, as a later Addendum might bring.
const NEXT: &str = "ALTER TABLE organization ADD COLUMN vat_number TEXT;";
const BROKEN: &str = "ALTER TABLE organization ADD COLUMN vat_number TEXT; SELECT no_such();";

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("addendum.db");
    (folder, path)
}

fn problem(result: Result<Connection, StoreError>) -> Problem {
    result.map(|_| ()).unwrap_err().problem()
}

/// A store as the Addendum of a version left it, with a row in it.
fn store_of_version(path: &Path, version: usize) {
    let conn = open(path, &MIGRATIONS[..version]).unwrap();
    conn.execute_batch(
        "INSERT INTO source (id, name) VALUES (1, 'canonical'); \
         INSERT INTO organization (source, key, name) VALUES (1, 'o-1', 'Fabrikam');",
    )
    .unwrap();
}

fn version(conn: &Connection) -> i64 {
    conn.pragma_query_value(None, "user_version", |r| r.get(0)).unwrap()
}

#[test]
fn every_version_is_brought_to_the_newest_after_a_backup() {
    let later: Vec<&str> = MIGRATIONS.iter().copied().chain([NEXT]).collect();
    for from in 1..later.len() {
        let (_folder, path) = place();
        store_of_version(&path, from);
        let conn = open(&path, &later).unwrap();
        assert_eq!(version(&conn), later.len() as i64);
        let name: String =
            conn.query_row("SELECT name FROM organization", [], |r| r.get(0)).unwrap();
        assert_eq!(name, "Fabrikam", "what was there is kept");
        conn.execute("UPDATE organization SET vat_number = 'DE1'", []).unwrap();

        let backup = backup_path(&path, from as i64);
        assert_eq!(
            backup.file_name().unwrap().to_str(),
            Some(&*format!("addendum.db.v{from}.bak"))
        );
        let old = Connection::open(&backup).unwrap();
        assert_eq!(version(&old), from as i64);
        let count: i64 =
            old.query_row("SELECT count(*) FROM organization", [], |r| r.get(0)).unwrap();
        assert_eq!(count, 1);
        assert!(old.prepare("SELECT vat_number FROM organization").is_err());
    }
}

#[test]
fn a_backup_can_take_the_stores_place() {
    let later: Vec<&str> = MIGRATIONS.iter().copied().chain([NEXT]).collect();
    let (_folder, path) = place();
    store_of_version(&path, MIGRATIONS.len());
    drop(open(&path, &later).unwrap());
    assert_eq!(problem(writer(&path)).code, "store-newer");
    std::fs::rename(backup_path(&path, MIGRATIONS.len() as i64), &path).unwrap();
    assert_eq!(version(&writer(&path).unwrap()), MIGRATIONS.len() as i64);
}

#[test]
fn a_migration_that_fails_leaves_the_old_store() {
    let broken: Vec<&str> = MIGRATIONS.iter().copied().chain([BROKEN]).collect();
    let (_folder, path) = place();
    store_of_version(&path, MIGRATIONS.len());
    assert_eq!(problem(open(&path, &broken)).code, "store-fault");
    let conn = writer(&path).unwrap();
    assert_eq!(version(&conn), MIGRATIONS.len() as i64);
    assert!(conn.prepare("SELECT vat_number FROM organization").is_err());
}

#[test]
fn nothing_is_backed_up_when_nothing_migrates() {
    let (folder, path) = place();
    drop(writer(&path).unwrap());
    drop(writer(&path).unwrap());
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["addendum.db"]);
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let (_folder, path) = place();
    let conn = writer(&path).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    let before = std::fs::read(&path).unwrap();
    let p = problem(writer(&path));
    assert_eq!((p.code.as_ref(), p.kind), ("store-newer", ProblemKind::Fault));
    assert!(p.message.contains("version 99"), "{}", p.message);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn other_peoples_files_are_refused_and_left_alone() {
    let (_folder, path) = place();
    std::fs::write(&path, "These are my notes, and no database at all.".repeat(40)).unwrap();
    assert_eq!(problem(writer(&path)).code, "store-foreign");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("These are my notes"));

    let (_folder, path) = place();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (a)").unwrap();
    assert_eq!(problem(writer(&path)).code, "store-foreign");
}

#[test]
fn a_damaged_store_is_told_apart() {
    let (_folder, path) = place();
    let conn = writer(&path).unwrap();
    conn.execute_batch(
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
         INSERT INTO note (name, value) SELECT i, hex(randomblob(200)) FROM n",
    )
    .unwrap();
    drop(conn);
    let mut bytes = std::fs::read(&path).unwrap();
    let page = 8192;
    for byte in &mut bytes[page..] {
        *byte = 0x5A;
    }
    std::fs::write(&path, &bytes).unwrap();
    let conn = match writer(&path) {
        Err(e) => {
            assert_eq!(e.problem().code, "store-corrupt");
            return;
        }
        Ok(conn) => conn,
    };
    let found =
        conn.query_row("SELECT count(*) FROM note WHERE value > ''", [], |r| r.get::<_, i64>(0));
    assert_eq!(StoreError::from(found.unwrap_err()).problem().code, "store-corrupt");
}

#[test]
fn a_full_disk_takes_the_unfinished_back_whole() {
    let (_folder, path) = place();
    let mut conn = writer(&path).unwrap();
    let pages: i64 = conn.pragma_query_value(None, "page_count", |r| r.get(0)).unwrap();
    // As good as a full disk: SQLite answers with the same SQLITE_FULL.
    conn.pragma_update(None, "max_page_count", pages + 4).unwrap();
    let result = in_transaction(&mut conn, "ada".into(), |tx| {
        for n in 0..10_000 {
            tx.execute("INSERT INTO note (name, value) VALUES (?1, hex(zeroblob(200)))", [n])?;
        }
        Ok(())
    });
    let p = result.unwrap_err().at(&path).problem();
    assert_eq!(p.code, "store-full");
    assert!(p.message.contains("addendum.db"), "{}", p.message);
    let left: i64 = conn.query_row("SELECT count(*) FROM note", [], |r| r.get(0)).unwrap();
    assert_eq!(left, 0, "nothing of it stays");
    conn.execute("INSERT INTO note (name, value) VALUES ('small', 'fits')", []).unwrap();
}

#[test]
fn a_read_only_store_is_told_apart() {
    let (_folder, path) = place();
    let mut conn = writer(&path).unwrap();
    conn.pragma_update(None, "query_only", true).unwrap();
    let result = in_transaction(&mut conn, "ada".into(), |tx| {
        tx.execute("INSERT INTO note (name, value) VALUES ('a', 'b')", [])?;
        Ok(())
    });
    assert_eq!(result.unwrap_err().problem().code, "store-read-only");
    drop(conn);

    let mut rights = std::fs::metadata(&path).unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&path, rights).unwrap();
    if std::fs::OpenOptions::new().append(true).open(&path).is_ok() {
        println!("SKIPPED: this user may write read-only files");
        return;
    }
    assert_eq!(problem(writer(&path)).code, "store-read-only");
}

#[test]
fn a_folder_in_the_stores_place_is_an_error_with_its_path() {
    let (_folder, path) = place();
    std::fs::create_dir(&path).unwrap();
    let p = problem(writer(&path));
    assert_eq!(p.code, "store-io");
    assert!(p.message.contains("addendum.db"), "{}", p.message);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place();
    let store = Store::open(&path).await.unwrap();
    store.touch(Moment::Load, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
    store.close().await;
}

#[tokio::test]
async fn a_store_that_is_removed_leaves_no_file_of_its_own() {
    let (folder, path) = place();
    store_of_version(&path, MIGRATIONS.len());
    std::fs::write(folder.path().join("addendum.db.v0.bak"), "an old backup").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
    let store = Store::open(&path).await.unwrap();
    let other = store.clone();
    assert!(files_of(&path).len() >= 5);
    store.remove().await.unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["notes.txt"]);
    assert!(matches!(other.periods().await, Err(StoreError::Closed)));
}

#[test]
fn our_files_carry_our_mark() {
    let (_folder, path) = place();
    let conn = writer(&path).unwrap();
    let mark: i64 = conn.pragma_query_value(None, "application_id", |r| r.get(0)).unwrap();
    assert_eq!(mark, APPLICATION);
    let mode: String = conn.pragma_query_value(None, "journal_mode", |r| r.get(0)).unwrap();
    let synchronous: i64 = conn.pragma_query_value(None, "synchronous", |r| r.get(0)).unwrap();
    assert_eq!((mode.as_str(), synchronous), ("wal", 2), "every commit reaches the disk");
}
