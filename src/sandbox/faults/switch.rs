//! Decides which faults hit a request. One seeded stream of randomness for all of them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Entrance, ErrorBody, Faults, FaultsError, Kind, Rule};

/// What hits one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::sandbox) struct Verdict {
    /// Before the work, and as much again after it.
    pub half_latency: Duration,
    /// 429 with these seconds.
    pub throttle: Option<u64>,
    /// Status and body; true: after the work.
    pub server_error: Option<(u16, ErrorBody, bool)>,
    pub reset_before: bool,
    pub reset_after: bool,
    /// Bytes in a drop, and the time between two.
    pub trickle: Option<(usize, Duration)>,
    pub truncate: bool,
    pub list_lag: Option<Duration>,
    pub ignore_filters: bool,
    pub patch_ignored: bool,
    pub currency_ignored: bool,
    pub forbidden: bool,
    /// See [`Faults::withdrawn`].
    pub withdrawn: Arc<[String]>,
    /// See [`Faults::hidden_tables`].
    pub hidden_tables: Arc<[String]>,
    pub entrance: Entrance,
}

#[derive(Debug)]
struct State {
    faults: Faults,
    withdrawn: Arc<[String]>,
    hidden_tables: Arc<[String]>,
    /// For each rule: how many requests matched, how many were hit.
    counts: Vec<(u64, u64)>,
    fired: BTreeMap<Kind, u64>,
    arrivals: VecDeque<Instant>,
    random: fastrand::Rng,
}

/// The faults of a running sandbox; cheap to clone, all clones switch the same sandbox.
#[derive(Debug, Clone)]
pub struct FaultSwitch {
    state: Arc<Mutex<State>>,
}

