//! Standard output and standard error. A reader that goes away (`| head`) is no fault, and text is
//! made harmless where it is put together, JSON here.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, Write};

use serde::Serialize;
use serde_json::Value;

use super::exit::Exit;
use super::failure::Failure;
use crate::domain::text::{harmless_lines, is_harmful};

/// What a command gives: one document for programs, the same as text for people.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `{"schema": "addendum/<command>/1", ...}`
    pub document: Value,
    /// Lines for people, harmless, without the closing line break. Empty: nothing to say.
    pub text: String,
    /// How the program ends.
    pub exit: Exit,
}

impl Answer {
    /// An answer from a document that serializes to an object; the schema is added.
    ///
    /// # Errors
    /// A fault when the document cannot be written as JSON.
    pub fn new(command: &str, document: &impl Serialize, text: String) -> Result<Self, Failure> {
        let mut object = serde_json::Map::new();
        object.insert("schema".into(), Value::String(format!("addendum/{command}/1")));
        match serde_json::to_value(document) {
            Ok(Value::Object(fields)) => object.extend(fields),
            Ok(other) => {
                object.insert("value".into(), other);
            }
            Err(e) => return Err(fault(format!("the answer cannot be written as JSON: {e}"))),
        }
        Ok(Self { document: Value::Object(object), text, exit: Exit::Done })
    }

    /// Nothing more to say: all was printed as it came.
    pub fn said() -> Self {
        Self { document: Value::Null, text: String::new(), exit: Exit::Done }
    }

    /// The same answer with another exit code.
    #[must_use]
    pub fn ending(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

/// A fault of ours.
pub fn fault(message: impl Into<String>) -> Failure {
    Failure::Problem(crate::domain::problem::Problem::new(
        crate::domain::problem::ProblemKind::Fault,
        "fault",
        message,
        "look at the program log; please report it",
    ))
}

/// How answers leave the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// One JSON document instead of text.
    pub json: bool,
    /// No text beyond the answer itself: no hints, no progress.
    pub quiet: bool,
    /// Standard output may be coloured.
    pub colour: bool,
}

impl Output {
    /// Prints an answer and gives its exit code.
    pub fn answer(&self, answer: &Answer) -> Exit {
        // What a stream has printed already needs no document at its end.
        if self.json && answer.document.is_object() {
            self.document(&answer.document);
        } else if !self.json && !answer.text.is_empty() {
            self.line(&answer.text);
        }
        answer.exit
    }

    /// Tells a failure and gives its exit code.
    pub fn failure(&self, failure: &Failure) -> Exit {
        if self.json {
            self.document(&failure.document());
        } else {
            note(&failure.text());
        }
        failure.exit()
    }

    /// Prints one JSON document on standard output, as it is made: it may be large.
    pub fn document(&self, document: &impl Serialize) {
        let mut out = Escaped(BufWriter::with_capacity(64 * 1024, io::stdout().lock()));
        // Nobody is left to tell when standard output is gone.
        let _ = serde_json::to_writer_pretty(&mut out, document)
            .map_err(io::Error::from)
            .and_then(|()| out.0.write_all(b"\n"))
            .and_then(|()| out.0.flush());
    }

    /// Prints one JSON value on one line of standard output, for streams such as `logs --follow`.
    pub fn json_line(&self, value: &Value) {
        self.line(&escape(&value.to_string()));
    }

    /// Prints text and a line break on standard output at once.
    pub fn line(&self, text: &str) {
        let text = gated(text);
        let mut out = io::stdout().lock();
        // Nobody is left to tell when standard output is gone.
        let _ = out
            .write_all(text.as_bytes())
            .and_then(|()| out.write_all(b"\n"))
            .and_then(|()| out.flush());
    }

    /// Prints a hint for people on standard error, unless they asked for quiet or for JSON.
    pub fn hint(&self, text: &str) {
        if !self.quiet && !self.json {
            note(text);
        }
    }

    /// Prints raw bytes, for generated files such as completions.
    pub fn bytes(&self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    /// The text in bold, where colours are wanted.
    pub fn bold(&self, text: &str) -> String {
        if self.colour { format!("{BOLD}{text}{PLAIN}") } else { text.to_owned() }
    }
}

/// Our own control sequences, and the only ones that pass.
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// The last gate before a terminal: text is made harmless where it is put together, and what was
/// forgotten there is made harmless here.
fn gated(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return harmless_lines(text);
    }
    let plain = |part: &str| {
        part.split(PLAIN).map(|t| harmless_lines(t).into_owned()).collect::<Vec<_>>().join(PLAIN)
    };
    Cow::Owned(text.split(BOLD).map(plain).collect::<Vec<_>>().join(BOLD))
}

/// Prints a line on standard error.
pub fn note(text: &str) {
    let text = gated(text);
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.write_all(b"\n"));
}

/// Whether colours are wanted: a terminal, no `--no-color`, no `NO_COLOR`, no dumb terminal.
pub fn wants_colour(no_color: bool) -> bool {
    !no_color
        && io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
}

/// JSON escapes only the first control set; a terminal that shows the document acts on more. Such
/// characters stand inside strings only, so that escaping them keeps the document's meaning.
fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_harmful(c) {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// JSON on its way out, escaped. The serializer writes whole characters at a time.
struct Escaped<W: Write>(W);

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Nearly all of a large document, and told apart without decoding it.
        if bytes.iter().all(|b| matches!(b, b'\n' | b' '..=b'~')) {
            self.0.write_all(bytes)?;
            return Ok(bytes.len());
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if text.chars().any(|c| c != '\n' && is_harmful(c)) => {
                self.0.write_all(escape(text).as_bytes())?;
            }
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_forgotten_is_made_harmless_at_the_gate() {
        let ours = format!("{BOLD}Name{PLAIN}\nContoso");
        assert_eq!(gated(&ours), ours);
        let hostile = format!("{BOLD}a\u{1b}]0;x\u{7}{PLAIN}\u{1b}[31m\u{202e}b\n\u{200b}c");
        let safe = gated(&hostile);
        assert_eq!(
            safe,
            format!("{BOLD}a\u{fffd}]0;x\u{fffd}{PLAIN}\u{fffd}[31m\u{fffd}b\n\u{fffd}c")
        );
    }

    #[test]
    fn escaping_keeps_the_meaning_and_leaves_nothing_harmful() {
        let value =
            serde_json::json!({"name": "a\u{9b}31m\u{202e}\u{7f}\u{1b}[0m\u{e0001}\u{feff}ü"});
        let text = escape(&serde_json::to_string_pretty(&value).expect("a value is JSON"));
        assert!(!text.chars().any(|c| c != '\n' && is_harmful(c)), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("still JSON"), value);
        let mut streamed = Escaped(Vec::new());
        serde_json::to_writer_pretty(&mut streamed, &value).expect("written");
        assert_eq!(String::from_utf8(streamed.0).expect("text"), text);
    }
}
