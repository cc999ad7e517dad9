//! `addendum completions SHELL`: generated from the arguments themselves.

use clap::CommandFactory;

use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};

/// Arguments of `completions`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// For which shell
    pub shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(args: &Args, output: Output) -> Result<Answer, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "addendum", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    if !output.json {
        output.bytes(script.as_bytes());
    }
    let document = serde_json::json!({ "shell": args.shell.to_string(), "script": script });
    Ok(Answer::new("completions", &document, String::new())?.ending(Exit::Done))
}
