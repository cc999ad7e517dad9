//! A store without threads and without a file: the very same work, done in memory on the thread of
//! whoever asks. A simulation runs on it, whose clock must not go on while somebody else works, and
//! which decides between any two steps what becomes of the disk and of the process.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use super::error::StoreError;
use super::threads::{self, Request, Threads};
use super::{Shared, Store, connection};
use crate::domain::clock::Clock;

/// What the disk does with the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// It reads and writes.
    Works,
    /// It reads, takes so many changed rows, and fails at the next one; at the commit at the latest.
    Fills(u64),
}

/// Tables that hold nothing after most simulations: whether any of them does is asked once.
const SELDOM: [&str; 14] = [
    "contract_agreement",
    "decision",
    "line_choice",
    "line_raw",
    "line_side",
    "mapping_rejection",
    "note",
    "offer_key",
    "organization_key",
    "revision",
    "settled",
    "side",
    "unloaded",
    "withdrawn",
];

/// Stands between the steps of a store. What a process that died asked for never comes to an end:
/// before the request nothing of it is kept, after it everything that was committed is.
pub trait Steps: Send + Sync {
    /// Before a request: what the disk does with it. `None`: the process dies here.
    fn before(&self) -> Option<Disk>;
    /// After a request, when what it committed is durable and nobody knows it yet: whether the
    /// process lives.
    fn after(&self) -> bool;
}

/// What survives the death of a process: the content of a store.
#[derive(Clone)]
pub struct Memory {
    held: Arc<Mutex<Held>>,
}

struct Held {
    conn: Connection,
    /// The statements that empty the tables, but for the seldom ones.
    work: Vec<String>,
    /// The statements that empty those, and the one that tells whether any of them holds anything.
    seldom: (Vec<String>, String),
}

impl Memory {
    /// An empty store of the present schema.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn new() -> Result<Self, StoreError> {
        let conn = connection::in_memory()?;
        let (seldom, often): (Vec<String>, Vec<String>) =
            tables_of_work(&conn)?.into_iter().partition(|table| SELDOM.contains(&&**table));
        let empty = |tables: &[String]| {
            tables.iter().map(|table| format!("DELETE FROM {table}")).collect::<Vec<_>>()
        };
        let any: Vec<String> =
            seldom.iter().map(|table| format!("EXISTS (SELECT 1 FROM {table})")).collect();
        let seldom = (empty(&seldom), format!("SELECT {}", any.join(" OR ")));
        Ok(Self { held: Arc::new(Mutex::new(Held { conn, work: empty(&often), seldom })) })
    }

    /// Opens the store on what is in it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open(&self, steps: Arc<dyn Steps>, clock: Clock) -> Result<Store, StoreError> {
        let threads = Threads::Inline(Inline { memory: self.clone(), steps });
        let path = Path::new("memory").to_path_buf();
        Ok(Store { shared: Arc::new(Shared::new(path, threads, clock)) })
    }

    /// A table with a row that refers to one that is not there, where there is any.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn dangling(&self) -> Result<Option<String>, StoreError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut check =
            held.conn.prepare_cached("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")?;
        Ok(check.query_row([], |r| r.get(0)).optional()?)
    }

    /// Empties it of everything but the copies of PSA records: what comes next is as in a new store,
    /// at a hundredth of its cost.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn forget_work(&self) -> Result<(), StoreError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Held { conn, work, seldom: (seldom, any) } = &mut *held;
        threads::in_transaction(conn, "nobody".into(), |tx| {
            let any: bool = tx.prepare_cached(any)?.query_row([], |r| r.get(0))?;
            let seldom: &[String] = if any { seldom } else { &[] };
            for empty in work.iter().chain(seldom) {
                tx.prepare_cached(empty)?.execute([])?;
            }
            Ok(())
        })
    }
}

/// All tables but those that hold copies of PSA records.
fn tables_of_work(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN \
         ('company', 'product', 'agreement', 'agreement_type', 'custom_field')",
    )?;
    let names = statement.query_map([], |r| r.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Does requests where they are asked.
pub(super) struct Inline {
    memory: Memory,
    steps: Arc<dyn Steps>,
}

impl Inline {
    pub(super) async fn run(&self, request: Request) -> Result<(), StoreError> {
        let Some(disk) = self.steps.before() else { return std::future::pending().await };
        self.work(request, disk)?;
        if self.steps.after() { Ok(()) } else { std::future::pending().await }
    }

    fn work(&self, request: Request, disk: Disk) -> Result<(), StoreError> {
        let mut held = self.memory.held.lock().unwrap_or_else(PoisonError::into_inner);
        let conn = &mut held.conn;
        if let Disk::Fills(rows) = disk {
            fill_after(conn, rows)?;
        }
        match request {
            Request::Work(work) => work(conn),
            Request::Record(recording) => threads::record_group(conn, vec![recording]),
            Request::Close(done) => drop(done),
        }
        if disk != Disk::Works {
            empty(conn)?;
        }
        Ok(())
    }
}

/// Lets SQLite change so many more rows. It interrupts itself at the next one, which takes the whole
/// transaction back as a full disk does, and it commits nothing that changes anything.
fn fill_after(conn: &mut Connection, rows: u64) -> Result<(), StoreError> {
    let changed = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&changed);
    conn.update_hook(Some(move |_, _: &str, _: &str, _| {
        changed.fetch_add(1, Ordering::Relaxed);
    }))?;
    let mut full = false;
    // Once: what it interrupted is taken back by a statement, too.
    let fails = move || seen.load(Ordering::Relaxed) > rows && !std::mem::replace(&mut full, true);
    conn.progress_handler(1, Some(fails))?;
    Ok(conn.commit_hook(Some(|| true))?)
}

/// There is room again.
fn empty(conn: &mut Connection) -> Result<(), StoreError> {
    conn.update_hook(None::<fn(rusqlite::hooks::Action, &str, &str, i64)>)?;
    conn.progress_handler(0, None::<fn() -> bool>)?;
    Ok(conn.commit_hook(None::<fn() -> bool>)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_to_a_row_that_is_not_there_is_found() {
        let memory = Memory::new().unwrap();
        assert_eq!(memory.dangling().unwrap(), None);
        assert_eq!(memory.held.lock().unwrap().seldom.0.len(), SELDOM.len(), "each is a table");
        let lonely = "INSERT INTO entry_line (line, entry) VALUES (1, 1)";
        memory.held.lock().unwrap().conn.execute(lonely, []).unwrap();
        assert_eq!(memory.dangling().unwrap().as_deref(), Some("entry_line"));
        memory.forget_work().unwrap();
        assert_eq!(memory.dangling().unwrap(), None);
    }
}
