//! `addendum pull`: refresh the local copy of PSA records.

use serde_json::json;

use super::Global;
use super::jobs::{perform, unexpected};
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::{Align, Table};
use crate::worker::job::{Job, Outcome, PullWhat};

/// Arguments of `pull`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which records
    #[arg(value_enum, default_value = "all")]
    pub what: What,
}

/// Which records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// Customers
    Companies,
    /// The catalog
    Products,
    /// Agreements, their types and the custom-field definitions
    Agreements,
    /// All of it
    All,
}

/// Pulls.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let what = match args.what {
        What::Companies => PullWhat::Companies,
        What::Products => PullWhat::Products,
        What::Agreements => PullWhat::Agreements,
        What::All => PullWhat::All,
    };
    let Outcome::Pulled(summary) = perform(global, output, Job::Pull(what)).await? else {
        return Err(unexpected());
    };
    let mut table = Table::new(&[
        ("Records", Align::Left),
        ("Held", Align::Right),
        ("New", Align::Right),
        ("Changed", Align::Right),
        ("Gone", Align::Right),
    ]);
    let parts = [
        ("companies", summary.companies),
        ("products", summary.products),
        ("agreements", summary.agreements),
    ];
    for (name, report) in parts {
        if let Some(r) = report {
            let numbers = [r.total, r.added, r.updated, r.gone].map(|n| n.to_string());
            table.row(std::iter::once(name.to_owned()).chain(numbers));
        }
    }
    Answer::new("pull", &json!(summary), table.text())
}
