//! `undo`: takes a run back as far as the PSA allows (design 7).

use super::super::job::{JobError, Outcome, SyncSummary};
use super::Context;
use super::run_log;
use crate::domain::journal::RunId;

pub(super) async fn run(context: &Context, run: RunId) -> Result<Outcome, JobError> {
    let _lease = context.lease("undo")?;
    let (client, _traffic) = context.client().await?;
    let executor = super::sync::executor(context, client).await?;
    match executor.undo(run).await {
        Ok((report, left)) => {
            if let Some(problem) = report.stopped.clone() {
                context.log(run_log::undone(run, &report, &left)).await;
                return Err(context.failed("The undo stopped", problem).await);
            }
            let store = &context.profile.store;
            let equation = super::sync::equation(store, &report.run.periods).await?;
            context.log(run_log::undone(run, &report, &left)).await;
            let summary = SyncSummary { report, equation, cancels_waiting: 0, left };
            Ok(Outcome::Synced(Box::new(summary)))
        }
        Err(problem) => Err(context.failed("The undo stopped", problem).await),
    }
}
