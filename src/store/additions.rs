//! The additions that Addendum made or found by their marker.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row};

use super::Store;
use super::encoding::{month, to_month};
use super::error::StoreError;
use super::journal::DONE;
use super::names::{each, to_currency};
use crate::domain::addition::{AdditionFields, OwnAddition};
use crate::domain::line::{LineId, Text};
use crate::domain::plan::Action;

const COLUMNS: &str =
    "marker, subject, company, agreement, addition, fields, currency, shown, line, gone";

impl Store {
    /// Numbers of additions that are known to be deleted in the PSA, by a run or by a person. A list
    /// that lags behind still shows them.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn deleted_additions(&self) -> Result<HashSet<i64>, StoreError> {
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT addition FROM own_addition WHERE gone = 1 \
                 UNION ALL SELECT json_extract(e.outcome, '$.addition_id') \
                 FROM run r JOIN entry e ON e.run = r.id \
                 WHERE r.kind IN ('undo', 'restore') AND e.kind = 'delete' AND e.state = ?1 \
                 AND json_extract(e.outcome, '$.addition_id') IS NOT NULL",
            )?;
            let numbers = statement.query_map([DONE], |r| r.get(0))?;
            Ok(numbers.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// All additions that Addendum made or found, in the order in which they became known.
    pub async fn own_additions(&self) -> Result<Vec<OwnAddition>, StoreError> {
        self.ask(|conn| which(conn, "")).await
    }

    /// Those of the markers that no addition here has.
    pub async fn unknown_markers(&self, markers: Vec<String>) -> Result<Vec<String>, StoreError> {
        self.read(move |conn| {
            let mut unknown = Vec::new();
            for marker in markers {
                if number_of(conn, &marker)?.is_none() {
                    unknown.push(marker);
                }
            }
            Ok(unknown)
        })
        .await
    }

    /// What was ever asked for under a marker for one of these lines (design 6.8).
    pub async fn asked_before(
        &self,
        marker: &str,
        lines: Vec<LineId>,
    ) -> Result<Vec<AdditionFields>, StoreError> {
        let marker = marker.to_owned();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT e.action FROM entry_line l JOIN entry e ON e.id = l.entry \
                 WHERE l.line = ?1 AND e.marker = ?2",
            )?;
            let mut asked = Vec::new();
            for line in lines {
                let mut rows = statement.query((line.0, &marker))?;
                while let Some(r) = rows.next()? {
                    let text: String = r.get(0)?;
                    asked.extend(serde_json::from_str::<Action>(&text)?.after);
                }
            }
            Ok(asked)
        })
        .await
    }

    /// A person deleted it in the PSA (or it is back).
    pub async fn set_gone(&self, marker: &str, gone: bool) -> Result<(), StoreError> {
        let marker = marker.to_owned();
        self.change(move |conn| {
            conn.prepare_cached("UPDATE own_addition SET gone = ?2 WHERE marker = ?1")?
                .execute((marker, gone))?;
            Ok(())
        })
        .await
    }

    /// Accepts the PSA's values as the known ones.
    pub async fn accept_fields(
        &self,
        marker: &str,
        fields: AdditionFields,
    ) -> Result<(), StoreError> {
        let marker = marker.to_owned();
        self.change(move |conn| {
            let fields = serde_json::to_string(&fields)?;
            conn.prepare_cached("UPDATE own_addition SET fields = ?2 WHERE marker = ?1")?
                .execute((marker, fields))?;
            Ok(())
        })
        .await
    }
}

/// The additions that a condition selects.
pub(super) fn which(conn: &Connection, condition: &str) -> Result<Vec<OwnAddition>, StoreError> {
    let mut found = Vec::new();
    each(conn, &format!("SELECT {COLUMNS} FROM own_addition {condition} ORDER BY id"), |r| {
        found.push(addition(r)?);
        Ok(())
    })?;
    Ok(found)
}

/// One addition by its marker.
pub(super) fn by_marker(
    conn: &Connection,
    marker: &str,
) -> Result<Option<OwnAddition>, StoreError> {
    let mut statement =
        conn.prepare_cached(&format!("SELECT {COLUMNS} FROM own_addition WHERE marker = ?1"))?;
    statement.query_row([marker], |r| Ok(addition(r))).optional()?.transpose()
}

/// The store's number of an addition.
pub(super) fn number_of(conn: &Connection, marker: &str) -> Result<Option<i64>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id FROM own_addition WHERE marker = ?1")?;
    Ok(statement.query_row([marker], |r| r.get(0)).optional()?)
}

/// Adds or replaces one.
pub(super) fn put(tx: &Connection, a: &OwnAddition) -> Result<(), StoreError> {
    let recurring = a.subject.is_recurring();
    tx.prepare_cached(
        "INSERT INTO own_addition (marker, subject, recurring, company, agreement, addition, \
         fields, currency, shown, line, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
         ON CONFLICT (marker) DO UPDATE SET subject = excluded.subject, \
         recurring = excluded.recurring, company = excluded.company, \
         agreement = excluded.agreement, addition = excluded.addition, fields = excluded.fields, \
         currency = excluded.currency, shown = excluded.shown, line = excluded.line, \
         gone = excluded.gone",
    )?
    .execute(rusqlite::params![
        &*a.marker,
        serde_json::to_string(&a.subject)?,
        recurring,
        a.company_id,
        a.agreement_id,
        a.addition_id,
        serde_json::to_string(&a.fields)?,
        a.currency.as_str(),
        month(a.shown),
        &*a.line,
        a.gone,
    ])?;
    Ok(())
}

fn addition(r: &Row<'_>) -> Result<OwnAddition, StoreError> {
    let text = |column| r.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    Ok(OwnAddition {
        marker: Text::from(text(0)?),
        subject: serde_json::from_str(text(1)?)?,
        company_id: r.get(2)?,
        agreement_id: r.get(3)?,
        addition_id: r.get(4)?,
        fields: serde_json::from_str(text(5)?)?,
        currency: to_currency(text(6)?)?,
        shown: to_month(r.get(7)?)?,
        line: Text::from(text(8)?),
        gone: r.get(9)?,
    })
}
