//! Where keys come from. The loop knows only [`Input`], so that tests and benchmarks feed it.

use std::future::Future;
use std::io;
use std::thread;

use crossterm::event::{Event, MouseButton, MouseEventKind};
use tokio::sync::mpsc;

use crate::tui::keys;
use crate::tui::model::message::{Message, Pointer};

/// Lines that one notch of the wheel moves.
const WHEEL: i64 = 3;
/// Events that may wait for the loop; a person types no faster, a paste is one event.
const ROOM: usize = 256;

/// A source of input.
pub trait Input {
    /// Waits for the next message; `None` when there will be none: the terminal is gone.
    fn next(&mut self) -> impl Future<Output = Option<Message>>;

    /// The next message, if it is there already.
    fn ready(&mut self) -> Option<Message>;
}

/// The terminal, read by a thread of its own. crossterm's event stream keeps the first waker that
/// it was given, so a poll that does not wait (as [`Input::ready`] needs) would silence it.
pub struct TerminalInput {
    events: mpsc::Receiver<Message>,
}

impl TerminalInput {
    /// Begins to read. The thread ends with the program: a blocked read cannot be called off.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start() -> io::Result<Self> {
        let (send, events) = mpsc::channel(ROOM);
        thread::Builder::new().name("input".into()).spawn(move || {
            loop {
                match crossterm::event::read() {
                    Ok(event) => {
                        if let Some(message) = message(event)
                            && send.blocking_send(message).is_err()
                        {
                            return;
                        }
                    }
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    // The channel closes with this thread, which tells the loop.
                    Err(_) => return,
                }
            }
        })?;
        Ok(Self { events })
    }
}

impl Input for TerminalInput {
    async fn next(&mut self) -> Option<Message> {
        self.events.recv().await
    }

    fn ready(&mut self) -> Option<Message> {
        self.events.try_recv().ok()
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
