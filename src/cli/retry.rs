//! `addendum retry`: failed items again, each from its present values.

use super::Global;
use super::jobs::{perform, unexpected};
use super::run_text::{ScopeArgs, run_answer};
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use crate::domain::journal::RunId;
use crate::worker::job::{Job, Outcome};

/// Arguments of `retry`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only what failed in this run [default: all that failed]
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    pub run: Option<i64>,
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// Retries.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let mut scope = args.scope.scope();
    scope.failed_only = true;
    let job = Job::Retry { run: args.run.map(RunId), scope };
    let Outcome::Synced(summary) = perform(global, output, job).await? else {
        return Err(unexpected());
    };
    run_answer("retry", &summary)
}
