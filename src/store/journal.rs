//! The journal: intents, steps, and what is open (design 6.8).

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::audit::{self, About};
use super::encoding::{month, status, time, to_month, to_time};
use super::error::StoreError;
use super::line_rows::{number_of, status_of};
use super::runs::{self, word};
use super::transaction::Transaction;
use super::{Store, additions, consequences, threads};
use crate::domain::audit::{AuditHash, AuditKind};
use crate::domain::exchange::{Answer, Request};
use crate::domain::journal::{Entry, EntryId, EntryState, RunId, RunState, Step, run_elsewhere};
use crate::domain::line::{LineId, Text};
use crate::domain::period::Period;
use crate::domain::plan::{Action, LineProblem, Settled};
use crate::domain::status::PsaStatus;

pub(super) const INTENDED: i64 = 0;
pub(super) const REQUESTED: i64 = 1;
pub(super) const DONE: i64 = 2;
pub(super) const FAILED: i64 = 3;
pub(super) const DROPPED: i64 = 4;

const COLUMNS: &str = "id, run, action, state, at, outcome, problem";

impl Store {
    /// Writes all intents of a run, durable before it returns. Lines become Posting only with
    /// [`Step::Requested`].
    ///
    /// # Errors
    /// [`StoreError::Refused`] while entries of another run are open: it is at work on the same
    /// lines, though the profile's lease should have kept one of the two away.
    pub async fn intend(
        &self,
        run: RunId,
        actions: Vec<Action>,
    ) -> Result<Vec<EntryId>, StoreError> {
        if actions.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.now();
        self.write(move |tx| {
            let others: bool = tx
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM entry WHERE state < 2 AND run <> ?1)",
                )?
                .query_row([run.0], |r| r.get(0))?;
            if others {
                return Err(at_work());
            }
            actions.iter().map(|a| intend(tx, run, a, now)).collect()
        })
        .await
    }

    /// Writes intents in place of others that were never requested: those are dropped, and their
    /// lines follow the new ones only. One transaction.
    pub async fn intend_instead(
        &self,
        run: RunId,
        of: Vec<EntryId>,
        actions: Vec<Action>,
    ) -> Result<Vec<EntryId>, StoreError> {
        let now = self.now();
        self.write(move |tx| {
            for entry in &of {
                tx.prepare_cached("DELETE FROM entry_line WHERE entry = ?1")?.execute([entry.0])?;
                tx.prepare_cached("UPDATE entry SET state = ?2 WHERE id = ?1")?
                    .execute((entry.0, DROPPED))?;
                let about = About::entry(now, run.0, entry.0);
                audit::append(tx, AuditKind::Dropped, about, &json!({}))?;
            }
            actions.iter().map(|a| intend(tx, run, a, now)).collect()
        })
        .await
    }

    /// Makes steps durable, with what follows from them, in one transaction; concurrent callers
    /// share one commit.
    ///
    /// # Errors
    /// Nothing of `steps` was kept; other callers' steps are not touched by that.
    pub async fn record(&self, steps: Vec<Step>) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let recording = threads::Recording { steps, at: self.now(), who: self.who(), answer };
        self.shared.threads.write(threads::Request::Record(recording)).await?;
        self.answer(answered).await
    }

    /// Writes down what was found out of an entry that a dead run left open; what was written of it
    /// meanwhile stands: another run, looking at the same time, may have done more since.
    pub async fn resolve(&self, found: Step) -> Result<(), StoreError> {
        let now = self.now();
        self.write(move |tx| match standing(tx, found.entry())?.state {
            DONE.. => Ok(()),
            _ => apply(tx, found, now),
        })
        .await
    }

    /// Whether the request of an entry may leave.
    ///
    /// # Errors
    /// Another run has taken this one for dead.
    pub async fn may_send(&self, entry: EntryId) -> Result<(), StoreError> {
        self.ask(move |conn| standing(conn, entry)?.may_send()).await
    }

    /// Takes all runs that have not ended for dead: whichever lives nevertheless sends nothing more.
    /// Only then can be looked up what became of their requests. Only the holder of the profile's
    /// lease may call it.
    pub async fn take_over(&self) -> Result<(), StoreError> {
        let now = self.now();
        self.write(move |tx| runs::stop_dead(tx, now)).await
    }

    /// Entries with a request and no result, oldest first.
    pub async fn unresolved(&self) -> Result<Vec<Entry>, StoreError> {
        // The first condition is the index's.
        self.read(|conn| entries(conn, "state < 2 AND state = ?1", REQUESTED)).await
    }

    /// How many entries have no result, intended or requested, and how many runs have no end.
    pub async fn unfinished(&self) -> Result<(u64, u64), StoreError> {
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT (SELECT count(*) FROM entry WHERE state < 2), \
                 (SELECT count(*) FROM run WHERE ended IS NULL OR state = ?1)",
            )?;
            let running = [runs::word(&RunState::Running)?];
            let (entries, runs): (i64, i64) =
                statement.query_row(running, |r| Ok((r.get(0)?, r.get(1)?)))?;
            Ok((entries.unsigned_abs(), runs.unsigned_abs()))
        })
        .await
    }

    /// The entries of a run, in order.
    pub async fn entries(&self, run: RunId) -> Result<Vec<Entry>, StoreError> {
        self.read(move |conn| entries(conn, "run = ?1", run.0)).await
    }

    /// Drops the intents of dead runs that were never requested, and marks those runs Stopped.
    /// Gives how many intents it dropped. Only the holder of the profile's lease may call it.
    pub async fn drop_dead_intents(&self) -> Result<u64, StoreError> {
        let now = self.now();
        self.write(move |tx| {
            let dead: Vec<i64> = {
                let mut statement =
                    tx.prepare_cached("SELECT id FROM entry WHERE state < 2 AND state = ?1")?;
                let rows = statement.query_map([INTENDED], |r| r.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            for &entry in &dead {
                apply(tx, Step::Dropped { entry: EntryId(entry) }, now)?;
            }
            runs::stop_dead(tx, now)?;
            Ok(dead.len() as u64)
        })
        .await
    }

    /// Lines that become Synced without a write, because their addition already says the same. A
    /// line whose addition the store does not know, or that is being posted, stays as it is.
    pub async fn settle(&self, run: RunId, settled: Vec<Settled>) -> Result<(), StoreError> {
        if settled.is_empty() {
            return Ok(());
        }
        let now = self.now();
        self.write(move |tx| {
            let mut told = Vec::new();
            for s in &settled {
                if settle(tx, run, s)? {
                    told.push([&*s.line, &*s.marker]);
                }
            }
            for lines in told.chunks(audit::AT_ONCE) {
                let body = json!({ "lines": lines });
                audit::append(tx, AuditKind::Settled, About::run(now, run.0), &body)?;
            }
            Ok(())
        })
        .await
    }

    /// Markers of the lines that a run settled and nothing has taken back.
    pub async fn settled_markers(&self, run: RunId) -> Result<Vec<Text>, StoreError> {
        self.ask(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT DISTINCT s.marker FROM settled s JOIN posting p ON p.line = s.line \
                 JOIN own_addition a ON a.id = p.addition AND a.marker = s.marker \
                 WHERE s.run = ?1",
            )?;
            let rows = statement.query_map([run.0], |r| r.get::<_, String>(0))?;
            Ok(rows.map(|m| m.map(Text::from)).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Takes back that a run settled lines without a write, but for these markers. Gives how many
    /// lines are Not Synced again.
    pub async fn unsettle(&self, run: RunId, except: Vec<Text>) -> Result<u64, StoreError> {
        let now = self.now();
        self.write(move |tx| {
            let lines = consequences::unsettle_all(tx, run.0, &except)?;
            if lines > 0 {
                let body = json!({ "lines": lines });
                audit::append(tx, AuditKind::Unsettled, About::run(now, run.0), &body)?;
            }
            Ok(lines)
        })
        .await
    }

    /// The months that hold failed lines and are older than what some recurring addition shows,
    /// oldest first: lines of the newest month are superseded by nothing.
    pub async fn failed_before_others(&self) -> Result<Vec<Period>, StoreError> {
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT line >> 32 FROM line_problem WHERE (line >> 32) < \
                     (SELECT max(shown) FROM own_addition WHERE recurring = 1)",
            )?;
            let months = statement.query_map([], |r| r.get(0))?;
            let months: BTreeSet<i64> = months.collect::<Result<_, _>>()?;
            months.into_iter().map(to_month).collect()
        })
        .await
    }

    /// Failed lines that wait from now on: they become Not Synced. Gives the keys of those that
    /// were failed.
    pub async fn no_longer_failed(&self, lines: Vec<LineId>) -> Result<Vec<String>, StoreError> {
        self.write(move |tx| {
            let mut keys = Vec::new();
            for LineId(line) in lines {
                if status_of(tx, line)? == Some(PsaStatus::Error) {
                    consequences::take_back(tx, line)?;
                    let mut key = tx.prepare_cached("SELECT key FROM line WHERE id = ?1")?;
                    keys.push(key.query_row([line], |r| r.get(0))?);
                }
            }
            Ok(keys)
        })
        .await
    }

    /// Lines that the plan refused become Error; posted lines stay as they are.
    pub async fn refuse_lines(&self, problems: Vec<LineProblem>) -> Result<(), StoreError> {
        if problems.is_empty() {
            return Ok(());
        }
        self.write(move |tx| {
            for p in &problems {
                let id = match p.line_id {
                    Some(id) => Some(id.0),
                    None => number_of(tx, &p.line)?,
                };
                let Some(id) = id else { continue };
                if matches!(status_of(tx, id)?, Some(PsaStatus::NotSynced | PsaStatus::Error)) {
                    consequences::fail(tx, id, &p.problem)?;
                }
            }
            Ok(())
        })
        .await
    }
}

