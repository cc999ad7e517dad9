//! `addendum daemon`: the schedule without a terminal.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// Arguments of `daemon`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// Runs until it is stopped.
pub async fn run(_global: &Global, _args: &Args, _output: Output) -> Result<Answer, Failure> {
    Err(fault("the worker is not there yet"))
}
