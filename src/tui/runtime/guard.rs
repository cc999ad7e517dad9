//! The terminal is taken once and given back once, whatever ends the program: a normal end, an
//! error, a panic, a signal. Only what was turned on is turned off.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};

use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};

/// What was turned on, and by which thread.
struct Held {
    mouse: bool,
    owner: ThreadId,
}

/// At most one guard holds the terminal of the process.
static HELD: Mutex<Option<Held>> = Mutex::new(None);
static HOOK: Once = Once::new();

/// Holds the terminal; gives it back when dropped.
#[derive(Debug)]
pub struct TerminalGuard(());

impl TerminalGuard {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, the mouse where wanted.
    ///
    /// # Errors
    /// The terminal refuses.
    pub fn take(mouse: bool) -> io::Result<Self> {
        HOOK.call_once(hook);
        enter(mouse)?;
        Ok(Self(()))
    }

    /// Gives the terminal back for a while, and takes it again after `away`.
    ///
    /// # Errors
    /// The terminal refuses.
    pub fn lend(&mut self, away: impl FnOnce()) -> io::Result<()> {
        let mouse = held().as_ref().is_some_and(|h| h.mouse);
        give_back();
        away();
        enter(mouse)
    }

    /// Takes the terminal's modes again after someone else had the terminal.
    ///
    /// # Errors
    /// The terminal refuses.
    pub fn reclaim(&mut self) -> io::Result<()> {
        let mouse = held().as_ref().is_some_and(|h| h.mouse);
        enter(mouse)
    }

    /// Takes or leaves the mouse.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        if let Some(held) = held().as_mut() {
            held.mouse = on;
        }
        let mut out = io::stdout();
        if on {
            queue!(out, EnableMouseCapture)?
        } else {
            queue!(out, DisableMouseCapture)?
        }
        out.flush()
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        give_back();
    }
}

fn held() -> std::sync::MutexGuard<'static, Option<Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    *held() = Some(Held { mouse, owner: thread::current().id() });
    let mut out = io::stdout();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Gives the terminal back; the second call does nothing. Errors are of no use here: there is
/// nobody left to tell.
pub fn give_back() {
    let Some(was) = held().take() else { return };
    let mut out = io::stdout();
    if was.mouse {
        let _ = queue!(out, DisableMouseCapture);
    }
    // An open frame is ended too: a panic may have cut one off.
    let _ = out.write_all(b"\x1b[?2026l");
    let _ = super::taskbar::clear(&mut out);
    let _ = queue!(out, DisableBracketedPaste, ResetColor, LeaveAlternateScreen, cursor::Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// A panic of the thread that owns the terminal gives it back before the message is printed. A
/// panic of any other thread must not tear the living screen down: it goes to the log, and the
/// worker reports it as a problem.
fn hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let owner = held().as_ref().map(|h| h.owner);
        match owner {
            Some(owner) if owner != thread::current().id() => {
                tracing::error!("panic beside the screen: {info}");
            }
            Some(_) => {
                give_back();
                before(info);
            }
            None => before(info),
        }
    }));
}
