//! `plan`: what a sync would do; works offline, from the store.

use super::super::job::{JobError, Outcome};
use super::{Context, left_out};
use crate::domain::plan::Plan;
use crate::domain::policy::Scope;
use crate::domain::problem::{Problem, ProblemKind};
use crate::flows;
use crate::sync::fault;

pub(super) async fn run(context: &Context, scope: Scope) -> Result<Outcome, JobError> {
    Ok(Outcome::Planned(Box::new(make_telling(context, scope).await?.0)))
}

/// Makes the plan, on a thread for such work: a million lines take seconds. Tells also the first
/// lines that are left out as unmapped, each with what it lacks.
pub(super) async fn make_telling(
    context: &Context,
    mut scope: Scope,
) -> Result<(Plan, Vec<(String, String)>), Problem> {
    context.profile.need_agreement_type()?;
    scope.today.get_or_insert_with(|| context.profile.today());
    let settings = context.profile.settings();
    let input = context.profile.store.plan_input(&scope).await.map_err(fault)?;
    let planning = move || {
        let plan = flows::invoice_lines(&input, &settings.policy, &scope)?;
        let unmapped = match plan.counts.skipped_unmapped {
            0 => Vec::new(),
            _ => left_out::unmapped(&input, &scope),
        };
        Ok((plan, unmapped))
    };
    context.profile.labour.of(planning).await.map_err(|e| {
        Problem::new(
            ProblemKind::Fault,
            "planner-died",
            format!("planning ended without a result: {e}"),
            "this is a fault of Addendum; nothing was written: report it with the log",
        )
    })?
}
