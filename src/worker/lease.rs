//! One run per profile, across processes: a lock on a file that the operating system lets go of
//! when its holder dies, however it dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// The profile, held until this goes.
pub struct Lease {
    _file: File,
}

impl Lease {
    /// Takes the profile whose data folder this is.
    ///
    /// # Errors
    /// [`ProblemKind::Busy`] when another run holds it; a fault when the folder cannot be written.
    pub fn take(data_dir: &Path, command: &str) -> Result<Self, Problem> {
        let path = data_dir.join("addendum.lock");
        let broken = |e: std::io::Error| {
            Problem::new(
                ProblemKind::Fault,
                "no-lease",
                format!("{} cannot be locked: {e}", path.display()),
                "make sure that the data folder is on a local disk and can be written",
            )
        };
        std::fs::create_dir_all(data_dir).map_err(broken)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(broken)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(broken)?;
                file.rewind().map_err(broken)?;
                write!(file, "{} {command}", std::process::id()).map_err(broken)?;
                file.flush().map_err(broken)?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // On systems where a locked file cannot be read, nobody is named.
                let _ = file.take(200).read_to_string(&mut holder);
                let holder = match holder.split_once(' ') {
                    Some((pid, command)) => {
                        format!("`addendum {}` (process {})", harmless(command), harmless(pid))
                    }
                    None => "another run".to_owned(),
                };
                Err(Problem::new(
                    ProblemKind::Busy,
                    "profile-busy",
                    format!("{holder} holds the profile"),
                    "wait until it ends, or end it; a killed process holds nothing",
                ))
            }
            Err(TryLockError::Error(e)) => Err(broken(e)),
        }
    }
}
