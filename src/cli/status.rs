//! `addendum status`.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// Arguments of `status`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// One line, for a prompt
    #[arg(long)]
    pub short: bool,
    /// Exit 4 when something is not set up, 3 when lines failed or the equation does not hold
    #[arg(long)]
    pub check: bool,
}

/// Tells.
pub async fn run(_global: &Global, _args: &Args, _output: Output) -> Result<Answer, Failure> {
    Err(fault("the store is not there yet"))
}
