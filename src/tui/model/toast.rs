//! Short words about what just happened. They go away by themselves; problems stay longer and
//! stand in the System Logs.

use jiff::{SignedDuration, Timestamp};

use super::Model;
use super::grid::Tone;
use crate::domain::problem::Problem;

/// A short word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What is said; one line.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    /// Seconds that it stays.
    seconds: i64,
    /// When it goes.
    until: Option<Timestamp>,
}

impl Toast {
    /// Something was done.
    pub fn note(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Good, seconds: 6, until: None }
    }

    /// Something to look at.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Warn, seconds: 10, until: None }
    }

    /// Something was refused: what is wrong and what to do.
    pub fn problem(problem: &Problem) -> Self {
        let text = if problem.remedy.is_empty() {
            problem.message.clone()
        } else {
            format!("{} -> {}", problem.message, problem.remedy)
        };
        Self { text, tone: Tone::Bad, seconds: 20, until: None }
    }
}

impl Model {
    /// Shows a word; it takes the place of the one before.
    pub(super) fn toast(&mut self, mut toast: Toast) {
        toast.until = Some(self.now + SignedDuration::from_secs(toast.seconds));
        self.toast = Some(toast);
    }

    /// Another theme is worn.
    pub fn show_theme(&mut self, name: &str) {
        self.dirty = super::Dirty::Full;
        self.toast(Toast::note(format!("theme: {name}")));
    }

    /// When the screen changes by itself next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.toast.as_ref().and_then(|t| t.until)
    }

    /// Lets words go whose time is over; tells whether one went.
    pub(super) fn expire_toast(&mut self) -> bool {
        let over = self.next_deadline().is_some_and(|until| until <= self.now);
        if over {
            self.toast = None;
        }
        over
    }
}
