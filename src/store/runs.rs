//! Runs: beginning, ending and reading them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::Store;
use super::audit::{self, About};
use super::encoding::{time, to_time};
use super::error::StoreError;
use super::transaction::Transaction;
use crate::domain::audit::AuditKind;
use crate::domain::journal::{Run, RunId, RunKind, RunPlan, RunState};
use crate::domain::period::Period;
use crate::domain::plan::{Counts, MoneyRow};

const COLUMNS: &str = "id, kind, state, periods, started, ended, counts, undoes, money";

impl Store {
    /// Opens a run.
    pub async fn begin_run(
        &self,
        kind: RunKind,
        periods: &[Period],
        undoes: Option<RunId>,
    ) -> Result<RunId, StoreError> {
        self.begin_run_of(kind, periods, undoes, None).await
    }

    /// As [`Store::begin_run`], with the plan that it carries out.
    pub async fn begin_run_of(
        &self,
        kind: RunKind,
        periods: &[Period],
        undoes: Option<RunId>,
        plan: Option<RunPlan>,
    ) -> Result<RunId, StoreError> {
        let began = Began { kind, periods: periods.to_vec(), plan, undoes };
        let now = self.now();
        self.write(move |tx| {
            tx.prepare_cached(
                "INSERT INTO run (kind, state, periods, started, counts, undoes, money) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, '[]')",
            )?
            .execute((
                word(&kind)?,
                word(&RunState::Running)?,
                serde_json::to_string(&began.periods)?,
                time(now),
                serde_json::to_string(&Counts::default())?,
                undoes.map(|r| r.0),
            ))?;
            let run = tx.last_insert_rowid();
            audit::append(tx, AuditKind::RunBegan, About::run(now, run), &began)?;
            Ok(RunId(run))
        })
        .await
    }

    /// Ends a run, and gives it as it is then.
    ///
    /// # Errors
    /// The store does not know the run.
    pub async fn finish_run(
        &self,
        id: RunId,
        state: RunState,
        counts: Counts,
        money: Vec<MoneyRow>,
    ) -> Result<Run, StoreError> {
        let now = self.now();
        self.write(move |tx| {
            let mut end = tx.prepare_cached(&format!(
                "UPDATE run SET state = ?2, ended = ?3, counts = ?4, money = ?5 WHERE id = ?1 \
                 RETURNING {COLUMNS}"
            ))?;
            let values = (
                id.0,
                word(&state)?,
                time(now),
                serde_json::to_string(&counts)?,
                serde_json::to_string(&money)?,
            );
            let ended = end.query_row(values, |r| Ok(run(r))).optional()?.transpose()?;
            let ended = ended
                .ok_or_else(|| StoreError::fault(format!("run {} is not in the store", id.0)))?;
            let told = Ended { counts, money, state };
            audit::append(tx, AuditKind::RunEnded, About::run(now, id.0), &told)?;
            Ok(ended)
        })
        .await
    }

    /// One run.
    pub async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        self.ask(move |conn| {
            let mut statement =
                conn.prepare_cached(&format!("SELECT {COLUMNS} FROM run WHERE id = ?1"))?;
            statement.query_row([id.0], |r| Ok(run(r))).optional()?.transpose()
        })
        .await
    }

    /// The newest run.
    pub async fn newest_run(&self) -> Result<Option<RunId>, StoreError> {
        self.ask(|conn| {
            let mut statement = conn.prepare_cached("SELECT max(id) FROM run")?;
            Ok(statement.query_row([], |r| r.get::<_, Option<i64>>(0))?.map(RunId))
        })
        .await
    }

    /// The newest runs, newest first.
    pub async fn runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.ask(move |conn| {
            let mut statement = conn
                .prepare_cached(&format!("SELECT {COLUMNS} FROM run ORDER BY id DESC LIMIT ?1"))?;
            let mut rows = statement.query([limit])?;
            let mut found = Vec::new();
            while let Some(r) = rows.next()? {
                found.push(run(r)?);
            }
            Ok(found)
        })
        .await
    }
}

/// What the audit journal says of a run that begins.
#[derive(Serialize)]
struct Began {
    kind: RunKind,
    periods: Vec<Period>,
    plan: Option<RunPlan>,
    undoes: Option<RunId>,
}

/// And of one that ends.
#[derive(Serialize)]
struct Ended {
    counts: Counts,
    money: Vec<MoneyRow>,
    state: RunState,
}

/// Marks runs that died as Stopped.
pub(super) fn stop_dead(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    // Asked before anything is changed: as a rule there is none.
    let dead: Vec<i64> = {
        let mut statement = tx.prepare_cached("SELECT id FROM run WHERE state = ?1")?;
        let rows = statement.query_map([word(&RunState::Running)?], |r| r.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for run in dead {
        tx.prepare_cached("UPDATE run SET state = ?2, ended = ?3 WHERE id = ?1")?.execute((
            run,
            word(&RunState::Stopped)?,
            time(now),
        ))?;
        let ended = serde_json::json!({ "state": RunState::Stopped });
        audit::append(tx, AuditKind::RunEnded, About::run(now, run), &ended)?;
    }
    Ok(())
}

/// What a run is.
pub(super) fn kind_of(conn: &Connection, run: i64) -> Result<RunKind, StoreError> {
    let mut statement = conn.prepare_cached("SELECT kind FROM run WHERE id = ?1")?;
    statement.query_row([run], |r| Ok(to_word(r.get_ref(0)?.as_str()?)))?
}

/// A word of the domain as it stands in documents.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(StoreError::fault("a word was expected")),
    }
}

pub(super) fn to_word<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    let read: serde::de::value::StrDeserializer<'_, serde_json::Error> = word.into_deserializer();
    Ok(T::deserialize(read)?)
}

fn run(r: &Row<'_>) -> Result<Run, StoreError> {
    let text = |column| r.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    Ok(Run {
        id: RunId(r.get(0)?),
        kind: to_word(text(1)?)?,
        state: to_word(text(2)?)?,
        periods: serde_json::from_str(text(3)?)?,
        started: to_time(r.get(4)?)?,
        ended: r.get::<_, Option<i64>>(5)?.map(to_time).transpose()?,
        counts: serde_json::from_str(text(6)?)?,
        undoes: r.get::<_, Option<i64>>(7)?.map(RunId),
        money: serde_json::from_str(text(8)?)?,
    })
}
