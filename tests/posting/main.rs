//! The executor and the worker against a sandbox over real HTTP: exactly once, whatever happens.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

mod bench;
mod counts;
mod currencies;
mod drift;
mod faults;
mod rounding;
mod runs;
mod state;
mod superseded;
mod undo;
