//! The request log: what tests count, and what people look at who debug their own scripts.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

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

/// All requests since the last clearing.
#[derive(Debug, Default)]
pub(super) struct RequestLog {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    /// How many were cleared, so that tickets of requests under way stay valid.
    dropped: usize,
    list: Vec<Recorded>,
}

impl RequestLog {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an arrival; the ticket is for [`RequestLog::answered`].
    pub(super) fn arrived(&self, entry: Recorded) -> usize {
        let mut e = self.lock();
        e.list.push(entry);
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
        self.lock().list.clone()
    }

    pub(super) fn clear(&self) {
        let mut e = self.lock();
        e.dropped += e.list.len();
        e.list.clear();
    }
}
