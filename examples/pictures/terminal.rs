//! The program in a pseudo-terminal.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a screen may take to show something.
const PATIENCE: Duration = Duration::from_secs(60);
/// A screen is still when nothing came for so long.
const STILL: Duration = Duration::from_millis(400);

/// A running program and its screen.
pub struct Terminal {
    parser: vt100::Parser,
    output: Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts the program on a terminal of this size.
    pub fn start(
        program: &Path,
        args: &[&str],
        columns: NonZeroU16,
        rows: NonZeroU16,
    ) -> anyhow::Result<Self> {
        let pair = native_pty_system().openpty(PtySize {
            rows: rows.get(),
            cols: columns.get(),
            pixel_width: 0,
            pixel_height: 0,
        })?;
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for name in ["NO_COLOR", "SSH_CONNECTION", "TMUX", "ADDENDUM_HOME"] {
            command.env_remove(name);
        }
        let child = pair.slave.spawn_command(command)?;
        let mut reader = pair.master.try_clone_reader()?;
        let (sender, output) = sync_channel(64);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            parser: vt100::Parser::new(rows, columns, 0),
            output,
            input: pair.master.take_writer()?,
            child,
            _master: pair.master,
        })
    }

    /// Types.
    pub fn press(&mut self, keys: &str) -> anyhow::Result<()> {
        // An escape byte and the key after it would be read as one key with Alt.
        for (n, part) in keys.split_inclusive('\u{1b}').enumerate() {
            if n > 0 {
                self.wait_until_still()?;
            }
            self.input.write_all(part.as_bytes())?;
            self.input.flush()?;
        }
        Ok(())
    }

    /// Waits until the text stands on the screen.
    pub fn wait_for(&mut self, text: &str) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !self.screen().contents().contains(text) {
            self.take(PATIENCE.saturating_sub(begun.elapsed()))?.then_some(()).ok_or_else(
                || {
                    anyhow::anyhow!(
                        "{text:?} did not come; the screen:\n{}",
                        self.screen().contents()
                    )
                },
            )?;
        }
        Ok(())
    }

    /// Waits until nothing more comes.
    pub fn wait_until_still(&mut self) -> anyhow::Result<()> {
        while self.take(STILL)? {}
        Ok(())
    }

    /// The screen as it stands.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    fn take(&mut self, within: Duration) -> anyhow::Result<bool> {
        match self.output.recv_timeout(within) {
            Ok(bytes) => {
                self.parser.process(&bytes);
                Ok(true)
            }
            Err(RecvTimeoutError::Timeout) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => anyhow::bail!("the program ended"),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It was asked to quit; what does not is ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
