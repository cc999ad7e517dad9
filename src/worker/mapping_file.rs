//! Mapping files (design 7, `map import` and `map export`): CSV with the columns
//! `kind,platform_id,platform_name,psa_id,psa_name,excluded`.
//!
//! A file is taken whole or not at all; every refused row is named.

mod read;
mod resolve;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::domain::mapping::{MappingKind, MappingRow};
use crate::domain::problem::{FileRefusal, Problem};
use crate::domain::spreadsheet::harmless_cell;
use crate::store::{Store, StoreError};

use super::changes;
use super::mapping_view::mappings;

pub use resolve::Directory;

/// The columns, as exported.
const COLUMNS: [&str; 6] =
    ["kind", "platform_id", "platform_name", "psa_id", "psa_name", "excluded"];

/// How the System Logs name an import.
const COMMAND: &str = "map import";

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// Rows read.
    pub rows: u64,
    /// Organizations whose companies or exclusion changed.
    pub organizations: u64,
    /// Offers whose product changed.
    pub offers: u64,
    /// Contracts whose agreement changed.
    pub contracts: u64,
    /// Organizations, offers and contracts that the file leaves as they were.
    pub unchanged: u64,
}

/// Why a mapping file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Rows are refused.
    #[error("{0}")]
    Refused(FileRefusal),
    /// The whole thing failed.
    #[error("{0}")]
    Failed(Problem),
    /// The store cannot be read or written.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Takes a mapping file. `source` is the source's id that the file speaks of; for a platform id
/// that the store knows of another source only, that one is meant.
///
/// # Errors
/// See [`ImportError`]; nothing is changed then.
pub async fn import(store: &Store, source: &str, file: &Path) -> Result<ImportReport, ImportError> {
    let name = file.display().to_string();
    let rows = {
        let (file, name) = (file.to_owned(), name.clone());
        let read = move || read::rows(&name, &read::bytes(&file)?).map_err(ImportError::Refused);
        tokio::task::spawn_blocking(read).await.map_err(|e| ImportError::Failed(died(&e)))??
    };
    let directory = Directory::open(store).await?;
    let (edits, report) = directory.edits(source, &name, &rows).map_err(ImportError::Refused)?;
    if !edits.is_empty() {
        changes::edit(store, COMMAND, edits).await?;
        let mut entry = super::syslog::info("Mappings imported");
        entry.details = format!(
            "by: {}\n{}: {} organizations, {} offers and {} contracts changed",
            changes::hand(COMMAND),
            crate::domain::text::harmless(&file.display().to_string()),
            report.organizations,
            report.offers,
            report.contracts
        );
        store.log(vec![entry]).await?;
    }
    Ok(report)
}

/// Reads the bytes of a mapping file and says how many rows it has; nothing is looked up.
///
/// # Errors
/// Every place that is wrong.
pub fn check(name: &str, bytes: &[u8]) -> Result<usize, FileRefusal> {
    Ok(read::rows(name, bytes)?.len())
}

/// Writes all mappings. Gives how many rows were written.
///
/// # Errors
/// The store cannot be read, or the file cannot be written: the old one is then untouched.
pub async fn export(store: &Store, file: &Path) -> Result<u64, ImportError> {
    let mut items = mappings(store).await?;
    items.sort_by(|a, b| (a.kind, &a.source, &a.id).cmp(&(b.kind, &b.source, &b.id)));
    let mut rows = Vec::new();
    for item in &items {
        let row = MappingRow {
            kind: item.kind,
            platform_id: item.id.to_string(),
            platform_name: item.name.to_string(),
            psa_id: None,
            psa_name: String::new(),
            excluded: item.excluded,
        };
        if item.targets.is_empty() {
            rows.push(row.clone());
        }
        for target in &item.targets {
            rows.push(MappingRow {
                psa_id: Some(target.id),
                psa_name: target.name.clone(),
                ..row.clone()
            });
        }
    }
    let failed = |e: &dyn std::fmt::Display| ImportError::Failed(unwritable(file, e));
    let bytes = written(&rows).map_err(|e| failed(&e))?;
    let whole = std::path::absolute(file).map_err(|e| failed(&e))?;
    // A mistyped folder is a mistake, not a wish for a new one.
    if let Some(folder) = whole.parent() {
        std::fs::metadata(folder).map_err(|e| failed(&e))?;
    }
    crate::config::replace_file(&whole, &bytes).map_err(|e| failed(&e))?;
    Ok(rows.len() as u64)
}

/// The rows as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe before
/// it, which reading takes away again (design 8).
fn written(rows: &[MappingRow]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for r in rows {
        let excluded = match (r.kind, r.excluded) {
            (MappingKind::Organization, Some(true)) => "yes",
            (MappingKind::Organization, Some(false)) => "no",
            _ => "",
        };
        out.write_record([
            r.kind.as_str(),
            &harmless_cell(&r.platform_id),
            &harmless_cell(&r.platform_name),
            &r.psa_id.map(|id| id.to_string()).unwrap_or_default(),
            &harmless_cell(&r.psa_name),
            excluded,
        ])?;
    }
    out.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

fn unwritable(file: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        crate::domain::problem::ProblemKind::Refused,
        "file",
        format!("cannot write {}: {error}", file.display()),
        "check the path, the permissions and the free space",
    )
}

fn died(error: &tokio::task::JoinError) -> Problem {
    Problem::new(
        crate::domain::problem::ProblemKind::Fault,
        "read-died",
        format!("reading the file ended in the middle: {error}"),
        "report this",
    )
}
