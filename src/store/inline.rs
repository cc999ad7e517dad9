//! A store without threads and without a file: the very same work, done in memory on the thread of
//! whoever asks. A simulation runs on it, whose clock must not go on while somebody else works, and
//! which decides between any two steps what becomes of the disk and of the process.

use std::path::Path;
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
    /// It reads, and refuses every write.
    RefusesWrites,
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
    conn: Arc<Mutex<Connection>>,
}

impl Memory {
    /// An empty store of the present schema.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn new() -> Result<Self, StoreError> {
        let conn = connection::in_memory()?;
        Ok(Self { conn: Arc::new(Mutex::new(conn)) })
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
        let mut conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        connection::forget_work(&mut conn)
    }
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
        let mut conn = self.memory.conn.lock().unwrap_or_else(PoisonError::into_inner);
        let refuses = disk == Disk::RefusesWrites;
        if refuses {
            connection::refuse_writes(&conn, true)?;
        }
        match request {
            Request::Work(work) => work(&mut conn),
            Request::Record(steps, at, answer) => {
                threads::record_group(&mut conn, vec![(steps, at, answer)]);
            }
            Request::Close(done) => drop(done),
        }
        if refuses {
            connection::refuse_writes(&conn, false)?;
        }
        Ok(())
    }
}
