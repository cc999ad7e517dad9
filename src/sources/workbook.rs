//! XLSX: the sheet named `lines`, else the first one. Cells are read one after another, so that a
//! sheet of a million rows is never in memory as a whole.

use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};

use super::check::{self, Row};
use super::collector::Collector;
use super::columns::{COUNT, Cells, Column, Header, Place};
use super::problems::{Problems, shown};
use super::raw::RawData;
use super::{SourceError, unpacked};

const MANDATORY_SHEET: &str = "lines";
/// Columns of a sheet.
const WIDEST: usize = 16_384;

/// Why a workbook cannot be read: code, message and remedy.
pub(super) struct Unreadable(pub(super) &'static str, pub(super) String, pub(super) &'static str);

impl Unreadable {
    /// Adds it to the complaints about the file.
    pub(super) fn tell(self, problems: &mut Problems) {
        problems.push(None, None, self.0, || (self.1, self.2.into()));
    }
}

/// Reads a workbook with `work`, if it is one and of a size that a bill has. The reader of a
/// foreign format must not take the program down with a broken file.
pub(super) fn guarded<R: Read + Seek, T>(
    mut file: R,
    work: impl FnOnce(R) -> Result<T, XlsxError>,
) -> Result<T, Unreadable> {
    if let Some(why) = unpacked::too_large(&mut file, &unpacked::LIMITS) {
        return Err(Unreadable(
            "unpacks-too-large",
            why,
            "no bill is like that: open it in a spreadsheet and save only the bill's sheet, or \
             export it as CSV UTF-8",
        ));
    }
    match catch_unwind(AssertUnwindSafe(|| work(file))) {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(e)) => Err(Unreadable(
            "not-a-workbook",
            format!("the workbook cannot be read: {}", shown(&e.to_string())),
            "open it in a spreadsheet, and save it as XLSX without a password, or as CSV UTF-8",
        )),
        Err(_) => Err(Unreadable(
            "not-a-workbook",
            "the workbook is damaged".into(),
            "open it in a spreadsheet and save it again, or as CSV UTF-8",
        )),
    }
}

/// Reads the whole workbook; what is wrong with it goes to the collector's problems.
pub(super) fn read<R: Read + Seek>(file: R, to: &mut Collector<'_>) -> Result<(), SourceError> {
    match guarded(file, |file| sheet(file, to)) {
        Ok(result) => result,
        Err(why) => {
            why.tell(&mut to.problems);
            Ok(())
        }
    }
}

fn sheet<R: Read + Seek>(
    file: R,
    to: &mut Collector<'_>,
) -> Result<Result<(), SourceError>, XlsxError> {
    let mut book = Xlsx::new(file)?;
    let names = book.sheet_names();
    let named = names.iter().find(|n| n.trim().eq_ignore_ascii_case(MANDATORY_SHEET));
    let Some(name) = named.or(names.first()).cloned() else {
        return Ok(empty(&mut to.problems));
    };
    let mut cells = book.worksheet_cells_reader(&name)?;
    let mut table = Table::default();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        if table.row != Some(row) {
            if let Err(stop) = table.end_row(to) {
                return Ok(stop);
            }
            table.row = Some(row);
        }
        table.cell(column as usize, cell.get_value(), &mut to.problems);
    }
    if let Err(stop) = table.end_row(to) {
        return Ok(stop);
    }
    if table.header.is_none() {
        return Ok(empty(&mut to.problems));
    }
    Ok(Ok(()))
}

fn empty(problems: &mut Problems) -> Result<(), SourceError> {
    problems.file_is(
        "empty-file",
        "the sheet is empty",
        "give a workbook whose first sheet, or the one named \"lines\", names the columns in row 1",
    );
    Ok(())
}

/// The present row and what was read above it.
#[derive(Default)]
struct Table {
    header: Option<Header>,
    /// The row's number, from 0.
    row: Option<u32>,
    texts: Vec<String>,
    /// A cell of the row was refused already.
    refused: bool,
    raw: RawData,
}

impl Table {
    fn cell(&mut self, at: usize, value: &DataRef<'_>, problems: &mut Problems) {
        let text = match (value, &self.header) {
            (DataRef::Empty, _) => return,
            (_, Some(header)) if at >= header.places.len() => {
                if text_of(value, Holds::Anything) == Ok(String::new()) {
                    return;
                }
                Err("stands right of the last named column")
            }
            (value, Some(header)) => match &header.places[at] {
                Place::Known(n) => text_of(value, holds(*n)),
                Place::Unknown(_) => text_of(value, Holds::Anything),
            },
            (_, None) if at >= WIDEST => Err("stands right of the last column that a sheet has"),
            (value, None) => text_of(value, Holds::Anything),
        };
        match text {
            Ok(text) => {
                if self.texts.len() <= at {
                    self.texts.resize(at + 1, String::new());
                }
                self.texts[at] = text;
            }
            Err(why) => {
                self.refused = true;
                let row = self.row.map(|r| u64::from(r) + 1);
                let column = self.header.as_ref().map(|h| h.name(at).to_owned());
                problems.push(row, column.as_deref().filter(|c| !c.is_empty()), "bad-cell", || {
                    (
                        format!("the cell in column {} {why}", letters(at)),
                        "correct the cell; ids are best kept as text, dates as dates".into(),
                    )
                });
            }
        }
    }

