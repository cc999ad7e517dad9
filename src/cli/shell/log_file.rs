//! The program log: a rolling file at the log path, never standard output (design 4). The System
//! Logs that people read are another thing; they are in the store.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::private;
use crate::domain::text::harmless_lines;

/// A file grows to this many bytes, then it is put aside.
const LARGEST: u64 = 5 * 1024 * 1024;
/// Lines that may wait for the disk; room for all of them is taken at once.
const WAITING: usize = 8_192;
/// So many are kept beside the newest: `addendum.log.1`, `.2`, ...
const KEPT: u32 = 4;

/// Starts the program log. A log that cannot be written stops nothing. The guard writes the last
/// lines out when it is dropped.
pub fn start(file: Option<&Path>, verbose: u8) -> Option<WorkerGuard> {
    let (layer, guard) = match file.and_then(|f| RollingFile::open(f).ok()) {
        Some(rolling) => {
            let (writer, guard) =
                NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(Gate(rolling));
            let layer = fmt::layer()
                .with_writer(writer)
                .with_ansi(false)
                .with_filter(ours(LevelFilter::DEBUG, LevelFilter::WARN));
            (Some(layer), Some(guard))
        }
        None => (None, None),
    };
    let level = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let console = (verbose > 0).then(|| {
        fmt::layer()
            .with_writer(|| Gate(io::stderr()))
            .with_ansi(false)
            .without_time()
            .with_filter(ours(level, LevelFilter::WARN))
    });
    // A second subscriber in one process (tests) is no reason to stop.
    let _ = tracing_subscriber::registry().with(layer).with(console).try_init();
    guard
}

/// Libraries below us could log what they send; they are held to warnings.
fn ours(level: LevelFilter, others: LevelFilter) -> Targets {
    Targets::new().with_default(others.min(level)).with_target("addendum", level)
}

/// Log lines on their way to where people read them: whoever logs a text from outside may have
/// forgotten what is in it. A line arrives whole.
struct Gate<W: Write>(W);

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(harmless_lines(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A file that is put aside when it is full, also while the program runs on for months.
struct RollingFile {
    path: PathBuf,
    file: File,
    written: u64,
}

impl RollingFile {
    fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            private::make_folder(folder)?;
        }
        let file = private::open(path, OpenOptions::new().create(true).append(true))?;
        let written = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, written })
    }

    fn aside(&self, number: u32) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    }

    fn roll(&mut self) -> io::Result<()> {
        for n in (1..KEPT).rev() {
            // A gap in the numbers is no fault.
            let _ = std::fs::rename(self.aside(n), self.aside(n + 1));
        }
        std::fs::rename(&self.path, self.aside(1))?;
        *self = Self::open(&self.path)?;
        Ok(())
    }
}

impl Write for RollingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written > LARGEST {
            // Where it cannot be put aside it goes on growing: a log line lost is worse.
            if self.roll().is_err() {
                self.written = 0;
            }
        }
        let n = self.file.write(bytes)?;
        self.written += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_is_harmless() {
        let mut kept = Vec::new();
        Gate(&mut kept).write_all("x\u{1b}[2J \u{202e}\u{9b}y\n".as_bytes()).expect("written");
        assert_eq!(String::from_utf8(kept).expect("text"), "x\u{fffd}[2J \u{fffd}\u{fffd}y\n");
    }

    #[test]
    fn a_full_log_is_put_aside_and_only_so_many_are_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state/addendum.log");
        let mut log = RollingFile::open(&path).expect("a log file");
        let chunk = vec![b'x'; usize::try_from(LARGEST).expect("it fits") + 1];
        for _ in 0..8 {
            log.write_all(&chunk).expect("written");
        }
        let count = std::fs::read_dir(folder.path().join("state")).expect("a folder").count();
        assert_eq!(count as u32, KEPT + 1);
        assert!(path.exists());
    }
}
