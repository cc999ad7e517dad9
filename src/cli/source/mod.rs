//! `addendum source`: the billing source, looked at without loading anything.

mod check;
mod forecast;
mod list;

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};

/// What of the source.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Args {
    /// The profiles that ship with Addendum
    List,
    /// The TOML of a profile, to be copied and changed; `template` explains every key
    Show(list::ShowArgs),
    /// The first lines of a bill as Addendum understands them, and what it would refuse
    Check(check::Args),
    /// What the source is going to bill next, as far as it tells; nothing of it is loaded or posted
    Forecast,
}

/// Runs it.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    match args {
        Args::List => list::run(),
        Args::Show(args) => list::show(args),
        Args::Check(args) => check::run(args.clone()).await,
        Args::Forecast => forecast::run(global, output).await,
    }
}
