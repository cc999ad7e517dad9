//! `addendum demo`: a month-end on a sandbox, in a throw-away home.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// Arguments of `demo`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// So many sample lines over two months
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub lines: u32,
    /// The sandbox listens on this port of 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "P")]
    pub port: Option<u16>,
    /// Print each step instead of opening the terminal app
    #[arg(long)]
    pub no_screen: bool,
}

/// Runs the demo.
pub async fn run(_global: &Global, _args: &Args, _output: Output) -> Result<Answer, Failure> {
    Err(fault("the sandbox is not there yet"))
}
