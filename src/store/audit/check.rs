//! Goes through the audit journal: every hash, every number, what was noted outside, and whether
//! the executor's journal is still what the records say.

use std::collections::HashMap;

use rusqlite::Connection;

use super::{COLUMNS, head, record};
use crate::domain::audit::{Anchoring, AuditHash, AuditHead, AuditKind, AuditRecord, AuditReport};
use crate::store::journal::{DONE, DROPPED, FAILED, INTENDED, REQUESTED};
use crate::store::{Store, StoreError};

impl Store {
    /// Checks the whole journal; `kept` is the beginning of a head that somebody kept elsewhere.
    ///
    /// # Errors
    /// The store cannot be read. What is wrong with the journal is in the report.
    pub async fn check_audit(&self, kept: Option<String>) -> Result<AuditReport, StoreError> {
        let store = self.file();
        self.read(move |conn| {
            // Read before the journal: it may grow meanwhile, and the note with it.
            let noted = super::noted(conn, store.as_deref())?;
            check(conn, noted, kept.as_deref())
        })
        .await
    }
}

/// What the records say of an entry of the executor's journal.
#[derive(Default)]
struct Seen {
    record: i64,
    state: i64,
    requested: Option<i64>,
    action: Option<AuditHash>,
    result: Option<AuditHash>,
}

/// The check, on a connection.
pub(in crate::store) fn check(
    conn: &Connection,
    noted: Result<AuditHead, Anchoring>,
    kept: Option<&str>,
) -> Result<AuditReport, StoreError> {
    let mut report = AuditReport {
        head: head(conn)?,
        anchor: noted.ok(),
        entries: 0,
        faults: Vec::new(),
        more: 0,
    };
    let mut seen: HashMap<i64, Seen> = HashMap::new();
    let mut ended: HashMap<i64, (i64, String)> = HashMap::new();
    let mut begun: HashMap<i64, i64> = HashMap::new();
    let mut before = AuditHash::origin();
    let mut last = 0;
    let mut older = 0;
    let mut found = kept.is_none_or(|k| before.begins_with(k));
    let mut at_note = noted.ok().filter(|n| n.length == 0).map(|_| AuditHash::origin());
    let mut statement = conn.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY id"))?;
    let mut rows = statement.query([])?;
    while let Some(r) = rows.next()? {
        let (record, stored) = record(r)?;
        if record.id != last + 1 {
            let (from, to) = (last + 1, record.id - 1);
            report.fault("gap", Some(record.id), format!("records {from} to {to} are missing"));
        }
        // What is wrong with one record is told once: the next one is held against what it had
        // before it.
        if record.hash_after(&before) != stored {
            let message = format!(
                "record {} ({} of {}) is not what it was when it was written, or the one before it \
                 is not",
                record.id,
                crate::domain::text::harmless(&record.kind),
                crate::domain::text::harmless(&record.who),
            );
            report.fault("changed", Some(record.id), message);
        }
        if record.id == 1 {
            older = number(&record.body, "entries_before");
        }
        found |= kept.is_some_and(|k| stored.begins_with(k));
        if noted.is_ok_and(|n| i64::try_from(n.length) == Ok(record.id)) {
            at_note = Some(stored);
        }
        take_in(&mut seen, &record);
        (before, last) = (stored, record.id);
        match (AuditKind::of(&record.kind), record.run) {
            (Some(AuditKind::RunBegan), Some(run)) => drop(begun.insert(run, record.id)),
            (Some(AuditKind::RunEnded), Some(run)) => {
                ended.insert(run, (record.id, record.body));
            }
            _ => {}
        }
    }
    hold_against_note(&mut report, noted, at_note);
    if !found {
        report.fault(
            "head-not-found",
            None,
            "no record has the head that was kept: the journal was cut off, or made anew".into(),
        );
    }
    entries(conn, &mut report, seen, older)?;
    runs(conn, &mut report, &begun, ended)?;
    Ok(report)
}

fn hold_against_note(
    report: &mut AuditReport,
    noted: Result<AuditHead, Anchoring>,
    at_note: Option<AuditHash>,
) {
    let length = report.head.length;
    match noted {
        Err(Anchoring::Missing) if length == 0 => {}
        Err(Anchoring::Missing) => report.fault(
            "anchor-missing",
            None,
            "the note of its length beside the store is not there: whether its end was cut off \
             cannot be said"
                .into(),
        ),
        Err(_) => report.fault(
            "anchor-unreadable",
            None,
            "the note of its length beside the store cannot be read".into(),
        ),
        Ok(note) if note.length > length => report.fault(
            "truncated",
            None,
            format!("it had {} records, and has {length}: its end is missing", note.length),
        ),
        Ok(note) if at_note != Some(note.hash) => report.fault(
            "changed",
            i64::try_from(note.length).ok(),
            format!("record {} is another one than the note beside the store says", note.length),
        ),
        Ok(_) => {}
    }
}

