//! What is remembered of decisions on mappings.

use jiff::Timestamp;
use rusqlite::Row;

use super::Store;
use super::edits::Sources;
use super::encoding::{at_position, position, time, to_time};
use super::error::StoreError;
use super::names::each;
use super::transaction::Transaction;
use crate::domain::edit::Edit;
use crate::domain::line::Text;
use crate::domain::mapping::MappingKind;
use crate::domain::mapping_memory::{MappingKey, MappingMemory, Rejection};

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
            each(conn, sql, |r| {
                memory.decided.insert(key(r)?, to_time(r.get(3)?)?);
                Ok(())
            })?;
            let sql = "SELECT r.kind, s.name, r.key, r.record FROM mapping_rejection r \
                       JOIN source s ON s.id = r.source ORDER BY r.kind, s.name, r.key, r.record";
            each(conn, sql, |r| {
                let (kind, source, id) = key(r)?;
                memory.rejected.push(Rejection { kind, source, id, record: r.get(3)? });
                Ok(())
            })?;
            Ok(memory)
        })
        .await
    }
}

/// What the first three columns of a row name.
fn key(r: &Row<'_>) -> Result<MappingKey, StoreError> {
    let text = |column| -> Result<Text, StoreError> { Ok(r.get::<_, String>(column)?.into()) };
    Ok((at_position(&KINDS, r.get(0)?)?, text(1)?, text(2)?))
}

/// Keeps when the mappings of these edits were decided. A mapping that is taken away is none.
pub(super) fn decided(
    tx: &Transaction<'_>,
    sources: &mut Sources,
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
        let source = sources.number(tx, source)?;
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
    source: i64,
    key: &Text,
    record: i64,
    rejected: bool,
) -> Result<bool, StoreError> {
    let kind = position(&KINDS, &kind);
    let sql = if rejected {
        "INSERT OR IGNORE INTO mapping_rejection (kind, source, key, record) VALUES (?1, ?2, ?3, ?4)"
    } else {
        "DELETE FROM mapping_rejection WHERE kind = ?1 AND source = ?2 AND key = ?3 AND record = ?4"
    };
    let changed = tx.prepare_cached(sql)?.execute((kind, source, &**key, record))? > 0;
    Ok(if changed { !rejected } else { rejected })
}
