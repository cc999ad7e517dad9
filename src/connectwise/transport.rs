//! Requests on their way: how many at once, how many a minute, the pause that all share, and which
//! of them are sent again (connectwise-api.md 5.3, 7).
//!
//! A read is sent again after any doubt. A write is sent once: only a 429 and a connection that
//! was never made are certain not to have written, everything else is the caller's to look up.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};
use url::{Url, form_urlencoded};

use super::call::{Answer, Call, Gate, Read, Tried, failed, judge, no_answer};
use super::headers::{self, Identity};
use super::pause::Pause;
use super::rate::Rate;
use super::site::Site;
use super::traffic::Counters;
use super::wire::{Arrived, Http, NoAnswer, Outside, Request};
use super::{Connection, PsaError};
use crate::domain::clock::Clock;
use crate::domain::problem::Problem;

/// Where requests go.
struct Base {
    code_base: String,
    address: Url,
}

impl Base {
    fn new(site: &Site, code_base: String) -> Self {
        Self { address: site.base(&code_base), code_base }
    }
}

/// The transport; one per client, shared by its clones.
pub(super) struct Transport {
    outside: Outside,
    pub(super) site: Site,
    pub(super) company_id: String,
    identity: Identity,
    base: RwLock<Base>,
    slots: Semaphore,
    pub(super) concurrency: usize,
    rate: Option<Rate>,
    pub(super) pause: Pause,
    pub(super) counters: Counters,
    max_retries: u32,
    waits: ExponentialBuilder,
    /// Calls so far: what the jitter of each is told apart by.
    calls: AtomicU64,
    /// Endpoints that refused the pinned version, numbers left out.
    unpinned: Mutex<HashSet<String>>,
    /// When the code base was last looked for because of a 404.
    pub(super) looked: tokio::sync::Mutex<Option<Instant>>,
}

impl Transport {
    pub(super) fn new(
        connection: &Connection,
        identity: Identity,
        code_base: String,
        outside: Option<Outside>,
    ) -> Result<Self, Problem> {
        let site = Site::parse(&connection.site)?;
        let outside = match outside {
            Some(outside) => outside,
            None => Outside {
                wire: Arc::new(Http::new(connection, &site)?),
                clock: Clock::system(),
                jitter: None,
            },
        };
        let concurrency = connection.concurrency.clamp(1, 1_000);
        Ok(Self {
            outside,
            base: RwLock::new(Base::new(&site, code_base)),
            site,
            company_id: connection.company_id.trim().to_owned(),
            identity,
            slots: Semaphore::new(concurrency),
            concurrency,
            rate: Rate::new(connection.requests_per_minute),
            pause: Pause::new(),
            counters: Counters::new(),
            max_retries: connection.max_retries,
            waits: ExponentialBuilder::new()
                .with_min_delay(Duration::from_millis(300))
                .with_max_delay(Duration::from_secs(30))
                .with_jitter()
                .without_max_times(),
            calls: AtomicU64::new(0),
            unpinned: Mutex::new(HashSet::new()),
            looked: tokio::sync::Mutex::new(None),
        })
    }

