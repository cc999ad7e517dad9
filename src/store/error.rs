//! Why the store refused, and what a person is told about it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_CONSTRAINT_COMMITHOOK;

use crate::domain::problem::{Problem, ProblemKind};

/// Why the store refused. Nothing that was acknowledged before is lost by any of these.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file was written by a newer Addendum.
    #[error("{path} was written by a newer Addendum (store version {found}, known up to {known})")]
    Newer {
        /// The file.
        path: String,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The file is something else.
    #[error("{path} is not a store of Addendum")]
    NotAStore {
        /// The file.
        path: String,
    },
    /// The file is damaged.
    #[error("{path} is damaged: {detail}")]
    Corrupt {
        /// The file.
        path: String,
        /// SQLite's words.
        detail: String,
    },
    /// The file or its folder cannot be written.
    #[error("{path} cannot be written: it is read-only")]
    ReadOnly {
        /// The file.
        path: String,
    },
    /// The disk is full.
    #[error("the disk that holds {path} is full")]
    Full {
        /// The file.
        path: String,
    },
    /// Another program holds the file.
    #[error("{path} is held by another program")]
    Locked {
        /// The file.
        path: String,
    },
    /// The machine could not read or write.
    #[error("{path}: {detail}")]
    Io {
        /// The file.
        path: String,
        /// The system's words.
        detail: String,
    },
    /// The request itself is refused: an edit of a Synced line, an unknown line.
    #[error("{0}")]
    Refused(Problem),
    /// The store was closed or deleted while this was waiting.
    #[error("the store was closed")]
    Closed,
    /// The store holds what this Addendum cannot read, or a statement failed: a fault of ours.
    #[error("{path}: {detail}")]
    Fault {
        /// The file.
        path: String,
        /// What happened.
        detail: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// A refusal of the request (exit 2).
    pub(crate) fn refused(
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Refused(Problem::new(ProblemKind::Refused, code, message, remedy))
    }

    /// What the store holds makes no sense: a fault of ours.
    pub(crate) fn fault(detail: impl Into<String>) -> Self {
        Self::Fault { path: String::new(), detail: detail.into() }
    }

    /// An error of the file system on `path`.
    pub(crate) fn io(file: &Path, error: &std::io::Error) -> Self {
        let path = file.display().to_string();
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::Full { path }
            }
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { path }
            }
            _ => Self::Io { path, detail: error.to_string() },
        }
    }

    /// Names the file where SQLite's error did not.
    pub(crate) fn at(mut self, file: &Path) -> Self {
        match &mut self {
            Self::Newer { path, .. }
            | Self::NotAStore { path }
            | Self::Corrupt { path, .. }
            | Self::ReadOnly { path }
            | Self::Full { path }
            | Self::Locked { path }
            | Self::Io { path, .. }
            | Self::Fault { path, .. }
                if path.is_empty() =>
            {
                *path = file.display().to_string();
            }
            _ => {}
        }
        self
    }

    /// The same error for another one who waited for the same commit.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Full { path } => Self::Full { path: path.clone() },
            Self::ReadOnly { path } => Self::ReadOnly { path: path.clone() },
            Self::Locked { path } => Self::Locked { path: path.clone() },
            Self::Corrupt { path, detail } => {
                Self::Corrupt { path: path.clone(), detail: detail.clone() }
            }
            Self::Io { path, detail } => Self::Io { path: path.clone(), detail: detail.clone() },
            Self::Closed => Self::Closed,
            other => Self::Other(other.to_string()),
        }
    }

    /// What a person is told: code, message and remedy.
    pub fn problem(&self) -> Problem {
        let (code, remedy): (&'static str, String) = match self {
            Self::Refused(problem) => return problem.clone(),
            Self::Newer { path, found, .. } => (
                "store-newer",
                format!(
                    "Use the newer Addendum that wrote it. To go back for good, take a backup \
                     beside {path} with a number below {found} (.v<number>.bak); what happened \
                     since is not in it."
                ),
            ),
            Self::NotAStore { .. } => (
                "store-foreign",
                "Move the file away, or set ADDENDUM_HOME to another folder; a new store is made \
                 when there is none."
                    .into(),
            ),
            Self::Corrupt { .. } => (
                "store-corrupt",
                "Copy the file and its -wal file away before anything else. Put a backup in their \
                 place, or start with a new store: load and pull fill it again, and the markers \
                 in the PSA keep anything from being posted twice."
                    .into(),
            ),
            Self::ReadOnly { .. } => (
                "store-read-only",
                "Give your user the right to write the file and its folder. Nothing was changed."
                    .into(),
            ),
            Self::Full { .. } => (
                "store-full",
                "Make room and repeat the command. What was not finished was taken back whole."
                    .into(),
            ),
            Self::Locked { .. } => (
                "store-locked",
                "Close the other program (a database browser, a backup) and repeat the command."
                    .into(),
            ),
            Self::Io { .. } => (
                "store-io",
                "Check the disk and the rights on the folder, then repeat the command.".into(),
            ),
            Self::Closed => ("store-closed", "Repeat the command.".into()),
            Self::Fault { .. } | Self::Other(_) => (
                "store-fault",
                "This is a fault of Addendum: please report it with the text above.".into(),
            ),
        };
        Problem::new(ProblemKind::Fault, code, self.to_string(), remedy)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        error.problem()
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        error.problem()
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let path = String::new();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, detail },
            Some(ErrorCode::NotADatabase) => Self::NotAStore { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            // Nobody else interrupts SQLite or hooks into its commits: see `inline`.
            Some(ErrorCode::OperationInterrupted) => Self::Full { path },
            Some(ErrorCode::ConstraintViolation)
                if error.sqlite_extended_error_code() == Some(SQLITE_CONSTRAINT_COMMITHOOK) =>
            {
                Self::Full { path }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => Self::Io { path, detail },
            _ => Self::Fault { path, detail },
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::fault(format!("a stored document cannot be read: {error}"))
    }
}

/// The files that belong to a store: the database, SQLite's two beside it, the note of the audit
/// journal's head, and our backups.
pub(crate) fn files_of(path: &Path) -> Vec<PathBuf> {
    let mut all = vec![path.to_path_buf()];
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return all };
    let name = name.to_string_lossy();
    for suffix in ["-wal", "-shm", "-journal", ".head"] {
        all.push(folder.join(format!("{name}{suffix}")));
    }
    let beside = std::fs::read_dir(folder).into_iter().flatten().flatten();
    all.extend(beside.map(|f| f.path()).filter(|p| {
        p.file_name().is_some_and(|f| {
            let f = f.to_string_lossy();
            f.starts_with(&format!("{name}.v")) && (f.ends_with(".bak") || f.ends_with(".bak.new"))
        })
    }));
    all
}
