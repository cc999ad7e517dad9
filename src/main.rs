//! The binary: arguments, the terminal app for the command line to open, exit code. Everything
//! else is in the library.

use std::process::ExitCode;

use addendum::{cli, tui};

fn main() -> ExitCode {
    cli::shell::sealed::seal();
    cli::shell::panics::silence();
    match cli::parse(std::env::args_os()) {
        Ok(arguments) => cli::run(&arguments, |o| {
            let options = tui::Options {
                paths: o.paths,
                profile: o.profile,
                no_color: o.no_color,
                ascii: o.ascii,
                tour: o.tour,
            };
            Box::pin(tui::run(options))
        }),
        Err(exit) => exit,
    }
    .into()
}
