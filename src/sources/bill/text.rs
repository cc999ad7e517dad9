//! Delimited text of a foreign bill.

use std::io::Read;

use super::super::SourceError;
use super::super::delimited::{bad_quote, not_utf8, unclosed};
use super::super::files::unreadable;
use super::super::problems::Problems;
use super::super::profile::Profile;
use super::super::records::{Next, Records};
use super::cut::Table;
use super::rows::{Flow, Sink};

/// Reads the whole table.
pub(super) fn read(
    profile: &Profile,
    mut records: Records<impl Read>,
    sink: &mut dyn Sink,
    problems: &mut Problems,
) -> Result<(), SourceError> {
    let mut rows: u64 = 0;
    let mut table = Table::new(profile);
    loop {
        if table.header.is_none() {
            let delimiter = match profile.file.delimiter {
                Some(delimiter) => delimiter,
                None => match records.peek() {
                    Ok(start) => detect(profile, start),
                    Err(e) => return unreadable(problems, &e),
                },
            };
            records.delimit_by(delimiter);
        }
        let next = match records.next() {
            Ok(next) => next,
            Err(e) => return unreadable(problems, &e),
        };
        if next == Next::End {
            break;
        }
        rows += 1;
        match next {
            Next::Record if !table.before_header(rows) => {}
            Next::Record | Next::Blank | Next::End => continue,
            Next::BadQuote(cell) => {
                bad_quote(rows, table.header.as_ref().map(|h| h.name(cell)), problems);
                continue;
            }
            Next::Unclosed | Next::TooLong => {
                unclosed(rows, problems);
                return Ok(());
            }
        }
        let (bytes, ranges) = (records.bytes(), records.cells());
        let Ok(text) = std::str::from_utf8(bytes) else {
            not_utf8(
                bytes,
                ranges,
                rows,
                &|at| table.header.as_ref().map(|h| h.name(at)),
                problems,
            );
            if table.header.is_none() {
                return Ok(());
            }
            continue;
        };
        // Cells end at ASCII delimiters, so that they are whole characters.
        let texts: Vec<&str> = ranges
            .iter()
            .map(|&(from, until)| text.get(from as usize..until as usize).unwrap_or_default())
            .collect();
        if texts.iter().all(|t| t.trim().is_empty()) {
            continue;
        }
        let short = table.header.as_ref().is_some_and(|h| texts.len() < h.places.len());
        let flow = table.take(rows, &texts, sink, problems)?;
        if flow == Flow::Enough {
            return Ok(());
        }
        if short && !table.in_footer() {
            problems.push(Some(rows), None, "ragged-row", || {
                (
                    format!("the row has only {} cells, fewer than the header", texts.len()),
                    "it was cut off; fetch the bill again".into(),
                )
            });
        }
    }
    if table.header.is_none() {
        problems.file_is(
            "empty-file",
            "the file is empty",
            "give a file with a row that names the columns",
        );
    }
    Ok(())
}

/// The delimiter that gives one of the first lines most names that the profile knows.
fn detect(profile: &Profile, start: &[u8]) -> u8 {
    let lines = || start.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty()).take(20);
    let known = |delimiter: u8| {
        let of_line = |line: &[u8]| {
            line.split(|b| *b == delimiter)
                .filter_map(|cell| std::str::from_utf8(cell).ok())
                .filter(|cell| profile.columns.find(cell.trim().trim_matches('"')).is_some())
                .count()
        };
        lines().map(of_line).max().unwrap_or(0)
    };
    // The comma wins a tie: it comes last.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|d| known(*d)).unwrap_or(b',')
}
