//! The worker: jobs on tokio, their queue and events, cancellation, the schedule. The TUI and the
//! command line are two faces on it; nothing here knows which one it has (design 1).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use self::events::Teller;
use self::job::{Event, Job, JobError, JobId, Outcome};

pub mod approvals;
pub mod audit_file;
pub mod bill_check;
pub mod changes;
mod events;
pub mod forecast;
pub mod job;
mod jobs;
mod labour;
mod lease;
pub mod mapping_file;
pub mod mapping_view;
pub mod match_lists;
mod origin;
pub mod overview;
mod person;
mod place;
pub mod plan_file;
mod profile;
pub mod schedule;
pub mod suggest;
mod syslog;
pub mod unload;

pub use self::jobs::{Context, Tell, equation, run};
pub use self::labour::Labour;
pub use self::lease::{FILES as LEASE_FILES, Lease, Leases};
pub use self::person::who;
pub use self::place::marker_place;
pub use self::profile::{Credentials, Profile};

/// Runs jobs and tells what happens. One worker for one profile and one face.
pub struct Worker {
    shared: Arc<Shared>,
    events: Option<mpsc::Receiver<Event>>,
}

struct Shared {
    profile: Profile,
    teller: Teller,
    /// Held by the job that writes (to the PSA, or lines to the store): one at a time, in the
    /// order in which they were submitted.
    turn: tokio::sync::Mutex<()>,
    next: AtomicU64,
    stop: CancellationToken,
    runtime: Handle,
}

/// A submitted job.
#[derive(Debug, Clone)]
pub struct JobHandle {
    /// Its number, as in the events.
    pub id: JobId,
    /// Ends it at the next safe point.
    pub cancel: CancellationToken,
    /// `true` makes it wait before its next write; `false` lets it go on.
    pub pause: Arc<watch::Sender<bool>>,
}

impl Worker {
    /// Starts a worker on the current tokio runtime.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(profile: Profile) -> Self {
        let runtime = Handle::current();
        let (teller, events) = Teller::start(&runtime);
        let shared = Arc::new(Shared {
            profile,
            teller,
            turn: tokio::sync::Mutex::new(()),
            next: AtomicU64::new(1),
            stop: CancellationToken::new(),
            runtime,
        });
        Self { shared, events: Some(events) }
    }

    /// The profile that it works for.
    pub fn profile(&self) -> &Profile {
        &self.shared.profile
    }

    /// The events: progress and traffic may be left out when the reader is slow, everything else
    /// comes, in order. Gives them once; [`Worker::run`] needs them too.
    pub fn events(&mut self) -> Option<mpsc::Receiver<Event>> {
        self.events.take()
    }

    /// Cancelled, it ends all jobs at their next safe point and refuses new ones. For Ctrl-C,
    /// SIGTERM and the end of the program.
    pub fn stop(&self) -> CancellationToken {
        self.shared.stop.clone()
    }

    /// Begins a job and returns at once; callable from any thread. [`Event::Ended`] tells how it
    /// went. Jobs that write wait for one another; the others start immediately.
    pub fn submit(&self, job: Job) -> JobHandle {
        let id = JobId(self.shared.next.fetch_add(1, Ordering::Relaxed));
        let cancel = self.shared.stop.child_token();
        let (pause, paused) = watch::channel(false);
        let handle = JobHandle { id, cancel: cancel.clone(), pause: Arc::new(pause) };
        let shared = Arc::clone(&self.shared);
        // The sender must outlive the job, or "paused" could never change.
        let keep = Arc::clone(&handle.pause);
        self.shared.runtime.spawn(async move {
            let teller = shared.teller.clone();
            let work = tokio::spawn(async move {
                let _turn = if job.writes() {
                    tokio::select! {
                        turn = shared.turn.lock() => Some(turn),
                        () = cancel.cancelled() => return Err(JobError::Cancelled),
                    }
                } else {
                    None
                };
                if cancel.is_cancelled() {
                    return Err(JobError::Cancelled);
                }
                shared.teller.tell(Event::Started(id));
                let teller = shared.teller.clone();
                let tell: Tell = Arc::new(move |event| teller.tell(event));
                let context =
                    Context { id, profile: shared.profile.clone(), tell, cancel, pause: paused };
                jobs::run(context, job).await
            });
            let result = work.await.unwrap_or_else(|e| Err(jobs::died(&e)));
            drop(keep);
            teller.tell(Event::Ended { job: id, result: Box::new(result) });
        });
        handle
    }

    /// Runs one job to its end and hands over the events before it. For the command line.
    ///
    /// # Errors
    /// What the job failed with; [`JobError::Cancelled`] when the worker was stopped before it
    /// began.
    ///
    /// # Panics
    /// When [`Worker::events`] was taken: there is one reader.
    pub async fn run(
        &mut self,
        job: Job,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Outcome, JobError> {
        let mut events = self.events.take().expect("the events of this worker have no reader yet");
        let handle = self.submit(job);
        let mut result = None;
        while let Some(event) = events.recv().await {
            match event {
                Event::Ended { job, result: ended } if job == handle.id => {
                    result = Some(*ended);
                    break;
                }
                event => tell(event),
            }
        }
        self.events = Some(events);
        result.unwrap_or(Err(JobError::Cancelled))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}
