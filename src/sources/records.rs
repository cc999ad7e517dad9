//! Splits bytes into the records and cells of a delimited text (RFC 4180), streaming.
//!
//! It is our own because each row has to be numbered as a spreadsheet numbers it, blank rows
//! included, and named when it is wrong, and because bills have a million rows: a record without
//! quotation marks is cut in place, without a copy.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter};

/// A record that is larger is no row of a bill: a quotation mark is open, or the file has no lines.
const LONGEST_RECORD: usize = 16 << 20;
const CHUNK: usize = 256 * 1024;

/// What came next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// A record; its cells are in [`Records::cells`].
    Record,
    /// A line without anything in it.
    Blank,
    /// The end.
    End,
    /// The record is larger than is taken.
    TooLong,
    /// The file ends inside quotation marks.
    Unclosed,
    /// Text after a closing quotation mark, in this cell (counted from 0). The record is passed
    /// over.
    BadQuote(usize),
}

/// The records of one file.
pub(super) struct Records<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    delimiter: u8,
    /// The present record without quotation marks, when it had some.
    unquoted: Vec<u8>,
    /// Whether the present record is in `unquoted`.
    copied: bool,
    /// Where the present record is in `buffer`.
    record: std::ops::Range<usize>,
    /// The cells' places in the record.
    ranges: Vec<(u32, u32)>,
}

enum Quoted {
    /// A record that takes this many bytes.
    Record(usize),
    BadQuote(usize, usize),
    More,
    Unclosed,
}

