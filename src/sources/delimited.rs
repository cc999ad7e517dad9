//! Delimited text: comma, semicolon or tab, as the header shows.

use std::io::Read;

use super::SourceError;
use super::check::{self, LONGEST_CELL, Row};
use super::collector::Collector;
use super::columns::{COUNT, Cells, Header, Place, number_of};
use super::files::unreadable;
use super::problems::{Problems, shown};
use super::raw::RawData;
use super::records::{Next, Records};

/// Reads the whole file; what is wrong with it goes to the collector's problems.
pub(super) fn read(
    mut records: Records<impl Read>,
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    let mut rows: u64 = 0;
    let mut header: Option<Header> = None;
    let mut delimiter = b',';
    let mut raw = RawData::default();
    loop {
        if header.is_none() {
            match records.peek() {
                Ok(start) => delimiter = detect(start),
                Err(e) => return unreadable(&mut to.problems, &e),
            }
            records.delimit_by(delimiter);
        }
        let next = match records.next() {
            Ok(next) => next,
            Err(e) => return unreadable(&mut to.problems, &e),
        };
        if next == Next::End {
            break;
        }
        rows += 1;
        match next {
            Next::Record => {}
            Next::Blank | Next::End => continue,
            Next::BadQuote(cell) => {
                bad_quote(rows, header.as_ref().map(|h| h.name(cell)), &mut to.problems);
                continue;
            }
            Next::Unclosed | Next::TooLong => {
                unclosed(rows, &mut to.problems);
                return Ok(());
            }
        }
        let (bytes, cells) = (records.bytes(), records.cells());
        let plain = is_plain(bytes, delimiter);
        let Ok(text) = std::str::from_utf8(bytes) else {
            not_utf8(
                bytes,
                cells,
                rows,
                &|at| header.as_ref().map(|h| h.name(at)),
                &mut to.problems,
            );
            if header.is_none() {
                return Ok(());
            }
            continue;
        };
        // Cells end at ASCII delimiters, so that they are whole characters.
        let cell = |&(from, until): &(u32, u32)| {
            text.get(from as usize..until as usize).unwrap_or_default()
        };
        let Some(header) = &header else {
            if bytes.contains(&b'\r') {
                to.problems.file_is(
                    "line-ends",
                    "the rows end with a carriage return alone",
                    "save the file with the line ends of this century: line feed, or both",
                );
                return Ok(());
            }
            header = Header::read(cells.iter().map(cell), rows, &mut to.problems);
            if header.is_none() {
                return Ok(());
            }
            continue;
        };
        if cells.len() != header.places.len() {
            // A spreadsheet writes rows that are blank with all their delimiters.
            if cells.iter().all(|c| cell(c).trim().is_empty()) {
                continue;
            }
            to.problems.push(Some(rows), None, "ragged-row", || {
                (
                    format!(
                        "the row has {} cells, the header {}",
                        cells.len(),
                        header.places.len()
                    ),
                    "put cells that hold the delimiter into quotation marks".into(),
                )
            });
            continue;
        }
        let mut row: Cells<'_> = [""; COUNT];
        let mut any = false;
        raw.clear();
        for (place, range) in header.places.iter().zip(cells) {
            let cell = cell(range);
            any |= !cell.is_empty();
            match place {
                Place::Known(n) => row[*n] = cell,
                Place::Unknown(name) => {
                    if plain
                        || check::look(cell, true, Some(rows), name, &mut to.problems).is_some()
                    {
                        raw.text(name, cell.trim());
                    }
                }
            }
        }
        if !any {
            continue;
        }
        let row = Row { number: rows, cells: &row, plain, raw: raw.take() };
        if let Some(line) = check::line(row, &mut to.problems) {
            to.take(rows, line)?;
        }
    }
    if header.is_none() {
        to.problems.file_is(
            "empty-file",
            "the file is empty",
            "give a file whose first row names the columns",
        );
    }
    Ok(())
}

/// Tells of text behind a closing quotation mark.
pub(super) fn bad_quote(row: u64, column: Option<&str>, problems: &mut Problems) {
    problems.push(Some(row), column, "bad-quote", || {
        (
            "text follows a closing quotation mark".into(),
            "double each quotation mark inside a cell".into(),
        )
    });
}

/// Tells that a row does not end.
pub(super) fn unclosed(row: u64, problems: &mut Problems) {
    problems.push(Some(row), None, "unclosed-quote", || {
        (
            "the row does not end: a quotation mark is never closed, or this is no table of text"
                .into(),
            "close the quotation mark, or double it inside a cell".into(),
        )
    });
}

/// Short printable ASCII: no cell of it can be refused for its characters or its length.
fn is_plain(bytes: &[u8], delimiter: u8) -> bool {
    // Without a branch, so that the compiler looks at many bytes at once.
    let odd =
        bytes.iter().fold(false, |odd, &b| odd | (b.wrapping_sub(0x20) >= 0x5f) & (b != delimiter));
    !odd && bytes.len() <= LONGEST_CELL
}

/// The delimiter that gives the first line most names that we know.
fn detect(start: &[u8]) -> u8 {
    let line =
        start.split(|b| *b == b'\n').find(|l| !l.trim_ascii().is_empty()).unwrap_or_default();
    let known = |delimiter: u8| {
        line.split(|b| *b == delimiter)
            .filter_map(|cell| std::str::from_utf8(cell).ok())
            .filter(|cell| number_of(cell.trim().trim_matches('"')).is_some())
            .count()
    };
    // The comma wins a tie: it comes last.
    [b'\t', b';', b','].into_iter().max_by_key(|d| known(*d)).unwrap_or(b',')
}

/// Names the cell whose bytes are no UTF-8.
pub(super) fn not_utf8<'h>(
    bytes: &[u8],
    cells: &[(u32, u32)],
    row: u64,
    name: &dyn Fn(usize) -> Option<&'h str>,
    problems: &mut Problems,
) {
    let at = cells.iter().position(|&(from, until)| {
        bytes.get(from as usize..until as usize).is_some_and(|c| std::str::from_utf8(c).is_err())
    });
    let column = at.and_then(name);
    problems.push(Some(row), column, "not-utf8", || {
        let cell = at.and_then(|at| cells.get(at)).map_or(bytes, |&(from, until)| {
            bytes.get(from as usize..until as usize).unwrap_or_default()
        });
        let start = &cell[..cell.len().min(200)];
        (
            format!("{} is not UTF-8 text", shown(&String::from_utf8_lossy(start))),
            "save the file as \"CSV UTF-8\"".into(),
        )
    });
}
