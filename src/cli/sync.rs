//! `addendum sync`: carry a plan out.

use std::path::PathBuf;
use std::sync::Arc;

use super::Global;
use super::jobs::{perform, unexpected};
use super::plan;
use super::run_text::{ScopeArgs, run_answer};
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, note};
use crate::domain::problem::{Problem, ProblemKind};
use crate::worker::job::{Job, Outcome};
use crate::worker::plan_file::{self, Saved};

/// Arguments of `sync`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Carry out this saved plan, and refuse it when what it rests on has changed
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "periods",
            "lines",
            "overwrite_drift",
            "repost_deleted",
            "accept_warnings"
        ]
    )]
    pub plan: Option<PathBuf>,
    /// Ask nothing; with auto_cancel = "ask" this also consents to the cancels
    #[arg(short, long)]
    pub yes: bool,
}

/// Syncs.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let saved = args.plan.as_deref().map(plan_file::read).transpose()?;
    let asks = !args.yes && !output.json && ask::can_ask();
    let with_cancels =
        if asks { consent(global, args, output, saved.as_ref()).await? } else { args.yes };
    let (scope, plan) = match saved {
        Some(saved) => (saved.scope, Some(Arc::new(saved.plan))),
        None => (args.scope.scope(), None),
    };
    let job = Job::Sync { scope, plan, with_cancels };
    let Outcome::Synced(summary) = perform(global, output, job).await? else {
        return Err(unexpected());
    };
    run_answer("sync", &summary)
}

/// Shows what would be done and asks. Gives whether the cancels were agreed to.
async fn consent(
    global: &Global,
    args: &Args,
    output: Output,
    saved: Option<&Saved>,
) -> Result<bool, Failure> {
    let made;
    let shown = match saved {
        Some(saved) => &saved.plan,
        None => {
            made = plan::make(global, output, args.scope.scope()).await?;
            &made
        }
    };
    if shown.actions.is_empty() && shown.settled.is_empty() {
        return Ok(false);
    }
    note(&plan::text(shown, false));
    if !ask::yes("Carry it out?")? {
        return Err(declined());
    }
    let cancels = shown.cancels_need_consent
        && ask::yes(&format!("Carry out the {} cancels as well?", shown.counts.cancel))?;
    if saved.is_none() {
        // What was shown is what is carried out: a line or mapping may have changed meanwhile.
        let again = plan::make(global, output, args.scope.scope()).await?;
        if again.run != shown.run {
            return Err(Failure::Problem(Problem::new(
                ProblemKind::Stale,
                "changed-meanwhile",
                "lines, mappings or settings changed while you looked at the plan",
                "run `addendum sync` again and look at the new plan",
            )));
        }
    }
    Ok(cancels)
}

/// The person said no.
pub fn declined() -> Failure {
    Failure::Problem(Problem::new(
        ProblemKind::Refused,
        "declined",
        "nothing was done, as you said",
        "",
    ))
}
