//! One run per profile, and one daemon, across processes: a lock on a file that the operating
//! system lets go of when its holder dies, however it dies.

use std::fs::{OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::config::private;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// Held by a run.
const RUN: &str = "addendum.lock";
/// Held by the daemon for as long as it lives; runs of others go on beside it.
const SCHEDULE: &str = "daemon.lock";

/// The files that leases leave in a profile's data folder; empty of meaning when nobody holds them.
pub const FILES: [&str; 2] = [RUN, SCHEDULE];

/// The profile, or its schedule, held until this goes.
pub struct Lease {
    _held: Box<dyn Send + Sync>,
}

/// Who keeps the runs of one profile apart: a file in its data folder, unless somebody gives another
/// one, whose time can be another.
pub trait Leases: Send + Sync {
    /// Takes the profile for a command.
    ///
    /// # Errors
    /// [`Lease::refused`] when another run holds it; a fault when nobody can tell.
    fn take(&self, command: &str) -> Result<Lease, Problem>;
}

/// Leases on the profile whose data folder this is.
#[derive(Debug, Clone)]
pub(super) struct InFolder(pub PathBuf);

impl Leases for InFolder {
    fn take(&self, command: &str) -> Result<Lease, Problem> {
        Lease::take(&self.0, command)
    }
}

impl Lease {
    /// A lease that is given back when `held` goes.
    pub fn of(held: impl Send + Sync + 'static) -> Self {
        Self { _held: Box::new(held) }
    }

    /// What is told when somebody else, such as "`addendum sync` (process 7)", holds the profile.
    pub fn refused(holder: &str) -> Problem {
        Problem::new(
            ProblemKind::Busy,
            "profile-busy",
            format!("{holder} holds the profile"),
            "wait until it ends, or end it; a killed process holds nothing",
        )
    }

    /// Takes the profile whose data folder this is.
    ///
    /// # Errors
    /// [`ProblemKind::Busy`] when another run holds it; a fault when the folder cannot be written.
    pub fn take(data_dir: &Path, command: &str) -> Result<Self, Problem> {
        Self::lock(data_dir, RUN, command).map_err(|refused| refused.problem(Self::refused))
    }

    /// Takes the schedule of the profile whose data folder this is: a second daemon would do
    /// nothing but get in the first one's way.
    ///
    /// # Errors
    /// [`ProblemKind::Busy`] when another daemon keeps it; a fault when the folder cannot be
    /// written.
    pub fn schedule(data_dir: &Path, command: &str) -> Result<Self, Problem> {
        Self::lock(data_dir, SCHEDULE, command).map_err(|refused| {
            refused.problem(|holder| {
                Problem::new(
                    ProblemKind::Busy,
                    "daemon-running",
                    format!("{holder} keeps the profile's schedule"),
                    "one daemon does it: leave it running, or end it first",
                )
            })
        })
    }

    fn lock(data_dir: &Path, name: &str, command: &str) -> Result<Self, Refused> {
        let path = data_dir.join(name);
        let broken = |e: std::io::Error| Refused::Broken(path.clone(), e);
        private::make_folder(data_dir).map_err(broken)?;
        let mut how = OpenOptions::new();
        how.read(true).write(true).create(true).truncate(false);
        let mut file = private::open(&path, &mut how).map_err(broken)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(broken)?;
                file.rewind().map_err(broken)?;
                write!(file, "{} {command}", std::process::id()).map_err(broken)?;
                file.flush().map_err(broken)?;
                Ok(Self::of(file))
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // On systems where a locked file cannot be read, nobody is named.
                let _ = file.take(200).read_to_string(&mut holder);
                Err(Refused::Held(match holder.split_once(' ') {
                    Some((pid, command)) => {
                        format!("`addendum {}` (process {})", harmless(command), harmless(pid))
                    }
                    None => "another run".to_owned(),
                }))
            }
            Err(TryLockError::Error(e)) => Err(broken(e)),
        }
    }
}

/// Why a file was not locked.
enum Refused {
    /// Somebody holds it: who, in words.
    Held(String),
    /// It cannot be opened, locked or written.
    Broken(PathBuf, std::io::Error),
}

impl Refused {
    fn problem(self, told: impl FnOnce(&str) -> Problem) -> Problem {
        match self {
            Self::Held(holder) => told(&holder),
            Self::Broken(path, e) => Problem::new(
                ProblemKind::Fault,
                "no-lease",
                format!("{} cannot be locked: {e}", path.display()),
                "make sure that the data folder is on a local disk and can be written",
            ),
        }
    }
}
