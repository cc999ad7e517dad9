//! A store without threads and without a file: the very same work, done in memory on the thread of
//! whoever asks. A simulation runs on it, whose clock must not go on while somebody else works, and
//! which decides between any two steps what becomes of the disk and of the process.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use rusqlite::Connection;

use super::error::StoreError;
use super::threads::{self, Request, Threads};
use super::{Shared, Store, connection, logs};
use crate::domain::clock::Clock;

/// What the disk does with the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// It reads and writes.
    Works,
    /// It reads, takes so many changed rows, and fails at the next one; at the commit at the latest.
    Fills(u64),
}

/// Stands between the steps of a store. A future that never ends is a process that died there:
/// before the request nothing of it is kept, after it everything that was committed is.
pub trait Steps: Send + Sync {
    /// Before a request.
    fn before(&self) -> BoxFuture<'_, Disk>;
    /// After a request, when what it committed is durable and nobody knows it yet.
    fn after(&self) -> BoxFuture<'_, ()>;
}

/// What survives the death of a process: the content of a store.
#[derive(Clone)]
pub struct Memory {
    held: Arc<Mutex<Held>>,
}

struct Held {
    conn: Connection,
    /// Tables to empty, in this order.
    work: Vec<String>,
    /// The statement that tells which of them hold anything.
    held: String,
}

impl Memory {
    /// An empty store of the present schema.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn new() -> Result<Self, StoreError> {
        let conn = connection::in_memory()?;
        let work = tables_of_work(&conn)?;
        let any: Vec<String> =
            work.iter().map(|table| format!("EXISTS (SELECT 1 FROM {table})")).collect();
        let held = format!("SELECT {}", any.join(", "));
        Ok(Self { held: Arc::new(Mutex::new(Held { conn, work, held })) })
    }

    /// Opens the store on what is in it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open(&self, steps: Arc<dyn Steps>, clock: Clock) -> Result<Store, StoreError> {
        let threads = Threads::Inline(Inline { memory: self.clone(), steps });
        let path = Path::new("memory").to_path_buf();
        let store = Store { shared: Arc::new(Shared { path, threads, clock }) };
        store.purge_logs(logs::oldest_kept(store.now())).await?;
        Ok(store)
    }

    /// Empties it of everything but the copies of PSA records: what comes next is as in a new store,
    /// at a hundredth of its cost.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn forget_work(&self) -> Result<(), StoreError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Held { conn, work, held } = &mut *held;
        threads::in_transaction(conn, |tx| {
            let any: Vec<bool> = tx
                .prepare_cached(held)?
                .query_row([], |r| (0..work.len()).map(|table| r.get(table)).collect())?;
            for (table, _) in work.iter().zip(any).filter(|(_, any)| *any) {
                tx.prepare_cached(&format!("DELETE FROM {table}"))?.execute([])?;
            }
            Ok(())
        })
    }
}

/// All tables but those that hold copies of PSA records, those that refer to others first. So
/// references can stay on while they are emptied: whenever they are switched, SQLite prepares every
/// statement anew.
fn tables_of_work(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let names = |sql: &str, of: &[&str]| -> Result<Vec<String>, StoreError> {
        let mut statement = conn.prepare(sql)?;
        let names = statement.query_map(rusqlite::params_from_iter(of), |r| r.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    };
    let tables = names(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN \
         ('company', 'product', 'agreement', 'agreement_type', 'custom_field')",
        &[],
    )?;
    // Each with the tables that it refers to, itself left out.
    let mut left: Vec<(String, Vec<String>)> = Vec::new();
    for table in tables {
        let mut to = names("SELECT \"table\" FROM pragma_foreign_key_list(?1)", &[&table])?;
        to.retain(|t| *t != table);
        left.push((table, to));
    }
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let free =
            left.iter().position(|(table, _)| left.iter().all(|(_, to)| !to.contains(table)));
        let free = free.ok_or_else(|| StoreError::fault("tables refer to each other in a ring"))?;
        ordered.push(left.swap_remove(free).0);
    }
    Ok(ordered)
}

/// Does requests where they are asked.
pub(super) struct Inline {
    memory: Memory,
    steps: Arc<dyn Steps>,
}

impl Inline {
    pub(super) async fn run(&self, request: Request) -> Result<(), StoreError> {
        let disk = self.steps.before().await;
        self.work(request, disk)?;
        self.steps.after().await;
        Ok(())
    }

    fn work(&self, request: Request, disk: Disk) -> Result<(), StoreError> {
        let mut held = self.memory.held.lock().unwrap_or_else(PoisonError::into_inner);
        let conn = &mut held.conn;
        if let Disk::Fills(rows) = disk {
            fill_after(conn, rows)?;
        }
        match request {
            Request::Work(work) => work(conn),
            Request::Record(steps, at, answer) => {
                threads::record_group(conn, vec![(steps, at, answer)]);
            }
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