impl<R: Read> Records<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            delimiter: b',',
            unquoted: Vec::new(),
            copied: false,
            record: 0..0,
            ranges: Vec::new(),
        }
    }

    /// The first bytes of the file, as many as one chunk holds.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        while !self.ended && self.end - self.start < CHUNK {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Passes over bytes that [`Records::peek`] showed.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    pub(super) fn delimit_by(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        // Room doubles, so that a large record is not copied over and over.
        let room = CHUNK.max(self.end);
        if self.buffer.len() < self.end + room {
            self.buffer.resize(self.end + room, 0);
        }
        loop {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(n) => {
                    self.ended = n == 0;
                    self.end += n;
                    return Ok(());
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Goes to the next line, without regard to quotation marks.
    pub(super) fn line(&mut self) -> io::Result<Next> {
        self.copied = false;
        self.ranges.clear();
        let mut searched = 0;
        loop {
            let data = &self.buffer[self.start..self.end];
            let found = memchr(b'\n', &data[searched..]).map(|i| i + searched);
            let (mut length, used) = match found {
                Some(i) => (i, i + 1),
                None if self.ended && data.is_empty() => return Ok(Next::End),
                None if self.ended => (data.len(), data.len()),
                None if data.len() > LONGEST_RECORD => return Ok(Next::TooLong),
                None => {
                    searched = data.len();
                    self.fill()?;
                    continue;
                }
            };
            if length > 0 && data[length - 1] == b'\r' {
                length -= 1;
            }
            let blank = data[..length].iter().all(|b| matches!(b, b' ' | b'\t'));
            self.record = self.start..self.start + length;
            self.start += used;
            return Ok(if blank { Next::Blank } else { Next::Record });
        }
    }

    /// Goes to the next record.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        match self.line()? {
            Next::Record => {}
            other => return Ok(other),
        }
        let line = &self.buffer[self.record.clone()];
        if memchr(b'"', line).is_none() {
            let mut from = 0;
            for i in memchr_iter(self.delimiter, line) {
                self.ranges.push((from, i as u32));
                from = i as u32 + 1;
            }
            self.ranges.push((from, line.len() as u32));
            return Ok(Next::Record);
        }
        // The line is only the beginning of the record where a break stands inside marks.
        self.start = self.record.start;
        loop {
            match self.quoted() {
                Quoted::Record(used) => {
                    self.copied = true;
                    self.start += used;
                    return Ok(Next::Record);
                }
                Quoted::BadQuote(cell, used) => {
                    self.start += used;
                    return Ok(Next::BadQuote(cell));
                }
                Quoted::Unclosed => return Ok(Next::Unclosed),
                Quoted::More if self.end - self.start > LONGEST_RECORD => return Ok(Next::TooLong),
                Quoted::More => self.fill()?,
            }
        }
    }

    /// Reads a record with quotation marks at the buffer's start into `unquoted`.
    fn quoted(&mut self) -> Quoted {
        let data = &self.buffer[self.start..self.end];
        let (out, ranges) = (&mut self.unquoted, &mut self.ranges);
        out.clear();
        ranges.clear();
        let mut at = 0;
        let mut bad = None;
        loop {
            let from = out.len() as u32;
            if data.get(at) == Some(&b'"') {
                at += 1;
                loop {
                    let Some(i) = memchr(b'"', &data[at..]) else {
                        return if self.ended { Quoted::Unclosed } else { Quoted::More };
                    };
                    out.extend_from_slice(&data[at..at + i]);
                    at += i + 1;
                    match data.get(at) {
                        Some(b'"') => {
                            out.push(b'"');
                            at += 1;
                        }
                        None if !self.ended => return Quoted::More,
                        _ => break,
                    }
                }
                // Blanks after a closing mark are harmless; anything else is a mistake.
                while data.get(at) == Some(&b' ') {
                    at += 1;
                }
                let line_end = matches!(data.get(at), None | Some(b'\n'))
                    || (data.get(at) == Some(&b'\r')
                        && matches!(data.get(at + 1), None | Some(b'\n')));
                if !line_end && data.get(at) != Some(&self.delimiter) {
                    bad = bad.or(Some(ranges.len()));
                }
            }
            let rest = &data[at..];
            let stop = memchr::memchr2(self.delimiter, b'\n', rest);
            if stop.is_none() && !self.ended {
                return Quoted::More;
            }
            let i = stop.unwrap_or(rest.len());
            let mut cell = &rest[..i];
            let last = rest.get(i) != Some(&self.delimiter);
            if last && cell.last() == Some(&b'\r') {
                cell = &cell[..i - 1];
            }
            out.extend_from_slice(cell);
            ranges.push((from, out.len() as u32));
            at += i;
            if last {
                let used = (at + 1).min(data.len());
                return match bad {
                    Some(cell) => Quoted::BadQuote(cell, used),
                    None => Quoted::Record(used),
                };
            }
            at += 1;
        }
    }

    /// The bytes of the present record, quotation marks resolved.
    pub(super) fn bytes(&self) -> &[u8] {
        if self.copied { &self.unquoted } else { &self.buffer[self.record.clone()] }
    }

    /// Where the present record's cells are in [`Records::bytes`].
    pub(super) fn cells(&self) -> &[(u32, u32)] {
        &self.ranges
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands out a few bytes at a time.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(to.len()).min(self.1);
            to[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn all(text: &[u8], step: usize) -> Vec<(Next, Vec<Vec<u8>>)> {
        let mut records = Records::new(Dribble(text, step));
        let mut out = Vec::new();
        loop {
            let next = records.next().unwrap();
            let cells = match next {
                Next::Record => {
                    let b = records.bytes();
                    let cut = |(f, t): &(u32, u32)| b[*f as usize..*t as usize].to_vec();
                    records.cells().iter().map(cut).collect()
                }
                _ => Vec::new(),
            };
            if next == Next::End {
                return out;
            }
            out.push((next, cells));
            if matches!(next, Next::TooLong | Next::Unclosed) {
                return out;
            }
        }
    }

    fn texts(text: &str) -> Vec<Vec<String>> {
        all(text.as_bytes(), 3)
            .into_iter()
            .map(|(_, c)| c.into_iter().map(|c| String::from_utf8(c).unwrap()).collect())
            .collect()
    }

    #[test]
    fn cells_and_rows_are_told_apart() {
        assert_eq!(
            texts("a,b\r\nc,\"d\"\"e,\nf\"\r\n,\n"),
            [vec!["a", "b"], vec!["c", "d\"e,\nf"], vec!["", ""]]
        );
        assert_eq!(texts("a,5\" disk\nlast"), [vec!["a", "5\" disk"], vec!["last"]]);
        assert_eq!(texts("\"a\" ,\"\"\n"), [["a", ""]]);
        assert_eq!(all(b"a\n\n \r\nb", 1).len(), 4);
        assert_eq!(all(b"a,\"b", 2), [(Next::Unclosed, vec![])]);
        assert_eq!(all(b"a,\"b\"c\nd,e\n", 2)[0].0, Next::BadQuote(1));
        assert_eq!(texts("a,\"b\"c\nd,e\n")[1], ["d", "e"]);
    }

    #[test]
    fn a_record_that_does_not_end_is_given_up() {
        let long = vec![b'x'; LONGEST_RECORD + CHUNK * 3];
        assert_eq!(all(&long, usize::MAX), [(Next::TooLong, vec![])]);
    }

    proptest! {
        #[test]
        fn the_size_of_the_pieces_does_not_matter(
            text in "[a\",\n\r ]{0,40}", step in 1usize..7
        ) {
            prop_assert_eq!(all(text.as_bytes(), step), all(text.as_bytes(), usize::MAX));
        }

        #[test]
        fn what_the_csv_crate_writes_is_read(
            rows in prop::collection::vec(prop::collection::vec("[a-c\",;\n\r é]{1,6}", 2..5), 1..6)
        ) {
            let mut writer = csv::WriterBuilder::new()
                .flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(texts(&text), rows);
        }
    }
}
