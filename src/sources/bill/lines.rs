//! JSON Lines of a foreign bill.

use std::io::Read;

use serde_json::Value;

use super::super::SourceError;
use super::super::files::unreadable;
use super::super::json_lines::not_json;
use super::super::problems::Problems;
use super::super::profile::Profile;
use super::super::profile::record;
use super::super::raw::RawData;
use super::super::records::{Next, Records};
use super::rows::{Flow, Row, Sink};

/// Reads the whole text.
pub(super) fn read(
    profile: &Profile,
    mut records: Records<impl Read>,
    sink: &mut dyn Sink,
    problems: &mut Problems,
) -> Result<(), SourceError> {
    let mut rows: u64 = 0;
    let mut any = false;
    loop {
        let next = match records.line() {
            Ok(next) => next,
            Err(e) => return unreadable(problems, &e),
        };
        rows += 1;
        match next {
            Next::Record => {}
            Next::Blank => continue,
            Next::End => break,
            Next::TooLong | Next::Unclosed | Next::BadQuote(_) => {
                problems.push(Some(rows), None, "line-too-long", || {
                    (
                        "the line does not end".into(),
                        "write one object on each line: JSON Lines, no JSON array".into(),
                    )
                });
                return Ok(());
            }
        }
        any = true;
        let record: Value = match serde_json::from_slice(records.bytes()) {
            Ok(record) => record,
            Err(e) => {
                not_json(rows, &e, problems);
                continue;
            }
        };
        let mut raw = RawData::default();
        let wanted = sink.wants_raw().then_some(&mut raw);
        let Some(cells) = record::cells(&profile.columns, &record, rows, wanted, problems) else {
            continue;
        };
        let row = Row { number: rows, cells: &cells, raw, whole: None };
        if sink.row(row, problems)? == Flow::Enough {
            return Ok(());
        }
    }
    if !any {
        problems.file_is("empty-file", "the file is empty", "give a file with lines in it");
    }
    Ok(())
}
