//! Where keys come from. The loop knows only [`Input`], so that tests and benchmarks feed it.

use std::future::Future;
use std::io;

use crossterm::event::{Event, EventStream, MouseButton, MouseEventKind};
use futures_util::{FutureExt, StreamExt};

use crate::tui::keys;
use crate::tui::model::message::{Message, Pointer};

/// Lines that one notch of the wheel moves.
const WHEEL: i64 = 3;

/// A source of input.
pub trait Input {
    /// Waits for the next message; `None` when there will be none: the terminal is gone.
    fn next(&mut self) -> impl Future<Output = Option<Message>>;

    /// The next message, if it is there already.
    fn ready(&mut self) -> Option<Message>;
}

/// The terminal.
pub struct TerminalInput {
    events: EventStream,
}

impl Default for TerminalInput {
    fn default() -> Self {
        Self { events: EventStream::new() }
    }
}

impl Input for TerminalInput {
    async fn next(&mut self) -> Option<Message> {
        loop {
            match self.events.next().await {
                Some(Ok(event)) => {
                    if let Some(message) = message(event) {
                        return Some(message);
                    }
                }
                Some(Err(e)) if e.kind() == io::ErrorKind::Interrupted => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    fn ready(&mut self) -> Option<Message> {
        while let Some(Some(Ok(event))) = self.events.next().now_or_never() {
            if let Some(message) = message(event) {
                return Some(message);
            }
        }
        None
    }
}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => keys::from_terminal(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(width, height) => Some(Message::Resize(width, height)),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                Some(Message::Pointer(Pointer::Click { x: mouse.column, y: mouse.row }))
            }
            MouseEventKind::ScrollDown => Some(Message::Pointer(Pointer::Wheel(WHEEL))),
            MouseEventKind::ScrollUp => Some(Message::Pointer(Pointer::Wheel(-WHEEL))),
            _ => None,
        },
        Event::FocusGained | Event::FocusLost => None,
    }
}
