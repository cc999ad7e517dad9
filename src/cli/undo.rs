//! `addendum undo RUN`: take a run back.

use super::Global;
use super::jobs::{perform, unexpected};
use super::run_text::run_answer;
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use crate::domain::journal::RunId;
use crate::worker::job::{Job, Outcome};

/// Arguments of `undo`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The run's number, as `sync` printed it
    #[arg(value_name = "RUN", value_parser = clap::value_parser!(i64).range(1..))]
    pub run: i64,
    /// Post a credit for what cannot be taken back because ConnectWise has invoiced it; each credit
    /// is posted once, however often this is run
    #[arg(long)]
    pub credit: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
}

/// Takes the run back.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    if !args.yes && !output.json && ask::can_ask() {
        let question = format!(
            "Delete what run {} created and set back what it changed (only what the PSA has not \
             invoiced and nobody edited){}?",
            args.run,
            if args.credit { ", and post a credit for what it has invoiced" } else { "" }
        );
        if !ask::yes(&question)? {
            return Err(super::sync::declined());
        }
    }
    let run = RunId(args.run);
    let job = if args.credit { Job::Credit(run) } else { Job::Undo(run) };
    let Outcome::Synced(summary) = perform(global, output, job).await? else {
        return Err(unexpected());
    };
    run_answer("undo", &summary)
}
