//! `addendum` alone: the terminal app.

use std::io::{self, IsTerminal as _};

use futures_util::future::LocalBoxFuture;

use super::Global;
use super::shell::failure::Failure;
use super::shell::output::Answer;
use crate::config::Paths;
use crate::domain::problem::Problem;

/// What the terminal app is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Where everything of the profile lives.
    pub paths: Paths,
    /// The profile's name.
    pub profile: String,
    /// No colours, whatever the terminal has.
    pub no_color: bool,
    /// Nothing but ASCII is drawn.
    pub ascii: bool,
    /// The guided tour is shown.
    pub tour: bool,
}

/// Opens the terminal app and ends with it. The binary hands it in: the two faces do not know each
/// other.
pub type Screen = fn(Opening) -> LocalBoxFuture<'static, Result<(), Problem>>;

/// Whether there is a terminal to draw on and to read from.
pub(super) fn has_terminal() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

/// Opens the terminal app; says what there is instead where standard output is no terminal.
pub(super) async fn run(global: &Global, screen: Screen) -> Result<Answer, Failure> {
    if !has_terminal() {
        return Err(Failure::usage(
            "the terminal app needs a terminal, and standard output is none",
            "use the commands instead: demo, load, map, plan, sync, reconcile, status; \
             `addendum --help` lists all of them",
        ));
    }
    screen(Opening {
        paths: Paths::find(global.home.as_deref(), &global.profile)?,
        profile: global.profile.clone(),
        no_color: global.no_color,
        ascii: global.ascii,
        tour: global.tour,
    })
    .await?;
    Answer::new("screen", &serde_json::json!({}), String::new())
}
