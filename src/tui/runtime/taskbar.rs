//! Progress in the terminal's tab or in the task bar (OSC 9;4), only where the terminal is known to
//! understand it.

use std::io::{self, IsTerminal, Write};
use std::sync::LazyLock;

static UNDERSTOOD: LazyLock<bool> =
    LazyLock::new(|| anstyle_progress::supports_term_progress(io::stdout().is_terminal()));

/// Shows so many percent.
///
/// # Errors
/// The terminal is gone.
pub fn show(out: &mut impl Write, percent: u8) -> io::Result<()> {
    if *UNDERSTOOD {
        write!(out, "\x1b]9;4;1;{percent}\x1b\\")?;
    }
    Ok(())
}

/// Shows none.
///
/// # Errors
/// The terminal is gone.
pub fn clear(out: &mut impl Write) -> io::Result<()> {
    if *UNDERSTOOD {
        out.write_all(b"\x1b]9;4;0;0\x1b\\")?;
    }
    Ok(())
}
