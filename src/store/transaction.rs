//! Transactions. Their own statements stay prepared like all others: every request to the store has
//! one, and most requests are so small that reading the word COMMIT is a part of their cost.

use std::cell::Cell;
use std::ops::Deref;
use std::sync::Arc;

use rusqlite::Connection;

use super::error::StoreError;
use crate::domain::audit::AuditHead;

/// A transaction; what is not committed is taken back when it is dropped.
pub(super) struct Transaction<'c> {
    conn: &'c Connection,
    /// Who acts, for the audit journal.
    who: Option<Arc<str>>,
    /// Where the audit journal ends, once it was looked up.
    pub(super) audit_head: Cell<Option<AuditHead>>,
}

impl<'c> Transaction<'c> {
    /// One that writes. It waits for another program that does, here and not at its first change.
    pub(super) fn writing(
        conn: &'c mut Connection,
        who: Option<Arc<str>>,
    ) -> Result<Self, StoreError> {
        Self::begin(conn, "BEGIN IMMEDIATE", who)
    }

    /// One that reads a single snapshot.
    pub(super) fn reading(conn: &'c mut Connection) -> Result<Self, StoreError> {
        Self::begin(conn, "BEGIN", None)
    }

    fn begin(conn: &'c Connection, sql: &str, who: Option<Arc<str>>) -> Result<Self, StoreError> {
        run(conn, sql)?;
        Ok(Self { conn, who, audit_head: Cell::new(None) })
    }

    /// Who acts; nobody does where it is only read.
    pub(super) fn who(&self) -> &str {
        self.who.as_deref().unwrap_or_default()
    }

    /// Keeps all of it.
    pub(super) fn commit(self) -> Result<(), StoreError> {
        run(self.conn, "COMMIT")
    }

    /// Does something for `who` that is kept whole, or taken back alone when it fails.
    ///
    /// # Errors
    /// Everything was taken back.
    pub(super) fn part(
        &mut self,
        who: Arc<str>,
        work: impl FnOnce(&Self) -> Result<(), StoreError>,
    ) -> Result<Result<(), StoreError>, StoreError> {
        run(self.conn, "SAVEPOINT part")?;
        self.who = Some(who);
        let result = work(self);
        if result.is_err() {
            self.audit_head.take();
            if self.conn.is_autocommit() {
                // A full disk, for one, has taken back everything.
                return result.map(Ok);
            }
            run(self.conn, "ROLLBACK TO part")?;
        }
        run(self.conn, "RELEASE part")?;
        Ok(result)
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // It may have been taken back already: see `part`.
        if !self.conn.is_autocommit()
            && let Err(e) = run(self.conn, "ROLLBACK")
        {
            tracing::error!(error = %e, "a transaction could not be taken back");
        }
    }
}

fn run(conn: &Connection, sql: &str) -> Result<(), StoreError> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}
