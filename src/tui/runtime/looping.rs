//! The loop: signals, what effects bring, input and time come in, in this order; effects and frames
//! go out. It is generic over terminal, input and performer.

use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ratatui::backend::Backend;

use super::guard::TerminalGuard;
use super::input::Input;
use super::pace::Pace;
use super::perform::{Heard, Perform};
use super::screen::Screen;
use super::signals::{Asked, Signals, stop_here, terminal_is_gone};
use super::taskbar;
use super::wardrobe::Wardrobe;
use crate::tui::model::effect::Effect;
use crate::tui::model::message::{Answer, Message, Pointer};
use crate::tui::model::update::update;
use crate::tui::model::{Dirty, Model};

/// How often a hangup of the terminal is looked for.
const HANGUP_EVERY: Duration = Duration::from_secs(1);
/// Messages that are taken before a frame is considered: a flood must not stop the drawing.
const AT_ONCE: usize = 256;

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A person quit.
    Quit,
    /// A signal asked for it.
    Signalled,
    /// The terminal is gone.
    HungUp,
}

/// Everything that the loop turns.
pub struct Turning<B: Backend, I: Input, P: Perform> {
    /// The state.
    pub model: Model,
    /// The terminal.
    pub screen: Screen<B>,
    /// The keys.
    pub input: I,
    /// Who performs effects.
    pub performer: P,
    /// The signals; absent in tests.
    pub signals: Option<Signals>,
    /// The terminal's modes; absent in tests.
    pub guard: Option<TerminalGuard>,
    /// The themes.
    pub wardrobe: Wardrobe,
    /// When to draw.
    pub pace: Pace,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

impl<B: Backend<Error: Into<io::Error>>, I: Input, P: Perform> Turning<B, I, P> {
    /// Turns until the end.
    ///
    /// # Errors
    /// The terminal refuses a write: it is gone.
    pub async fn turn(&mut self, first: Vec<Effect>) -> io::Result<Ending> {
        if self.carry_out(first)? {
            return Ok(Ending::Quit);
        }
        let mut looked = Instant::now();
        loop {
            let due = self.pace.due(self.model.dirty);
            if due.is_some_and(|due| due <= Instant::now()) {
                if self.screen.draw(&self.model)? {
                    self.model.dirty = Dirty::Clean;
                } else {
                    // The news of it may be on its way, or came before anybody listened.
                    let (width, height) = self.screen.size()?;
                    if self.told(Message::Resize(width, height), true)? {
                        return Ok(Ending::Quit);
                    }
                }
                self.pace.drawn(Instant::now());
                continue;
            }
            let wake = self.wake(due, looked);
            let (signals, performer, input) =
                (&mut self.signals, &mut self.performer, &mut self.input);
            tokio::select! {
                biased;
                asked = next_signal(signals) => {
                    if let Some(ending) = self.signalled(asked)? {
                        return Ok(ending);
                    }
                }
                heard = performer.next() => {
                    if self.heard(heard)? || self.drain()? {
                        return Ok(Ending::Quit);
                    }
                }
                message = input.next() => {
                    let Some(message) = message else {
                        self.performer.stop();
                        return Ok(Ending::HungUp);
                    };
                    if self.told(message, true)? || self.drain()? {
                        return Ok(Ending::Quit);
                    }
                }
                () = tokio::time::sleep_until(wake.into()) => {
                    if looked.elapsed() >= HANGUP_EVERY {
                        looked = Instant::now();
                        if self.guard.is_some() && terminal_is_gone() {
                            self.performer.stop();
                            return Ok(Ending::HungUp);
                        }
                    }
                    self.tick();
                }
            }
        }
    }

    /// When something must be done although nothing comes in.
    fn wake(&self, due: Option<Instant>, looked: Instant) -> Instant {
        let mut wake = looked + HANGUP_EVERY;
        if let Some(due) = due {
            wake = wake.min(due);
        }
        if let Some(deadline) = self.model.next_deadline() {
            let left = deadline.duration_since((self.clock)());
            let left = Duration::try_from(left).unwrap_or_default();
            wake = wake.min(Instant::now() + left);
        }
        wake
    }

    fn tick(&mut self) {
        let now = (self.clock)();
        update(&mut self.model, Message::Clock(now));
    }

    /// Takes what is there already, so that one frame shows all of it.
    fn drain(&mut self) -> io::Result<bool> {
        for _ in 0..AT_ONCE {
            if let Some(message) = self.input.ready() {
                if self.told(message, true)? {
                    return Ok(true);
                }
            } else if let Some(heard) = self.performer.ready() {
                if self.heard(heard)? {
                    return Ok(true);
                }
            } else {
                break;
            }
        }
        Ok(false)
    }

