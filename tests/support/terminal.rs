//! The program in a pseudo-terminal, for tests, pictures and measurements: keys go in, a screen
//! comes out, and every byte of it is kept.

#![allow(dead_code, reason = "tests, pictures and measurements each use their own part of it")]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long something may take before it is said that it does not come.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// A screen is still when nothing came for so long.
const STILL: Duration = Duration::from_millis(400);
/// Between two looks at a process that cannot be waited for with a limit.
const LOOK: Duration = Duration::from_millis(5);

/// A running program and its screen.
pub struct Terminal {
    parser: vt100::Parser,
    shown: usize,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    pressed: u64,
    ended: bool,
    hung: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
    input: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    modes: String,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn some(n: u16) -> anyhow::Result<NonZeroU16> {
    NonZeroU16::new(n).ok_or_else(|| anyhow::anyhow!("a terminal has at least one cell"))
}

impl Terminal {
    /// Starts the program in a folder on a terminal of this size. A variable without a value is
    /// taken out of the environment.
    pub fn start(
        program: &Path,
        args: &[&str],
        env: &[(String, Option<String>)],
        folder: &Path,
        (columns, rows): (u16, u16),
    ) -> anyhow::Result<Self> {
        let parser = vt100::Parser::new(some(rows)?, some(columns)?, 0);
        let pair = native_pty_system().openpty(size(columns, rows))?;
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        // What the terminal of whoever runs this can do is no matter.
        for name in ["NO_COLOR", "SSH_CONNECTION", "TMUX", "COLORTERM", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        for (name, value) in env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            }
        }
        let modes = modes(&*pair.master);
        let child = pair.slave.spawn_command(command)?;
        let mut reader = pair.master.try_clone_reader()?;
        let hung = Arc::new(AtomicBool::new(false));
        let stops = Arc::clone(&hung);
        // Unbounded: a program that writes must never wait for whoever is pressing its keys.
        let (sender, output) = channel();
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            // The terminal's end shows as an error on Linux.
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() || stops.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        Ok(Self {
            parser,
            shown: 0,
            output,
            raw: Vec::new(),
            pressed: 0,
            ended: false,
            hung,
            reader: Some(reader),
            input: Some(pair.master.take_writer()?),
            master: Some(pair.master),
            child,
            modes,
        })
    }

    /// Presses keys, as the bytes that a terminal makes of them.
    pub fn press(&mut self, keys: &str) -> anyhow::Result<()> {
        let input = self.input.as_mut().ok_or_else(|| anyhow::anyhow!("it was hung up"))?;
        input.write_all(keys.as_bytes())?;
        input.flush()?;
        self.pressed += keys.len() as u64;
        Ok(())
    }

    /// Waits until the text stands on the screen.
    pub fn wait_for(&mut self, text: &str) -> anyhow::Result<()> {
        self.wait(text, |t| t.screen().contents().contains(text))
    }

    /// Waits until something holds; `what` is said when it does not come.
    pub fn wait(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) -> anyhow::Result<()> {
        if self.holds_within(PATIENCE, &mut holds) {
            return Ok(());
        }
        let why = if self.ended { "the program ended" } else { "it took too long" };
        anyhow::bail!("{what:?} did not come: {why}; the screen:\n{}", self.screen().contents())
    }

    /// Whether something holds, now or within this time.
    pub fn holds_within(&mut self, limit: Duration, mut holds: impl FnMut(&Self) -> bool) -> bool {
        let until = Instant::now() + limit;
        loop {
            if holds(self) {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if self.ended || !self.take(left) {
                return false;
            }
        }
    }

    /// Waits until nothing more comes, for pictures. A test waits for what it expects.
    pub fn wait_until_still(&mut self) {
        while self.take(STILL) {}
    }

    /// Takes what is there already; for a person who presses keys and does not look.
    pub fn glance(&mut self) {
        while self.take(Duration::ZERO) {}
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) -> anyhow::Result<()> {
        if let Some(master) = &self.master {
            self.parser.screen_mut().set_size(some(rows)?, some(columns)?);
            master.resize(size(columns, rows))?;
        }
        Ok(())
    }

    /// Waits for the program's end and everything that it wrote until then.
    pub fn wait_for_end(&mut self) -> anyhow::Result<ExitStatus> {
        let until = Instant::now() + PATIENCE;
        while !self.ended && self.take(until.saturating_duration_since(Instant::now())) {}
        // Whoever hung up, or closed the terminal too early, must look for the end.
        loop {
            if let Some(status) = self.child.try_wait()? {
                while self.take(PATIENCE) {}
                return Ok(status);
            }
            if Instant::now() > until {
                anyhow::bail!("it does not end; the screen:\n{}", self.screen().contents());
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Whether the program's output has come to an end.
    pub fn is_over(&self) -> bool {
        self.ended
    }

    /// Whether the program has ended.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Hangs up: nobody has the terminal any more. The program must answer Ctrl-L with a frame,
    /// which is what wakes the thread that reads.
    pub fn hang_up(&mut self) -> anyhow::Result<()> {
        self.hung.store(true, Ordering::SeqCst);
        self.press("\u{c}")?;
        if let Some(reader) = self.reader.take() {
            reader.join().map_err(|_| anyhow::anyhow!("the reading thread panicked"))?;
        }
        self.input = None;
        self.master = None;
        self.ended = true;
        Ok(())
    }

    /// The program's process id.
    pub fn process(&self) -> Option<u32> {
        self.child.process_id()
    }

    /// The screen as it stands.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Every byte that came, oldest first.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Bytes that came so far.
    pub fn received(&self) -> u64 {
        self.raw.len() as u64
    }

    /// Bytes that were pressed so far.
    pub fn pressed(&self) -> u64 {
        self.pressed
    }

    /// Whether the line discipline (echo, line editing, signals) is what it was before the start;
    /// `None` where the system does not tell.
    pub fn has_its_modes_back(&self) -> Option<bool> {
        let master = self.master.as_deref()?;
        (!self.modes.is_empty()).then(|| modes(master) == self.modes)
    }

    /// Takes the next bytes; tells whether there were any.
    fn take(&mut self, within: Duration) -> bool {
        match self.output.recv_timeout(within) {
            Ok(bytes) => {
                self.raw.extend_from_slice(&bytes);
                self.show();
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                if !self.ended {
                    self.ended = true;
                    self.parser.process(&self.raw[self.shown..]);
                    self.shown = self.raw.len();
                }
                false
            }
        }
    }
}

/// What begins and ends a frame that a terminal shows at once (synchronized update).
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

fn last(all: &[u8], some: &[u8]) -> Option<usize> {
    all.windows(some.len()).rposition(|w| w == some)
}

impl Terminal {
    /// Shows what came, but for a frame that has begun and not ended: as terminals do it.
    fn show(&mut self) {
        let new = &self.raw[self.shown..];
        let open = last(new, BEGIN).filter(|begin| last(&new[*begin..], END).is_none());
        let whole = open.unwrap_or(new.len());
        self.parser.process(&new[..whole]);
        self.shown += whole;
    }
}

#[cfg(unix)]
fn modes(master: &dyn MasterPty) -> String {
    master.get_termios().map(|modes| format!("{modes:?}")).unwrap_or_default()
}

#[cfg(not(unix))]
fn modes(_: &dyn MasterPty) -> String {
    String::new()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It was asked to quit; what does not is ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
