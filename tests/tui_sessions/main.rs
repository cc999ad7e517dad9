//! Whole sessions of the terminal app: the real binary on a pseudo-terminal, a sandbox behind it,
//! and somebody who presses keys and reads the screen.
//!
//! Unix only: Windows' pseudo-console draws the screen anew in its own bytes, so what the program
//! wrote cannot be looked at there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/terminal.rs"]
mod terminal;

mod drawn;
mod files;
mod lost;
mod month;
mod permissions;
mod person;
mod random;
mod signals;
mod sizes;
mod wire;
