//! Questions. Nothing asks one when standard input is no terminal (design 7); secrets are then
//! read as lines.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output::fault;
use crate::domain::text::harmless_lines;

/// Longest line that is read from standard input: far beyond any key, far below any memory.
const LONGEST: u64 = 64 * 1024;

/// Whether a person can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a yes-or-no question on standard error; anything but yes is no.
pub fn yes(question: &str) -> Result<bool, Failure> {
    let answer = line(&format!("{question} [y/N] "))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Asks for one line of text.
pub fn line(question: &str) -> Result<String, Failure> {
    show(&harmless_lines(question));
    Ok(stdin_line()?.unwrap_or_default())
}

/// Asks for a secret without showing it.
///
/// The terminal shows nothing from before the question until after the answer, so that a secret
/// pasted at once is not shown either; Ctrl-C leaves the terminal as it was.
///
/// # Errors
/// The terminal cannot be read, or the person pressed Ctrl-C.
pub fn secret(question: &str) -> Result<SecretString, Failure> {
    let broken = |e: io::Error| fault(format!("cannot read the terminal: {e}"));
    let typed = {
        let _silent = Silent::begin().map_err(broken)?;
        show(&harmless_lines(question));
        let typed = typed_line().map_err(broken);
        show("\r\n");
        typed?
    };
    match typed {
        Some(text) => Ok(SecretString::from(text.trim())),
        None => Err(Failure::interrupted("nothing was kept")),
    }
}

/// What is typed until Enter; `None` after Ctrl-C or Ctrl-D.
fn typed_line() -> io::Result<Option<Zeroizing<String>>> {
    // Room enough that the text never moves in memory and leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(4096));
    loop {
        let Event::Key(key) = event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Ok(Some(text)),
            KeyCode::Char('c' | 'd') if control => return Ok(None),
            KeyCode::Char('j' | 'm') if control => return Ok(Some(text)),
            KeyCode::Char('u') if control => text.clear(),
            KeyCode::Backspace => drop(text.pop()),
            KeyCode::Char(c) if !control && text.len() + c.len_utf8() <= text.capacity() => {
                text.push(c);
            }
            _ => {}
        }
    }
}

/// The terminal shows nothing that is typed until this goes.
struct Silent;

impl Silent {
    fn begin() -> io::Result<Self> {
        terminal::enable_raw_mode().map(|()| Self)
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // Nothing more can be done for a terminal that is gone.
        let _ = terminal::disable_raw_mode();
    }
}

fn show(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// One line of standard input without its line break; `None` at the end.
pub fn stdin_line() -> Result<Option<String>, Failure> {
    let mut buffer = Zeroizing::new(Vec::new());
    let read = io::stdin()
        .lock()
        .take(LONGEST)
        .read_until(b'\n', &mut buffer)
        .map_err(|e| fault(format!("cannot read standard input: {e}")))?;
    if read == 0 {
        return Ok(None);
    }
    let text = std::str::from_utf8(&buffer).map_err(|_| {
        Failure::usage("standard input is not UTF-8 text", "give the lines as plain UTF-8 text")
    })?;
    Ok(Some(text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']).to_owned()))
}

/// One line of standard input as a secret.
pub fn stdin_secret() -> Result<Option<SecretString>, Failure> {
    Ok(stdin_line()?.map(Zeroizing::new).map(|l| SecretString::from(l.trim())))
}