impl FaultSwitch {
    pub(in crate::sandbox) fn new(seed: u64, faults: Faults) -> Result<Self, FaultsError> {
        faults.check()?;
        let counts = vec![(0, 0); faults.rules.len()];
        Ok(Self {
            state: Arc::new(Mutex::new(State {
                withdrawn: faults.withdrawn.clone().into(),
                hidden_tables: faults.hidden_tables.clone().into(),
                faults,
                counts,
                fired: BTreeMap::new(),
                arrivals: VecDeque::new(),
                random: fastrand::Rng::with_seed(seed ^ 0x00fa_0175),
            })),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces all faults; the rules' counts begin anew.
    ///
    /// # Errors
    /// The faults cannot be; the old ones stay.
    pub fn set(&self, faults: Faults) -> Result<(), FaultsError> {
        faults.check()?;
        let mut s = self.lock();
        s.counts = vec![(0, 0); faults.rules.len()];
        s.withdrawn = faults.withdrawn.clone().into();
        s.hidden_tables = faults.hidden_tables.clone().into();
        s.faults = faults;
        s.arrivals.clear();
        Ok(())
    }

    /// Adds one rule to those that are there.
    ///
    /// # Errors
    /// The rule cannot be.
    pub fn add(&self, rule: Rule) -> Result<(), FaultsError> {
        Faults::default().with(rule.clone()).check()?;
        let mut s = self.lock();
        s.faults.rules.push(rule);
        s.counts.push((0, 0));
        Ok(())
    }

    /// Withdraws rights, such as `Finance/Agreements/Add`, in place of those withdrawn before.
    ///
    /// # Errors
    /// There is no such right.
    pub fn withdraw(&self, rights: &[&str]) -> Result<(), FaultsError> {
        let mut faults = self.current();
        faults.withdrawn = rights.iter().map(|&r| r.to_owned()).collect();
        faults.check()?;
        let mut s = self.lock();
        s.withdrawn = faults.withdrawn.clone().into();
        s.faults.withdrawn = faults.withdrawn;
        Ok(())
    }

    /// Hides setup tables, such as `Billing Cycle`, in place of those hidden before.
    ///
    /// # Errors
    /// There is no such table.
    pub fn hide(&self, tables: &[&str]) -> Result<(), FaultsError> {
        let mut faults = self.current();
        faults.hidden_tables = tables.iter().map(|&t| t.to_owned()).collect();
        faults.check()?;
        let mut s = self.lock();
        s.hidden_tables = faults.hidden_tables.clone().into();
        s.faults.hidden_tables = faults.hidden_tables;
        Ok(())
    }

    /// Who is let in from now on.
    pub fn let_in(&self, entrance: Entrance) {
        self.lock().faults.entrance = entrance;
    }

    /// Every answer takes so long from now on.
    pub fn latency(&self, milliseconds: u64) {
        self.lock().faults.latency_ms = milliseconds;
    }

    /// No faults from now on.
    pub fn clear(&self) {
        let mut s = self.lock();
        s.faults = Faults::default();
        s.withdrawn = Arc::default();
        s.hidden_tables = Arc::default();
        s.counts.clear();
        s.arrivals.clear();
    }

    /// The faults as they are.
    pub fn current(&self) -> Faults {
        self.lock().faults.clone()
    }

    /// How often each kind has hit since the start.
    pub fn fired(&self) -> BTreeMap<Kind, u64> {
        self.lock().fired.clone()
    }

    /// What hits this request.
    pub(in crate::sandbox) fn decide(&self, method: &str, path: &str, now: Instant) -> Verdict {
        self.lock().decide(method, path, now)
    }
}

impl State {
    fn decide(&mut self, method: &str, path: &str, now: Instant) -> Verdict {
        let mut verdict = Verdict {
            withdrawn: Arc::clone(&self.withdrawn),
            hidden_tables: Arc::clone(&self.hidden_tables),
            entrance: self.faults.entrance,
            ..Verdict::default()
        };
        let mut latency = self.faults.latency_ms;
        if self.faults.jitter_ms > 0 {
            latency += self.random.u64(0..=self.faults.jitter_ms);
        }
        verdict.throttle = self.over_the_limit(now);
        for (rule, (seen, hits)) in self.faults.rules.iter().zip(&mut self.counts) {
            if !matches(rule, method, path) {
                continue;
            }
            *seen += 1;
            if *seen <= rule.after || rule.limit.is_some_and(|l| *hits >= l) {
                continue;
            }
            if rule.probability < 1.0 && self.random.f64() >= rule.probability {
                continue;
            }
            *hits += 1;
            *self.fired.entry(rule.kind).or_default() += 1;
            let time = Duration::from_millis(rule.milliseconds);
            match rule.kind {
                Kind::Latency => latency += rule.milliseconds,
                Kind::Throttle => verdict.throttle = Some(rule.retry_after),
                Kind::ServerError | Kind::ServerErrorAfterCommit => {
                    let after = rule.kind == Kind::ServerErrorAfterCommit;
                    verdict.server_error = Some((rule.status.unwrap_or(500), rule.body, after));
                }
                Kind::ResetBeforeCommit => verdict.reset_before = true,
                Kind::ResetAfterCommit => verdict.reset_after = true,
                Kind::Trickle => {
                    verdict.trickle = Some((rule.bytes.unwrap_or(64).max(1), time));
                }
                Kind::Truncate => verdict.truncate = true,
                Kind::ListLag => verdict.list_lag = Some(time),
                Kind::IgnoreFilters => verdict.ignore_filters = true,
                Kind::PatchIgnored => verdict.patch_ignored = true,
                Kind::CurrencyIgnored => verdict.currency_ignored = true,
                Kind::Forbidden => verdict.forbidden = true,
            }
        }
        verdict.half_latency = Duration::from_micros(latency.saturating_mul(500));
        verdict
    }

    /// Seconds until the next request is welcome, when there were too many in the last minute.
    fn over_the_limit(&mut self, now: Instant) -> Option<u64> {
        let limit = self.faults.requests_per_minute as usize;
        if limit == 0 {
            return None;
        }
        let minute = Duration::from_secs(60);
        while self.arrivals.front().is_some_and(|&t| now.duration_since(t) >= minute) {
            self.arrivals.pop_front();
        }
        if self.arrivals.len() < limit {
            self.arrivals.push_back(now);
            return None;
        }
        *self.fired.entry(Kind::Throttle).or_default() += 1;
        let oldest = *self.arrivals.front().expect("a full window has a first arrival");
        let wait = minute.saturating_sub(now.duration_since(oldest));
        // Whole seconds, rounded up: a client that waits so long is welcome.
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }
}

fn matches(rule: &Rule, method: &str, path: &str) -> bool {
    rule.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method))
        && rule.path.as_deref().is_none_or(|pattern| path_matches(pattern, path))
}

/// `*` stands for anything; a pattern without one is looked for anywhere.
pub(super) fn path_matches(pattern: &str, path: &str) -> bool {
    if !pattern.contains('*') {
        return path.contains(pattern);
    }
    let mut parts = pattern.split('*');
    let first = parts.next().expect("split gives at least one part");
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let (last, middle) = parts.split_last().expect("a pattern with a star has two parts");
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
