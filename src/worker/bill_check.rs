//! What a source profile makes of a bill, looked at without loading anything.

use std::path::PathBuf;

use super::job::JobError;
use crate::config::SourceSettings;
use crate::domain::policy::Policy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::sources::{self, Look, Options, Source, SourceError};

/// Looks at files with the profile and the choices of some settings; so many lines are given. Rows
/// that would be refused are part of the look.
///
/// # Errors
/// The profile or a file cannot be read.
pub async fn look(
    chosen: SourceSettings,
    policy: Policy,
    files: Vec<PathBuf>,
    lines: usize,
) -> Result<Look, JobError> {
    let looking = tokio::task::spawn_blocking(move || {
        let options = Options::from(&chosen);
        let source = Source { options: &options, ..Source::of(&chosen.profile) };
        sources::look(source, &files, &policy, lines)
    });
    let died = |message: String| {
        Problem::new(ProblemKind::Fault, "fault", message, "report this with the program log")
    };
    match looking.await {
        Ok(Ok(look)) => Ok(look),
        Ok(Err(SourceError::Failed(problem))) => Err(problem.into()),
        Ok(Err(SourceError::Refused(refusal))) => Err(JobError::Refused(refusal)),
        Ok(Err(SourceError::Abandoned)) => Err(died("the look was given up".into()).into()),
        Err(e) => Err(died(format!("the look ended without a result: {e}")).into()),
    }
}
