//! What all commands share with the shell around them: exit codes, output, questions, progress,
//! signals, the program log.

pub mod ask;
pub mod exit;
pub mod failure;
pub mod log_file;
pub mod output;
pub mod panics;
pub mod progress;
pub mod sealed;
pub mod signals;
pub mod table;
