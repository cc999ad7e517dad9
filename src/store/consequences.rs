//! What follows from a step of the journal for lines and additions (design 6.8). All of it happens
//! in the transaction of the step, so that a crash leaves either both or nothing.
//!
//! A line's status follows from the entries of the run that cover it: it is Posting while one of
//! them may have been sent, Error when one failed, Synced when all are done. A line that was posted
//! before the run is never worse off than Synced, unless the run is an undo and took it back.

use rusqlite::{Connection, OptionalExtension};
use rust_decimal::Decimal;

use super::encoding::{Amount, month};
use super::error::StoreError;
use super::journal::{DONE, DROPPED, FAILED, INTENDED, REQUESTED, set_status};
use super::line_rows::status_of;
use super::{additions, revisions, runs};
use crate::domain::addition::OwnAddition;
use crate::domain::journal::{Outcome, RunKind};
use crate::domain::line::Text;
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind};
use crate::domain::problem::Problem;
use crate::domain::status::PsaStatus;

/// How the subject of missing cents begins, as it is kept.
const CENTS: &str = "{\"kind\":\"rounding\"";

/// What follows from an entry that is done.
pub(super) fn done(
    tx: &Connection,
    run: i64,
    entry: i64,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    let (action, kind, undoes) = {
        let mut statement = tx.prepare_cached(
            "SELECT e.action, r.kind, r.undoes FROM entry e JOIN run r ON r.id = e.run \
             WHERE e.id = ?1",
        )?;
        statement.query_row([entry], |r| {
            let action = serde_json::from_str::<Action>(r.get_ref(0)?.as_str()?);
            Ok((action, runs::to_word(r.get_ref(1)?.as_str()?), r.get::<_, Option<i64>>(2)?))
        })?
    };
    let (action, kind): (_, RunKind) = (action?, kind?);
    match action.kind {
        ActionKind::Create | ActionKind::Update | ActionKind::Cancel => {
            let before = match &action.marker {
                Some(marker) => additions::by_marker(tx, marker)?,
                None => None,
            };
            if let Some(before) = &before {
                tx.prepare_cached("UPDATE entry SET previous = ?2 WHERE id = ?1")?
                    .execute((entry, serde_json::to_string(before)?))?;
            }
            if let Some(mut own) = made(&action, outcome, before) {
                if kind == RunKind::Undo
                    && let Some(earlier) = shown_before(tx, undoes, &own.marker)?
                {
                    own.shown = earlier.shown;
                    own.line = earlier.line;
                }
                additions::put(tx, &own)?;
                if kind == RunKind::Undo {
                    unsettle(tx, undoes, &own.marker)?;
                }
            }
        }
        // A copy that stood under the same marker is nothing that is known here.
        ActionKind::Delete => {
            if let Some(marker) = &action.marker
                && let Some(own) = additions::by_marker(tx, marker)?
                && outcome.addition_id.is_none_or(|id| id == own.addition_id)
            {
                forget(tx, marker)?;
            }
        }
        ActionKind::DeleteAgreement => {
            tx.prepare_cached("DELETE FROM agreement WHERE id = ?1")?
                .execute([outcome.agreement_id])?;
            tx.prepare_cached("DELETE FROM contract_agreement WHERE agreement = ?1")?
                .execute([outcome.agreement_id])?;
        }
        // The entry's outcome is the memory of it; the executor keeps the agreement itself.
        ActionKind::CreateAgreement => {}
    }
    all_follow(tx, run, kind, entry)
}

