//! Addendum puts a cloud marketplace's invoice lines on ConnectWise PSA agreements as additions:
//! each line exactly once, to the cent.
//!
//! The rooms, from the ground up; a room imports only rooms below it (`tests/architecture.rs` holds
//! this):
//!
//! ```text
//! 5  tui, cli          two faces on the worker
//! 4  worker            jobs, events, the schedule
//! 3  flows, sync       store state in, plan out; the one executor
//! 2  connectwise, sources, store, matching, vault
//! 1  domain, config    nouns and rules; settings
//!    sandbox           beside them: a PSA and a Platform to play with
//! ```

pub mod cli;
pub mod config;
pub mod connectwise;
pub mod domain;
pub mod flows;
pub mod matching;
pub mod sandbox;
pub mod sources;
pub mod store;
pub mod sync;
pub mod tui;
pub mod vault;
pub mod worker;
