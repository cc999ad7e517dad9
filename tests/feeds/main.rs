//! The distributors' feeds from the wire to the PSA: the real binary against the sandbox, and every
//! way in which their data is known to be awkward.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

#[path = "../support/mod.rs"]
mod support;

mod credentials;
mod forecast;
mod generic;
mod identities;
mod month;
mod own_profile;
mod reading;
mod traps;
mod wire;
