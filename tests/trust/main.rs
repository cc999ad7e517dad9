//! What lets a biller trust the program: permissions told apart, secrets that stay secret, text from
//! outside that stays text, who did what, two persons for a write. All of it through the real binary.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

#[path = "../support/mod.rs"]
mod support;

mod approval;
mod audit;
mod causes;
#[cfg(unix)]
mod files;
mod permissions;
mod way;
