//! The binary: arguments, panics, exit code. Everything else is in the library.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use addendum::cli;
use addendum::cli::shell::exit::Exit;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        // The message may hold text from outside: it goes to the log whole, to the terminal safe.
        tracing::error!("panic: {info}");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        cli::shell::output::note(&format!(
            "error: a fault of ours at {place} (panic)\n  remedy: nothing that was posted is \
             lost; run the command again, and please report this"
        ));
    }));
    catch_unwind(AssertUnwindSafe(|| match cli::parse(std::env::args_os()) {
        Ok(arguments) => cli::run(&arguments),
        Err(exit) => exit,
    }))
    .unwrap_or(Exit::Fault)
    .into()
}
