//! A terminal that a model is drawn to. Generic over the backend, so that a test counts bytes or
//! looks at cells.

use std::io;

use ratatui::backend::Backend;
use ratatui::layout::Rect;
use ratatui::{CompletedFrame, Terminal};

use super::writer::Frames;
use crate::tui::model::Model;
use crate::tui::view::{self, Look};

/// A terminal with a look.
pub struct Screen<B: Backend> {
    terminal: Terminal<B>,
    frames: Box<dyn Frames>,
    /// Theme and signs.
    pub look: Look,
}

impl<B: Backend<Error: Into<io::Error>>> Screen<B> {
    /// A screen on a backend; `frames` is told where frames end.
    ///
    /// # Errors
    /// The backend has no size.
    pub fn new(backend: B, frames: impl Frames + 'static, look: Look) -> io::Result<Self> {
        let terminal = Terminal::new(backend).map_err(Into::into)?;
        Ok(Self { terminal, frames: Box::new(frames), look })
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size().map_err(Into::into)?;
        Ok((size.width, size.height))
    }

    /// Draws a frame; tells whether the terminal has the size that the model knows. Where it has
    /// another one by now, the frame stays empty: what is measured by one does not fit the other.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, model: &Model) -> io::Result<bool> {
        let look = &self.look;
        let mut fits = false;
        let drawn: Result<CompletedFrame<'_>, _> = self.terminal.draw(|frame| {
            let area = frame.area();
            fits = (area.width, area.height) == (model.width, model.height);
            if fits {
                view::draw(model, look, frame);
            }
        });
        drawn.map_err(Into::into)?;
        self.frames.end_frame()?;
        Ok(fits)
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

    /// Sends bytes that are no cells, such as a clipboard sequence.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.frames.send(bytes)
    }

    /// The backend.
    pub fn backend(&self) -> &B {
        self.terminal.backend()
    }
}
