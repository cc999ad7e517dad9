//! The threads that own the connections. One writes; concurrent `record` requests share a commit.
//! A few read, so that a read never waits for a load. A store in memory has none (`inline`).

use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::audit::anchor::Anchor;
use super::connection;
use super::error::StoreError;
use super::inline::Inline;
use super::journal;
use super::transaction::Transaction;
use crate::domain::journal::Step;

/// Requests that may wait; a caller beyond waits for room.
const QUEUE: usize = 64;
/// Connections that read. Two may be busy with totals or a plan; one serves the screen.
const READERS: usize = 3;

/// Work for a connection.
pub(super) type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// What the writing thread is asked.
pub(super) enum Request {
    /// Anything; brings its own transaction and answers itself.
    Work(Work),
    /// Steps of the journal: waiting ones are committed together.
    Record(Recording),
    /// Close the connection; answered by dropping the sender.
    Close(oneshot::Sender<()>),
}

/// Steps for the journal.
pub(super) struct Recording {
    pub steps: Vec<Step>,
    /// The time by the caller's clock.
    pub at: Timestamp,
    /// Who acts.
    pub who: Arc<str>,
    pub answer: oneshot::Sender<Result<(), StoreError>>,
}

/// Where requests go in.
pub(super) enum Threads {
    /// Threads of their own.
    Apart {
        /// The one that writes.
        writer: mpsc::Sender<Request>,
        /// Those that read.
        readers: mpsc::Sender<Request>,
        /// The one that reads for the terminal app's grid.
        grid: mpsc::Sender<Request>,
    },
    /// The thread of whoever asks.
    Inline(Inline),
}

impl Threads {
    /// Opens all connections and starts their threads.
    pub(super) async fn start(path: &Path) -> Result<Self, StoreError> {
        let (writer, writes) = mpsc::channel(QUEUE);
        let (readers, reads) = mpsc::channel(QUEUE);
        let owned = path.to_path_buf();
        let (ready, opened) = oneshot::channel();
        spawn("store-writer", move || match connection::writer(&owned) {
            Ok(conn) => {
                let anchor = Anchor::beside(&owned, &conn);
                let _ = ready.send(Ok(()));
                write_loop(conn, writes, anchor);
            }
            Err(e) => {
                let _ = ready.send(Err(e));
            }
        })?;
        opened.await.map_err(|_| StoreError::Closed)??;
        let (grid, views) = mpsc::channel(QUEUE);
        let conn = connection::reader(path)?;
        let views = Mutex::new(views);
        spawn("store-grid", move || read_loop(conn, &views))?;
        let reads = Arc::new(Mutex::new(reads));
        for _ in 0..READERS {
            let (reads, conn) = (reads.clone(), connection::reader(path)?);
            spawn("store-reader", move || read_loop(conn, &reads))?;
        }
        Ok(Self::Apart { writer, readers, grid })
    }

    /// Asks the writing thread.
    pub(super) async fn write(&self, request: Request) -> Result<(), StoreError> {
        match self {
            Self::Apart { writer, .. } => ask(writer, request).await,
            Self::Inline(inline) => inline.run(request).await,
        }
    }

    /// Asks whichever reading thread is free.
    pub(super) async fn read(&self, work: Work) -> Result<(), StoreError> {
        match self {
            Self::Apart { readers, .. } => ask(readers, Request::Work(work)).await,
            Self::Inline(inline) => inline.run(Request::Work(work)).await,
        }
    }

    /// Asks the thread of the terminal app's grid. Its work takes tens of megabytes for a moment,
    /// and allocators keep such memory for the thread that asked: one thread keeps it once.
    pub(super) async fn grid(&self, work: Work) -> Result<(), StoreError> {
        match self {
            Self::Apart { grid, .. } => ask(grid, Request::Work(work)).await,
            Self::Inline(inline) => inline.run(Request::Work(work)).await,
        }
    }

