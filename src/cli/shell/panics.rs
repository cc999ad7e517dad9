//! A panic is a fault of ours: it is logged whole, told in one sentence, and ends with exit 1. What
//! it says may hold text from outside, so it never reaches a terminal as it is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use super::failure::Failure;
use super::output::fault;

/// Where the first panic happened.
static PLACE: OnceLock<String> = OnceLock::new();

/// Logs panics instead of printing them.
pub fn silence() {
    std::panic::set_hook(Box::new(|info| {
        tracing::error!("panic: {info}");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        // Only the first one is the cause.
        let _ = PLACE.set(place);
    }));
}

/// Runs something; a panic in it is a failure.
///
/// # Errors
/// What `work` fails with, or the fault.
pub fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let place = PLACE.get().map_or("an unknown place", String::as_str);
        Err(fault(format!("the program stopped at {place}; nothing that was posted is lost")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::shell::exit::Exit;

    #[test]
    fn a_panic_becomes_a_fault_and_anything_else_passes() {
        let failure = caught::<()>(|| panic!("\u{1b}[2J")).expect_err("a fault");
        assert_eq!(failure.exit(), Exit::Fault);
        assert!(!failure.text().contains('\u{1b}'));
        assert_eq!(caught(|| Ok(7)), Ok(7));
    }
}