    /// Shorter waits between tries, for tests.
    #[cfg(test)]
    pub(super) fn hurry(&mut self) {
        self.waits = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(1))
            .with_max_delay(Duration::from_millis(2))
            .without_max_times();
    }

    /// Makes keys that a body repeats unreadable.
    pub(super) fn scrub(&self, body: &mut [u8]) {
        self.identity.scrub(body);
    }

    fn base(&self) -> RwLockReadGuard<'_, Base> {
        self.base.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The base address in use.
    pub(super) fn base_address(&self) -> String {
        self.base().address.to_string()
    }

    /// The code base in use.
    pub(super) fn code_base(&self) -> String {
        self.base().code_base.clone()
    }

    /// Changes it for all clones.
    pub(super) fn use_code_base(&self, code_base: &str) {
        let base = Base::new(&self.site, code_base.to_owned());
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = base;
    }

    /// Sends until there is an answer, a refusal, or no more tries.
    pub(super) async fn send(&self, call: &Call, read: &mut Read<'_>) -> Result<Answer, PsaError> {
        let most = self.max_retries.min(call.most_retries);
        let mut waits = self.waits();
        let mut tries = 0_u32;
        let mut again = false;
        loop {
            let pinned = !self.is_unpinned(&call.path);
            let tried = self.attempt(call, pinned, again, read).await;
            again = true;
            match tried {
                Tried::Refused { status, problem, raw } => {
                    if pinned && call.keyless.is_none() && about_version(status, &problem, &raw) {
                        tracing::info!(path = call.path, status, "the API version is refused here");
                        self.unpin(&call.path);
                        continue;
                    }
                    return Err(PsaError::Refused { status, problem, raw });
                }
                Tried::Throttled { wait, problem, raw } => {
                    self.pause.hold(wait);
                    let left = u64::try_from(self.pause.left().as_millis()).unwrap_or(u64::MAX);
                    self.counters.throttled(left);
                    tracing::warn!(seconds = wait.as_secs(), "the PSA asks to slow down");
                    if tries >= most {
                        return failed(Tried::Throttled { wait, problem, raw });
                    }
                }
                Tried::Doubt(problem) => {
                    let in_time = problem.code != super::call::TIMEOUT || call.retry_timeouts;
                    if call.writes() || tries >= most || !in_time {
                        return Err(PsaError::Lost { problem });
                    }
                    sleep(waits.next().unwrap_or_default()).await;
                }
                Tried::NotSent(problem) => {
                    if tries >= most || problem.code != "no-connection" {
                        return Err(PsaError::NotSent { problem });
                    }
                    sleep(waits.next().unwrap_or_default()).await;
                }
                good @ Tried::Good(_) => return failed(good),
            }
            tries += 1;
        }
    }

    /// One try: waits for its turn, sends, reads the whole answer, judges it.
    async fn attempt(&self, call: &Call, pinned: bool, again: bool, read: &mut Read<'_>) -> Tried {
        let _slot = self.turn().await;
        // The turn may have been long in coming: the PSA asks for pauses of minutes.
        if let Some(Gate(may)) = &call.gate
            && let Err(problem) = may().await
        {
            return Tried::NotSent(problem);
        }
        let _in_flight = self.counters.sending(again);
        let started = Instant::now();
        let host = self.site.api_host();
        let arrived = match self.exchange(call, pinned).await {
            Ok(mut arrived) => {
                if !(200..300).contains(&arrived.status) {
                    self.identity.scrub(&mut arrived.body);
                }
                arrived
            }
            Err(why) => {
                let tried = no_answer(call, host, why);
                if let Tried::Doubt(p) | Tried::NotSent(p) = &tried {
                    tracing::warn!(method = %call.method, path = call.path, code = %p.code, "{}", p.message);
                }
                return tried;
            }
        };
        let (status, took) = (arrived.status, started.elapsed().as_millis());
        let tried = judge(call, host, arrived, self.outside.clock.now(), read);
        match &tried {
            Tried::Good(_) => {
                tracing::debug!(method = %call.method, path = call.path, status, ms = took, "answered");
            }
            Tried::Refused { raw, .. } | Tried::Throttled { raw, .. } => {
                tracing::warn!(method = %call.method, path = call.path, status, ms = took, raw, "refused");
            }
            Tried::Doubt(p) | Tried::NotSent(p) => {
                tracing::warn!(method = %call.method, path = call.path, status, ms = took, "{}", p.message);
            }
        }
        tried
    }

    /// Waits until nobody is told to wait, the rate allows one more, and a slot is free.
    async fn turn(&self) -> SemaphorePermit<'_> {
        loop {
            if self.pause.over().await {
                self.counters.resumed();
            }
            if let Some(rate) = &self.rate {
                rate.turn().await;
            }
            let slot = self.slots.acquire().await.expect("the semaphore is never closed");
            // Somebody may have been told to wait while we stood in line.
            if self.pause.left().is_zero() {
                return slot;
            }
        }
    }

    async fn exchange(&self, call: &Call, pinned: bool) -> Result<Arrived, NoAnswer> {
        let url = match &call.keyless {
            Some(url) => url.clone(),
            None => self.address(call),
        };
        let mut request = Request::new(call.method.clone(), url);
        let head = request.headers_mut();
        let pinned = pinned && call.keyless.is_none();
        let accept = if pinned { headers::ACCEPT } else { headers::ACCEPT_ANY };
        head.insert(ACCEPT, HeaderValue::from_static(accept));
        if call.keyless.is_none() {
            head.insert(AUTHORIZATION, self.identity.authorization.clone());
            head.insert("clientid", self.identity.client_id.clone());
        }
        if call.forward_only {
            head.insert("pagination-type", HeaderValue::from_static("forward-only"));
        }
        if let Some(body) = &call.body {
            head.insert(CONTENT_TYPE, HeaderValue::from_static(headers::CONTENT_TYPE));
            *request.body_mut() = Some(body.clone().into());
        }
        self.outside.wire.exchange(request).await
    }

    /// The waits between the tries of one call.
    fn waits(&self) -> ExponentialBackoff {
        let builder = match self.outside.jitter {
            Some(seed) => {
                self.waits.with_jitter_seed(seed ^ self.calls.fetch_add(1, Ordering::Relaxed))
            }
            None => self.waits,
        };
        builder.build()
    }

    fn address(&self, call: &Call) -> Url {
        let mut url = self.base().address.clone();
        url.set_path(&format!("{}{}", url.path(), call.path));
        if let Some(raw) = &call.raw_query {
            url.set_query(Some(raw));
        } else if !call.query.is_empty() {
            let query =
                form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.query).finish();
            // A plus in a value is %2B by now, so that each plus left stands for a space.
            url.set_query(Some(&query.replace('+', "%20")));
        }
        url
    }

    fn is_unpinned(&self, path: &str) -> bool {
        let unpinned = self.unpinned.lock().unwrap_or_else(PoisonError::into_inner);
        !unpinned.is_empty() && unpinned.contains(&template(path))
    }

    fn unpin(&self, path: &str) {
        let mut unpinned = self.unpinned.lock().unwrap_or_else(PoisonError::into_inner);
        unpinned.insert(template(path));
    }
}

/// A path with its numbers left out.
fn template(path: &str) -> String {
    let numbers = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = path.split('/').map(|s| if numbers(s) { "#" } else { s }).collect();
    parts.join("/")
}

/// Whether a refusal is about the version that was asked for. Nothing was written then.
fn about_version(status: u16, problem: &Problem, raw: &str) -> bool {
    match status {
        406 | 415 => true,
        400 => problem.code == "api-version" || raw.to_lowercase().contains("api version"),
        _ => false,
    }
}
