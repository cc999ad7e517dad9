//! `load`: a source is read on a thread of its own and its lines are handed to the store, which
//! shows them all together or not at all (design 5).

use std::collections::BTreeSet;
use std::path::PathBuf;

use tokio::sync::mpsc;

use super::super::job::{JobError, Outcome};
use super::super::{origin, syslog};
use super::Context;
use super::counted::Counted;
use crate::domain::load::{LoadReport, LoadedLine};
use crate::domain::log::LogEntry;
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::sources::{self, Options, Origin, Source, SourceError};
use crate::store::Moment;
use crate::sync::fault;
use crate::vault::SecretName;

/// Batches that may wait for the store.
const AHEAD: usize = 4;
/// Revisions that are logged one by one.
const NAMED: usize = 100;

pub(super) async fn run(
    context: &Context,
    files: Vec<PathBuf>,
    periods: Vec<Period>,
) -> Result<Outcome, JobError> {
    let settings = context.profile.settings();
    let this_month = context.profile.this_month();
    let location = settings.source.location.as_deref();
    let own = sources::address(&settings.source.profile)?;
    let location = location.filter(|l| !l.trim().is_empty()).or(own.as_deref());
    let (origin, periods) = origin::resolve(files, location, periods, this_month)?;
    let secret = match origin {
        Origin::Url(_) => {
            sources::serves(&settings.source.profile, &periods, this_month)?;
            context.profile.secret(SecretName::SourceSecret).await?
        }
        Origin::Files(_) | Origin::Location(_) => None,
    };
    // Whoever is asked for a month gives all of it; a file may be a part.
    let whole = match origin {
        Origin::Url(_) => periods.clone(),
        Origin::Files(_) | Origin::Location(_) => Vec::new(),
    };
    let _lease = context.lease("load")?;
    let store = &context.profile.store;
    let mut session = store.begin_load(&settings.source.id).await.map_err(fault)?;

    let (send, mut batches) = mpsc::channel::<Vec<LoadedLine>>(AHEAD);
    let cancel = context.cancel.clone();
    let reader = tokio::task::spawn_blocking(move || {
        let mut sink = |batch| !cancel.is_cancelled() && send.blocking_send(batch).is_ok();
        let options = Options::from(&settings.source);
        let source = Source {
            profile: &settings.source.profile,
            account: settings.source.account.as_deref(),
            secret: secret.as_ref(),
            options: &options,
        };
        sources::read(source, &origin, &periods, &settings.policy, &mut sink)
    });
    let mut lines = 0;
    let mut broken = None;
    let mut counted = Counted::default();
    while let Some(batch) = batches.recv().await {
        // The source is slow, and asks whether anybody still waits.
        if batch.is_empty() {
            continue;
        }
        lines += batch.len() as u64;
        counted.take(&batch);
        if let Err(e) = session.push(batch).await {
            broken = Some(fault(e));
            break;
        }
        context.progress("lines", lines, None);
    }
    // A reader that is still at it finds nobody listening and stops.
    drop(batches);
    let read = reader.await.unwrap_or_else(|e| Err(SourceError::Failed(reader_died(&e))));
    let twice = match (&broken, &read) {
        (None, Ok(_)) => counted.elsewhere(store).await?,
        _ => None,
    };
    match (broken.or(twice), read) {
        (None, Ok(read)) if !context.cancel.is_cancelled() => {
            let mut report = session.finish_whole(&whole).await.map_err(fault)?;
            report.outside = read.outside;
            report.left_out = read.left_out;
            store.touch(Moment::Load, context.profile.clock.now()).await.map_err(fault)?;
            context.log(told(&report)).await;
            Ok(Outcome::Loaded(report))
        }
        (broken, read) => {
            session.abort().await.map_err(fault)?;
            if let Some(problem) = broken {
                return Err(context.failed("Invoice lines could not be loaded", problem).await);
            }
            match read {
                Err(SourceError::Refused(refusal)) => {
                    let mut entry = syslog::entry(
                        crate::domain::log::LogLevel::Error,
                        "Invoice lines were refused; nothing was loaded",
                    );
                    entry.details = refusal.to_string();
                    context.log(vec![entry]).await;
                    Err(JobError::Refused(refusal))
                }
                Err(SourceError::Failed(problem)) => {
                    Err(context.failed("Invoice lines could not be loaded", problem).await)
                }
                Ok(_) | Err(SourceError::Abandoned) => Err(JobError::Cancelled),
            }
        }
    }
}

fn reader_died(e: &tokio::task::JoinError) -> Problem {
    Problem::new(
        ProblemKind::Fault,
        "reader-died",
        format!("reading the bill ended without a result: {e}"),
        "this is a fault of Addendum; nothing was loaded: report it with the file's shape",
    )
}

fn told(report: &LoadReport) -> Vec<LogEntry> {
    let mut entry = syslog::info("Invoice lines loaded");
    entry.details = format!(
        "{} read, {} new, {} replaced, {} unchanged, {} revised after posting, {} no longer at the \
         source",
        report.read,
        report.added,
        report.replaced,
        report.unchanged,
        report.revisions.len(),
        report.absent
    );
    for (reason, n) in &report.left_out {
        entry.details.push_str(&format!("; {n} records left out: {}", harmless(reason)));
    }
    let mut entries = vec![entry];
    for r in report.revisions.iter().take(NAMED) {
        let mut entry = syslog::warning(format!("A posted line of {} was revised", r.organization));
        entry.details = format!(
            "posted {} {}, the source now says {}; difference {}. The addition is not altered.",
            crate::domain::money::text(r.posted),
            r.currency,
            crate::domain::money::text(r.source),
            crate::domain::money::text(r.difference)
        );
        entry.line = Some(r.line.to_string());
        entries.push(entry);
    }
    let (posted, open): (Vec<_>, Vec<_>) = report.withdrawn.iter().partition(|w| w.posted);
    for (lines, what) in [
        (posted, "posted lines are no longer at the source; their money stays posted"),
        (open, "lines that are not posted yet are no longer at the source"),
    ] {
        let invoices: BTreeSet<&str> = lines.iter().map(|w| &*w.invoice).collect();
        if !lines.is_empty() {
            let mut entry = syslog::warning(format!("{} {what}", lines.len()));
            let named: Vec<&str> = invoices.into_iter().take(NAMED).collect();
            entry.details = format!("invoices: {}", harmless(&named.join(", ")));
            entries.push(entry);
        }
    }
    if report.revisions.len() > NAMED {
        let more = report.revisions.len() - NAMED;
        entries.push(syslog::warning(format!("{more} more posted lines were revised")));
    }
    entries
}