/// The addition as it is after a write, where enough is known to keep it.
fn made(action: &Action, outcome: &Outcome, before: Option<OwnAddition>) -> Option<OwnAddition> {
    let fields = outcome.fields.clone().or_else(|| action.after.clone())?;
    let shown = action
        .period
        .or_else(|| before.as_ref().map(|b| b.shown))
        .unwrap_or_else(|| Period::of(fields.effective));
    // An ending shows no line of its own.
    let own_line = action.lines.last().filter(|_| action.kind != ActionKind::Cancel).cloned();
    Some(OwnAddition {
        marker: action.marker.clone()?,
        subject: action.subject.clone().or_else(|| before.as_ref().map(|b| b.subject.clone()))?,
        company_id: action.company_id,
        agreement_id: outcome.agreement_id,
        addition_id: outcome
            .addition_id
            .or(action.addition_id)
            .or_else(|| before.as_ref().map(|b| b.addition_id))?,
        fields,
        currency: action.currency,
        shown,
        line: own_line.or_else(|| before.map(|b| b.line)).unwrap_or_default(),
        gone: false,
    })
}

/// What the addition was before the undone run first touched it.
fn shown_before(
    tx: &Connection,
    undone: Option<i64>,
    marker: &str,
) -> Result<Option<OwnAddition>, StoreError> {
    let mut written = tx.prepare_cached(
        "SELECT previous FROM entry WHERE run = ?1 AND marker = ?2 AND state = ?3 ORDER BY id",
    )?;
    let by_write: Option<Option<String>> =
        written.query_row((undone, marker, DONE), |r| r.get(0)).optional()?;
    let mut settled = tx.prepare_cached(
        "SELECT previous FROM settled WHERE run = ?1 AND marker = ?2 ORDER BY line",
    )?;
    // Where a run writes, lines are settled after its writes.
    let by_settling: Option<String> =
        settled.query_row((undone, marker), |r| r.get(0)).optional()?;
    by_write
        .flatten()
        .or(by_settling)
        .map(|text| serde_json::from_str(&text).map_err(StoreError::from))
        .transpose()
}