fn intend(
    tx: &Transaction<'_>,
    run: RunId,
    action: &Action,
    now: Timestamp,
) -> Result<EntryId, StoreError> {
    let text = serde_json::to_string(action)?;
    tx.prepare_cached("INSERT INTO entry (run, kind, marker, action) VALUES (?1, ?2, ?3, ?4)")?
        .execute((run.0, word(&action.kind)?, action.marker.as_deref(), &text))?;
    let entry = tx.last_insert_rowid();
    let body = Digest::Action(AuditHash::of_text(&text));
    audit::append(tx, AuditKind::Intended, About::entry(now, run.0, entry), &body)?;
    let mut link =
        tx.prepare_cached("INSERT OR IGNORE INTO entry_line (line, entry) VALUES (?1, ?2)")?;
    if action.line_ids.is_empty() {
        // A saved plan names lines by key only.
        for key in &action.lines {
            if let Some(line) = number_of(tx, key)? {
                link.execute((line, entry))?;
            }
        }
    }
    for line in &action.line_ids {
        link.execute((line.0, entry))?;
    }
    Ok(EntryId(entry))
}

/// What a record of a request says.
#[derive(Serialize)]
struct Asked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Request>,
}

/// What a record says of a text that is in the executor's journal.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Digest {
    Action(AuditHash),
    Outcome(AuditHash),
    Problem(AuditHash),
}

