//! `addendum approve`: one person approves what another one prepared (`billing.approval`).

use std::path::PathBuf;

use serde_json::json;

use super::Global;
use super::home;
use super::plan;
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, note};
use crate::domain::approval::Matter;
use crate::domain::journal::RunId;
use crate::domain::text::harmless;
use crate::worker::{approvals, plan_file};

/// Arguments of `approve`.
#[derive(Debug, Clone, clap::Args)]
#[command(group(clap::ArgGroup::new("matter").required(true).args(["file", "undo"])))]
pub struct Args {
    /// The plan, as `addendum plan --out FILE` saved it
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// That this run is taken back
    #[arg(long, value_name = "RUN", value_parser = clap::value_parser!(i64).range(1..))]
    pub undo: Option<i64>,
    /// With --undo: that the credit for what could not be taken back is posted
    #[arg(long, requires = "undo")]
    pub credit: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
}

/// Approves.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let store = home::open(global).await?.store;
    let asks = !args.yes && !output.json && ask::can_ask();
    let (matter, what) = match (&args.file, args.undo) {
        (Some(file), _) => {
            let saved = plan_file::read(file)?;
            if asks {
                note(&plan::text(&saved.plan, false));
            }
            let what = format!("plan {} ({})", harmless(&saved.plan.run), file.display());
            (Matter::Plan(saved.plan.file.unwrap_or_default()), what)
        }
        (None, Some(run)) if args.credit => {
            (Matter::Credit(RunId(run)), format!("the credit for run {run}"))
        }
        (None, run) => {
            let run = run.unwrap_or_default();
            (Matter::Undo(RunId(run)), format!("that run {run} is taken back"))
        }
    };
    let who = crate::worker::who();
    approvals::check(&store, who, &matter).await?;
    if asks && !ask::yes(&format!("Approve {what}?"))? {
        return Err(super::sync::declined());
    }
    approvals::approve(&store, who, &matter).await?;
    let document = json!({
        "approved": matter.told(),
        "by": who,
    });
    let next = match (&args.file, &matter) {
        (Some(file), _) => format!("addendum sync --plan {}", file.display()),
        (None, Matter::Credit(run)) => format!("addendum undo {} --credit", run.0),
        (None, Matter::Undo(run)) => format!("addendum undo {}", run.0),
        (None, Matter::Plan(_)) => "addendum sync --plan FILE".to_owned(),
    };
    let text = format!("{} approves {what}.\nnext: `{next}`", harmless(who));
    Answer::new("approve", &document, text)
}
