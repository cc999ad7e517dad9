//! Reading the audit journal: how it stands, its records in pages, who approved what.

use rusqlite::OptionalExtension;
use serde::Serialize;

use super::{COLUMNS, anchor, head, record};
use crate::domain::audit::{Anchoring, AuditHash, AuditHead, AuditKind, AuditRecord};
use crate::domain::journal::EntryId;
use crate::store::{Store, StoreError};

/// How the journal stands, without going through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AuditState {
    /// Length and last hash.
    pub head: AuditHead,
    /// The note beside the store.
    pub anchor: Anchoring,
}

/// Some records, and where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Each with its hash, and with what it tells of where that is kept in the executor's journal:
    /// the action, the outcome or the problem, as JSON.
    pub records: Vec<(AuditRecord, AuditHash, Option<String>)>,
}

impl Store {
    /// How the audit journal stands: one look, however long it is.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn audit_state(&self) -> Result<AuditState, StoreError> {
        let store = self.file();
        self.read(move |conn| {
            let noted = super::noted(conn, store.as_deref())?;
            Ok(AuditState { head: head(conn)?, anchor: anchor::standing(conn, noted)? })
        })
        .await
    }

    /// Records after a number, oldest first; `since` in microseconds leaves out older ones.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn audit_page(
        &self,
        after: i64,
        since: Option<i64>,
        limit: u32,
    ) -> Result<AuditPage, StoreError> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM audit WHERE id > ?1 AND at >= ?2 ORDER BY id LIMIT ?3"
            ))?;
            let mut rows = statement.query((after, since.unwrap_or(i64::MIN), limit))?;
            let mut records = Vec::new();
            while let Some(r) = rows.next()? {
                let (record, hash) = record(r)?;
                let column = match AuditKind::of(&record.kind) {
                    Some(AuditKind::Intended) => Some("action"),
                    Some(AuditKind::Done) => Some("outcome"),
                    Some(AuditKind::Failed) => Some("problem"),
                    _ => None,
                };
                let told: Option<String> = match (column, record.entry) {
                    (Some(column), Some(entry)) => conn
                        .prepare_cached(&format!("SELECT {column} FROM entry WHERE id = ?1"))?
                        .query_row([entry], |r| r.get(0))
                        .optional()?
                        .flatten(),
                    _ => None,
                };
                records.push((record, hash, told));
            }
            Ok(AuditPage { records })
        })
        .await
    }

    /// Who said so of a thing, oldest first: who made a plan, who approved it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn said_of(&self, kind: AuditKind, of: &str) -> Result<Vec<String>, StoreError> {
        let of = of.to_owned();
        self.ask(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT who FROM audit WHERE kind IN ('plan-made', 'approved') AND kind = ?1 \
                 AND json_extract(body, '$.of') = ?2 ORDER BY id",
            )?;
            let rows = statement.query_map((kind.as_str(), of), |r| r.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The method of the newest request that was marked for an entry, where it was said. What was
    /// marked last stands last, so that the journal is gone through from its end.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn last_method(&self, entry: EntryId) -> Result<Option<String>, StoreError> {
        self.ask(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT json_extract(body, '$.request.method') FROM audit \
                 WHERE entry = ?1 AND kind = ?2 ORDER BY id DESC LIMIT 1",
            )?;
            let kind = AuditKind::Requested.as_str();
            Ok(statement.query_row((entry.0, kind), |r| r.get(0)).optional()?.flatten())
        })
        .await
    }

    /// Vouches for the journal as it is, where the note beside the store does not fit: after a
    /// restored backup, or a move to another machine. The record of it says what did not fit, and a
    /// new note is made.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the note fits: there is nothing to vouch for.
    pub async fn accept_audit(&self) -> Result<(), StoreError> {
        let (store, now) = (self.file(), self.now());
        self.write(move |tx| {
            let noted = super::noted(tx, store.as_deref())?;
            let how = anchor::standing(tx, noted)?;
            if how == Anchoring::Fits {
                return Err(StoreError::refused(
                    "nothing-to-accept",
                    "the audit journal continues what was noted beside the store",
                    "nothing has to be done",
                ));
            }
            let body = serde_json::json!({
                "anchor": how,
                "noted": noted.ok(),
                "found": head(tx)?,
            });
            super::append(tx, AuditKind::Accepted, super::About::at(now), &body)
        })
        .await
    }
}
