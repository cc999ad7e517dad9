//! The audit journal: records are appended in the transaction of what they tell of, so that there
//! is none without the other.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::Store;
use super::encoding::time;
use super::error::StoreError;
use super::transaction::Transaction;
use crate::domain::audit::{Anchoring, AuditHash, AuditHead, AuditKind, AuditRecord};

pub(super) mod anchor;
pub(super) mod check;
mod read;

pub use read::{AuditPage, AuditState};

/// Lines, or edits, that one record tells of at most: a record stays small enough to be read.
pub(super) const AT_ONCE: usize = 500;

impl Store {
    /// The file, where it has one.
    fn file(&self) -> Option<PathBuf> {
        (!self.shared.threads.is_inline()).then(|| self.path().to_path_buf())
    }

    /// Names the system user in all records from here on.
    pub fn acting_as(&self, who: &str) {
        *self.shared.who.write().unwrap_or_else(PoisonError::into_inner) = who.into();
    }

    /// Who acts.
    pub(super) fn who(&self) -> Arc<str> {
        self.shared.who.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Appends a record of something that happens outside the store.
    ///
    /// # Errors
    /// Nothing was appended.
    pub async fn witness(
        &self,
        kind: AuditKind,
        body: serde_json::Value,
    ) -> Result<(), StoreError> {
        let now = self.now();
        self.write(move |tx| append(tx, kind, About::at(now), &body)).await
    }
}

/// What the note beside a store says. A store in memory has none, and it is taken as noted.
fn noted(
    conn: &Connection,
    store: Option<&Path>,
) -> Result<Result<AuditHead, Anchoring>, StoreError> {
    store.map_or_else(|| Ok(Ok(head(conn)?)), |store| Ok(anchor::read(store)))
}

/// What a record is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub run: Option<i64>,
    pub entry: Option<i64>,
    /// When it happened, in microseconds.
    pub at: i64,
}

impl About {
    /// Neither a run nor an entry.
    pub(super) fn at(now: Timestamp) -> Self {
        Self { run: None, entry: None, at: time(now) }
    }

    /// A run.
    pub(super) fn run(now: Timestamp, run: i64) -> Self {
        Self { run: Some(run), ..Self::at(now) }
    }

    /// An entry of a run.
    pub(super) fn entry(now: Timestamp, run: i64, entry: i64) -> Self {
        Self { run: Some(run), entry: Some(entry), at: time(now) }
    }
}

/// Appends a record.
pub(super) fn append(
    tx: &Transaction<'_>,
    kind: AuditKind,
    about: About,
    body: &impl Serialize,
) -> Result<(), StoreError> {
    let mut head = match tx.audit_head.take() {
        Some(known) => known,
        None => head(tx)?,
    };
    if head.length == 0 {
        // What is older is not told of, and it is told that it is not.
        let older: i64 = tx
            .prepare_cached("SELECT coalesce(max(id), 0) FROM entry")?
            .query_row([], |r| r.get(0))?;
        let began = serde_json::json!({
            "entries_before": older,
            "version": env!("CARGO_PKG_VERSION"),
        });
        let about = About { run: None, entry: None, ..about };
        head = put(tx, head, AuditKind::JournalBegan, about, began.to_string())?;
    }
    head = put(tx, head, kind, about, serde_json::to_string(body)?)?;
    tx.audit_head.set(Some(head));
    Ok(())
}

fn put(
    tx: &Transaction<'_>,
    head: AuditHead,
    kind: AuditKind,
    about: About,
    body: String,
) -> Result<AuditHead, StoreError> {
    let id = i64::try_from(head.length + 1)
        .map_err(|_| StoreError::fault("the audit journal is full"))?;
    let record = AuditRecord {
        id,
        at: about.at,
        who: tx.who().to_owned(),
        kind: kind.as_str().to_owned(),
        run: about.run,
        entry: about.entry,
        body,
    };
    let hash = record.hash_after(&head.hash);
    tx.prepare_cached(
        "INSERT INTO audit (id, at, who, kind, run, entry, body, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        record.id,
        record.at,
        record.who,
        record.kind,
        record.run,
        record.entry,
        record.body,
        hash.0.as_slice(),
    ))?;
    Ok(AuditHead { length: head.length + 1, hash })
}

/// Length and last hash.
pub(super) fn head(conn: &Connection) -> Result<AuditHead, StoreError> {
    let last = conn
        .prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row([], |r| Ok((r.get::<_, i64>(0)?, hash(r, 1)?)))
        .optional()?;
    Ok(match last {
        Some((id, hash)) => AuditHead { length: id.unsigned_abs(), hash },
        None => AuditHead::origin(),
    })
}

/// The hash of one record, where there is one.
fn hash_of(conn: &Connection, id: u64) -> Result<Option<AuditHash>, StoreError> {
    let Ok(id) = i64::try_from(id) else { return Ok(None) };
    let mut statement = conn.prepare_cached("SELECT hash FROM audit WHERE id = ?1")?;
    Ok(statement.query_row([id], |r| hash(r, 0)).optional()?)
}

/// A hash as stored. One of another length fits nothing.
fn hash(r: &Row<'_>, column: usize) -> rusqlite::Result<AuditHash> {
    let bytes = r.get_ref(column)?.as_blob()?;
    Ok(AuditHash(bytes.try_into().unwrap_or([0; 32])))
}

/// The columns of [`record`].
const COLUMNS: &str = "id, at, who, kind, run, entry, body, hash";

fn record(r: &Row<'_>) -> rusqlite::Result<(AuditRecord, AuditHash)> {
    let record = AuditRecord {
        id: r.get(0)?,
        at: r.get(1)?,
        who: r.get(2)?,
        kind: r.get(3)?,
        run: r.get(4)?,
        entry: r.get(5)?,
        body: r.get(6)?,
    };
    Ok((record, hash(r, 7)?))
}
