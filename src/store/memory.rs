//! What is remembered of decisions on mappings.

use jiff::Timestamp;
use rusqlite::Transaction;

use super::Store;
use super::edits::source_number;
use super::encoding::{at_position, position, time, to_time};
use super::error::StoreError;
use super::names::each;
use crate::domain::edit::Edit;
use crate::domain::line::Text;
use crate::domain::mapping::MappingKind;
use crate::domain::mapping_memory::{MappingMemory, Rejection};

/// The kinds by their numbers in the tables.
const KINDS: [MappingKind; 2] = [MappingKind::Organization, MappingKind::Offer];

impl Store {
    /// When mappings were decided, and which suggestions were rejected.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn mapping_memory(&self) -> Result<MappingMemory, StoreError> {
        self.read(|conn| {
            let mut memory = MappingMemory::default();
            let sql = "SELECT d.kind, s.name, d.key, d.at FROM mapping_decision d \
                       JOIN source s ON s.id = d.source";
            let mut rows: Vec<(i64, String, String, i64)> = Vec::new();
            each(conn, sql, |r| {
                rows.push((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?));
                Ok(())
            })?;
            for (kind, source, id, at) in rows.drain(..) {
                let key = (at_position(&KINDS, kind)?, Text::from(source), Text::from(id));
                memory.decided.insert(key, to_time(at)?);
            }
            let sql = "SELECT r.kind, s.name, r.key, r.record FROM mapping_rejection r \
                       JOIN source s ON s.id = r.source ORDER BY r.kind, s.name, r.key, r.record";
            each(conn, sql, |r| {
                rows.push((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?));
                Ok(())
            })?;
            for (kind, source, id, record) in rows {
                memory.rejected.push(Rejection {
                    kind: at_position(&KINDS, kind)?,
                    source: source.into(),
                    id: id.into(),
                    record,
                });
            }
            Ok(memory)
        })
        .await
    }
}

/// Keeps when the mappings of these edits were decided. A mapping that is taken away is none.
pub(super) fn decided(
    tx: &Transaction<'_>,
    edits: &[Edit],
    at: Timestamp,
) -> Result<(), StoreError> {
    for edit in edits {
        let (kind, source, key, mapped) = match edit {
            Edit::Companies { source, organization, companies } => {
                (MappingKind::Organization, source, organization, !companies.is_empty())
            }
            Edit::Product { source, offer, product } => {
                (MappingKind::Offer, source, offer, product.is_some())
            }
            _ => continue,
        };
        let source = source_number(tx, source)?;
        let kind = position(&KINDS, &kind);
        if mapped {
            tx.prepare_cached(
                "INSERT INTO mapping_decision (kind, source, key, at) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (kind, source, key) DO UPDATE SET at = excluded.at",
            )?
            .execute((kind, source, &**key, time(at)))?;
        } else {
            tx.prepare_cached(
                "DELETE FROM mapping_decision WHERE kind = ?1 AND source = ?2 AND key = ?3",
            )?
            .execute((kind, source, &**key))?;
        }
    }
    Ok(())
}

/// Rejects a record for an organization or offer, or takes that back; gives what was so before.
pub(super) fn reject(
    tx: &Transaction<'_>,
    kind: MappingKind,
    source: &Text,
    key: &Text,
    record: i64,
    rejected: bool,
) -> Result<bool, StoreError> {
    let source = source_number(tx, source)?;
    let kind = position(&KINDS, &kind);
    let sql = if rejected {
        "INSERT OR IGNORE INTO mapping_rejection (kind, source, key, record) VALUES (?1, ?2, ?3, ?4)"
    } else {
        "DELETE FROM mapping_rejection WHERE kind = ?1 AND source = ?2 AND key = ?3 AND record = ?4"
    };
    let changed = tx.prepare_cached(sql)?.execute((kind, source, &**key, record))? > 0;
    Ok(if changed { !rejected } else { rejected })
}
