//! What a person is told when something is refused: a code for scripts, a message that says what
//! is wrong and where, and a remedy that says what to do (design 8, "Plain").

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::text::{harmless, harmless_lines};

/// Whose turn it is. Decides the exit code of the command line (design 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A fault of ours or of the machine: exit 1.
    Fault,
    /// Wrong usage or a refused input: exit 2.
    Refused,
    /// Some lines failed; the rest was done: exit 3.
    Incomplete,
    /// Credentials or the agreement type are missing: exit 4.
    NotSetUp,
    /// The PSA refused us: authentication or permission: exit 5.
    PsaRefused,
    /// Another run holds the profile: exit 6.
    Busy,
    /// What a plan rests on has changed: exit 7.
    Stale,
}

/// One refusal, complete: code, message, remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable kebab-case word for scripts, such as `no-contact`.
    pub code: Cow<'static, str>,
    /// What is wrong, and where.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// Whose turn it is.
    pub kind: ProblemKind,
}

impl Problem {
    /// A problem from its parts.
    pub fn new(
        kind: ProblemKind,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { code: code.into(), message: message.into(), remedy: remedy.into(), kind }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", harmless_lines(&self.message), self.code)?;
        if !self.remedy.is_empty() {
            write!(f, "\n  remedy: {}", harmless_lines(&self.remedy))?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

/// One place in an input file that is refused (design 7, `problems`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// The file as the user named it.
    pub file: String,
    /// The row as a spreadsheet counts it: the header is row 1. Absent when the whole file is meant.
    pub row: Option<u64>,
    /// The column's name, where one is to blame.
    pub column: Option<String>,
    /// A stable kebab-case word, such as `not-a-number`.
    pub code: Cow<'static, str>,
    /// What is wrong. Text from the file in it is made harmless and shortened.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// A refused file: the first problems, and how many more there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRefusal {
    /// At most [`FileRefusal::SHOWN`] problems, in file order.
    pub problems: Vec<FileProblem>,
    /// How many were found beyond those.
    pub more: u64,
}

impl FileRefusal {
    /// How many problems are listed by place (issue: "the first 100, and how many more").
    pub const SHOWN: usize = 100;

    /// Adds a problem, or counts it when the list is full.
    pub fn push(&mut self, problem: FileProblem) {
        if self.problems.len() < Self::SHOWN {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing was refused.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for FileRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for p in &self.problems {
            write!(f, "{}", harmless(&p.file))?;
            if let Some(row) = p.row {
                write!(f, ", row {row}")?;
            }
            if let Some(column) = &p.column {
                // A profile of somebody's own names its columns as it likes.
                write!(f, ", column {}", harmless(column))?;
            }
            let (message, remedy) = (harmless(&p.message), harmless(&p.remedy));
            writeln!(f, ": {message} ({})\n  remedy: {remedy}", p.code)?;
        }
        if self.more > 0 {
            writeln!(f, "and {} more problems", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for FileRefusal {}
