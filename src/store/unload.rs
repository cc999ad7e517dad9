//! Dropping loaded lines that are not posted: what was loaded by mistake, or in a form that stands in
//! the way of another one. Mappings stay, and so does everything that is in the PSA.

use rusqlite::Connection;
use serde_json::json;

use super::audit::{self, About};
use super::edits::source_number;
use super::encoding::{at_position, line_numbers, month, to_amount};
use super::error::StoreError;
use super::names::to_currency;
use super::revisions::BESIDE;
use super::totals::add;
use super::{Store, journal};
use crate::domain::audit::AuditKind;
use crate::domain::status::PsaStatus;
use crate::domain::unload::{Unload, Unloaded};

impl Store {
    /// What [`Store::unload`] would do.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn unloadable(&self, what: Unload) -> Result<Unloaded, StoreError> {
        self.read(move |conn| Ok(look(conn, &what)?.0)).await
    }

    /// Drops the lines that are meant and not posted, in one transaction that is on record. Until
    /// their months are loaded again, nothing is concluded from what is missing there.
    ///
    /// # Errors
    /// The store cannot be written; nothing is dropped then.
    pub async fn unload(&self, what: Unload) -> Result<Unloaded, StoreError> {
        let now = self.now();
        self.write(move |tx| {
            let (found, lines, keys) = look(tx, &what)?;
            if lines.is_empty() {
                return Ok(found);
            }
            for table in BESIDE {
                let mut statement =
                    tx.prepare_cached(&format!("DELETE FROM {table} WHERE line = ?1"))?;
                for line in &lines {
                    statement.execute([line])?;
                }
            }
            let mut statement = tx.prepare_cached("DELETE FROM line WHERE id = ?1")?;
            for line in &lines {
                statement.execute([line])?;
            }
            let source = source_number(tx, &what.source)?;
            for period in &what.periods {
                tx.prepare_cached(
                    "INSERT OR IGNORE INTO unloaded (source, month) VALUES (?1, ?2)",
                )?
                .execute((source, month(*period)))?;
            }
            let body = json!({
                "source": &*what.source,
                "periods": what.periods,
                "invoices": what.invoices,
                "lines": found.lines,
                "money": found.money,
                "keys": keys.finalize().to_hex().as_str(),
            });
            audit::append(tx, AuditKind::Unloaded, About::at(now), &body)?;
            Ok(found)
        })
        .await
    }
}

/// What is meant, the numbers of the lines that go, and the digest of their keys.
fn look(
    conn: &Connection,
    what: &Unload,
) -> Result<(Unloaded, Vec<i64>, blake3::Hasher), StoreError> {
    let mut found = Unloaded::default();
    let mut lines = Vec::new();
    let mut keys = blake3::Hasher::new();
    let mut statement = conn.prepare_cached(
        "SELECT l.id, l.psa_status, l.total, i.currency, i.number, s.name, l.key, \
         l.badges % 3 = 2 OR l.badges / 3 = 2 \
             OR EXISTS (SELECT 1 FROM line_choice c WHERE c.line = l.id), \
         EXISTS (SELECT 1 FROM entry_line el JOIN entry e ON e.id = el.entry \
             WHERE el.line = l.id AND e.state <= ?3) \
         FROM line l JOIN invoice i ON i.id = l.invoice JOIN source s ON s.id = i.source \
         WHERE l.id BETWEEN ?1 AND ?2 ORDER BY l.id",
    )?;
    for period in &what.periods {
        let (first, last) = line_numbers(month(*period));
        let mut rows = statement.query((first, last, journal::REQUESTED))?;
        while let Some(r) = rows.next()? {
            let text = |column: usize| r.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
            if text(5)? != &*what.source {
                found.elsewhere += 1;
                continue;
            }
            if !what.invoices.is_empty() {
                let number = text(4)?;
                if !what.invoices.iter().any(|i| i == number) {
                    continue;
                }
            }
            // A write that is open decides first what becomes of its lines.
            let under_way: bool = r.get(8)?;
            let status = at_position(&PsaStatus::ALL, r.get(1)?)?;
            if under_way || !matches!(status, PsaStatus::NotSynced | PsaStatus::Error) {
                found.posted += 1;
                continue;
            }
            found.lines += 1;
            found.chosen += u64::from(r.get::<_, bool>(7)?);
            let sum = found.money.entry(to_currency(text(3)?)?).or_default();
            *sum = add(*sum, to_amount(r.get_ref(2)?)?)?;
            keys.update(text(6)?.as_bytes()).update(b"\n");
            lines.push(r.get(0)?);
        }
    }
    Ok((found, lines, keys))
}
