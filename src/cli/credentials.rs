//! `addendum credentials`: the ConnectWise keys, and where they are kept.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// What to do with them.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Args {
    /// Keep site, company, client id and the two keys; without a terminal the keys are two lines
    /// of standard input: public, private
    Set(SetArgs),
    /// One authenticated call
    Test,
    /// What is set and where it was found; never the private key
    Show,
    /// Forget the keys
    Delete,
}

/// Arguments of `credentials set`.
#[derive(Debug, Clone, clap::Args)]
pub struct SetArgs {
    /// Host or URL, such as na.myconnectwise.net
    #[arg(long, value_name = "S")]
    pub site: Option<String>,
    /// The login company
    #[arg(long, value_name = "C")]
    pub company_id: Option<String>,
    /// The integration's client id, a GUID from developer.connectwise.com
    #[arg(long, value_name = "I")]
    pub client_id: Option<String>,
    /// Keep the billing source's secret instead: one line of standard input without a terminal
    #[arg(long, conflicts_with_all = ["site", "company_id", "client_id"])]
    pub source_secret: bool,
}

/// Does it.
pub async fn run(_global: &Global, _args: &Args, _output: Output) -> Result<Answer, Failure> {
    Err(fault("the vault is not there yet"))
}
