//! One write a frame: bytes are gathered and leave together, wrapped so that the terminal shows
//! the frame at once (synchronized update). A frame without bytes writes nothing.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where ratatui's backend writes to. Clones write to the same place: the backend has one, and the
/// screen, which knows where frames end, has the other.
#[derive(Debug)]
pub struct FrameWriter<W: Write> {
    shared: Arc<Mutex<Gathering<W>>>,
}

#[derive(Debug)]
struct Gathering<W: Write> {
    out: W,
    gathered: Vec<u8>,
}

impl<W: Write> Clone for FrameWriter<W> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

/// What the screen needs of the place that it writes to.
pub trait Frames {
    /// The frame is complete: its bytes leave.
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

/// A backend that keeps its cells for a test has no bytes.
#[derive(Debug, Clone, Copy)]
pub struct NoBytes;

impl Frames for NoBytes {
    fn end_frame(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

/// Gathered bytes beyond this are written although the frame goes on.
const MOST: usize = 1 << 20;
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

impl<W: Write> FrameWriter<W> {
    /// A writer in front of the terminal.
    pub fn new(out: W) -> Self {
        let gathering = Gathering { out, gathered: Vec::with_capacity(64 * 1024) };
        Self { shared: Arc::new(Mutex::new(gathering)) }
    }

    /// Looks at what is behind it.
    pub fn with<T>(&self, look: impl FnOnce(&mut W) -> T) -> T {
        look(&mut self.lock().out)
    }

    fn lock(&self) -> MutexGuard<'_, Gathering<W>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Frames for FrameWriter<W> {
    fn end_frame(&mut self) -> io::Result<()> {
        let mut shared = self.lock();
        if shared.gathered.is_empty() {
            return Ok(());
        }
        let mut frame = Vec::with_capacity(shared.gathered.len() + BEGIN.len() + END.len());
        frame.extend_from_slice(BEGIN);
        frame.append(&mut shared.gathered);
        frame.extend_from_slice(END);
        shared.out.write_all(&frame)?;
        shared.out.flush()
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut shared = self.lock();
        shared.out.write_all(bytes)?;
        shared.out.flush()
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut shared = self.lock();
        shared.gathered.extend_from_slice(bytes);
        if shared.gathered.len() > MOST {
            let early = std::mem::take(&mut shared.gathered);
            shared.out.write_all(&early)?;
        }
        Ok(bytes.len())
    }

    /// The backend flushes in the middle of a frame; that must not cut it in two.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_write_and_an_empty_one_none() {
        #[derive(Default)]
        struct Calls(Vec<Vec<u8>>);
        impl Write for Calls {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.push(bytes.to_vec());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut writer = FrameWriter::new(Calls::default());
        writer.end_frame().unwrap();
        writer.write_all(b"a").unwrap();
        writer.flush().unwrap();
        writer.write_all(b"b").unwrap();
        writer.end_frame().unwrap();
        let calls = writer.with(|calls| calls.0.clone());
        assert_eq!(calls, [b"\x1b[?2026hab\x1b[?2026l".to_vec()]);
    }
}
