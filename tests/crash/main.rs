//! The real binary, killed at every point of its journal and at random, told to stop, or out of room
//! on its disk, then run again: the end is always that of a run that nobody disturbed. Also when the
//! local database is lost in between.

#[cfg(unix)]
mod disk;
mod kills;
mod netted;
mod points;
mod prepared;
#[path = "../support/seat_changes.rs"]
mod seat_changes;
#[path = "../posting/state.rs"]
mod state;
#[cfg(unix)]
mod stops;
#[path = "../support/mod.rs"]
mod support;
