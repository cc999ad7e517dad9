//! `reconcile`: reads back what was posted and proves the equation (design 6.10).

use super::super::job::{JobError, Outcome, ReconcileSummary};
use super::super::syslog;
use super::Context;
use crate::domain::period::Period;

pub(super) async fn run(context: &Context, periods: Vec<Period>) -> Result<Outcome, JobError> {
    let (client, _traffic) = context.client().await?;
    let executor = super::sync::executor(context, client).await?;
    let findings = tokio::select! {
        findings = executor.reconcile(&periods) => findings?,
        () = context.cancel.cancelled() => return Err(JobError::Cancelled),
    };
    let equation = super::sync::equation(&context.profile.store, &periods).await?;
    let wrong = findings.missing.len() + findings.doubled.len() + findings.drifted.len();
    let mut entry = if wrong == 0 {
        syslog::info("Reconciled: the PSA has what was posted")
    } else {
        syslog::warning(format!("Reconciled: {wrong} additions are not as posted"))
    };
    entry.details = format!(
        "{} missing, {} doubled, {} drifted",
        findings.missing.len(),
        findings.doubled.len(),
        findings.drifted.len()
    );
    context.log(vec![entry]).await;
    Ok(Outcome::Reconciled(Box::new(ReconcileSummary { periods, findings, equation })))
}
