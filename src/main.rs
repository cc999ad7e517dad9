//! The binary: arguments, exit code. Everything else is in the library.

use std::process::ExitCode;

use addendum::cli;

fn main() -> ExitCode {
    cli::shell::panics::silence();
    match cli::parse(std::env::args_os()) {
        Ok(arguments) => cli::run(&arguments),
        Err(exit) => exit,
    }
    .into()
}
