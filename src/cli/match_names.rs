//! `addendum match`: what matching would say about lists of one's own.

use std::path::PathBuf;

use super::shell::failure::Failure;
use super::shell::output::{Answer, fault};

/// Arguments of `match`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// CSV with the columns id and name: what can be matched to
    #[arg(long, value_name = "FILE", required_unless_present = "pairs", conflicts_with = "pairs")]
    pub catalog: Option<PathBuf>,
    /// CSV with the column query: what is looked for
    #[arg(long, value_name = "FILE", required_unless_present = "pairs", conflicts_with = "pairs")]
    pub queries: Option<PathBuf>,
    /// CSV with the columns name1 and name2: how alike each pair is
    #[arg(long, value_name = "FILE")]
    pub pairs: Option<PathBuf>,
    /// Whose names they are
    #[arg(long, value_enum, default_value = "organization")]
    pub kind: Kind,
    /// So many candidates for each query
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub top: u16,
}

/// Whose names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Customers
    Organization,
    /// Products
    Offer,
}

/// Matches.
pub fn run(_args: &Args) -> Result<Answer, Failure> {
    Err(fault("matching is not there yet"))
}
