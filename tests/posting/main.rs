//! The executor and the worker against a sandbox over real HTTP: exactly once, whatever happens.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

mod adopted;
mod bench;
mod counts;
mod currencies;
mod decisions;
mod drift;
mod faults;
mod netting;
mod rounding;
mod runs;
#[path = "../support/seat_changes.rs"]
mod seat_changes;
mod state;
mod superseded;
mod undo;
