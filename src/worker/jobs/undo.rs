//! `undo`: takes a run back as far as the PSA allows (design 7).

use super::super::approvals;
use super::super::job::{JobError, Outcome, SyncSummary};
use super::Context;
use super::run_log;
use crate::domain::approval::Matter;
use crate::domain::journal::RunId;
use crate::sync::fault;

pub(super) async fn run(
    context: &Context,
    run: RunId,
    with_credit: bool,
) -> Result<Outcome, JobError> {
    let rule = context.profile.settings().approval;
    let matter = if with_credit { Matter::Credit(run) } else { Matter::Undo(run) };
    approvals::required(&context.profile, rule, &matter).await?;
    let _lease = context.lease("undo")?;
    let (client, _traffic) = context.client().await?;
    let (executor, found) = super::sync::executor(context, client).await?;
    let undone =
        if with_credit { executor.undo_with_credit(run).await } else { executor.undo(run).await };
    match undone {
        Ok((report, left)) => {
            if let Some(problem) = report.stopped.clone() {
                context.log(run_log::undone(run, &report, &left)).await;
                return Err(context.failed("The undo stopped", problem).await);
            }
            let store = &context.profile.store;
            let equation = found.or_now(store, &report.run.periods).await?;
            context.log(run_log::undone(run, &report, &left)).await;
            let audit = Some(store.audit_state().await.map_err(fault)?.head);
            let summary = SyncSummary { report, equation, cancels_waiting: 0, left, audit };
            Ok(Outcome::Synced(Box::new(summary)))
        }
        Err(problem) => Err(context.failed("The undo stopped", problem).await),
    }
}
