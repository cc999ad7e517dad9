//! Exit codes: a contract with people's scripts (design 7).

use std::process::ExitCode;

use crate::domain::problem::ProblemKind;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done; lines that are unmapped or excluded are no failure.
    Done = 0,
    /// A fault of ours or of the machine.
    Fault = 1,
    /// Wrong usage, or a refused input file.
    Refused = 2,
    /// Done, but some lines failed, the equation is open, or an undo had to leave something.
    Incomplete = 3,
    /// Credentials or the agreement type are missing.
    NotSetUp = 4,
    /// The PSA refused us, or `verify` misses a right.
    PsaRefused = 5,
    /// Another run holds the profile.
    Busy = 6,
    /// What a plan rests on has changed.
    Stale = 7,
}

impl From<ProblemKind> for Exit {
    fn from(kind: ProblemKind) -> Self {
        match kind {
            ProblemKind::Fault => Self::Fault,
            ProblemKind::Refused => Self::Refused,
            ProblemKind::Incomplete => Self::Incomplete,
            ProblemKind::NotSetUp => Self::NotSetUp,
            ProblemKind::PsaRefused => Self::PsaRefused,
            ProblemKind::Busy => Self::Busy,
            ProblemKind::Stale => Self::Stale,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
