//! Collects what is wrong with the files of one load, each complaint with its place.

use crate::domain::problem::{FileProblem, FileRefusal};
use crate::domain::text::harmless;

/// The complaints of one load.
#[derive(Debug, Default)]
pub(super) struct Problems {
    refusal: FileRefusal,
    file: String,
}

impl Problems {
    /// What follows is about this file. False: it was so already.
    pub(super) fn enter(&mut self, file: &str) -> bool {
        let file = harmless(file);
        let other = file != self.file;
        self.file = file;
        other
    }

    /// The file that is being read.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.refusal.problems.len() as u64 + self.refusal.more
    }

    /// Adds one; `told` gives message and remedy, and is asked only while the list has room.
    pub(super) fn push(
        &mut self,
        row: Option<u64>,
        column: Option<&str>,
        code: &'static str,
        told: impl FnOnce() -> (String, String),
    ) {
        if self.refusal.problems.len() >= FileRefusal::SHOWN {
            self.refusal.more += 1;
            return;
        }
        let (message, remedy) = told();
        self.refusal.push(FileProblem {
            file: self.file.clone(),
            row,
            column: column.map(|c| cut(&harmless(c))),
            code: code.into(),
            message,
            remedy,
        });
    }

    /// A complaint about the file as a whole.
    pub(super) fn file_is(&mut self, code: &'static str, message: &str, remedy: &str) {
        self.push(None, None, code, || (message.into(), remedy.into()));
    }

    /// The refusal, if anything is wrong.
    pub(super) fn finish(self) -> Result<(), FileRefusal> {
        if self.refusal.is_empty() { Ok(()) } else { Err(self.refusal) }
    }
}

/// Text from a file as it may stand in a message: harmless, short, in quotes.
pub(super) fn shown(text: &str) -> String {
    // A cell can be large: only its beginning is looked at.
    let start: String = text.chars().take(60).collect();
    format!("\"{}\"", cut(&harmless(&start)))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_owned();
    }
    text.chars().take(39).chain(['…']).collect()
}
