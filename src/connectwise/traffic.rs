//! What the client is doing, counted for screens.

use tokio::sync::watch;

use super::Traffic;

/// The counters; everybody who watches sees each change.
#[derive(Debug)]
pub(super) struct Counters {
    now: watch::Sender<Traffic>,
}

impl Counters {
    pub(super) fn new() -> Self {
        Self { now: watch::Sender::new(Traffic::default()) }
    }

    pub(super) fn watch(&self) -> watch::Receiver<Traffic> {
        self.now.subscribe()
    }

    /// A request goes out; it is in flight until the value is dropped.
    pub(super) fn sending(&self, again: bool) -> InFlight<'_> {
        self.now.send_modify(|t| {
            t.sent += 1;
            t.in_flight += 1;
            t.retries += u64::from(again);
        });
        InFlight { counters: self }
    }

    /// The PSA told us to slow down.
    pub(super) fn throttled(&self, milliseconds: u64) {
        self.now.send_modify(|t| {
            t.throttled += 1;
            t.paused_ms = milliseconds;
        });
    }

    /// Nobody waits any more.
    pub(super) fn resumed(&self) {
        self.now.send_if_modified(|t| std::mem::take(&mut t.paused_ms) > 0);
    }
}

/// A request in flight.
pub(super) struct InFlight<'a> {
    counters: &'a Counters,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.counters.now.send_modify(|t| t.in_flight -= 1);
    }
}
