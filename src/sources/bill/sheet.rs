//! A sheet of a foreign workbook.

use std::io::{Read, Seek};

use calamine::{Reader, Xlsx, XlsxError};

use super::super::SourceError;
use super::super::problems::Problems;
use super::super::profile::Profile;
use super::super::workbook::{Holds, guarded, letters, text_of};
use super::cut::Table;
use super::rows::{Flow, Sink};
use super::table::Place;

/// Reads the sheet that the profile names, or the first.
pub(super) fn read<R: Read + Seek>(
    profile: &Profile,
    file: R,
    sink: &mut dyn Sink,
    problems: &mut Problems,
) -> Result<(), SourceError> {
    match guarded(file, |file| sheet(profile, file, sink, problems)) {
        Ok(result) => result,
        Err(why) => {
            why.tell(problems);
            Ok(())
        }
    }
}

fn sheet<R: Read + Seek>(
    profile: &Profile,
    file: R,
    sink: &mut dyn Sink,
    problems: &mut Problems,
) -> Result<Result<(), SourceError>, XlsxError> {
    let mut book = Xlsx::new(file)?;
    let names = book.sheet_names();
    let name = match &profile.file.sheet {
        Some(wanted) => names.iter().find(|n| n.trim().eq_ignore_ascii_case(wanted.trim())),
        None => names.first(),
    };
    let Some(name) = name.cloned() else {
        problems.push(None, None, "no-such-sheet", || {
            let wanted = profile.file.sheet.as_deref().unwrap_or("the first");
            (
                format!("the workbook has no sheet {}", crate::domain::text::harmless(wanted)),
                format!("it has {}; set file.sheet of the profile", told(&names)),
            )
        });
        return Ok(Ok(()));
    };
    let mut cells = book.worksheet_cells_reader(&name)?;
    let mut table = Table::new(profile);
    let mut texts: Vec<String> = Vec::new();
    let (mut row, mut refused) = (None, false);
    loop {
        let cell = cells.next_cell()?;
        let place = cell.as_ref().map(|c| c.get_position());
        if let Some(ended) = row
            && place.map(|(r, _)| r) != Some(ended)
        {
            let number = u64::from(ended) + 1;
            let blank = texts.iter().all(|t| t.trim().is_empty());
            if !blank && !refused && !table.before_header(number) {
                // Blank cells at the end are not there.
                let used = texts.iter().rposition(|t| !t.trim().is_empty()).map_or(0, |n| n + 1);
                let row: Vec<&str> = texts[..used].iter().map(String::as_str).collect();
                match table.take(number, &row, sink, problems) {
                    Ok(Flow::On) => {}
                    Ok(Flow::Enough) => return Ok(Ok(())),
                    Err(stop) => return Ok(Err(stop)),
                }
            }
            texts.iter_mut().for_each(String::clear);
            refused = false;
        }
        let (Some(cell), Some((at_row, at))) = (cell, place) else { break };
        row = Some(at_row);
        let at = at as usize;
        match text_of(cell.get_value(), holds(profile, &table, at)) {
            Ok(text) => {
                if texts.len() <= at {
                    texts.resize(at + 1, String::new());
                }
                texts[at] = text;
            }
            Err(why) => {
                refused = true;
                let name = table.header.as_ref().map(|h| h.name(at));
                let column = name.filter(|n| !n.is_empty());
                problems.push(Some(u64::from(at_row) + 1), column, "bad-cell", || {
                    (
                        format!("the cell in column {} {why}", letters(at)),
                        "correct the cell; ids are best kept as text, dates as dates".into(),
                    )
                });
            }
        }
    }
    if table.header.is_none() {
        problems.file_is(
            "empty-file",
            "the sheet is empty",
            "give a workbook with a row that names the columns, or set file.sheet of the profile",
        );
    }
    Ok(Ok(()))
}

fn holds(profile: &Profile, table: &Table<'_>, at: usize) -> Holds {
    let place = table.header.as_ref().and_then(|h| h.places.get(at));
    match place {
        Some(Place::Shown(col) | Place::Used(col)) if profile.columns.get(*col).number => {
            Holds::Number
        }
        Some(Place::Shown(_)) => Holds::Text,
        _ => Holds::Anything,
    }
}

fn told(names: &[String]) -> String {
    let names: Vec<String> =
        names.iter().take(10).map(|n| super::super::problems::shown(n)).collect();
    names.join(", ")
}
