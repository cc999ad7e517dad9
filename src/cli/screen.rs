//! `addendum` alone: the terminal app.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::Answer;

/// Opens the terminal app; says what there is instead where standard output is no terminal.
pub async fn run(_global: &Global) -> Result<Answer, Failure> {
    Err(Failure::usage(
        "the terminal app needs a terminal, and standard output is none",
        "use the commands instead: demo, load, map, plan, sync, reconcile, status; \
         `addendum --help` lists all of them",
    ))
}
