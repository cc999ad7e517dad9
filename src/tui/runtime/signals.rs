//! Signals that end, stop or wake the program. The terminal is given back before any of them takes
//! effect.

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// End at a safe point: SIGTERM, SIGQUIT, SIGINT.
    End,
    /// The terminal is gone: SIGHUP.
    HangUp,
    /// Stop until SIGCONT: SIGTSTP.
    Stop,
    /// Someone stopped us unasked and let us go on: SIGCONT.
    WokenUp,
}

#[cfg(unix)]
pub use unix::{Signals, stop_here, terminal_is_gone};

#[cfg(unix)]
mod unix {
    use std::io;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Signal as Raw, kill_current_process_group};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::Asked;

    /// Listens for the signals.
    pub struct Signals {
        term: Signal,
        quit: Signal,
        int: Signal,
        hup: Signal,
        stop: Signal,
        cont: Signal,
    }

    impl Signals {
        /// Begins to listen.
        ///
        /// # Errors
        /// The system refuses.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                term: signal(SignalKind::terminate())?,
                quit: signal(SignalKind::quit())?,
                int: signal(SignalKind::interrupt())?,
                hup: signal(SignalKind::hangup())?,
                stop: signal(SignalKind::from_raw(Raw::TSTP.as_raw()))?,
                cont: signal(SignalKind::from_raw(Raw::CONT.as_raw()))?,
            })
        }

        /// Waits for the next one.
        pub async fn next(&mut self) -> Asked {
            tokio::select! {
                _ = self.hup.recv() => Asked::HangUp,
                _ = self.term.recv() => Asked::End,
                _ = self.quit.recv() => Asked::End,
                _ = self.int.recv() => Asked::End,
                _ = self.stop.recv() => Asked::Stop,
                _ = self.cont.recv() => Asked::WokenUp,
            }
        }
    }

    /// Stops the process group with the signal that cannot be masked; returns when it goes on.
    pub fn stop_here() {
        let _ = kill_current_process_group(Raw::STOP);
    }

    /// Whether the terminal was hung up. crossterm's event stream does not end then, and would use
    /// a whole core for ever (measured, crossterm 0.29).
    pub fn terminal_is_gone() -> bool {
        let stdin = rustix::stdio::stdin();
        let mut polled = [PollFd::new(&stdin, PollFlags::empty())];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        match poll(&mut polled, Some(&now)) {
            Ok(_) => {
                polled[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
            }
            Err(_) => false,
        }
    }
}

#[cfg(not(unix))]
pub use other::{Signals, stop_here, terminal_is_gone};

#[cfg(not(unix))]
mod other {
    use super::Asked;

    /// Listens for Ctrl-C from outside; other systems have no such signals.
    pub struct Signals(());

    impl Signals {
        /// Begins to listen.
        ///
        /// # Errors
        /// Never.
        pub fn listen() -> std::io::Result<Self> {
            Ok(Self(()))
        }

        /// Waits for it.
        pub async fn next(&mut self) -> Asked {
            match tokio::signal::ctrl_c().await {
                Ok(()) => Asked::End,
                Err(_) => std::future::pending().await,
            }
        }
    }

    /// There is no shell to go back to.
    pub fn stop_here() {}

    /// Consoles end the program when they are closed.
    pub fn terminal_is_gone() -> bool {
        false
    }
}
