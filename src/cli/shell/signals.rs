//! SIGINT, SIGTERM and SIGHUP end a job at the next safe point; a second one ends it at once. The
//! journal makes both safe: the next run looks up what was left open.

use std::sync::OnceLock;

use tokio_util::sync::CancellationToken;

use super::output::Output;
use super::progress::Progress;

/// How the program ends when it is told twice: 128 + SIGINT, as shells do.
const FORCED: i32 = 130;

/// The one token of this process.
static TOLD: OnceLock<CancellationToken> = OnceLock::new();

/// The token that the first signal cancels. The first caller begins to listen; before that,
/// signals keep their default effect, and also where they cannot be listened to.
///
/// Must be called inside a tokio runtime.
pub fn token(output: Output) -> CancellationToken {
    TOLD.get_or_init(|| listen(output)).clone()
}

fn listen(output: Output) -> CancellationToken {
    let token = CancellationToken::new();
    let told = token.clone();
    tokio::spawn(async move {
        let Ok(mut signals) = Signals::new() else { return };
        signals.next().await;
        let soon = "stopping at the next safe point; a second signal stops at once";
        Progress::new(output).event("stopping", soon);
        told.cancel();
        signals.next().await;
        let now = "stopped at once; the next sync looks up what was left open";
        Progress::new(Output { quiet: false, ..output }).event("stopped", now);
        std::process::exit(FORCED);
    });
    token
}

#[cfg(unix)]
struct Signals {
    int: tokio::signal::unix::Signal,
    term: tokio::signal::unix::Signal,
    hup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            int: signal(SignalKind::interrupt())?,
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.int.recv() => {}
            _ = self.term.recv() => {}
            _ = self.hup.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
