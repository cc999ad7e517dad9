//! Questions. Nothing asks one when standard input is no terminal (design 7); secrets are then
//! read as lines.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output::fault;

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
    let mut err = io::stderr().lock();
    let _ = err.write_all(question.as_bytes()).and_then(|()| err.flush());
    drop(err);
    Ok(stdin_line()?.unwrap_or_default())
}

/// Asks for a secret without showing it.
pub fn secret(question: &str) -> Result<SecretString, Failure> {
    let typed = Zeroizing::new(
        rpassword::prompt_password(question)
            .map_err(|e| fault(format!("cannot read the terminal: {e}")))?,
    );
    Ok(SecretString::from(typed.trim()))
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
