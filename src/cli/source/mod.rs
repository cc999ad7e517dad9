//! `addendum source`: the billing source, looked at without loading anything.

mod forecast;

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};

/// What of the source.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Args {
    /// What the source is going to bill next, as far as it tells; nothing of it is loaded or posted
    Forecast,
}

/// Runs it.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    match args {
        Args::Forecast => forecast::run(global, output).await,
    }
}
