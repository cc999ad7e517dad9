//! What goes into the System Logs (domain.md 1.12): a title, details with cause and remedy, never a
//! secret.

use jiff::Timestamp;

use crate::domain::journal::RunId;
use crate::domain::log::{LogEntry, LogLevel};
use crate::domain::problem::Problem;
use crate::store::{Store, StoreError};

/// Keeps entries, dated now by the store's clock, as everything else in it is.
///
/// # Errors
/// The store cannot be written.
pub(super) async fn keep(store: &Store, mut entries: Vec<LogEntry>) -> Result<(), StoreError> {
    let now = store.now();
    for entry in &mut entries {
        entry.at = now;
    }
    store.log(entries).await
}

/// An entry; it is dated when it is kept.
pub(super) fn entry(level: LogLevel, title: impl Into<String>) -> LogEntry {
    LogEntry {
        id: 0,
        at: Timestamp::UNIX_EPOCH,
        level,
        title: title.into(),
        details: String::new(),
        run: None,
        line: None,
    }
}

/// INFO.
pub(super) fn info(title: impl Into<String>) -> LogEntry {
    entry(LogLevel::Info, title)
}

/// WARNING.
pub(super) fn warning(title: impl Into<String>) -> LogEntry {
    entry(LogLevel::Warning, title)
}

/// ERROR of a problem: what failed, why, what to do.
pub(super) fn error(what: &str, problem: &Problem) -> LogEntry {
    let mut e = entry(LogLevel::Error, format!("{what}: {}", problem.message));
    e.details = details(problem);
    e
}

/// Code and remedy of a problem, as details.
pub(super) fn details(problem: &Problem) -> String {
    if problem.remedy.is_empty() {
        format!("code: {}", problem.code)
    } else {
        format!("code: {}\nremedy: {}", problem.code, problem.remedy)
    }
}

/// Ties an entry to a run.
pub(super) fn of_run(mut e: LogEntry, run: RunId) -> LogEntry {
    e.run = Some(run.0);
    e
}
