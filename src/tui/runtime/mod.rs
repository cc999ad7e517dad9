//! The loop around the model: terminal, signals, input, effects, time.

#[cfg(test)]
mod budget;
pub mod caps;
pub mod desk;
mod guard;
pub mod input;
mod lean;
pub mod looping;
pub mod pace;
pub mod perform;
pub mod screen;
mod signals;
mod taskbar;
pub mod wardrobe;
pub mod writer;

use std::io::{self, IsTerminal};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::desk::Desk;
use self::guard::TerminalGuard;
use self::input::TerminalInput;
use self::lean::LeanBackend;
use self::looping::{Ending, Turning};
use self::pace::Pace;
use self::perform::Perform;
use self::screen::Screen;
use self::signals::Signals;
use self::wardrobe::Wardrobe;
use self::writer::FrameWriter;
use super::keys::KeyMap;
use super::model::{Model, Start};
use super::view::{Look, glyphs};
use crate::config::Paths;
use crate::domain::problem::{Problem, ProblemKind};
use crate::worker::Profile;

/// What the terminal app begins with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything of the profile lives.
    pub paths: Paths,
    /// The profile's name.
    pub profile: String,
    /// No colours, whatever the terminal has.
    pub no_color: bool,
    /// Only ASCII is drawn.
    pub ascii: bool,
    /// The guided tour is shown.
    pub tour: bool,
}

/// Whether there is a terminal to draw on and to read from.
pub fn has_terminal() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

/// Opens the profile and runs the terminal app until it is left. The terminal is given back before
/// this returns, whatever happens.
///
/// # Errors
/// Settings or store that cannot be opened; a terminal that refuses.
pub async fn run(options: Options) -> Result<(), Problem> {
    let profile = Profile::open(options.paths.clone(), &options.profile).await?;
    run_on(profile, &options).await
}

/// The same on a profile that is open already.
///
/// # Errors
/// A terminal that refuses.
pub async fn run_on(profile: Profile, options: &Options) -> Result<(), Problem> {
    let caps = caps::detect(options.no_color, options.ascii);
    let signals = Signals::listen().map_err(|e| terminal(&e))?;
    let mut wardrobe = Wardrobe::open(Some(&profile.paths.config_dir), caps.depth);
    if let Ok(Some(name)) = profile.store.note("tui.theme").await {
        wardrobe.wear(&name);
    }
    let keymap = std::fs::read_to_string(profile.paths.config_dir.join("keymap.toml")).ok();
    let mouse = !caps.remote;

    let guard = TerminalGuard::take(mouse).map_err(|e| terminal(&e))?;
    let look = Look::new(wardrobe.worn(), if caps.ascii { glyphs::ASCII } else { glyphs::PLAIN });
    let writer = FrameWriter::new(io::stdout());
    let screen =
        Screen::new(LeanBackend::new(writer.clone()), writer, look).map_err(|e| terminal(&e))?;
    let (mut model, first) = Model::start(Start {
        profile: options.profile.clone(),
        size: screen.size().map_err(|e| terminal(&e))?,
        now: Timestamp::now(),
        zone: TimeZone::system(),
        this_month: profile.this_month(),
        keymap: KeyMap::with_user(keymap.as_deref()),
        theme_problems: std::mem::take(&mut wardrobe.problems),
        mouse,
    });
    if options.tour {
        model.begin_tour();
    }
    let mut turning = Turning {
        model,
        screen,
        input: TerminalInput::start().map_err(|e| terminal(&e))?,
        performer: Desk::new(profile),
        signals: Some(signals),
        guard: Some(guard),
        wardrobe,
        pace: Pace::new(caps.remote),
        clock: Timestamp::now,
    };
    let ended = turning.turn(first).await;
    // A run ends at a safe point, also when the terminal is gone.
    turning.performer.stop();
    drop(turning.guard.take());
    turning.performer.settle().await;
    match ended {
        Ok(Ending::Quit | Ending::Signalled | Ending::HungUp) => Ok(()),
        // A terminal that takes no more writes is gone: that is no fault of ours.
        Err(e) if gone(&e) => Ok(()),
        Err(e) => Err(terminal(&e)),
    }
}

fn gone(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof)
        || e.raw_os_error() == Some(5)
}

fn terminal(e: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Fault,
        "terminal",
        format!("the terminal cannot be used: {e}"),
        "use another terminal, or the commands that need none (`addendum --help`)",
    )
}
