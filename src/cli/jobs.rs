//! Gives a job to the worker and shows its progress until it ends.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Output, fault};
use crate::worker::job::{Job, Outcome};

/// Runs one job to its end.
pub async fn perform(_global: &Global, _output: Output, _job: Job) -> Result<Outcome, Failure> {
    Err(fault("the worker is not there yet"))
}

/// The answer of a job is of another kind than the job: a fault of ours.
pub fn unexpected() -> Failure {
    fault("the worker answered something else than was asked")
}
