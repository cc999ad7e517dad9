//! Whole collections: forward-only page by page, or several numbered pages in flight
//! (connectwise-api.md 4.4).

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::PsaError;
use super::call::{Call, TIMEOUT};
use super::conditions::Conditions;
use super::link;
use super::transport::Transport;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// The biggest page that ConnectWise gives.
const FULL: usize = 1_000;

/// For servers to which a full page is too much work.
const SMALL: usize = 250;

/// A record with a number.
pub(super) trait Record: DeserializeOwned + Send {
    fn id(&self) -> i64;
}

/// A collection and what is wanted of it.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub path: String,
    pub fields: Option<&'static str>,
    pub conditions: Option<Conditions>,
}

impl List {
    pub(super) fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), fields: None, conditions: None }
    }

    pub(super) fn fields(mut self, fields: &'static str) -> Self {
        self.fields = Some(fields);
        self
    }

    pub(super) fn filtered(mut self, conditions: Conditions) -> Self {
        self.conditions = Some(conditions);
        self
    }

    fn call(&self, size: usize) -> Call {
        let mut call = Call::get(self.path.clone()).with("pageSize", size);
        if let Some(fields) = self.fields {
            call = call.with("fields", fields);
        }
        if let Some(conditions) = &self.conditions {
            call = call.with("conditions", conditions);
        }
        call.retry_timeouts = size <= SMALL;
        call
    }
}

/// Told how many records there are so far.
pub(super) type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// Nobody wants to know.
pub(super) const SILENT: Progress<'static> = &|_| {};

/// Page by page: stops at a missing `next`, an empty page, a first number seen before, or a short
/// page of a server without `Link`.
pub(super) async fn walk<T: Record>(
    transport: &Transport,
    list: &List,
    progress: Progress<'_>,
) -> Result<Vec<T>, PsaError> {
    walk_from(transport, list, FULL, progress).await
}

async fn walk_from<T: Record>(
    transport: &Transport,
    list: &List,
    mut size: usize,
    progress: Progress<'_>,
) -> Result<Vec<T>, PsaError> {
    let mut all: Vec<T> = Vec::new();
    let mut seen = HashSet::new();
    let mut next: Option<String> = None;
    let mut numbered = 1_usize;
    loop {
        let mut call = list.call(size);
        call.forward_only = true;
        match &next {
            Some(query) => call.raw_query = Some(resized(query, size)),
            None if numbered > 1 => call = call.with("page", numbered),
            None => {}
        }
        let (page, link) = match transport.ask::<Option<Vec<T>>>(&call).await {
            Err(PsaError::Lost { problem }) if problem.code == TIMEOUT && size > SMALL => {
                tracing::info!(path = list.path, "smaller pages after a timeout");
                // Numbered pages of another size start elsewhere: begin anew.
                if next.is_none() {
                    numbered = 1;
                    all.clear();
                    seen.clear();
                }
                size = SMALL;
                continue;
            }
            other => other?,
        };
        let page = page.unwrap_or_default();
        let (count, before) = (page.len(), all.len());
        for record in page {
            if seen.insert(record.id()) {
                all.push(record);
            }
        }
        progress(all.len() as u64);
        // Nothing new: the end, or a server that gives the same page whatever it is asked.
        if all.len() == before {
            return Ok(all);
        }
        match link.as_deref() {
            Some(header) => match link::next(header) {
                Some(query) => next = Some(query),
                None => return Ok(all),
            },
            None if count < size => return Ok(all),
            None => {
                next = None;
                numbered += 1;
            }
        }
    }
}

/// Several pages in flight, ordered by number. Where a server ignores page numbers, or records
/// went away meanwhile so that some may have slipped between two pages, the collection is read
/// once more page by page.
pub(super) async fn gather<T: Record>(
    transport: &Transport,
    list: &List,
    progress: Progress<'_>,
) -> Result<Vec<T>, PsaError> {
    let count = match count(transport, &list.path, list.conditions.as_ref()).await {
        Ok(count) => usize::try_from(count).unwrap_or(0),
        Err(PsaError::Refused { .. }) => 0,
        Err(e) => return Err(e),
    };
    if count <= FULL {
        return walk(transport, list, progress).await;
    }
    let so_far = AtomicU64::new(0);
    let one = |number: usize| {
        let call = list.call(FULL).with("orderBy", "id asc").with("page", number);
        let so_far = &so_far;
        async move {
            let page = transport.ask::<Option<Vec<T>>>(&call).await?.0.unwrap_or_default();
            let there = page.len() as u64;
            progress(so_far.fetch_add(there, Ordering::Relaxed) + there);
            Ok::<_, PsaError>(page)
        }
    };
    let pages = count.div_ceil(FULL);
    let read: Result<Vec<Vec<T>>, PsaError> =
        stream::iter((1..=pages).map(one)).buffered(transport.concurrency).try_collect().await;
    let mut read = match read {
        Ok(read) => read,
        Err(PsaError::Lost { problem }) if problem.code == TIMEOUT => {
            return walk_from(transport, list, SMALL, progress).await;
        }
        Err(e) => return Err(e),
    };
    // A last page that should have been short and is full: records were added meanwhile.
    while !count.is_multiple_of(FULL) && read.last().is_some_and(|p| p.len() >= FULL) {
        let more = one(read.len() + 1).await?;
        let known = read.iter().flatten().map(T::id).collect::<HashSet<_>>();
        if more.iter().all(|r| known.contains(&r.id())) {
            break;
        }
        read.push(more);
    }
    let mut seen = HashSet::with_capacity(count);
    let mut all: Vec<T> = Vec::with_capacity(count);
    all.extend(read.into_iter().flatten().filter(|r| seen.insert(r.id())));
    if all.len() < count {
        tracing::info!(path = list.path, count, got = all.len(), "read again page by page");
        return walk(transport, list, progress).await;
    }
    Ok(all)
}

/// How many there are.
pub(super) async fn count(
    transport: &Transport,
    path: &str,
    conditions: Option<&Conditions>,
) -> Result<u64, PsaError> {
    #[derive(Deserialize)]
    struct Count {
        count: u64,
    }
    let mut call = Call::get(format!("{path}/count"));
    if let Some(conditions) = conditions {
        call = call.with("conditions", conditions);
    }
    Ok(transport.ask::<Count>(&call).await?.0.count)
}

/// What is JSON but not what was expected is no answer: for a write it is in doubt.
pub(super) fn unexpected(path: &str, why: &serde_json::Error) -> PsaError {
    PsaError::Lost {
        problem: Problem::new(
            ProblemKind::Fault,
            "unexpected-answer",
            format!("the answer about {path} cannot be read: {}", harmless(&why.to_string())),
            "check that connectwise.site is a ConnectWise PSA; if it is, report it with the log",
        ),
    }
}

/// A link's query with another page size.
fn resized(query: &str, size: usize) -> String {
    query
        .split('&')
        .map(|part| match part.split_once('=') {
            Some((name, _)) if name.eq_ignore_ascii_case("pageSize") => format!("{name}={size}"),
            _ => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("&")
}
