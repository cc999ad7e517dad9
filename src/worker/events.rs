//! Events on their way to the face: results are never dropped and stay in order; progress and
//! traffic are replaced by newer ones while the reader is busy.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};

use super::job::{Event, JobId};
use crate::connectwise::Traffic;
use crate::sync::RunEvent;

/// How many events may wait for the reader in the channel; more wait in the queue before it.
const ROOM: usize = 256;

/// The sending side; cheap to clone, callable from anywhere.
#[derive(Clone)]
pub(super) struct Teller {
    queue: Arc<Queue>,
    /// When the last clone goes, the pump empties the queue and ends.
    _alive: Arc<Alive>,
}

#[derive(Default)]
struct Queue {
    pending: Mutex<Pending>,
    changed: Notify,
}

#[derive(Default)]
struct Pending {
    results: VecDeque<Event>,
    progress: BTreeMap<(JobId, &'static str), Event>,
    traffic: Option<Traffic>,
    closed: bool,
}

struct Alive(Arc<Queue>);

impl Drop for Alive {
    fn drop(&mut self) {
        lock(&self.0).closed = true;
        self.0.changed.notify_one();
    }
}

fn lock(queue: &Queue) -> std::sync::MutexGuard<'_, Pending> {
    queue.pending.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Teller {
    /// Starts the pump.
    pub(super) fn start(runtime: &Handle) -> (Self, mpsc::Receiver<Event>) {
        let queue = Arc::new(Queue::default());
        let (send, receive) = mpsc::channel(ROOM);
        runtime.spawn(pump(Arc::clone(&queue), send));
        (Self { _alive: Arc::new(Alive(Arc::clone(&queue))), queue }, receive)
    }

    /// Tells one event; never waits.
    pub(super) fn tell(&self, event: Event) {
        {
            let mut pending = lock(&self.queue);
            match event {
                Event::Progress { job, what, .. } => {
                    pending.progress.insert((job, what), event);
                }
                Event::Run { job, event: RunEvent::Progress { .. } } => {
                    pending.progress.insert((job, "run"), event);
                }
                Event::Traffic(traffic) => pending.traffic = Some(traffic),
                Event::Started(_) | Event::Run { .. } | Event::Ended { .. } => {
                    // What was reached before a result is told before it.
                    let progress = std::mem::take(&mut pending.progress);
                    pending.results.extend(progress.into_values());
                    pending.results.push_back(event);
                }
            }
        }
        self.queue.changed.notify_one();
    }
}

async fn pump(queue: Arc<Queue>, send: mpsc::Sender<Event>) {
    loop {
        let (results, progress, traffic, closed) = {
            let mut pending = lock(&queue);
            (
                std::mem::take(&mut pending.results),
                std::mem::take(&mut pending.progress),
                pending.traffic.take(),
                pending.closed,
            )
        };
        let idle = results.is_empty() && progress.is_empty() && traffic.is_none();
        if idle && closed {
            return;
        }
        for event in results {
            if send.send(event).await.is_err() {
                return;
            }
        }
        for event in progress.into_values().chain(traffic.map(Event::Traffic)) {
            // A reader that is behind gets a newer one later.
            if let Err(mpsc::error::TrySendError::Closed(_)) = send.try_send(event) {
                return;
            }
        }
        if idle {
            queue.changed.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_reader_gets_every_result_and_the_newest_progress() {
        let (teller, mut events) = Teller::start(&Handle::current());
        let job = JobId(1);
        for n in 0..2_000 {
            teller.tell(Event::Progress { job, what: "lines", done: n, total: None });
            teller.tell(Event::Started(JobId(n)));
        }
        for n in 0..10_000 {
            teller.tell(Event::Progress { job, what: "lines", done: n, total: None });
        }
        drop(teller);
        let mut started = Vec::new();
        let mut newest = 0;
        let mut seen = 0;
        while let Some(event) = events.recv().await {
            seen += 1;
            match event {
                Event::Started(JobId(n)) => started.push(n),
                Event::Progress { done, .. } => newest = done,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(started, (0..2_000).collect::<Vec<_>>());
        assert_eq!(newest, 9_999);
        assert!(seen < 5_000, "{seen} events for 2000 results");
    }
}