    /// Whether work is done where it is asked, so that it must not wait for whoever asked.
    pub(super) fn is_inline(&self) -> bool {
        matches!(self, Self::Inline(_))
    }

    /// Closes all connections, after what was asked before.
    pub(super) async fn close(&self) {
        let Self::Apart { writer, readers, grid } = self else { return };
        let readers = std::iter::repeat_n(readers, READERS);
        for queue in readers.chain([grid, writer]) {
            let (done, closed) = oneshot::channel();
            if queue.send(Request::Close(done)).await.is_ok() {
                let _ = closed.await;
            }
        }
    }
}

async fn ask(queue: &mpsc::Sender<Request>, request: Request) -> Result<(), StoreError> {
    queue.send(request).await.map_err(|_| StoreError::Closed)
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(body)
        .map(|_| ())
        .map_err(|e| StoreError::Other(format!("no thread for the store: {e}")))
}

fn read_loop(mut conn: Connection, reads: &Mutex<mpsc::Receiver<Request>>) {
    loop {
        // The lock is held while waiting and given up before working: the others queue here.
        let next = match reads.lock() {
            Ok(mut reads) => reads.blocking_recv(),
            Err(_) => return,
        };
        match next {
            Some(Request::Work(work)) => work(&mut conn),
            Some(Request::Record(recording)) => drop(recording),
            Some(Request::Close(done)) => {
                drop(conn);
                drop(done);
                return;
            }
            None => return,
        }
    }
}

fn write_loop(mut conn: Connection, mut writes: mpsc::Receiver<Request>, mut anchor: Anchor) {
    let mut put_back = None;
    while let Some(request) = put_back.take().or_else(|| writes.blocking_recv()) {
        match request {
            Request::Work(work) => work(&mut conn),
            Request::Record(first) => {
                let mut group = vec![first];
                while put_back.is_none() && group.len() < QUEUE {
                    match writes.try_recv() {
                        Ok(Request::Record(next)) => group.push(next),
                        Ok(other) => put_back = Some(other),
                        Err(_) => break,
                    }
                }
                record_group(&mut conn, group);
            }
            Request::Close(done) => {
                drop(conn);
                drop(done);
                return;
            }
        }
        anchor.follow(&conn);
    }
}

/// One transaction and one commit for all; each is answered only after the commit. A request that
/// fails is taken back alone, and the others are kept.
pub(super) fn record_group(conn: &mut Connection, mut group: Vec<Recording>) {
    if group.len() == 1
        && let Some(Recording { steps, at, who, answer }) = group.pop()
    {
        let _ = answer.send(in_transaction(conn, who, |tx| apply_all(tx, steps, at)));
        return;
    }
    let (parts, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|r| ((r.steps, r.at, r.who), r.answer)).unzip();
    let outcome = (|| -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let mut tx = Transaction::writing(conn, None)?;
        let mut results = Vec::with_capacity(parts.len());
        for (steps, at, who) in parts {
            results.push(tx.part(who, |part| apply_all(part, steps, at))?);
        }
        tx.commit()?;
        Ok(results)
    })();
    match outcome {
        Ok(results) => {
            for (answer, result) in answers.into_iter().zip(results) {
                let _ = answer.send(result);
            }
        }
        Err(e) => {
            for answer in answers {
                let _ = answer.send(Err(e.again()));
            }
        }
    }
}

fn apply_all(tx: &Transaction<'_>, steps: Vec<Step>, at: Timestamp) -> Result<(), StoreError> {
    steps.into_iter().try_for_each(|step| journal::apply(tx, step, at))
}

/// Runs `work` for `who` in a writing transaction of its own; `Ok` means that it is on the disk.
pub(super) fn in_transaction<T>(
    conn: &mut Connection,
    who: Arc<str>,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = Transaction::writing(conn, Some(who))?;
    let value = work(&tx)?;
    tx.commit()?;
    Ok(value)
}
