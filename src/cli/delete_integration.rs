//! `addendum delete-integration`: forget a profile. Nothing is deleted in the PSA.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// Arguments of `delete-integration`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// Deletes after the profile's name was typed.
pub async fn run(_global: &Global, _args: &Args, _output: Output) -> Result<Answer, Failure> {
    Err(fault("the vault is not there yet"))
}