/// What a record of an answer says.
#[derive(Serialize)]
struct Heard<'a> {
    answer: &'a Answer,
}

/// Two runs on one store.
fn at_work() -> StoreError {
    StoreError::Refused(run_elsewhere(
        "another run is at work on the same store, and this one has stopped before its next write",
    ))
}

/// How far an entry is.
struct Standing {
    run: i64,
    state: i64,
    /// Its run has ended.
    ended: bool,
}

impl Standing {
    /// Whether nobody took the entry's run for dead, and nobody found out what became of the entry.
    fn may_send(&self) -> Result<(), StoreError> {
        if self.ended || self.state > REQUESTED { Err(at_work()) } else { Ok(()) }
    }
}

fn standing(conn: &Connection, entry: EntryId) -> Result<Standing, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT e.run, e.state, r.ended IS NOT NULL FROM entry e JOIN run r ON r.id = e.run \
         WHERE e.id = ?1",
    )?;
    let known = statement
        .query_row([entry.0], |r| {
            Ok(Standing { run: r.get(0)?, state: r.get(1)?, ended: r.get(2)? })
        })
        .optional()?;
    known.ok_or_else(|| StoreError::fault(format!("there is no journal entry {}", entry.0)))
}

/// Makes one step, with what follows from it. What another run found out of the entry stands, unless
/// it found nothing where there was something.
pub(super) fn apply(tx: &Transaction<'_>, step: Step, now: Timestamp) -> Result<(), StoreError> {
    let standing = standing(tx, step.entry())?;
    let run = standing.run;
    let known = match step {
        Step::Requested { .. } | Step::Answered { .. } => false,
        Step::Done { .. } => standing.state == DONE,
        Step::Failed { .. } | Step::Dropped { .. } => standing.state > REQUESTED,
    };
    if known {
        return Ok(());
    }
    match step {
        Step::Requested { entry, at, request } => {
            standing.may_send()?;
            tx.prepare_cached("UPDATE entry SET state = ?2, at = ?3 WHERE id = ?1")?.execute((
                entry.0,
                REQUESTED,
                time(at),
            ))?;
            let about = About { at: time(at), ..About::entry(now, run, entry.0) };
            let body = Asked { request: request.as_deref() };
            audit::append(tx, AuditKind::Requested, about, &body)?;
            consequences::requested(tx, entry.0)
        }
        Step::Answered { entry, answer } => {
            let about = About::entry(now, run, entry.0);
            audit::append(tx, AuditKind::Answered, about, &Heard { answer: &answer })
        }
        Step::Done { entry, outcome } => {
            let text = serde_json::to_string(&outcome)?;
            tx.prepare_cached("UPDATE entry SET state = ?2, outcome = ?3 WHERE id = ?1")?
                .execute((entry.0, DONE, &text))?;
            let body = Digest::Outcome(AuditHash::of_text(&text));
            audit::append(tx, AuditKind::Done, About::entry(now, run, entry.0), &body)?;
            consequences::done(tx, run, entry.0, &outcome)
        }
        Step::Failed { entry, problem } => {
            let text = serde_json::to_string(&problem)?;
            tx.prepare_cached("UPDATE entry SET state = ?2, problem = ?3 WHERE id = ?1")?
                .execute((entry.0, FAILED, &text))?;
            let body = Digest::Problem(AuditHash::of_text(&text));
            audit::append(tx, AuditKind::Failed, About::entry(now, run, entry.0), &body)?;
            consequences::lines_follow(tx, run, entry.0)
        }
        Step::Dropped { entry } => {
            tx.prepare_cached("UPDATE entry SET state = ?2 WHERE id = ?1")?
                .execute((entry.0, DROPPED))?;
            audit::append(tx, AuditKind::Dropped, About::entry(now, run, entry.0), &json!({}))?;
            consequences::lines_follow(tx, run, entry.0)
        }
    }
}

