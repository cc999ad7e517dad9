//! `addendum` alone: the terminal app.

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::Answer;
use crate::config::Paths;
use crate::tui;

/// Opens the terminal app; says what there is instead where standard output is no terminal.
pub async fn run(global: &Global) -> Result<Answer, Failure> {
    if !tui::has_terminal() {
        return Err(Failure::usage(
            "the terminal app needs a terminal, and standard output is none",
            "use the commands instead: demo, load, map, plan, sync, reconcile, status; \
             `addendum --help` lists all of them",
        ));
    }
    let options = tui::Options {
        paths: Paths::find(global.home.as_deref(), &global.profile)?,
        profile: global.profile.clone(),
        no_color: global.no_color,
        ascii: false,
        tour: global.tour,
    };
    tui::run(options).await?;
    Answer::new("screen", &serde_json::json!({}), String::new())
}
