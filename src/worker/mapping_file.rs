//! Mapping files (design 7, `map import` and `map export`): CSV with the columns
//! `kind,platform_id,platform_name,psa_id,psa_name,excluded`, and after them those that help where
//! mappings are kept and reviewed like code: `source` (whose id it is), `rejected` (records that are
//! not suggested again), `decided` (the day) and `note` (for people, as are all names). A row whose
//! first cell begins with `#` is a comment.
//!
//! A file is taken whole or not at all; every refused row is named. What it does not name stays.

mod export;
mod read;
mod resolve;
mod summary;
#[cfg(test)]
mod tests;
mod wanted;

use std::path::{Path, PathBuf};

use crate::domain::edit::Edit;
use crate::domain::problem::{FileRefusal, Problem};
use crate::store::{Store, StoreError};
use crate::sync::fault;

use super::changes;
use super::job::JobError;
pub use export::export;
pub use resolve::Directory;
pub use summary::MappingChange;

/// The columns, as exported.
const COLUMNS: [&str; 10] = [
    "kind",
    "platform_id",
    "platform_name",
    "psa_id",
    "psa_name",
    "excluded",
    "source",
    "rejected",
    "decided",
    "note",
];

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

impl From<ImportError> for JobError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Refused(refusal) => Self::Refused(refusal),
            ImportError::Failed(problem) => Self::Problem(problem),
            ImportError::Store(error) => Self::Problem(fault(error)),
        }
    }
}

/// A mapping file that was read and looked up, and nothing changed yet.
#[derive(Debug)]
pub struct Prepared {
    edits: Vec<Edit>,
    file: PathBuf,
    /// What taking it does.
    pub report: ImportReport,
    /// Each value that changes.
    pub changes: Vec<MappingChange>,
}

/// Reads a mapping file. `source` is the source's id that the file speaks of where a row names none;
/// for a platform id that the store knows of another source only, that one is meant.
///
/// # Errors
/// See [`ImportError`].
pub async fn prepare(store: &Store, source: &str, file: &Path) -> Result<Prepared, ImportError> {
    let name = file.display().to_string();
    let rows = {
        let (file, name) = (file.to_owned(), name.clone());
        let read = move || read::rows(&name, &read::bytes(&file)?).map_err(ImportError::Refused);
        tokio::task::spawn_blocking(read).await.map_err(|e| ImportError::Failed(died(&e)))??
    };
    let directory = Directory::open(store).await?;
    let (edits, report) = directory.edits(source, &name, &rows).map_err(ImportError::Refused)?;
    let changes = summary::changes(&directory, &edits);
    Ok(Prepared { edits, file: file.to_owned(), report, changes })
}

/// Reads the bytes of a mapping file and says how many rows it has; nothing is looked up.
///
/// # Errors
/// Every place that is wrong.
pub fn check(name: &str, bytes: &[u8]) -> Result<usize, FileRefusal> {
    Ok(read::rows(name, bytes)?.len())
}

/// Makes the changes of a file; gives the edits that take them back, in order. `command` is how the
/// System Logs name it.
///
/// # Errors
/// The store cannot be written; nothing is changed then.
pub async fn apply(
    store: &Store,
    command: &str,
    prepared: Prepared,
) -> Result<Vec<Edit>, StoreError> {
    let Prepared { edits, file, report, .. } = prepared;
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    let inverse = changes::edit(store, command, edits).await?;
    let mut entry = super::syslog::info("Mappings imported");
    entry.details = format!(
        "by: {}\n{}: {} organizations, {} offers and {} contracts changed",
        changes::hand(command),
        crate::domain::text::harmless(&file.display().to_string()),
        report.organizations,
        report.offers,
        report.contracts
    );
    super::syslog::keep(store, vec![entry]).await?;
    Ok(inverse)
}

fn died(error: &tokio::task::JoinError) -> Problem {
    Problem::new(
        crate::domain::problem::ProblemKind::Fault,
        "read-died",
        format!("reading the file ended in the middle: {error}"),
        "report this",
    )
}
