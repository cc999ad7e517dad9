//! System Logs, last times and small named values.

use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, ToSql};

use super::encoding::{at_position, position, time, to_time};
use super::error::StoreError;
use super::{LogQuery, Moment, Store};
use crate::domain::log::{LogEntry, LogLevel};

const LEVELS: [LogLevel; 3] = [LogLevel::Info, LogLevel::Warning, LogLevel::Error];
/// Name of the note that remembers a failed refresh.
pub(super) const RESPONSE_ERROR: &str = "response-error";

/// How long entries are kept (domain.md 1.12).
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Store {
    /// Appends to the System Logs. The entries' `id` is given by the store. The first ones of a day
    /// throw out what is too old.
    pub async fn log(&self, entries: Vec<LogEntry>) -> Result<(), StoreError> {
        let old = self.logs_are_due();
        let one = entries.len() == 1 && old.is_none();
        let append = move |conn: &Connection| {
            if let Some(before) = old {
                purge(conn, before)?;
            }
            let mut insert = conn.prepare_cached(
                "INSERT INTO log (at, level, title, details, run, line) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for e in &entries {
                let level = position(&LEVELS, &e.level);
                insert.execute((time(e.at), level, &e.title, &e.details, e.run, &e.line))?;
            }
            Ok(())
        };
        if one { self.change(append).await } else { self.write(move |tx| append(tx)).await }
    }

    /// Reads the System Logs, newest first.
    pub async fn logs(&self, query: LogQuery) -> Result<Vec<LogEntry>, StoreError> {
        self.ask(move |conn| read(conn, &query)).await
    }

    /// Deletes entries older than this; gives how many.
    pub async fn purge_logs(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.change(move |conn| purge(conn, before)).await
    }

    /// Before when entries are to go, where none went on this day yet. Whoever asks does it.
    pub(super) fn logs_are_due(&self) -> Option<Timestamp> {
        let now = self.now();
        let today = now.as_second() / (24 * 3_600);
        let last = self.shared.logs_purged.swap(today, Ordering::Relaxed);
        (last != today).then(|| now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN))
    }

    /// Remembers that something happened at this time.
    pub async fn touch(&self, moment: Moment, at: Timestamp) -> Result<(), StoreError> {
        self.change(move |conn| {
            conn.prepare_cached(
                "INSERT INTO moment (name, at) VALUES (?1, ?2) \
                 ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            )?
            .execute((name(moment), time(at)))?;
            Ok(())
        })
        .await
    }

    /// When something last happened.
    pub async fn moment(&self, moment: Moment) -> Result<Option<Timestamp>, StoreError> {
        self.ask(move |conn| {
            let at: Option<i64> = conn
                .query_row("SELECT at FROM moment WHERE name = ?1", [name(moment)], |r| r.get(0))
                .optional()?;
            at.map(to_time).transpose()
        })
        .await
    }

    /// A small named value (view state, discovered code base).
    pub async fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.ask(move |conn| note(conn, &name)).await
    }

    /// Sets or clears a small named value.
    pub async fn set_note(&self, name: &str, value: Option<String>) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.change(move |conn| {
            match value {
                Some(value) => conn
                    .prepare_cached(
                        "INSERT INTO note (name, value) VALUES (?1, ?2) \
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    )?
                    .execute((name, value))?,
                None => conn.prepare_cached("DELETE FROM note WHERE name = ?1")?.execute([name])?,
            };
            Ok(())
        })
        .await
    }

    /// Remembers whether the last refresh failed (Mapping Status Response Error).
    pub async fn set_response_error(&self, on: bool) -> Result<(), StoreError> {
        self.set_note(RESPONSE_ERROR, on.then(|| "1".to_owned())).await
    }

    /// Whether the last refresh failed (Mapping Status Response Error).
    pub async fn response_error(&self) -> Result<bool, StoreError> {
        Ok(self.note(RESPONSE_ERROR).await?.is_some())
    }
}

fn purge(conn: &Connection, before: Timestamp) -> Result<u64, StoreError> {
    Ok(conn.prepare_cached("DELETE FROM log WHERE at < ?1")?.execute([time(before)])? as u64)
}

fn note(conn: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT value FROM note WHERE name = ?1")?
        .query_row([name], |r| r.get(0))
        .optional()?)
}

/// Whether the last refresh failed.
pub(super) fn response_error(conn: &Connection) -> Result<bool, StoreError> {
    Ok(note(conn, RESPONSE_ERROR)?.is_some())
}

fn name(moment: Moment) -> &'static str {
    match moment {
        Moment::Companies => "companies",
        Moment::Products => "products",
        Moment::Agreements => "agreements",
        Moment::Load => "load",
        Moment::Sync => "sync",
    }
}

fn read(conn: &Connection, query: &LogQuery) -> Result<Vec<LogEntry>, StoreError> {
    let mut sql = "SELECT id, at, level, title, details, run, line FROM log WHERE 1".to_owned();
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    if let Some(level) = query.level {
        sql.push_str(" AND level >= ?");
        values.push(Box::new(position(&LEVELS, &level)));
    }
    if let Some(since) = query.since {
        sql.push_str(" AND at >= ?");
        values.push(Box::new(time(since)));
    }
    if let Some(after) = query.after {
        sql.push_str(" AND id > ?");
        values.push(Box::new(after));
    }
    if let Some(text) = query.search.as_deref().filter(|t| !t.is_empty()) {
        sql.push_str(" AND (instr(lower(title), lower(?)) OR instr(lower(details), lower(?)))");
        values.push(Box::new(text.to_owned()));
        values.push(Box::new(text.to_owned()));
    }
    sql.push_str(" ORDER BY id DESC LIMIT ?");
    values.push(Box::new(i64::try_from(query.limit).unwrap_or(i64::MAX)));
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(r) = rows.next()? {
        found.push(LogEntry {
            id: r.get(0)?,
            at: to_time(r.get(1)?)?,
            level: at_position(&LEVELS, r.get(2)?)?,
            title: r.get(3)?,
            details: r.get(4)?,
            run: r.get(5)?,
            line: r.get(6)?,
        });
    }
    Ok(found)
}
