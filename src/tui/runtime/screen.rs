//! A terminal that a model is drawn to. Generic over the backend, so that a test counts bytes or
//! looks at cells.

use std::io::{self, Write};

use ratatui::backend::Backend;
use ratatui::layout::Rect;
use ratatui::{CompletedFrame, Terminal};

use super::writer::FrameWriter;
use crate::tui::model::Model;
use crate::tui::view::{self, Look};

/// A backend that knows where frames end.
pub trait Frames: Backend<Error: Into<io::Error>> {
    /// The frame is complete: its bytes may leave.
    ///
    /// # Errors
    /// The terminal is gone.
    fn end_frame(&mut self) -> io::Result<()>;

    /// Sends bytes that are no cells, such as a clipboard sequence.
    ///
    /// # Errors
    /// The terminal is gone.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
}

impl<W: Write> Frames for ratatui::backend::CrosstermBackend<FrameWriter<W>> {
    fn end_frame(&mut self) -> io::Result<()> {
        self.writer_mut().end_frame()
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer_mut().write_all(bytes)?;
        self.writer_mut().end_frame()
    }
}

/// A terminal with a look.
pub struct Screen<B: Frames> {
    terminal: Terminal<B>,
    /// Theme and signs.
    pub look: Look,
}

impl<B: Frames> Screen<B> {
    /// A screen on a backend.
    ///
    /// # Errors
    /// The backend has no size.
    pub fn new(backend: B, look: Look) -> io::Result<Self> {
        Ok(Self { terminal: Terminal::new(backend).map_err(Into::into)?, look })
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size().map_err(Into::into)?;
        Ok((size.width, size.height))
    }

    /// Draws a frame.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, model: &Model) -> io::Result<()> {
        let look = &self.look;
        let drawn: Result<CompletedFrame<'_>, _> =
            self.terminal.draw(|frame| view::draw(model, look, frame));
        drawn.map_err(Into::into)?;
        self.terminal.backend_mut().end_frame()
    }

    /// Makes the next frame paint every cell.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn repaint(&mut self) -> io::Result<()> {
        // `Terminal::clear` would ask the terminal for its cursor, and wait for the answer.
        let (width, height) = self.size()?;
        self.terminal.resize(Rect::new(0, 0, width, height)).map_err(Into::into)
    }

    /// The backend.
    pub fn backend_mut(&mut self) -> &mut B {
        self.terminal.backend_mut()
    }
}