    /// The row is complete. `Err` carries the outcome when nothing more is to be read.
    fn end_row(&mut self, to: &mut Collector<'_>) -> Result<(), Result<(), SourceError>> {
        let refused = std::mem::take(&mut self.refused);
        let Some(row) = self.row else { return Ok(()) };
        let number = u64::from(row) + 1;
        let blank = self.texts.iter().all(|t| t.trim().is_empty());
        if !blank && !refused {
            match &self.header {
                None => {
                    let cells = self.texts.iter().map(String::as_str);
                    match Header::read(cells, number, &mut to.problems) {
                        Some(header) => self.header = Some(header),
                        None => return Err(Ok(())),
                    }
                }
                Some(header) => {
                    let mut cells: Cells<'_> = [""; COUNT];
                    self.raw.clear();
                    for (place, text) in header.places.iter().zip(&self.texts) {
                        match place {
                            Place::Known(n) => cells[*n] = text,
                            Place::Unknown(name) => {
                                let row = Some(number);
                                if check::look(text, true, row, name, &mut to.problems).is_some() {
                                    self.raw.text(name, text.trim());
                                }
                            }
                        }
                    }
                    let row = Row { number, cells: &cells, plain: false, raw: self.raw.take() };
                    if let Some(line) = check::line(row, &mut to.problems) {
                        to.take(number, line).map_err(Err)?;
                    }
                }
            }
        }
        self.texts.iter_mut().for_each(String::clear);
        Ok(())
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Numbers.
    Number,
    /// Days without a time.
    Day,
    /// Ids, names, times: texts that mean something.
    Text,
    /// Nothing that we know.
    Anything,
}

/// What a canonical column holds.
fn holds(column: usize) -> Holds {
    const DATES: [Column; 3] =
        [Column::InvoiceDate, Column::ChargeStartDate, Column::ChargeEndDate];
    const NUMBERS: [Column; 4] =
        [Column::Quantity, Column::UnitPrice, Column::UnitCost, Column::Total];
    let one_of = |list: &[Column]| list.iter().any(|c| *c as usize == column);
    if one_of(&NUMBERS) {
        Holds::Number
    } else if one_of(&DATES) {
        Holds::Day
    } else {
        Holds::Text
    }
}

/// A cell as the text that a person sees; with what is wrong with it otherwise.
pub(super) fn text_of(value: &DataRef<'_>, holds: Holds) -> Result<String, &'static str> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::Int(n) => Ok(n.to_string()),
        DataRef::Float(f) => {
            // A spreadsheet keeps 15 digits: an id beyond that has lost its last ones.
            if f.abs() >= 1e15 && matches!(holds, Holds::Text | Holds::Day) {
                return Err("holds a number with more digits than a spreadsheet keeps");
            }
            decimal_text(*f).ok_or("holds a number that cannot be written out")
        }
        DataRef::String(s) => Ok(s.clone()),
        DataRef::SharedString(s) => Ok((*s).to_owned()),
        DataRef::Bool(b) => Ok(if *b { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(serial) if holds != Holds::Number => {
            let text = date_text(serial)?;
            if holds == Holds::Day && text.len() > 10 {
                return Err("holds a time of day beside the date");
            }
            Ok(text)
        }
        DataRef::DateTime(_) => Err("holds a date where a number belongs"),
        DataRef::DateTimeIso(s) => {
            Ok(s.strip_suffix("T00:00:00").or(s.strip_suffix("T00:00:00Z")).unwrap_or(s).to_owned())
        }
        DataRef::DurationIso(s) => Ok(s.clone()),
        DataRef::Error(_) => Err("holds an error of the spreadsheet"),
    }
}

/// A number as a spreadsheet shows it: 15 significant digits, so that the noise of binary floats
/// (0.1 + 0.2 = 0.30000000000000004) is gone, and no exponent.
fn decimal_text(f: f64) -> Option<String> {
    if !f.is_finite() || f.abs() >= 1e28 {
        return None;
    }
    if f == 0.0 {
        return Some("0".into());
    }
    let written = format!("{f:.14e}");
    let (mantissa, exponent) = written.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(m) => ("-", m),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    // The point stands behind this many digits.
    let point = exponent + 1;
    let text = if point <= 0 {
        format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize))
    } else if point as usize >= digits.len() {
        format!("{sign}{digits}{}", "0".repeat(point as usize - digits.len()))
    } else {
        format!("{sign}{}.{}", &digits[..point as usize], &digits[point as usize..])
    };
    Some(text)
}

/// A serial date as ISO; with its time where it has one.
fn date_text(serial: &ExcelDateTime) -> Result<String, &'static str> {
    let days = serial.as_f64();
    // Day 60 is the 29th of February 1900, which never was; bills are younger.
    if serial.is_duration() || !(61.0..2_958_466.0).contains(&days) {
        return Err("holds a time or a date that no bill has");
    }
    let (y, m, d, h, min, s, ms) = serial.to_ymd_hms_milli();
    let date = format!("{y:04}-{m:02}-{d:02}");
    Ok(if (h, min, s, ms) == (0, 0, 0, 0) {
        date
    } else {
        format!("{date} {h:02}:{min:02}:{s:02}")
    })
}

/// The column's letters as a spreadsheet shows them.
pub(super) fn letters(mut at: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (at % 26) as u8);
        if at < 26 {
            break;
        }
        at = at / 26 - 1;
    }
    letters.iter().rev().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_shown() {
        for (f, text) in [
            (0.1 + 0.2, "0.3"),
            (12.5, "12.5"),
            (-1234.56, "-1234.56"),
            (1e-7, "0.0000001"),
            (100.0, "100"),
            (123_456_789_012_345.0, "123456789012345"),
            (9.95, "9.95"),
            (2.675 * 100.0, "267.5"),
            (0.0, "0"),
            (-0.0, "0"),
        ] {
            assert_eq!(decimal_text(f).unwrap(), text);
        }
        assert_eq!(decimal_text(f64::NAN), None);
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!(
            ["A", "Z", "AA", "AB", "ZZ", "AAA"],
            [0, 25, 26, 27, 701, 702].map(letters).as_slice()
        );
    }
}
