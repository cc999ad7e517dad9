//! Text in another encoding, read as UTF-8. What is no text in it is an error, never a question
//! mark.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

const CHUNK: usize = 64 * 1024;

/// A reader of UTF-8.
pub(super) struct Decoded<R> {
    from: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// What of `input` is not decoded yet.
    waiting: std::ops::Range<usize>,
    output: Vec<u8>,
    given: usize,
    ended: bool,
    /// The decoder has given all.
    finished: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(from: R, encoding: &'static Encoding) -> Self {
        Self {
            from,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; CHUNK],
            waiting: 0..0,
            output: Vec::new(),
            given: 0,
            ended: false,
            finished: false,
        }
    }

    fn more(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() && !self.ended {
            let n = self.from.read(&mut self.input)?;
            self.waiting = 0..n;
            self.ended = n == 0;
        }
        // Three bytes of UTF-8 for each byte are always enough.
        self.output.resize(CHUNK * 3 + 16, 0);
        let input = &self.input[self.waiting.clone()];
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(input, &mut self.output, self.ended);
        self.output.truncate(written);
        self.given = 0;
        self.waiting.start += read;
        match result {
            DecoderResult::InputEmpty => {
                self.finished = self.ended;
                Ok(())
            }
            DecoderResult::OutputFull => Ok(()),
            DecoderResult::Malformed(..) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("it holds bytes that are no {} text", self.decoder.encoding().name()),
            )),
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            if self.finished {
                return Ok(0);
            }
            self.more()?;
        }
        let n = to.len().min(self.output.len() - self.given);
        to[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_become_utf8_and_broken_ones_are_told() {
        let text = "Müller & Söhne, 株式会社, 12,50 €\n".repeat(5_000);
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let mut read = String::new();
        Decoded::new(utf16.as_slice(), encoding_rs::UTF_16LE).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        let mut read = String::new();
        let western = b"M\xfcller \x80 5";
        Decoded::new(&western[..], encoding_rs::WINDOWS_1252).read_to_string(&mut read).unwrap();
        assert_eq!(read, "Müller € 5");
        let lone = [0x00, 0xd8, 0x41, 0x00];
        let broken = Decoded::new(&lone[..], encoding_rs::UTF_16LE).read_to_string(&mut read);
        assert_eq!(broken.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
