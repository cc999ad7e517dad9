//! What lets a biller trust the program: permissions told apart, secrets that stay secret, text from
//! outside that stays text, who did what, two persons for a write. All of it through the real binary.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

#[path = "../tui_sessions/person.rs"]
#[allow(dead_code, reason = "a part of it is enough here")]
mod person;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/terminal.rs"]
mod terminal;

mod approval;
mod audit;
mod canary;
mod causes;
#[cfg(unix)]
mod files;
mod findings;
mod gone;
mod hostile;
mod needles;
mod permissions;
mod taking_back;
mod way;
