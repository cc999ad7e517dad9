//! Who performs effects. The loop knows only [`Perform`]; the real one is the [desk](super::desk),
//! a test's one records.

use std::future::Future;

use crate::tui::model::effect::Effect;
use crate::tui::model::message::Message;

/// What comes back from effects.
#[derive(Debug)]
pub enum Heard {
    /// For the model.
    Message(Message),
    /// For the terminal, which only the loop may touch.
    Terminal(Effect),
}

/// Performs effects that are not the terminal's.
pub trait Perform {
    /// Begins one; never waits.
    fn perform(&mut self, effect: Effect);

    /// Waits for what comes back next.
    fn next(&mut self) -> impl Future<Output = Heard>;

    /// What comes back next, if it is there already.
    fn ready(&mut self) -> Option<Heard>;

    /// Ends what runs at its next safe point.
    fn stop(&mut self);
}
