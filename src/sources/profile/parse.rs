//! Reads a profile's TOML. What is wrong is named with line, key and the nearest known word.

use std::path::Path;

use super::form::Form;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// Nobody writes a profile of this size.
pub(super) const LARGEST: u64 = 1 << 20;

/// Reads the text of a profile. `file` is how it is called in a complaint.
///
/// # Errors
/// `bad-profile`: it is no TOML, or holds keys or values that cannot be.
pub fn form(file: &str, text: &str) -> Result<Form, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    toml::from_str(text).map_err(|e| {
        let line = e.span().map(|s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        let (message, remedy) = told(e.message());
        bad(file, line, &message, &remedy)
    })
}

/// A profile that cannot be used.
pub fn bad(file: &str, line: Option<usize>, message: &str, remedy: &str) -> Problem {
    let place = line.map(|l| format!(", line {l}")).unwrap_or_default();
    Problem::new(
        ProblemKind::Refused,
        "bad-profile",
        format!("the source profile {}{place}: {message}", harmless(file)),
        remedy,
    )
}

/// The words of the TOML reader, with the nearest known key where one is unknown.
fn told(message: &str) -> (String, String) {
    let message = harmless(message);
    let mut words = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let written = words.next().unwrap_or_default();
        let known: Vec<&str> = words.collect();
        let remedy = match crate::config::nearest(written, &known) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known here: {}", known.join(", ")),
        };
        return (format!("the key {written} is not known"), remedy);
    }
    (message, "config/sources/template.toml explains every key of a profile".into())
}

/// Reads a file of the user's.
///
/// # Errors
/// `no-such-profile` and `bad-profile`.
pub fn read(file: &Path) -> Result<String, Problem> {
    let shown = file.display().to_string();
    let cannot = |e: &std::io::Error| {
        Problem::new(
            ProblemKind::Refused,
            "no-such-profile",
            format!("the source profile {} cannot be read: {e}", harmless(&shown)),
            "check source.profile; `addendum source list` shows the profiles that are shipped",
        )
    };
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|e| cannot(&e))?;
    std::io::Read::read_to_end(&mut std::io::Read::take(opened, LARGEST + 1), &mut bytes)
        .map_err(|e| cannot(&e))?;
    if bytes.len() as u64 > LARGEST {
        return Err(bad(&shown, None, "it is larger than 1 MiB", "name a profile, not a bill"));
    }
    String::from_utf8(bytes)
        .map_err(|_| bad(&shown, None, "it is not UTF-8 text", "save it as UTF-8"))
}
