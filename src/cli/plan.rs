//! `addendum plan`: what a sync would do. Nothing is written to the PSA.

use std::path::PathBuf;

use super::Global;
use super::home;
use super::jobs::{perform_on, unexpected};
use super::money;
use super::plan_rows::{rows_text, warnings_text};
use super::run_text::{ScopeArgs, counts_text, errors_text};
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::wrapped;
use crate::domain::approval::Approval;
use crate::domain::plan::Plan;
use crate::domain::policy::Scope;
use crate::domain::text::harmless;
use crate::worker::job::{Job, Outcome};
use crate::worker::{Profile, plan_file};

/// Arguments of `plan`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Show each line of an event, such as the refund and the recharge of a seat change
    #[arg(long)]
    pub unfold: bool,
    /// Save the plan for `sync --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Plans.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let scope = args.scope.scope();
    let profile = home::open(global).await?;
    let mut plan = make_on(profile.clone(), output, scope.clone()).await?;
    if let Some(file) = &args.out {
        plan_file::save(&profile.store, &mut plan, &scope, file).await?;
    }
    let needs_approval = profile.settings().approval == Approval::TwoPerson;
    if output.json {
        // A plan of a million lines is written as it is read, not built in memory first.
        output.document(&plan_file::document(&plan, &scope));
        return Ok(Answer::said());
    }
    let mut text = text(&plan, args.unfold);
    if let Some(file) = &args.out {
        text.push_str(&format!(
            "\nsaved: {}\nnext: {}`addendum sync --plan {0}` carries out exactly this plan",
            file.display(),
            if needs_approval {
                format!("another system user runs `addendum approve {}`, then ", file.display())
            } else {
                String::new()
            }
        ));
    } else if needs_approval && !plan.actions.is_empty() {
        text.push_str(
            "\nnext: save it with --out FILE and have it approved: billing.approval is \"two-person\"",
        );
    } else if !plan.actions.is_empty() || !plan.settled.is_empty() {
        text.push_str("\nnext: `addendum sync` carries it out");
    }
    Ok(Answer { text, ..Answer::said() })
}

/// Asks the worker for a plan.
pub async fn make(global: &Global, output: Output, scope: Scope) -> Result<Plan, Failure> {
    make_on(home::open(global).await?, output, scope).await
}

async fn make_on(profile: Profile, output: Output, scope: Scope) -> Result<Plan, Failure> {
    match perform_on(profile, output, Job::Plan(scope)).await? {
        Outcome::Planned(plan) => Ok(*plan),
        _ => Err(unexpected()),
    }
}

/// The plan for people; `unfold`: each line of an event in a row of its own.
pub fn text(plan: &Plan, unfold: bool) -> String {
    let mut out = summary(plan);
    if !plan.actions.is_empty() {
        out.push_str(&format!("\n\n{}", rows_text(plan, unfold)));
    }
    out
}

/// Counts, money, refusals and notices: what is shown before consent is asked for.
pub fn summary(plan: &Plan) -> String {
    let mut out = format!("Plan {}\n{}", harmless(&plan.run), counts_text(&plan.counts, true));
    if !plan.money.is_empty() {
        out.push_str(&format!("\n\n{}", money::rows_text(&plan.money)));
    }
    if !plan.sales.is_empty() {
        out.push_str(&format!("\n\n{}", money::sales_text(&plan.sales)));
    }
    if !plan.errors.is_empty() {
        out.push_str(&format!("\n\nRefused:\n{}", errors_text(&plan.errors)));
    }
    for notice in &plan.notices {
        out.push('\n');
        out.push_str(&wrapped("note: ", "  ", &format!("{} ({})", notice.text, notice.code)));
    }
    if !plan.warnings.is_empty() {
        out.push_str(&format!(
            "\n\nLook at these before they are posted:\n{}",
            warnings_text(plan)
        ));
    }
    if plan.cancels_need_consent {
        out.push_str(&format!(
            "\nnote: {} cancels are carried out only with consent (auto_cancel = \"ask\")",
            plan.counts.cancel
        ));
    }
    out
}
