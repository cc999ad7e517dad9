//! What some bills tell beside the canonical fields: kept with lines, organizations and offers in
//! tables of their own, so that bills without any of it pay nothing.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};
use rusqlite::{Connection, OptionalExtension, Row};

use super::Store;
use super::encoding::at_position;
use super::error::StoreError;
use super::names::json_list;
use crate::domain::line::{CanonicalLine, Text};
use crate::domain::line_extra::{LineExtra, LineSide};
use crate::domain::mapping::{KeyKind, OfferKey, OrganizationKey};

/// What [`side`] reads.
const COLUMNS: &str = "id, event, document_type, amends, counted_as, cost_only";

/// Where one invoice and organization counts money that two bills can hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Counted {
    /// The invoice's number at the source.
    pub invoice: Text,
    /// The organization's id at the source.
    pub organization: Text,
    /// See [`LineExtra::counted_as`].
    pub counted_as: Text,
}

impl Store {
    /// The stable keys of all organizations and offers.
    pub async fn stable_keys(&self) -> Result<(Vec<OrganizationKey>, Vec<OfferKey>), StoreError> {
        self.read(|conn| {
            let mut organizations = Vec::new();
            let mut statement = conn.prepare_cached(
                "SELECT s.name, o.key, k.kind, k.key FROM organization_key k \
                 JOIN organization o ON o.id = k.organization JOIN source s ON s.id = o.source \
                 ORDER BY s.name, o.key, k.kind, k.key",
            )?;
            let mut rows = statement.query([])?;
            while let Some(r) = rows.next()? {
                organizations.push(OrganizationKey {
                    source: text(r, 0)?,
                    id: text(r, 1)?,
                    kind: at_position(&KeyKind::ALL, r.get(2)?)?,
                    key: text(r, 3)?,
                });
            }
            let mut offers = Vec::new();
            let mut statement = conn.prepare_cached(
                "SELECT s.name, o.key, k.key FROM offer_key k JOIN offer o ON o.id = k.offer \
                 JOIN source s ON s.id = o.source ORDER BY s.name, o.key, k.key",
            )?;
            let mut rows = statement.query([])?;
            while let Some(r) = rows.next()? {
                offers.push(OfferKey { source: text(r, 0)?, id: text(r, 1)?, key: text(r, 2)? });
            }
            Ok((organizations, offers))
        })
        .await
    }

    /// What is counted in these invoices, of whatever source: money that two bills can hold.
    pub async fn counted(&self, invoices: Vec<String>) -> Result<Vec<Counted>, StoreError> {
        self.read(move |conn| {
            let list = serde_json::Value::from(invoices).to_string();
            let mut statement = conn.prepare_cached(
                "SELECT DISTINCT i.number, o.key, s.counted_as FROM line_side ls \
                 JOIN side s ON s.id = ls.side AND s.counted_as IS NOT NULL \
                 JOIN line l ON l.id = ls.line JOIN invoice i ON i.id = l.invoice \
                 JOIN customer c ON c.id = l.customer \
                 JOIN organization o ON o.id = c.organization \
                 WHERE i.number IN (SELECT value FROM json_each(?1))",
            )?;
            let mut rows = statement.query([list])?;
            let mut found = Vec::new();
            while let Some(r) = rows.next()? {
                found.push(Counted {
                    invoice: text(r, 0)?,
                    organization: text(r, 1)?,
                    counted_as: text(r, 2)?,
                });
            }
            Ok(found)
        })
        .await
    }
}

fn text(r: &Row<'_>, column: usize) -> Result<Text, StoreError> {
    Ok(Text::from(r.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?))
}

/// Gives numbers to sides while lines are loaded, and remembers which keys are stored.
#[derive(Default)]
pub(super) struct SideCodes {
    /// Read when the first line with a side comes.
    known: Option<HashMap<LineSide, i64>>,
    next: i64,
    /// Keys that are stored: of organizations by kind, of offers.
    keys: HashSet<(i64, usize, Box<str>)>,
}

/// The kind under which an offer's keys are remembered here.
const OFFER: usize = usize::MAX;

