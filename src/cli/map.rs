//! `addendum map`: mappings.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Args {
    /// Accept what matching is sure of
    Auto,
}

/// Does it.
pub async fn run(_global: &Global, _args: &Args, _output: Output) -> Result<Answer, Failure> {
    Err(fault("the store is not there yet"))
}
