//! Opening the file: settings, migrations with a backup before, and what can be wrong with it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use crate::config::private;

/// The schema's history: the position plus one is the version that a step leads to.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_sides.sql"),
    include_str!("migrations/0003_sold.sql"),
    include_str!("migrations/0004_audit.sql"),
    include_str!("migrations/0005_decisions.sql"),
    include_str!("migrations/0006_mapping_memory.sql"),
    include_str!("migrations/0007_withdrawn.sql"),
];

/// "Addm": tells our files from other people's.
const APPLICATION: i64 = 0x4164_646D;

/// Kilobytes of pages that a connection keeps which reads: enough for the inner pages of all trees.
const READING: i64 = 1_024;
/// The same for the one that writes. A run touches a few pages with each step.
const WRITING: i64 = 8_192;
/// The same while lines are loaded, whose keys go everywhere.
const LOADING: i64 = 65_536;

/// How long a statement waits for another program that holds the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the writing connection, creating or migrating the store.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    open(path, MIGRATIONS).map_err(|e| e.at(path))
}

/// Opens a connection that only reads. The store exists and has this version.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(PATIENCE)?;
    // Reads are scans, and small: the system's cache serves both. A mapped file would count as
    // memory of ours, all of it after one scan.
    conn.pragma_update(None, "cache_size", -READING)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.set_prepared_statement_cache_capacity(64);
    stay_prepared(&conn)?;
    Ok(conn)
}

/// Keeps many pages while lines are loaded, and few again after that.
pub(super) fn loading(conn: &Connection, on: bool) -> Result<(), StoreError> {
    let pages = if on { LOADING } else { WRITING };
    Ok(conn.pragma_update(None, "cache_size", -pages)?)
}

/// Keeps SQLite from looking at what is bound when it plans a statement: for each cached one that
/// could have had another plan it would prepare it anew at every use.
fn stay_prepared(conn: &Connection) -> Result<(), StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A store of the present schema that has no file.
pub(super) fn in_memory() -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_in_memory_with_flags(flags)?;
    // What a transaction changes is copied page by page, and here there is little on a page.
    conn.pragma_update(None, "page_size", 1024)?;
    prepare(&conn)?;
    migrate(&mut conn, MIGRATIONS, 0)?;
    // Looking up each reference of each row is a tenth of a simulation's time. Whether all of them
    // hold is asked afterwards: see `Memory::dangling`.
    conn.pragma_update(None, "foreign_keys", false)?;
    // Nobody but us can change it, and it is emptied for the next simulation.
    let guards: Vec<String> = {
        let mut statement =
            conn.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")?;
        let names = statement.query_map([], |r| r.get(0))?;
        names.collect::<Result<_, _>>()?
    };
    for guard in guards {
        conn.execute_batch(&format!("DROP TRIGGER {guard}"))?;
    }
    // One connection does what several do elsewhere.
    conn.set_prepared_statement_cache_capacity(512);
    Ok(conn)
}

/// Settings of the writing connection that have nothing to do with its file.
fn prepare(conn: &Connection) -> Result<(), StoreError> {
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.set_prepared_statement_cache_capacity(128);
    stay_prepared(conn)
}

fn open(path: &Path, migrations: &[&str]) -> Result<Connection, StoreError> {
    let fresh = !path.exists();
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(PATIENCE)?;
    if conn.is_readonly("main")? {
        return Err(StoreError::ReadOnly { path: String::new() });
    }
    let version: i64 = conn.pragma_query_value(None, "user_version", |r| r.get(0))?;
    let application: i64 = conn.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0))?;
    let empty = tables == 0 && version == 0;
    if !empty && application != APPLICATION {
        return Err(StoreError::NotAStore { path: String::new() });
    }
    let known = migrations.len() as i64;
    if version > known {
        return Err(StoreError::Newer { path: String::new(), found: version, known });
    }
    if empty {
        // Larger pages make bulk loads cheaper; this must precede the first table.
        conn.pragma_update(None, "page_size", 8192)?;
    }
    // Every commit reaches the disk before it is acknowledged: the journal rests on that.
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    prepare(&conn)?;
    conn.pragma_update(None, "cache_size", -WRITING)?;
    conn.pragma_update(None, "journal_size_limit", 64 << 20)?;
    if version < known {
        if !empty {
            backup(&conn, &backup_path(path, version))?;
        }
        migrate(&mut conn, migrations, version)?;
    }
    if fresh {
        // The name in the folder must survive a power cut as well as the content.
        sync_folder(path)?;
    }
    Ok(conn)
}

/// All missing steps in one transaction: the store is at the old version or at the new one.
fn migrate(conn: &mut Connection, migrations: &[&str], from: i64) -> Result<(), StoreError> {
    // Tables that are rebuilt must not drag along what refers to them; checked below instead.
    conn.pragma_update(None, "foreign_keys", false)?;
    let result = (|| -> Result<(), StoreError> {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for step in migrations.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
            tx.execute_batch(step)?;
        }
        let broken: bool =
            tx.query_row("SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_check)", [], |r| {
                r.get(0)
            })?;
        if broken {
            return Err(StoreError::fault("a migration broke references between tables"));
        }
        tx.pragma_update(None, "user_version", migrations.len() as i64)?;
        tx.pragma_update(None, "application_id", APPLICATION)?;
        tx.commit()?;
        Ok(())
    })();
    conn.pragma_update(None, "foreign_keys", true)?;
    result
}

/// `addendum.db.v<N>.bak` beside the store.
fn backup_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".v{version}.bak"));
    PathBuf::from(name)
}

/// Copies the store as it is; the copy gets its name only when it is complete.
fn backup(conn: &Connection, to: &Path) -> Result<(), StoreError> {
    let mut part = to.as_os_str().to_owned();
    part.push(".new");
    let part = PathBuf::from(part);
    let _ = std::fs::remove_file(&part);
    create_private(&part)?;
    {
        let mut copy = Connection::open(&part)?;
        Backup::new(conn, &mut copy)?.run_to_completion(4096, Duration::ZERO, None)?;
        // A copy of a WAL store is one too; a backup must be one file.
        copy.pragma_update(None, "journal_mode", "DELETE")?;
    }
    let done = std::fs::File::open(&part).and_then(|f| f.sync_all());
    done.and_then(|()| std::fs::rename(&part, to)).map_err(|e| StoreError::io(to, &e))?;
    sync_folder(to)
}

/// Makes the file with rights for its owner only; SQLite gives the same rights to the files that
/// it puts beside it.
fn create_private(path: &Path) -> Result<(), StoreError> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        private::make_folder(folder).map_err(|e| StoreError::io(folder, &e))?;
    }
    // SQLite resolves a link itself, so a link is refused before it sees it.
    private::refuse_link(path).map_err(|e| StoreError::io(path, &e))?;
    match private::open(path, std::fs::OpenOptions::new().write(true).create_new(true)) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(StoreError::io(path, &e)),
    }
}

#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(folder, &e))
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
