//! The executor and the worker against a sandbox over real HTTP: exactly once, whatever happens.

mod bench;
mod counts;
mod drift;
mod faults;
mod runs;
mod state;
mod undo;
