//! When to draw. What a person did is drawn as soon as the input is empty; what the worker did at
//! most 30 times a second; progress alone 8 times. Nothing changed: nothing is drawn.

use std::time::{Duration, Instant};

use crate::tui::model::Dirty;

/// Between frames that a person waits for: bursts of keys (a held key, a paste) collapse.
const INPUT: Duration = Duration::from_millis(4);
/// The same over a slow link.
const INPUT_REMOTE: Duration = Duration::from_millis(33);
/// Between frames for what the worker did: 30 a second.
const BACKGROUND: Duration = Duration::from_millis(33);
/// Between frames for progress alone: 8 a second.
const PROGRESS: Duration = Duration::from_millis(125);
/// How long a frame waits for rows that were just asked for, so that one frame shows both. A page of
/// the store takes less; a filter over a million lines more, and its letters are not kept waiting.
const FOR_ROWS: Duration = Duration::from_millis(1);
/// The same over a slow link, where a frame saved is worth more than the wait.
const FOR_ROWS_REMOTE: Duration = Duration::from_millis(10);

/// When the next frame is due.
#[derive(Debug)]
pub struct Pace {
    drawn: Option<Instant>,
    urgent: bool,
    rows_until: Option<Instant>,
    remote: bool,
}

impl Pace {
    /// A pace; `remote` for a slow link.
    pub fn new(remote: bool) -> Self {
        Self { drawn: None, urgent: true, rows_until: None, remote }
    }

    /// A person did something, or gets an answer.
    pub fn urgent(&mut self) {
        self.urgent = true;
    }

    /// Rows that will be seen were asked for, or have come.
    pub fn waits_for_rows(&mut self, waits: bool, now: Instant) {
        if !waits {
            self.rows_until = None;
        } else if self.rows_until.is_none() {
            let wait = if self.remote { FOR_ROWS_REMOTE } else { FOR_ROWS };
            self.rows_until = Some(now + wait);
        }
    }

    /// A frame was drawn.
    pub fn drawn(&mut self, now: Instant) {
        self.drawn = Some(now);
        self.urgent = false;
        self.rows_until = None;
    }

    /// When the next frame is due; `None` when nothing has changed.
    pub fn due(&self, dirty: Dirty) -> Option<Instant> {
        let gap = match dirty {
            Dirty::Clean => return None,
            _ if self.urgent && self.remote => INPUT_REMOTE,
            _ if self.urgent => INPUT,
            Dirty::Progress => PROGRESS,
            Dirty::Full => BACKGROUND,
        };
        let Some(drawn) = self.drawn else { return Some(Instant::now()) };
        let due = drawn + gap;
        Some(self.rows_until.map_or(due, |rows| due.max(rows)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_before_progress_and_nothing_draws_nothing() {
        let mut pace = Pace::new(false);
        let start = Instant::now();
        pace.drawn(start);
        assert_eq!(pace.due(Dirty::Clean), None);
        assert_eq!(pace.due(Dirty::Progress), Some(start + PROGRESS));
        assert_eq!(pace.due(Dirty::Full), Some(start + BACKGROUND));
        pace.urgent();
        assert_eq!(pace.due(Dirty::Full), Some(start + INPUT));
        pace.waits_for_rows(true, start + Duration::from_millis(10));
        assert_eq!(pace.due(Dirty::Full), Some(start + Duration::from_millis(11)));
        pace.waits_for_rows(false, start);
        assert_eq!(pace.due(Dirty::Full), Some(start + INPUT));
    }
}
