//! The worker: jobs on tokio, their queue and events, cancellation, the schedule. The TUI and the
//! command line are two faces on it; nothing here knows which one it has (design 1).

pub mod job;