/// Lines that the undone run settled without a write rest on values that are no longer there.
fn unsettle(tx: &Connection, undone: Option<i64>, marker: &str) -> Result<(), StoreError> {
    let lines: Vec<i64> = {
        let mut statement =
            tx.prepare_cached("SELECT line FROM settled WHERE run = ?1 AND marker = ?2")?;
        let rows = statement.query_map((undone, marker), |r| r.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    lines.into_iter().try_for_each(|line| take_back(tx, line))
}

/// Lines that a run settled without a write, on markers other than these, become Not Synced again,
/// and their additions show what they showed before.
pub(super) fn unsettle_all(tx: &Connection, run: i64, except: &[Text]) -> Result<u64, StoreError> {
    let rows: Vec<(i64, String, String)> = {
        let mut statement = tx.prepare_cached(
            "SELECT line, marker, previous FROM settled WHERE run = ?1 ORDER BY line DESC",
        )?;
        let rows = statement.query_map([run], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        rows.collect::<Result<_, _>>()?
    };
    let mut taken = 0;
    for (line, marker, previous) in rows {
        if except.iter().any(|m| **m == *marker) {
            continue;
        }
        tx.prepare_cached("DELETE FROM settled WHERE run = ?1 AND line = ?2")?
            .execute((run, line))?;
        let rests: bool = tx
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM posting p JOIN own_addition a ON a.id = p.addition \
                 WHERE p.line = ?1 AND a.marker = ?2)",
            )?
            .query_row((line, &marker), |r| r.get(0))?;
        if !rests {
            continue;
        }
        let shown = additions::by_marker(tx, &marker)?.map(|own| own.line);
        let key: Option<String> = tx
            .prepare_cached("SELECT key FROM line WHERE id = ?1")?
            .query_row([line], |r| r.get(0))
            .optional()?;
        if shown.as_deref() == key.as_deref() {
            let before: OwnAddition = serde_json::from_str(&previous)?;
            tx.prepare_cached("UPDATE own_addition SET shown = ?2, line = ?3 WHERE marker = ?1")?
                .execute((&marker, month(before.shown), &*before.line))?;
        }
        take_back(tx, line)?;
        taken += 1;
    }
    Ok(taken)
}

/// The addition is gone from the PSA, by us: no line rests on it any more.
fn forget(tx: &Connection, marker: &str) -> Result<(), StoreError> {
    let Some(own) = additions::number_of(tx, marker)? else { return Ok(()) };
    let lines: Vec<i64> = {
        let mut statement = tx.prepare_cached("SELECT line FROM posting WHERE addition = ?1")?;
        let rows = statement.query_map([own], |r| r.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for line in lines {
        take_back(tx, line)?;
    }
    tx.prepare_cached("DELETE FROM own_addition WHERE id = ?1")?.execute([own])?;
    Ok(())
}

/// An entry was requested: its lines are Posting, whatever became of the run's others.
pub(super) fn requested(tx: &Connection, entry: i64) -> Result<(), StoreError> {
    lines_of(tx, entry)?.into_iter().try_for_each(|line| set_status(tx, line, PsaStatus::Posting))
}

/// Brings the lines of an entry to the status that follows from the entries of its run.
pub(super) fn lines_follow(tx: &Connection, run: i64, entry: i64) -> Result<(), StoreError> {
    all_follow(tx, run, runs::kind_of(tx, run)?, entry)
}

fn all_follow(tx: &Connection, run: i64, kind: RunKind, entry: i64) -> Result<(), StoreError> {
    lines_of(tx, entry)?.into_iter().try_for_each(|line| line_follows(tx, run, kind, line))
}

/// The lines that an entry covers.
fn lines_of(tx: &Connection, entry: i64) -> Result<Vec<i64>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT line FROM entry_line WHERE entry = ?1")?;
    let rows = statement.query_map([entry], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn line_follows(tx: &Connection, run: i64, kind: RunKind, line: i64) -> Result<(), StoreError> {
    let states: Vec<i64> = {
        let mut statement = tx.prepare_cached(
            "SELECT e.state FROM entry_line l JOIN entry e ON e.id = l.entry \
             WHERE l.line = ?1 AND e.run = ?2",
        )?;
        let rows = statement.query_map((line, run), |r| r.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    let any = |state| states.contains(&state);
    if any(REQUESTED) {
        return set_status(tx, line, PsaStatus::Posting);
    }
    let posted = || -> Result<bool, StoreError> {
        let mut posted =
            tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM posting WHERE line = ?1)")?;
        Ok(posted.query_row([line], |r| r.get(0))?)
    };
    if kind == RunKind::Undo {
        if any(DONE) {
            return take_back(tx, line);
        }
        return if posted()? { set_status(tx, line, PsaStatus::Synced) } else { Ok(()) };
    }
    if (any(FAILED) || any(DROPPED)) && posted()? {
        return set_status(tx, line, PsaStatus::Synced);
    }
    if any(FAILED) {
        return match problem_of(tx, run, line)? {
            Some(problem) => fail(tx, line, &problem),
            None => Ok(()),
        };
    }
    if any(DONE) && any(INTENDED) {
        return set_status(tx, line, PsaStatus::Posting);
    }
    if any(DONE) && !any(DROPPED) {
        return match marker_of(tx, run, line)? {
            Some((marker, action)) => {
                let sold = match action {
                    Some(action) => sold_for(tx, line, &action)?,
                    None => None,
                };
                post(tx, line, &marker, sold)
            }
            None => Ok(()),
        };
    }
    if status_of(tx, line)? == Some(PsaStatus::Posting) {
        set_status(tx, line, PsaStatus::NotSynced)?;
        revisions::adopt(tx, line)?;
    }
    Ok(())
}

/// The newest problem of a line in a run.
fn problem_of(tx: &Connection, run: i64, line: i64) -> Result<Option<Problem>, StoreError> {
    let text: Option<String> = tx
        .prepare_cached(
            "SELECT e.problem FROM entry_line l JOIN entry e ON e.id = l.entry \
             WHERE l.line = ?1 AND e.run = ?2 AND e.state = ?3 ORDER BY l.entry DESC",
        )?
        .query_row((line, run, FAILED), |r| r.get(0))
        .optional()?;
    Ok(text.as_deref().map(serde_json::from_str).transpose()?)
}

/// What the action of an entry sells a line for, where a price rule says so.
fn sold_for(tx: &Connection, line: i64, action: &str) -> Result<Option<Decimal>, StoreError> {
    let action: Action = serde_json::from_str(action)?;
    let key: Option<String> = tx
        .prepare_cached("SELECT key FROM line WHERE id = ?1")?
        .query_row([line], |r| r.get(0))
        .optional()?;
    Ok(key.and_then(|key| action.sold_for(&key)))
}

/// The marker under which a line of a run stands: its own addition's, not that of its missing
/// cents. With the entry's action where a price rule had a say in it.
fn marker_of(
    tx: &Connection,
    run: i64,
    line: i64,
) -> Result<Option<(String, Option<String>)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT e.marker, e.action, a.subject FROM entry_line l JOIN entry e ON e.id = l.entry \
         LEFT JOIN own_addition a ON a.marker = e.marker \
         WHERE l.line = ?1 AND e.run = ?2 AND e.state = ?3 AND e.marker IS NOT NULL ORDER BY l.entry",
    )?;
    let mut first = None;
    let mut rows = statement.query((line, run, DONE))?;
    while let Some(r) = rows.next()? {
        let text = |column| r.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from);
        let action = text(1)?.filter(|action| action.contains("\"sold\":["));
        let found = (r.get(0)?, action.map(str::to_owned));
        if text(2)?.is_some_and(|subject| !subject.starts_with(CENTS)) {
            return Ok(Some(found));
        }
        first.get_or_insert(found);
    }
    // Only the missing cents were open: the line's addition is known from an earlier run.
    let earlier: Option<String> = tx
        .prepare_cached(&format!(
            "SELECT e.marker FROM entry_line l JOIN entry e ON e.id = l.entry \
             JOIN own_addition a ON a.marker = e.marker \
             WHERE l.line = ?1 AND e.state = ?2 AND a.subject NOT LIKE '{CENTS}%' \
             ORDER BY e.id DESC"
        ))?
        .query_row((line, DONE), |r| r.get(0))
        .optional()?;
    Ok(earlier.map(|marker| (marker, None)).or(first))
}

/// The line is posted under a marker, and sold for this much where that is not its total.
pub(super) fn post(
    tx: &Connection,
    line: i64,
    marker: &str,
    sold: Option<Decimal>,
) -> Result<(), StoreError> {
    let posted = tx
        .prepare_cached(
            "INSERT OR REPLACE INTO posting (line, addition, sold) \
             SELECT ?1, id, ?3 FROM own_addition WHERE marker = ?2",
        )?
        .execute((line, marker, sold.map(Amount)))?;
    if posted == 0 {
        return Err(StoreError::fault(format!("no addition is known under the marker {marker}")));
    }
    tx.prepare_cached("DELETE FROM line_problem WHERE line = ?1")?.execute([line])?;
    set_status(tx, line, PsaStatus::Synced)
}

/// The line is no longer posted. What the source said since becomes its content.
pub(super) fn take_back(tx: &Connection, line: i64) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM posting WHERE line = ?1")?.execute([line])?;
    tx.prepare_cached("DELETE FROM line_problem WHERE line = ?1")?.execute([line])?;
    set_status(tx, line, PsaStatus::NotSynced)?;
    revisions::adopt(tx, line)
}

/// The line failed.
pub(super) fn fail(tx: &Connection, line: i64, problem: &Problem) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO line_problem (line, problem) VALUES (?1, ?2)")?
        .execute((line, serde_json::to_string(problem)?))?;
    set_status(tx, line, PsaStatus::Error)?;
    revisions::adopt(tx, line)
}
