//! SIGINT, SIGTERM and SIGHUP end a job at the next safe point; a second one ends it at once. The
//! journal makes both safe: the next run looks up what was left open.

use tokio_util::sync::CancellationToken;

use super::output::note;

/// How the program ends when it is told twice: 128 + SIGINT, as shells do.
const FORCED: i32 = 130;

/// Begins to listen. The token is cancelled with the first signal.
///
/// Must be called inside a tokio runtime. Where signals cannot be listened to, they keep their
/// default effect.
pub fn listen(quiet: bool) -> CancellationToken {
    let token = CancellationToken::new();
    let told = token.clone();
    tokio::spawn(async move {
        let Ok(mut signals) = Signals::new() else { return };
        signals.next().await;
        if !quiet {
            note("stopping at the next safe point; a second signal stops at once");
        }
        told.cancel();
        signals.next().await;
        note("stopped at once; the next sync looks up what was left open");
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
