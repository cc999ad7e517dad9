//! Why a finding is left as it is.

use crate::domain::line::Text;
use crate::domain::problem::{Problem, ProblemKind};

pub(super) fn refused(code: &'static str, message: String, remedy: &str) -> Problem {
    Problem::new(ProblemKind::Incomplete, code, message, remedy)
}

pub(super) fn not_known(marker: &Text) -> Problem {
    refused(
        "not-ours",
        format!("the addition {marker} is not known here"),
        "load the lines that it carries, and sync them: it is found by its marker",
    )
}
