//! Why a command gave nothing, and how that is told: as text on standard error, or as one JSON
//! document on standard output.

use serde_json::{Value, json};

use super::exit::Exit;
use crate::domain::problem::{FileRefusal, Problem, ProblemKind};
use crate::domain::text::{harmless, harmless_lines};
use crate::worker::job::JobError;

/// Why a command gave nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// One problem.
    Problem(Problem),
    /// Input files are refused, place by place.
    Files(FileRefusal),
}

impl Failure {
    /// A usage mistake that only this command can see.
    pub fn usage(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Problem(Problem::new(ProblemKind::Refused, "usage", message, remedy))
    }

    /// The end at a safe point that a signal asked for.
    pub fn interrupted(remedy: impl Into<String>) -> Self {
        Self::Problem(Problem::new(
            ProblemKind::Incomplete,
            "interrupted",
            "stopped at a safe point, as asked",
            remedy,
        ))
    }

    /// A file of the user's that cannot be read or written.
    pub fn file(path: &std::path::Path, doing: &str, error: &std::io::Error) -> Self {
        Self::Problem(Problem::new(
            ProblemKind::Refused,
            "file",
            format!("cannot {doing} {}: {error}", path.display()),
            "check the path, the permissions and the free space",
        ))
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Problem(p) => p.kind.into(),
            Self::Files(_) => Exit::Refused,
        }
    }

    /// The JSON document `addendum/error/1`.
    pub fn document(&self) -> Value {
        match self {
            Self::Problem(p) => json!({
                "schema": "addendum/error/1",
                "code": p.code,
                "message": p.message,
                "remedy": p.remedy,
            }),
            Self::Files(refusal) => {
                let found = refusal.problems.len() as u64 + refusal.more;
                json!({
                    "schema": "addendum/error/1",
                    "code": "refused-input",
                    "message": format!("{}; nothing was taken from the input", count(found)),
                    "remedy": "correct the named places and run the command again",
                    "problems": refusal.problems,
                    "more": refusal.more,
                })
            }
        }
    }

    /// The text for people, without the closing line break.
    pub fn text(&self) -> String {
        match self {
            Self::Problem(p) => {
                let mut text = format!("error: {} ({})", harmless_lines(&p.message), p.code);
                if !p.remedy.is_empty() {
                    text.push_str("\n  remedy: ");
                    text.push_str(&harmless_lines(&p.remedy).replace('\n', "\n    "));
                }
                text
            }
            Self::Files(refusal) => files_text(refusal),
        }
    }
}

fn count(found: u64) -> String {
    if found == 1 { "1 problem".into() } else { format!("{found} problems") }
}

fn files_text(refusal: &FileRefusal) -> String {
    let found = refusal.problems.len() as u64 + refusal.more;
    let mut text =
        format!("error: {}; nothing was taken from the input (refused-input)", count(found));
    for p in &refusal.problems {
        text.push_str(&format!("\n  {}", harmless(&p.file)));
        if let Some(row) = p.row {
            text.push_str(&format!(", row {row}"));
        }
        if let Some(column) = &p.column {
            text.push_str(&format!(", column {}", harmless(column)));
        }
        text.push_str(&format!(": {} ({})", harmless(&p.message), p.code));
        if !p.remedy.is_empty() {
            text.push_str(&format!("\n    remedy: {}", harmless(&p.remedy)));
        }
    }
    if refusal.more > 0 {
        text.push_str(&format!("\n  and {} more", refusal.more));
    }
    text
}

impl From<Problem> for Failure {
    fn from(p: Problem) -> Self {
        Self::Problem(p)
    }
}

impl From<FileRefusal> for Failure {
    fn from(refusal: FileRefusal) -> Self {
        Self::Files(refusal)
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Problem(p) => Self::Problem(p),
            JobError::Refused(refusal) => Self::Files(refusal),
            JobError::Cancelled => Self::interrupted("run the command again to go on"),
        }
    }
}
