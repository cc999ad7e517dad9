//! `reconcile`: reads back what was posted and proves the equation (design 6.10).

use super::super::job::{JobError, Outcome, ReconcileSummary};
use super::super::syslog;
use super::{Context, run_log};
use crate::domain::approval::Approval;
use crate::domain::decision::Verdict;
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::sync::Executor;

pub(super) async fn run(context: &Context, periods: Vec<Period>) -> Result<Outcome, JobError> {
    let (client, _traffic) = context.client().await?;
    let (executor, _) = super::sync::executor(context, client).await?;
    let summary = read_back(context, &executor, periods).await?;
    Ok(Outcome::Reconciled(Box::new(summary)))
}

/// Carries out what a person decided about findings, and reads back once more.
pub(super) async fn decide(
    context: &Context,
    periods: Vec<Period>,
    verdicts: Vec<(String, Verdict)>,
) -> Result<Outcome, JobError> {
    let restores = verdicts.iter().any(|(_, v)| *v == Verdict::Restore);
    if restores && context.profile.settings().approval == Approval::TwoPerson {
        return Err(JobError::Problem(Problem::new(
            ProblemKind::Refused,
            "approval-needed",
            "restoring writes to ConnectWise without an approved plan, and billing.approval is \
             \"two-person\"",
            "keep or adopt what was found, or put it right in ConnectWise by hand",
        )));
    }
    let _lease = context.lease("reconcile")?;
    let (client, _traffic) = context.client().await?;
    let (executor, _) = super::sync::executor(context, client).await?;
    let (decided, restored) = match executor.decide(&periods, &verdicts).await {
        Ok(done) => done,
        Err(problem) => return Err(context.failed("Nothing was decided", problem).await),
    };
    let entries = decided.iter().map(|d| match &d.problem {
        None => {
            let mut entry = syslog::info(format!("{}: {}", d.marker, told(d.verdict)));
            entry.details = format!("by: {}", context.profile.person);
            entry
        }
        Some(problem) => syslog::error(&format!("{} was left", d.marker), problem),
    });
    context.log(entries.collect()).await;
    if let Some(report) = &restored {
        context.log(run_log::completed(report)).await;
        if let Some(problem) = report.stopped.clone() {
            return Err(context.failed("The run stopped", problem).await);
        }
    }
    let mut summary = read_back(context, &executor, periods).await?;
    (summary.decided, summary.restored) = (decided, restored.map(Box::new));
    Ok(Outcome::Reconciled(Box::new(summary)))
}

fn told(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Keep => "kept as the PSA has it",
        Verdict::Restore => "put back as it was posted",
        Verdict::Adopt => "what the PSA has counts as posted",
    }
}

async fn read_back(
    context: &Context,
    executor: &Executor,
    periods: Vec<Period>,
) -> Result<ReconcileSummary, JobError> {
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
        "{} missing, {} doubled, {} drifted, {} not known here, {} left as decided",
        findings.missing.len(),
        findings.doubled.len(),
        findings.drifted.len(),
        findings.unknown.len(),
        findings.kept.len()
    );
    context.log(vec![entry]).await;
    Ok(ReconcileSummary { periods, findings, equation, decided: Vec::new(), restored: None })
}
