//! The real program in a pseudo-terminal, with the moment at which each frame was complete.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long the program may take to show something before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(120);
/// Every frame ends with the end of a synchronized update.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// Size of the terminal.
pub const COLUMNS: u16 = 80;
/// Size of the terminal.
pub const ROWS: u16 = 24;

/// A frame: when its last byte came, and how many bytes it had.
#[derive(Clone, Copy)]
pub struct Frame {
    pub at: Instant,
    pub bytes: usize,
}

/// The running program.
pub struct Program {
    pub started: Instant,
    screen: vt100::Parser,
    chunks: Receiver<(Instant, Vec<u8>)>,
    pending: Vec<u8>,
    pending_at: Instant,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Program {
    /// Starts the terminal app on a home.
    pub fn start(home: &Path, keys: (&str, &str)) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_addendum"));
        for name in ["NO_COLOR", "COLORTERM", "SSH_CONNECTION", "TMUX", "TERM_PROGRAM"] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm");
        command.env("LANG", "C.UTF-8");
        command.env("ADDENDUM_HOME", home);
        command.env("ADDENDUM_CW_PUBLIC_KEY", keys.0);
        command.env("ADDENDUM_CW_PRIVATE_KEY", keys.1);
        command.cwd(home);
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, chunks) = sync_channel(4096);
        std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send((Instant::now(), buffer[..n].to_vec())).is_err() {
                    break;
                }
            }
        });
        Self {
            started,
            screen: vt100::Parser::new(
                ROWS.try_into().expect("not zero"),
                COLUMNS.try_into().expect("not zero"),
                0,
            ),
            chunks,
            pending: Vec::new(),
            pending_at: started,
            input: pair.master.take_writer().expect("a writer"),
            child,
            _master: pair.master,
        }
    }

    /// Types; gives the moment at which the terminal had the keys.
    pub fn press(&mut self, keys: &str) -> Instant {
        self.input.write_all(keys.as_bytes()).expect("the program reads");
        self.input.flush().expect("the program reads");
        Instant::now()
    }

    /// The next frame; `None` when none ends within the time.
    pub fn frame(&mut self, within: Duration) -> Option<Frame> {
        let until = Instant::now() + within;
        loop {
            let found = self.pending.windows(FRAME_END.len()).position(|w| w == FRAME_END);
            if let Some(at) = found {
                let rest = self.pending.split_off(at + FRAME_END.len());
                let frame = std::mem::replace(&mut self.pending, rest);
                self.screen.process(&frame);
                return Some(Frame { at: self.pending_at, bytes: frame.len() });
            }
            match self.chunks.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok((at, bytes)) => {
                    self.pending_at = at;
                    self.pending.extend_from_slice(&bytes);
                }
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the program ended; its last screen:\n{}", self.text())
                }
            }
        }
    }

    /// Takes frames until one shows what is wanted; gives that frame, and how many bytes came in
    /// all.
    pub fn until(&mut self, wanted: impl Fn(&vt100::Screen) -> bool) -> (Frame, usize) {
        match self.within(PATIENCE, wanted) {
            Some(found) => found,
            None => panic!("what was waited for did not come; the screen:\n{}", self.text()),
        }
    }

    /// The same, for what may not come in this time.
    pub fn within(
        &mut self,
        patience: Duration,
        wanted: impl Fn(&vt100::Screen) -> bool,
    ) -> Option<(Frame, usize)> {
        let mut bytes = 0;
        let begun = Instant::now();
        loop {
            let frame = self.frame(patience.saturating_sub(begun.elapsed()))?;
            bytes += frame.bytes;
            if wanted(self.screen.screen()) {
                return Some((frame, bytes));
            }
        }
    }

    /// The same for a text, which may be there already.
    pub fn until_text(&mut self, text: &str) -> Instant {
        if self.text().contains(text) {
            return self.pending_at;
        }
        self.until(|screen| screen.contents().contains(text)).0.at
    }

    /// Takes frames until none came for a while; gives the bytes of all.
    pub fn settle(&mut self, quiet: Duration) -> usize {
        let mut bytes = 0;
        while let Some(frame) = self.frame(quiet) {
            bytes += frame.bytes;
        }
        bytes + self.pending.len()
    }

    /// The bytes that come within a time.
    pub fn settle_for(&mut self, time: Duration) -> usize {
        let until = Instant::now() + time;
        let mut bytes = 0;
        while let Some(frame) = self.frame(until.saturating_duration_since(Instant::now())) {
            bytes += frame.bytes;
        }
        bytes + self.pending.len()
    }

    /// Where the terminal's cursor is.
    pub fn cursor(&self) -> (u16, u16) {
        self.screen.screen().cursor_position()
    }

    /// A row of the screen.
    pub fn row(&self, at: u16) -> String {
        row(self.screen.screen(), at)
    }

    /// What stands on the screen.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// A figure of `/proc/<pid>/status` in megabytes, where the system has that.
    pub fn memory(&self, name: &str) -> Option<f64> {
        let pid = self.child.process_id()?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find(|l| l.starts_with(name))?;
        let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes / 1024.0)
    }

    /// CPU time used so far, where the system tells.
    pub fn cpu(&self) -> Option<Duration> {
        let pid = self.child.process_id()?;
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let after = text.rsplit_once(')')?.1;
        let mut fields = after.split_whitespace().skip(11);
        let ticks: u64 =
            fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        // Linux counts in hundredths of a second.
        Some(Duration::from_millis(ticks * 10))
    }

    /// Leaves the program, and waits for its end.
    pub fn quit(mut self) {
        self.press("\x03");
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.child.try_wait().expect("a child").is_some() {
                return;
            }
            // What it still writes must be taken, or it would wait for us.
            while self.chunks.recv_timeout(Duration::from_millis(20)).is_ok() {}
        }
        panic!("the program did not end");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A row of a screen.
pub fn row(screen: &vt100::Screen, at: u16) -> String {
    screen.rows(0, COLUMNS).nth(usize::from(at)).unwrap_or_default()
}
