//! Progress on standard error: one rewriting line on a terminal, sparse lines elsewhere, JSON Lines
//! with `--json`. It may be dropped; answers may not.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::json;

use super::output::Output;
use super::table::fit;

/// How often a terminal's line is rewritten at most.
const REWRITE: Duration = Duration::from_millis(100);
/// How often a line of JSON is added at most.
const STREAMED: Duration = Duration::from_secs(1);
/// How often a line is added elsewhere at most.
const SPARSE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    None,
    Rewriting,
    Lines,
    Json,
}

/// Where progress goes.
#[derive(Debug)]
pub struct Progress {
    way: Way,
    last: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// By what standard error is and what was asked for.
    pub fn new(output: Output) -> Self {
        let way = match (output.quiet, output.json, std::io::stderr().is_terminal()) {
            (true, ..) => Way::None,
            (_, true, _) => Way::Json,
            (_, _, true) => Way::Rewriting,
            _ => Way::Lines,
        };
        Self { way, last: None, shown: false }
    }

    /// So many of so many.
    pub fn step(&mut self, what: &str, done: u64, total: Option<u64>) {
        let (pause, at_once) = match self.way {
            Way::None => return,
            Way::Rewriting => (REWRITE, true),
            Way::Lines => (SPARSE, false),
            // A program wants the last number too.
            Way::Json => (STREAMED, self.last.is_none() || total == Some(done)),
        };
        let waited = self.last.map(|at| at.elapsed() >= pause);
        if waited.is_none() {
            // Short jobs add no line.
            self.last = Some(Instant::now());
        }
        let due = waited.unwrap_or(at_once) || (self.way == Way::Json && at_once);
        if !due {
            return;
        }
        self.last = Some(Instant::now());
        match self.way {
            Way::None => {}
            Way::Json => {
                let line = json!({
                    "schema": "addendum/progress/1", "event": "progress",
                    "what": what, "done": done, "total": total,
                });
                self.write(&format!("{line}\n"));
            }
            Way::Lines => self.write(&format!("{}\n", sentence(what, done, total))),
            Way::Rewriting => {
                let text = fit(&sentence(what, done, total), 78);
                self.write(&format!("\r{text}\u{1b}[K"));
                self.shown = true;
            }
        }
    }

    /// Something worth a line of its own.
    pub fn event(&mut self, event: &str, text: &str) {
        match self.way {
            Way::None => {}
            Way::Json => {
                let line = json!({
                    "schema": "addendum/progress/1", "event": event, "text": text,
                });
                self.write(&format!("{line}\n"));
            }
            Way::Lines => self.write(&format!("{}\n", crate::domain::text::harmless(text))),
            Way::Rewriting => {
                self.clear();
                self.write(&format!("{}\n", crate::domain::text::harmless(text)));
            }
        }
    }

    /// Takes the rewriting line away before an answer or a question.
    pub fn clear(&mut self) {
        if self.shown {
            self.write("\r\u{1b}[K");
            self.shown = false;
        }
    }

    fn write(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn sentence(what: &str, done: u64, total: Option<u64>) -> String {
    match total {
        Some(0) | None => format!("{what}: {done}"),
        Some(total) => {
            let percent = u128::from(done) * 100 / u128::from(total);
            format!("{what}: {done} of {total} ({percent} %)")
        }
    }
}