    fn heard(&mut self, heard: Heard) -> io::Result<bool> {
        match heard {
            Heard::Message(message) => {
                let urgent = !matches!(message, Message::Worker(_));
                self.told(message, urgent)
            }
            Heard::Terminal(effect) => self.carry_out(vec![effect]),
        }
    }

    /// Hands a message to the model and carries out what it asks for; `true` ends the loop.
    fn told(&mut self, message: Message, urgent: bool) -> io::Result<bool> {
        self.tick();
        if urgent {
            self.pace.urgent();
        }
        let message = match message {
            Message::Pointer(Pointer::Click { x, y }) => {
                let spot = self.screen.look.spot_at(x, y);
                Message::Pointer(spot.map_or(Pointer::Click { x, y }, Pointer::On))
            }
            message => message,
        };
        let effects = update(&mut self.model, message);
        let end = self.carry_out(effects)?;
        self.pace.waits_for_rows(self.model.waits_for_rows(), Instant::now());
        Ok(end)
    }

    /// Carries out what is the terminal's, and hands the rest on; `true` ends the loop.
    fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<bool> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(true),
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => {
                    self.screen.repaint()?;
                    self.model.dirty = Dirty::Full;
                }
                Effect::Mouse(on) => {
                    if let Some(guard) = &mut self.guard {
                        guard.mouse(on)?;
                    }
                }
                Effect::Copy { text, rows } => {
                    let sent = self.copy(&text).map(|()| rows);
                    update(&mut self.model, Message::Answer(Answer::Copied(sent)));
                }
                Effect::TaskBar(percent) => {
                    let mut bytes = Vec::new();
                    match percent {
                        Some(percent) => taskbar::show(&mut bytes, percent)?,
                        None => taskbar::clear(&mut bytes)?,
                    }
                    if !bytes.is_empty() {
                        self.screen.send(&bytes)?;
                    }
                }
                Effect::NextTheme => self.next_theme()?,
                other => self.performer.perform(other),
            }
        }
        Ok(false)
    }

    /// OSC 52: the only clipboard that crosses SSH.
    fn copy(&mut self, text: &str) -> Result<(), crate::domain::problem::Problem> {
        use crate::domain::problem::{Problem, ProblemKind};
        /// Terminals drop longer sequences without a word (xterm, tmux: about 100 kB).
        const LONGEST: usize = 74_000;
        if text.len() > LONGEST {
            return Err(Problem::new(
                ProblemKind::Refused,
                "too-long-to-copy",
                format!("{} bytes are more than a terminal's clipboard takes", text.len()),
                "export to a CSV file instead",
            ));
        }
        let mut bytes = Vec::new();
        let written = crossterm::queue!(
            bytes,
            crossterm::clipboard::CopyToClipboard::to_clipboard_from(text)
        )
        .and_then(|()| self.screen.send(&bytes));
        written.map_err(|e| {
            Problem::new(ProblemKind::Fault, "clipboard", e.to_string(), "export to a file instead")
        })
    }

    fn next_theme(&mut self) -> io::Result<()> {
        let theme = self.wardrobe.wear_next();
        let name = theme.name.clone();
        self.screen.look.theme = theme;
        self.screen.repaint()?;
        self.model.show_theme(&name);
        self.performer.perform(Effect::Note { name: "tui.theme".into(), value: Some(name) });
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        if let Some(guard) = &mut self.guard {
            guard.lend(stop_here)?;
        }
        self.come_back()
    }

    /// The terminal may have another size and shows something else.
    fn come_back(&mut self) -> io::Result<()> {
        let (width, height) = self.screen.size()?;
        self.screen.repaint()?;
        update(&mut self.model, Message::Resize(width, height));
        self.pace.urgent();
        Ok(())
    }

    fn signalled(&mut self, asked: Asked) -> io::Result<Option<Ending>> {
        match asked {
            Asked::End => {
                self.performer.stop();
                Ok(Some(Ending::Signalled))
            }
            Asked::HangUp => {
                self.performer.stop();
                Ok(Some(Ending::HungUp))
            }
            Asked::Stop => {
                self.suspend()?;
                Ok(None)
            }
            Asked::WokenUp => {
                if let Some(guard) = &mut self.guard {
                    guard.reclaim()?;
                }
                self.come_back()?;
                Ok(None)
            }
        }
    }
}

async fn next_signal(signals: &mut Option<Signals>) -> Asked {
    match signals {
        Some(signals) => signals.next().await,
        None => std::future::pending().await,
    }
}
