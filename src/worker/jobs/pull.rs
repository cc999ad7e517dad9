//! `pull`: refreshes the local copy of PSA records; companies, catalog and agreements at the same
//! time. A failure is remembered as Mapping Status Response Error (design 3).

use super::super::job::{JobError, Outcome, PullSummary, PullWhat};
use super::super::syslog;
use super::Context;
use crate::connectwise::{Client, PsaError};
use crate::domain::log::LogEntry;
use crate::domain::problem::Problem;
use crate::store::{Moment, PullReport};
use crate::sync::fault;

pub(super) async fn run(context: &Context, what: PullWhat) -> Result<Outcome, JobError> {
    let _lease = context.lease("pull")?;
    let (client, _traffic) = context.client().await?;
    let wants = |one| what == PullWhat::All || what == one;
    let pulled = tokio::select! {
        pulled = async {
            tokio::join!(
                optional(wants(PullWhat::Companies), companies(context, &client)),
                optional(wants(PullWhat::Products), products(context, &client)),
                optional(wants(PullWhat::Agreements), agreements(context, &client)),
            )
        } => pulled,
        () = context.cancel.cancelled() => return Err(JobError::Cancelled),
    };
    let store = &context.profile.store;
    match pulled {
        (Ok(companies), Ok(products), Ok(agreements)) => {
            store.set_response_error(false).await.map_err(fault)?;
            let summary = PullSummary { companies, products, agreements };
            context.log(told(&summary)).await;
            Ok(Outcome::Pulled(summary))
        }
        (companies, products, agreements) => {
            let problem = companies
                .err()
                .or(products.err())
                .or(agreements.err())
                .expect("one of the three failed");
            store.set_response_error(true).await.map_err(fault)?;
            Err(context.failed("The PSA could not be read", problem).await)
        }
    }
}

/// Does it, or nothing.
async fn optional<T>(
    wanted: bool,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<Option<T>, Problem> {
    if wanted { work.await.map(Some) } else { Ok(None) }
}

fn problem(e: PsaError) -> Problem {
    e.problem().clone()
}

async fn companies(context: &Context, client: &Client) -> Result<PullReport, Problem> {
    let all = client.companies(&context.counter("companies")).await.map_err(problem)?;
    let store = &context.profile.store;
    let report = store.keep_companies(all).await.map_err(fault)?;
    store.touch(Moment::Companies, context.profile.clock.now()).await.map_err(fault)?;
    Ok(report)
}

async fn products(context: &Context, client: &Client) -> Result<PullReport, Problem> {
    let all = client.products(&context.counter("products")).await.map_err(problem)?;
    let store = &context.profile.store;
    let report = store.keep_products(all).await.map_err(fault)?;
    store.touch(Moment::Products, context.profile.clock.now()).await.map_err(fault)?;
    Ok(report)
}

async fn agreements(context: &Context, client: &Client) -> Result<PullReport, Problem> {
    let counter = context.counter("agreements");
    let (all, types, fields) = tokio::try_join!(
        client.agreements(&counter),
        client.agreement_types(),
        client.addition_custom_fields(),
    )
    .map_err(problem)?;
    let store = &context.profile.store;
    store.keep_agreement_types(types).await.map_err(fault)?;
    // Where markers stand in a custom field, nothing can be posted without knowing it.
    if let Some(fields) = fields {
        store.keep_custom_fields(fields).await.map_err(fault)?;
    }
    let report = store.keep_agreements(all).await.map_err(fault)?;
    store.touch(Moment::Agreements, context.profile.clock.now()).await.map_err(fault)?;
    Ok(report)
}

fn told(summary: &PullSummary) -> Vec<LogEntry> {
    [
        ("Companies", summary.companies),
        ("Products", summary.products),
        ("Agreements", summary.agreements),
    ]
    .into_iter()
    .filter_map(|(what, report)| report.map(|r| (what, r)))
    .map(|(what, r)| {
        let mut entry = syslog::info(format!("{what} refreshed"));
        entry.details = format!(
            "{} new, {} changed, {} no longer in the PSA, {} in all",
            r.added, r.updated, r.gone, r.total
        );
        entry
    })
    .collect()
}