impl SideCodes {
    /// The number of a line's side, if it has one; a new one is written.
    pub(super) fn code(
        &mut self,
        tx: &Connection,
        line: &CanonicalLine,
    ) -> Result<Option<i64>, StoreError> {
        let Some(extra) = &line.extra else { return Ok(None) };
        let side = extra.side();
        if side.is_empty() {
            return Ok(None);
        }
        if self.known.is_none() {
            let mut known = HashMap::new();
            let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM side"))?;
            let mut rows = statement.query([])?;
            while let Some(r) = rows.next()? {
                let id: i64 = r.get(0)?;
                self.next = self.next.max(id);
                known.insert(self::side(r)?, id);
            }
            self.known = Some(known);
        }
        let known = self.known.get_or_insert_default();
        if let Some(id) = known.get(&side) {
            return Ok(Some(*id));
        }
        self.next += 1;
        tx.prepare_cached(&format!(
            "INSERT INTO side ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        ))?
        .execute(rusqlite::params![
            self.next,
            side.event_id.as_deref(),
            side.document_type.as_deref(),
            side.amends.as_deref(),
            side.counted_as.as_deref(),
            side.cost_only,
        ])?;
        known.insert(side, self.next);
        Ok(Some(self.next))
    }

    /// Keeps the keys that a line tells of its organization and its offer.
    pub(super) fn keep_keys(
        &mut self,
        tx: &Connection,
        extra: &LineExtra,
        organization: i64,
        offer: i64,
    ) -> Result<(), StoreError> {
        let keys = [
            (KeyKind::Domain, &extra.organization_domain),
            (KeyKind::Tenant, &extra.organization_tenant),
            (KeyKind::Reference, &extra.organization_reference),
        ];
        for (kind, key) in keys {
            let Some(key) = key else { continue };
            let kind = kind as usize;
            if !self.keys.insert((organization, kind, key.clone())) {
                continue;
            }
            tx.prepare_cached(
                "INSERT OR IGNORE INTO organization_key (organization, kind, key) \
                 VALUES (?1, ?2, ?3)",
            )?
            .execute((organization, kind as i64, &**key))?;
        }
        for key in &extra.offer_keys {
            if self.keys.insert((offer, OFFER, key.clone())) {
                tx.prepare_cached("INSERT OR IGNORE INTO offer_key (offer, key) VALUES (?1, ?2)")?
                    .execute((offer, &**key))?;
            }
        }
        Ok(())
    }
}

/// Writes which side a line has.
pub(super) fn put(tx: &Connection, line: i64, side: Option<i64>) -> Result<(), StoreError> {
    match side {
        Some(side) => tx
            .prepare_cached("INSERT OR REPLACE INTO line_side (line, side) VALUES (?1, ?2)")?
            .execute((line, side))?,
        None => tx.prepare_cached("DELETE FROM line_side WHERE line = ?1")?.execute([line])?,
    };
    Ok(())
}

/// A row of [`COLUMNS`].
fn side(r: &Row<'_>) -> Result<LineSide, StoreError> {
    let text = |column| -> Result<Option<Text>, StoreError> {
        let text = r.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
        Ok(text.map(Text::from))
    };
    Ok(LineSide {
        event_id: text(1)?,
        document_type: text(2)?,
        amends: text(3)?,
        counted_as: text(4)?,
        cost_only: r.get(5)?,
    })
}

/// Sides by number while lines are read, each held once.
#[derive(Default)]
pub(super) struct SideRows {
    held: HashMap<i64, Arc<LineSide>>,
}

impl SideRows {
    /// The side with this number.
    pub(super) fn get(&mut self, conn: &Connection, id: i64) -> Result<Arc<LineSide>, StoreError> {
        if let Some(held) = self.held.get(&id) {
            return Ok(held.clone());
        }
        let mut statement =
            conn.prepare_cached(&format!("SELECT {COLUMNS} FROM side WHERE id = ?1"))?;
        let row = statement.query_row([id], |r| Ok(side(r))).optional()?;
        let missing = || Err(StoreError::fault("a line refers to a side that is not there"));
        let side = Arc::new(row.unwrap_or_else(missing)?);
        self.held.insert(id, side.clone());
        Ok(side)
    }

    /// Reads the sides of many lines in one question.
    pub(super) fn gather(&mut self, conn: &Connection, ids: &[i64]) -> Result<(), StoreError> {
        if ids.len() < 2 {
            return Ok(());
        }
        let mut statement = conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM side WHERE id IN (SELECT value FROM json_each(?1))"
        ))?;
        let mut rows = statement.query([json_list(ids)])?;
        while let Some(r) = rows.next()? {
            self.held.insert(r.get(0)?, Arc::new(side(r)?));
        }
        Ok(())
    }
}

/// The side fields of a stored line as its source gave them, as far as they are kept with the line.
pub(super) fn extra(side: &LineSide) -> LineExtra {
    let boxed = |t: &Option<Text>| t.as_deref().map(Box::<str>::from);
    LineExtra {
        event_id: boxed(&side.event_id),
        document_type: boxed(&side.document_type),
        amends: boxed(&side.amends),
        counted_as: boxed(&side.counted_as),
        cost_only: side.cost_only,
        ..LineExtra::default()
    }
}
