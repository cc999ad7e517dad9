//! The batches of lines that a load is given.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::domain::load::LoadedLine;

/// From so many lines on a load is a large one.
pub(super) const MANY: usize = 2_000;
/// Batches that may wait for the store.
const AHEAD: usize = 4;
/// The same where nothing is stored before all are there.
const AHEAD_INLINE: usize = 1_000;

/// What goes to a load.
pub(super) enum Message {
    /// More lines.
    Lines(Vec<LoadedLine>),
    /// All lines are there; these months came whole.
    Finish(Vec<i64>),
}

/// What a load is given, as it comes.
pub(super) struct Incoming {
    batches: mpsc::Receiver<Message>,
    /// Everything is there already: nobody is to be waited for.
    inline: bool,
    /// What was taken out to see how much it is.
    first: VecDeque<Message>,
}

impl Incoming {
    /// Where batches go in and where they come out. `inline`: nobody takes them out before all of
    /// them are in.
    pub(super) fn channel(inline: bool) -> (mpsc::Sender<Message>, Self) {
        let (ahead, batches) = mpsc::channel(if inline { AHEAD_INLINE } else { AHEAD });
        (ahead, Self { batches, inline, first: VecDeque::new() })
    }

    fn take(&mut self) -> Option<Message> {
        if self.inline { self.batches.try_recv().ok() } else { self.batches.blocking_recv() }
    }

    /// Whether there are many lines; waits until that can be said.
    pub(super) fn are_many(&mut self) -> bool {
        let mut lines = 0;
        while lines < MANY
            && let Some(message) = self.take()
        {
            let end = matches!(message, Message::Finish(_));
            if let Message::Lines(batch) = &message {
                lines += batch.len();
            }
            self.first.push_back(message);
            if end {
                break;
            }
        }
        lines >= MANY
    }

    /// The next one; `None`: the load was let go.
    pub(super) fn next(&mut self) -> Option<Message> {
        self.first.pop_front().or_else(|| self.take())
    }
}
