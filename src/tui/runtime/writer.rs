//! One write a frame: bytes are gathered and leave together, wrapped so that the terminal shows
//! the frame at once (synchronized update). A frame without bytes writes nothing.

use std::io::{self, Write};

/// Where ratatui's backend writes to.
#[derive(Debug)]
pub struct FrameWriter<W: Write> {
    out: W,
    gathered: Vec<u8>,
}

/// Gathered bytes beyond this are written although the frame goes on.
const MOST: usize = 1 << 20;
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

impl<W: Write> FrameWriter<W> {
    /// A writer in front of the terminal.
    pub fn new(out: W) -> Self {
        Self { out, gathered: Vec::with_capacity(64 * 1024) }
    }

    /// What is behind it.
    pub fn inner(&self) -> &W {
        &self.out
    }

    /// Writes the frame.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn end_frame(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let mut frame = Vec::with_capacity(self.gathered.len() + BEGIN.len() + END.len());
        frame.extend_from_slice(BEGIN);
        frame.append(&mut self.gathered);
        frame.extend_from_slice(END);
        self.out.write_all(&frame)?;
        self.out.flush()
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() > MOST {
            self.out.write_all(&self.gathered)?;
            self.gathered.clear();
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
        assert_eq!(writer.inner().0, [b"\x1b[?2026hab\x1b[?2026l".to_vec()]);
    }
}