/// Whether the line was settled: one that is posted or being posted stays as it is.
fn settle(tx: &Transaction<'_>, run: RunId, settled: &Settled) -> Result<bool, StoreError> {
    let line = settled.line_id.0;
    let Some(mut own) = additions::by_marker(tx, &settled.marker)? else { return Ok(false) };
    if !matches!(status_of(tx, line)?, Some(PsaStatus::NotSynced | PsaStatus::Error)) {
        return Ok(false);
    }
    tx.prepare_cached(
        "INSERT OR REPLACE INTO settled (run, line, marker, previous) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((run.0, line, &*settled.marker, serde_json::to_string(&own)?))?;
    if settled.period >= own.shown {
        own.shown = settled.period;
        own.line = settled.line.clone();
        tx.prepare_cached("UPDATE own_addition SET shown = ?2, line = ?3 WHERE marker = ?1")?
            .execute((&*own.marker, month(own.shown), &*own.line))?;
    }
    consequences::post(tx, line, &settled.marker, settled.sold)?;
    Ok(true)
}

/// The entries that a condition with one number selects, in order.
pub(super) fn entries(
    conn: &Connection,
    condition: &str,
    number: i64,
) -> Result<Vec<Entry>, StoreError> {
    let mut found = Vec::new();
    {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE {condition} ORDER BY id");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([number])?;
        while let Some(r) = rows.next()? {
            found.push(entry(r)?);
        }
    }
    if found.is_empty() {
        return Ok(found);
    }
    let mut lines: HashMap<i64, Vec<LineId>> = HashMap::new();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT l.entry, l.line FROM entry_line l JOIN entry e ON e.id = l.entry \
         WHERE {condition} ORDER BY l.entry, l.line"
    ))?;
    let mut rows = statement.query([number])?;
    while let Some(r) = rows.next()? {
        lines.entry(r.get(0)?).or_default().push(LineId(r.get(1)?));
    }
    for entry in &mut found {
        entry.action.line_ids = lines.remove(&entry.id.0).unwrap_or_default().into();
    }
    Ok(found)
}

fn entry(r: &Row<'_>) -> Result<Entry, StoreError> {
    let text = |column| r.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let state = match r.get(3)? {
        INTENDED => EntryState::Intended,
        REQUESTED => EntryState::Requested { at: to_time(r.get(4)?)? },
        DONE => EntryState::Done(serde_json::from_str(text(5)?)?),
        FAILED => EntryState::Failed { problem: serde_json::from_str(text(6)?)? },
        DROPPED => EntryState::Dropped,
        other => return Err(StoreError::fault(format!("{other} is no state of an entry"))),
    };
    Ok(Entry {
        id: EntryId(r.get(0)?),
        run: RunId(r.get(1)?),
        action: serde_json::from_str(text(2)?)?,
        state,
    })
}

/// Sets a line's status.
pub(super) fn set_status(tx: &Connection, line: i64, value: PsaStatus) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE line SET psa_status = ?2 WHERE id = ?1")?
        .execute((line, status(value)))?;
    Ok(())
}
