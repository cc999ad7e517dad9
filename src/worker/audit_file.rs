//! The audit journal as JSON Lines.

use std::path::Path;

use serde_json::{Value, json};

use super::plan_file::{self, file_problem};
use crate::domain::audit::{AuditHash, AuditHead, AuditRecord};
use crate::domain::problem::{Problem, ProblemKind};
use crate::store::Store;
use crate::sync::fault;

/// Records that are read at once.
const PAGE: u32 = 1_000;

/// Writes the records that are not older than a time (microseconds since 1970; absent: all) to a
/// file, whole or not at all. Gives how many there are, and the journal's head.
///
/// # Errors
/// The store cannot be read, or the file cannot be written: the old one is then untouched.
pub async fn write(
    store: &Store,
    since: Option<i64>,
    file: &Path,
) -> Result<(u64, AuditHead), Problem> {
    let mut bytes = Vec::new();
    let mut count = 0u64;
    pages(store, since, |record| {
        serde_json::to_writer(&mut bytes, &record).map_err(|e| {
            let message = format!("a record is no JSON: {e}");
            Problem::new(ProblemKind::Fault, "fault", message, "report this with the program log")
        })?;
        bytes.push(b'\n');
        count += 1;
        Ok(())
    })
    .await?;
    plan_file::write(file, &bytes).map_err(|e| file_problem(file, "write", &e))?;
    Ok((count, store.audit_state().await.map_err(fault)?.head))
}

/// Hands over all records, page by page.
///
/// # Errors
/// The store cannot be read; whatever `take` says.
pub async fn pages(
    store: &Store,
    since: Option<i64>,
    mut take: impl FnMut(Value) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut after = 0;
    loop {
        let page = store.audit_page(after, since, PAGE).await.map_err(fault)?;
        let Some((last, ..)) = page.records.last() else { return Ok(()) };
        after = last.id;
        for (record, hash, told) in page.records {
            take(document(&record, &hash, told.as_deref()))?;
        }
    }
}

/// A record with what it tells of: the request with its action, the answer with what came of it.
fn document(record: &AuditRecord, hash: &AuditHash, told: Option<&str>) -> Value {
    let json =
        |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let mut value = json!({
        "id": record.id,
        "at": record.time(),
        "who": record.who,
        "kind": record.kind,
        "run": record.run.map(|r| r.to_string()),
        "entry": record.entry,
        "body": json(&record.body),
        "hash": hash,
    });
    if let (Some(told), Some(fields)) = (told, value.as_object_mut()) {
        let name = if record.kind == "intended" { "request" } else { "answer" };
        fields.insert(name.into(), json(told));
    }
    value
}