fn take_in(seen: &mut HashMap<i64, Seen>, record: &AuditRecord) {
    let (Some(entry), Some(kind)) = (record.entry, AuditKind::of(&record.kind)) else { return };
    let state = match kind {
        AuditKind::Intended => INTENDED,
        AuditKind::Requested => REQUESTED,
        AuditKind::Done => DONE,
        AuditKind::Failed => FAILED,
        AuditKind::Dropped => DROPPED,
        _ => return,
    };
    let of = seen.entry(entry).or_default();
    (of.record, of.state) = (record.id, state);
    match state {
        INTENDED => of.action = digest(&record.body, "action"),
        REQUESTED => of.requested = Some(record.at),
        DONE => of.result = digest(&record.body, "outcome"),
        FAILED => of.result = digest(&record.body, "problem"),
        _ => {}
    }
}

fn field(body: &str, name: &str) -> Option<serde_json::Value> {
    let mut value: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(value.get_mut(name)?.take())
}

fn digest(body: &str, name: &str) -> Option<AuditHash> {
    field(body, name)?.as_str()?.parse().ok()
}

fn number(body: &str, name: &str) -> i64 {
    field(body, name).and_then(|v| v.as_i64()).unwrap_or_default()
}

/// Holds the executor's journal against the records. Entries up to `older` were there before them.
fn entries(
    conn: &Connection,
    report: &mut AuditReport,
    mut seen: HashMap<i64, Seen>,
    older: i64,
) -> Result<(), StoreError> {
    let mut statement =
        conn.prepare("SELECT id, state, at, action, outcome, problem FROM entry ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(r) = rows.next()? {
        let id: i64 = r.get(0)?;
        let Some(of) = seen.remove(&id) else {
            if id > older {
                let message =
                    format!("write {id} of the executor's journal has no record of its intent");
                report.fault("entry-unknown", None, message);
            }
            continue;
        };
        report.entries += 1;
        let text =
            |column: usize| r.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from);
        let state: i64 = r.get(1)?;
        let at: Option<i64> = r.get(2)?;
        let result = match state {
            DONE => text(4)?,
            FAILED => text(5)?,
            _ => None,
        };
        let same_text = |kept: Option<AuditHash>, text: Option<&str>| match (kept, text) {
            (Some(kept), Some(text)) => AuditHash::of_text(text) == kept,
            (kept, text) => kept.is_none() && text.is_none(),
        };
        let action = of.action.is_none_or(|kept| same_text(Some(kept), text(3).ok().flatten()));
        let wrong = if state != of.state {
            "its state is another one"
        } else if !action {
            "what was asked is not what was intended"
        } else if of.requested.is_some() && at != of.requested {
            "the time of its request is another one"
        } else if matches!(state, DONE | FAILED) && !same_text(of.result, result) {
            "what came of it is not what was written down"
        } else {
            continue;
        };
        let message = format!("write {id} of the executor's journal was changed: {wrong}");
        report.fault("entry-changed", Some(of.record), message);
    }
    let mut lost: Vec<(i64, i64)> = seen.into_iter().map(|(id, of)| (id, of.record)).collect();
    lost.sort_unstable();
    for (id, record) in lost {
        let message = format!("write {id} is no longer in the executor's journal");
        report.fault("entry-missing", Some(record), message);
    }
    Ok(())
}

/// Holds what is kept of the runs against how they ended.
fn runs(
    conn: &Connection,
    report: &mut AuditReport,
    begun: &HashMap<i64, i64>,
    mut ended: HashMap<i64, (i64, String)>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare("SELECT id, state, counts, money, ended FROM run")?;
    let mut rows = statement.query([])?;
    while let Some(r) = rows.next()? {
        let id: i64 = r.get(0)?;
        let Some((record, body)) = ended.remove(&id) else {
            if let Some(record) = begun.get(&id)
                && r.get::<_, Option<i64>>(4)?.is_some()
            {
                let message = format!("run {id} has ended, and there is no record of its end");
                report.fault("run-changed", Some(*record), message);
            }
            continue;
        };
        let value = |text: String| serde_json::from_str(&text).unwrap_or(serde_json::Value::Null);
        let state = serde_json::Value::String(r.get(1)?);
        let kept = [("state", state), ("counts", value(r.get(2)?)), ("money", value(r.get(3)?))];
        // A run that died ended without counts.
        if kept.into_iter().any(|(name, now)| field(&body, name).is_some_and(|then| then != now)) {
            let message = format!("what is kept of run {id} is not how it ended");
            report.fault("run-changed", Some(record), message);
        }
    }
    let mut lost: Vec<(i64, i64)> = ended.into_iter().map(|(id, (at, _))| (id, at)).collect();
    lost.sort_unstable();
    for (id, record) in lost {
        report.fault("run-missing", Some(record), format!("run {id} is no longer kept"));
    }
    Ok(())
}
