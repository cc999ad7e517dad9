//! The profile's lease on one machine: one process holds it, and it is let go when its holder dies, as
//! an operating system does with a locked file. It can be lost, too: then its holder goes on in good
//! faith, and the next one gets it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use addendum::domain::problem::Problem;
use addendum::worker::{Lease, Leases};

/// The lease of one profile on one machine.
#[derive(Debug, Clone, Default)]
pub struct Lock(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    /// Processes so far.
    processes: u64,
    /// Who holds it as others see it.
    seen: Option<(u64, String)>,
    /// Everybody who was given it and did not give it back.
    holders: BTreeSet<u64>,
    /// Nobody takes it any more: see `sabotage`.
    ignored: bool,
}

impl Lock {
    /// What a new process opens it with.
    pub fn key(&self) -> Key {
        let mut held = self.held();
        held.processes += 1;
        Key { process: held.processes, lock: self.clone() }
    }

    /// It is lost: its file was removed, or the network drive that it is on forgot it.
    pub fn lose(&self) {
        self.held().seen = None;
    }

    /// From now on nobody takes it, and everybody goes on as if he had.
    pub fn ignore(&self) {
        self.held().ignored = true;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process's way to the lease.
#[derive(Debug, Clone)]
pub struct Key {
    process: u64,
    lock: Lock,
}

impl Key {
    /// Whether its process was given the lease and did not give it back.
    pub fn holds(&self) -> bool {
        self.lock.held().holders.contains(&self.process)
    }
}

impl Leases for Key {
    fn take(&self, command: &str) -> Result<Lease, Problem> {
        let mut held = self.lock.held();
        if held.ignored {
            return Ok(Lease::of(()));
        }
        if let Some((process, command)) = &held.seen {
            return Err(Lease::refused(&format!("`addendum {command}` (process {process})")));
        }
        held.seen = Some((self.process, command.to_owned()));
        held.holders.insert(self.process);
        Ok(Lease::of(Given(self.clone())))
    }
}

/// A lease that was given; gone with the process that holds it, however it dies.
struct Given(Key);

impl Drop for Given {
    fn drop(&mut self) {
        let mut held = self.0.lock.held();
        held.holders.remove(&self.0.process);
        if held.seen.as_ref().is_some_and(|(process, _)| *process == self.0.process) {
            held.seen = None;
        }
    }
}
