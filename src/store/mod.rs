//! The store: all SQL there is, with its migrations. Nobody else knows that it is SQLite. One
//! thread owns the writing connection; the interface is async (design 2).
//!
//! What the methods promise: a write that was answered with `Ok` is on the disk; one that was
//! answered with an error left nothing behind. Reads see what was committed when they began and
//! never wait for a load.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::domain::clock::Clock;
use crate::domain::log::LogLevel;

mod about_lines;
mod additions;
mod audit;
mod connection;
mod consequences;
mod decisions;
mod dictionary;
mod edits;
mod encoding;
mod error;
mod events;
pub mod grid;
mod incoming;
pub mod inline;
mod journal;
mod line_order;
mod line_rows;
mod line_writes;
mod load;
mod logs;
mod mappings;
mod memory;
mod months;
mod names;
mod plan_input;
mod psa_records;
mod reload;
mod revisions;
mod runs;
mod sides;
mod tally;
mod threads;
mod totals;
mod transaction;
mod unload;
mod withdrawn;

#[cfg(test)]
mod tests;

pub use audit::{AuditPage, AuditState};
pub use error::StoreError;
pub use load::LoadSession;
pub use sides::Counted;
pub use withdrawn::WithdrawnSum;

use transaction::Transaction;

/// A handle on the store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    threads: threads::Threads,
    clock: Clock,
    /// Who acts.
    who: RwLock<Arc<str>>,
    /// The day on which old entries of the System Logs were last thrown away, counted from 1970.
    logs_purged: AtomicI64,
}

impl Shared {
    fn new(path: PathBuf, threads: threads::Threads, clock: Clock) -> Self {
        let (who, logs_purged) = (RwLock::new("unknown".into()), AtomicI64::new(i64::MIN));
        Self { path, threads, clock, who, logs_purged }
    }
}

/// How many records a refresh brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PullReport {
    /// New here.
    pub added: u64,
    /// Changed.
    pub updated: u64,
    /// No longer in the PSA.
    pub gone: u64,
    /// Held now.
    pub total: u64,
}

/// Things whose last time the dashboard shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// `pull companies`
    Companies,
    /// `pull products`
    Products,
    /// `pull agreements`
    Agreements,
    /// `load`
    Load,
    /// Last Sync to PSA
    Sync,
}

/// Which log entries.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// This level and worse; absent: all.
    pub level: Option<LogLevel>,
    /// Not older.
    pub since: Option<Timestamp>,
    /// Only newer numbers (for follow).
    pub after: Option<i64>,
    /// Text in title or details.
    pub search: Option<String>,
    /// At most this many, newest first.
    pub limit: usize,
}

impl Store {
    /// Opens or creates the store, migrating after a backup (`<file>.v<N>.bak` beside it). Log
    /// entries older than 30 days go (domain.md 1.12).
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file of a newer Addendum, and a word for each thing that can be
    /// wrong with a file; nothing is changed then.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let threads = threads::Threads::start(path).await.map_err(|e| e.at(path))?;
        let shared = Shared::new(path.to_path_buf(), threads, Clock::system());
        let store = Self { shared: Arc::new(shared) };
        if let Some(before) = store.logs_are_due() {
            store.purge_logs(before).await?;
        }
        Ok(store)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// The time by the clock that everything in the journal is dated with.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Closes all connections after what was asked before. Other handles of this store answer
    /// [`StoreError::Closed`] from here on.
    pub async fn close(&self) {
        self.shared.threads.close().await;
    }

    /// Closes the store and removes its files and backups (`delete-integration`).
    ///
    /// # Errors
    /// A file cannot be removed; the ones before it are gone.
    pub async fn remove(self) -> Result<(), StoreError> {
        self.close().await;
        Self::remove_files(&self.shared.path)
    }

    /// Removes the files and backups of a store that nobody has open, readable or not.
    ///
    /// # Errors
    /// A file cannot be removed; the ones before it are gone.
    pub fn remove_files(path: &Path) -> Result<(), StoreError> {
        for file in error::files_of(path) {
            match std::fs::remove_file(&file) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::io(&file, &e));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Runs `work` on the writing thread in a transaction of its own.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let ((answer, answered), who) = (oneshot::channel(), self.who());
        let boxed: threads::Work = Box::new(move |conn| {
            let _ = answer.send(threads::in_transaction(conn, who, work));
        });
        self.shared.threads.write(threads::Request::Work(boxed)).await?;
        self.answer(answered).await
    }

    /// Runs `work` on the writing thread, without a transaction around it: for a single statement,
    /// which is one by itself.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (work, answered) = on_connection(work);
        self.shared.threads.write(threads::Request::Work(work)).await?;
        self.answer(answered).await
    }

    /// Runs `work` on a reading thread, on one snapshot.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (work, answered) = on_one_snapshot(work);
        self.shared.threads.read(work).await?;
        self.answer(answered).await
    }

    /// Runs `work` on a reading thread, without a snapshot around it: for a single statement, which
    /// is one by itself.
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (work, answered) = on_connection(work);
        self.shared.threads.read(work).await?;
        self.answer(answered).await
    }

    /// The same as [`Store::read`] on the grid's thread.
    async fn read_for_grid<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (work, answered) = on_one_snapshot(work);
        self.shared.threads.grid(work).await?;
        self.answer(answered).await
    }

    /// What a thread answers; errors name the file.
    async fn answer<T>(
        &self,
        answered: oneshot::Receiver<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let answer = answered.await.unwrap_or(Err(StoreError::Closed));
        answer.map_err(|e| e.at(&self.shared.path))
    }
}

/// Work for a thread, and where its answer comes.
fn on_connection<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> (threads::Work, oneshot::Receiver<Result<T, StoreError>>) {
    let (answer, answered) = oneshot::channel();
    let boxed: threads::Work = Box::new(move |conn| {
        let _ = answer.send(work(conn));
    });
    (boxed, answered)
}

/// The same, on one snapshot.
fn on_one_snapshot<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> (threads::Work, oneshot::Receiver<Result<T, StoreError>>) {
    let (answer, answered) = oneshot::channel();
    let boxed: threads::Work = Box::new(move |conn| {
        let result = Transaction::reading(conn).and_then(|tx| {
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        });
        let _ = answer.send(result);
    });
    (boxed, answered)
}
