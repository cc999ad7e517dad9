//! The request log: what tests count, and what people look at who debug their own scripts.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

/// So many requests are kept; older ones are forgotten.
const KEPT: usize = 200_000;

/// One request.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    /// When it arrived.
    pub at: Timestamp,
    /// When it arrived, for measuring.
    #[serde(skip)]
    pub started: Instant,
    /// When its answer was ready to be sent; absent while it is under way.
    #[serde(skip)]
    pub ended: Option<Instant>,
    /// Such as `POST`.
    pub method: String,
    /// The path from the root, percent-encoding as sent.
    pub path: String,
    /// The query as sent, without the question mark; empty: none.
    pub query: String,
    /// The body as text; what is not UTF-8 is replaced.
    pub body: String,
    /// The answer's status. Absent while it is under way, and when the connection was reset.
    pub status: Option<u16>,
    /// Whether the connection was reset instead of an answer.
    pub reset: bool,
}

impl Recorded {
    /// Whether it asked for a change: anything but GET.
    pub fn is_write(&self) -> bool {
        self.method != "GET" && self.method != "HEAD"
    }

    /// The number of the agreement in the path, where there is one.
    pub fn agreement(&self) -> Option<i64> {
        self.path.split("/finance/agreements/").nth(1)?.split('/').next()?.parse().ok()
    }
}

/// Pairs of writes to one agreement that were under way at the same time.
pub fn overlapping_writes(log: &[Recorded]) -> Vec<(&Recorded, &Recorded)> {
    let mut pairs = Vec::new();
    let mut running: HashMap<i64, Vec<&Recorded>> = HashMap::new();
    for request in log.iter().filter(|r| r.is_write()) {
        let Some(agreement) = request.agreement() else { continue };
        let before = running.entry(agreement).or_default();
        before.retain(|b| b.ended.is_none_or(|end| end > request.started));
        pairs.extend(before.iter().map(|b| (*b, request)));
        before.push(request);
    }
    pairs
}

/// The most requests that were under way at the same time.
pub fn most_in_flight(log: &[Recorded]) -> usize {
    let mut running: Vec<&Recorded> = Vec::new();
    let mut most = 0;
    for request in log {
        running.retain(|b| b.ended.is_none_or(|end| end > request.started));
        running.push(request);
        most = most.max(running.len());
    }
    most
}

/// All requests since the last clearing.
#[derive(Debug, Default)]
pub(super) struct RequestLog {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    /// How many were cleared, so that tickets of requests under way stay valid.
    dropped: usize,
    list: VecDeque<Recorded>,
}

impl RequestLog {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an arrival; the ticket is for [`RequestLog::answered`].
    pub(super) fn arrived(&self, entry: Recorded) -> usize {
        let mut e = self.lock();
        e.list.push_back(entry);
        if e.list.len() > KEPT {
            e.list.pop_front();
            e.dropped += 1;
        }
        e.dropped + e.list.len() - 1
    }

    /// Notes the answer. A request that was cleared meanwhile is left out.
    pub(super) fn answered(&self, ticket: usize, status: Option<u16>) {
        let mut e = self.lock();
        let Some(at) = ticket.checked_sub(e.dropped) else { return };
        if let Some(entry) = e.list.get_mut(at) {
            entry.ended = Some(Instant::now());
            entry.status = status;
            entry.reset = status.is_none();
        }
    }

    pub(super) fn all(&self) -> Vec<Recorded> {
        self.lock().list.iter().cloned().collect()
    }

    pub(super) fn clear(&self) {
        let mut e = self.lock();
        e.dropped += e.list.len();
        e.list.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn request(method: &str, agreement: i64, from: u64, to: Option<u64>) -> Recorded {
        let zero = *ZERO.get_or_init(Instant::now);
        Recorded {
            at: Timestamp::UNIX_EPOCH,
            started: zero + Duration::from_millis(from),
            ended: to.map(|t| zero + Duration::from_millis(t)),
            method: method.into(),
            path: format!("/v/apis/3.0/finance/agreements/{agreement}/additions"),
            query: String::new(),
            body: String::new(),
            status: Some(201),
            reset: false,
        }
    }

    static ZERO: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();

    #[test]
    fn overlaps_are_found_on_one_agreement_only() {
        let log = [
            request("POST", 1, 0, Some(10)),
            request("POST", 2, 5, Some(15)),
            request("GET", 1, 6, Some(7)),
            request("PATCH", 1, 10, Some(20)),
            request("POST", 1, 19, None),
            request("POST", 1, 90, Some(91)),
        ];
        let found: Vec<(&str, Instant)> =
            overlapping_writes(&log).iter().map(|(a, b)| (a.method.as_str(), b.started)).collect();
        assert_eq!(found, [("PATCH", log[4].started), ("POST", log[5].started)]);
        assert_eq!(most_in_flight(&log), 3);
        assert_eq!(log[0].agreement(), Some(1));
    }

    #[test]
    fn a_ticket_outlives_the_clearing() {
        let log = RequestLog::default();
        let first = log.arrived(request("GET", 1, 0, None));
        log.clear();
        let second = log.arrived(request("POST", 1, 0, None));
        log.answered(first, Some(500));
        assert_eq!(log.all()[0].ended, None);
        log.answered(second, None);
        assert!(log.all()[0].reset);
    }
}
