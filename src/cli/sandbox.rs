//! `addendum sandbox`: the sandbox alone.

use std::path::PathBuf;

use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// Arguments of `sandbox`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where it listens; only loopback addresses
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8378")]
    pub listen: std::net::SocketAddr,
    /// What the sample data follows from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// So many companies
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub companies: u32,
    /// So many sample lines over two months
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub lines: u32,
    /// Faults to play, as TOML or JSON
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
}

/// Serves until it is stopped.
pub async fn run(_args: &Args, _output: Output) -> Result<Answer, Failure> {
    Err(fault("the sandbox is not there yet"))
}
