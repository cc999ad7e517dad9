//! From bytes to rows. Rows are counted as a spreadsheet shows them: the header is row 1, a blank
//! line is a row, a cell with a line break in it is not two.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use super::{COLUMNS, ImportError};
use crate::domain::mapping::{MappingKind, MappingRow};
use crate::domain::problem::{FileProblem, FileRefusal, Problem, ProblemKind};
use crate::domain::spreadsheet::plain_cell;
use crate::domain::text::harmless;

/// Nobody maps more than this; a wrong path may lead to a file that never ends.
const LARGEST: u64 = 256 * 1024 * 1024;
/// The longest cell: names and ids are far shorter in every known source.
const LONGEST_CELL: usize = 1_000;

/// A row with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberedRow {
    pub(super) number: u64,
    pub(super) row: MappingRow,
    /// The source that the row speaks of; absent: the one that knows the id.
    pub(super) source: Option<String>,
    /// Records that are not to be suggested; absent: as they are.
    pub(super) rejected: Option<Vec<i64>>,
}

/// The file's bytes.
pub(super) fn bytes(file: &Path) -> Result<Vec<u8>, ImportError> {
    let refused = |message: String| {
        ImportError::Failed(Problem::new(
            ProblemKind::Refused,
            "file",
            message,
            "give a CSV file with the columns kind,platform_id,platform_name,psa_id,psa_name,excluded",
        ))
    };
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|f| f.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|e| refused(format!("cannot read {}: {e}", file.display())))?;
    if bytes.len() as u64 > LARGEST {
        return Err(refused(format!("{} is larger than 256 MiB", file.display())));
    }
    Ok(bytes)
}

/// All rows, or every problem that was found.
pub(super) fn rows(file: &str, bytes: &[u8]) -> Result<Vec<NumberedRow>, FileRefusal> {
    let mut reading = Reading { file, refusal: FileRefusal::default() };
    let rows = reading.all(bytes);
    if reading.refusal.is_empty() { Ok(rows) } else { Err(reading.refusal) }
}

struct Reading<'a> {
    file: &'a str,
    refusal: FileRefusal,
}

impl Reading<'_> {
    fn refuse(
        &mut self,
        row: Option<u64>,
        column: Option<&str>,
        code: &'static str,
        message: String,
        remedy: &str,
    ) {
        self.refusal.push(FileProblem {
            file: self.file.to_owned(),
            row,
            column: column.map(str::to_owned),
            code: code.into(),
            message,
            remedy: remedy.to_owned(),
        });
    }

    fn all(&mut self, bytes: &[u8]) -> Vec<NumberedRow> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            let remedy = "save it as CSV UTF-8";
            self.refuse(None, None, "encoding", "the file is UTF-16, not UTF-8".into(), remedy);
            return Vec::new();
        }
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let mut rows = Vec::new();
        let mut header: Option<HashMap<&'static str, usize>> = None;
        let mut number = 0;
        loop {
            let before = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    let remedy = "save it as CSV UTF-8";
                    self.refuse(Some(number + 1), None, "not-csv", e.to_string(), remedy);
                    break;
                }
            }
            number += blank_lines(bytes.get(before..).unwrap_or_default()) + 1;
            let comment = record.get(0).is_some_and(|c| c.trim_ascii().starts_with(b"#"));
            if comment || record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            match &header {
                None => match self.header(number, &record) {
                    Some(columns) => header = Some(columns),
                    None => return Vec::new(),
                },
                Some(columns) => {
                    rows.extend(self.row(number, columns, &record));
                }
            }
        }
        if header.is_none() {
            let remedy = "the first row names the columns: kind,platform_id,platform_name,psa_id,\
                          psa_name,excluded";
            self.refuse(None, None, "no-header", "the file is empty".into(), remedy);
        }
        rows
    }

    fn header(
        &mut self,
        number: u64,
        record: &csv::ByteRecord,
    ) -> Option<HashMap<&'static str, usize>> {
        let mut columns = HashMap::new();
        let mut good = true;
        for (i, cell) in record.iter().enumerate() {
            let word = String::from_utf8_lossy(cell).trim().to_lowercase();
            if let Some(name) = COLUMNS.into_iter().find(|c| *c == word)
                && columns.insert(name, i).is_some()
            {
                let message = "the column stands twice".to_owned();
                self.refuse(
                    Some(number),
                    Some(name),
                    "column-twice",
                    message,
                    "remove one of them",
                );
                good = false;
            }
        }
        for name in ["kind", "platform_id"] {
            if !columns.contains_key(name) {
                let message = "the column is missing".to_owned();
                let remedy = "the first row names the columns: kind,platform_id,platform_name,\
                              psa_id,psa_name,excluded";
                self.refuse(Some(number), Some(name), "column-missing", message, remedy);
                good = false;
            }
        }
        if !columns.contains_key("psa_id")
            && !columns.contains_key("psa_name")
            && !columns.contains_key("excluded")
            && !columns.contains_key("rejected")
        {
            let message = "none of the columns psa_id, psa_name and excluded is there".to_owned();
            let remedy = "add the one that is to be taken";
            self.refuse(Some(number), Some("psa_id"), "column-missing", message, remedy);
            good = false;
        }
        good.then_some(columns)
    }

    fn row(
        &mut self,
        number: u64,
        columns: &HashMap<&'static str, usize>,
        record: &csv::ByteRecord,
    ) -> Option<NumberedRow> {
        let mut cells: HashMap<&'static str, String> = HashMap::new();
        let mut good = true;
        for (name, i) in columns {
            let cell = record.get(*i).unwrap_or_default();
            match self.cell(number, name, cell) {
                Some(text) => {
                    cells.insert(name, text);
                }
                None => good = false,
            }
        }
        let mut take = |name: &str| cells.remove(name).unwrap_or_default();
        let (kind_word, id, excluded_word, psa_word) =
            (take("kind"), take("platform_id"), take("excluded"), take("psa_id"));
        let (platform_name, psa_name) = (take("platform_name"), take("psa_name"));
        let kind: Option<MappingKind> = kind_word.parse().ok();
        if kind.is_none() {
            let message = format!("`{}` is no kind", short(&kind_word));
            let remedy = "write organization, offer or contract";
            self.refuse(Some(number), Some("kind"), "not-a-kind", message, remedy);
        }
        if id.is_empty() && good {
            let remedy = "give the id that the source uses";
            self.refuse(Some(number), Some("platform_id"), "empty", "it is empty".into(), remedy);
            good = false;
        }
        let psa_id = match psa_word.as_str() {
            "" => None,
            word => match word.parse::<i64>() {
                Ok(n) if n > 0 => Some(n),
                _ => {
                    let message = format!("`{}` is no record number", short(word));
                    let remedy = "give ConnectWise's number, or leave it empty and give psa_name";
                    self.refuse(Some(number), Some("psa_id"), "not-a-number", message, remedy);
                    good = false;
                    None
                }
            },
        };
        let excluded = match excluded_word.to_lowercase().as_str() {
            "" => None,
            "yes" | "true" | "1" => Some(true),
            "no" | "false" | "0" => Some(false),
            word => {
                let message = format!("`{}` is neither yes nor no", short(word));
                let remedy = "write yes or no, or leave it empty";
                self.refuse(Some(number), Some("excluded"), "not-yes-or-no", message, remedy);
                good = false;
                None
            }
        };
        if excluded.is_some() && kind.is_some_and(|k| k != MappingKind::Organization) {
            let message = "only an organization can be excluded".to_owned();
            self.refuse(
                Some(number),
                Some("excluded"),
                "not-excludable",
                message,
                "leave it empty",
            );
            good = false;
        }
        let source = Some(take("source")).filter(|s| !s.is_empty());
        // A row that ends before the column says nothing of it.
        let told = columns.get("rejected").is_some_and(|i| *i < record.len());
        let rejected = told.then(|| self.numbers(number, &take("rejected"))).transpose();
        let (kind, rejected) = (kind.filter(|_| good)?, rejected.ok()?);
        if kind == MappingKind::Contract && rejected.as_ref().is_some_and(|r| !r.is_empty()) {
            let message = "nothing is suggested for a contract".to_owned();
            self.refuse(
                Some(number),
                Some("rejected"),
                "not-rejectable",
                message,
                "leave it empty",
            );
            return None;
        }
        let row = MappingRow { kind, platform_id: id, platform_name, psa_id, psa_name, excluded };
        Some(NumberedRow { number, row, source, rejected })
    }

    /// Record numbers with spaces between them.
    fn numbers(&mut self, number: u64, text: &str) -> Result<Vec<i64>, ()> {
        let mut out = Vec::new();
        for word in text.split_whitespace() {
            match word.parse::<i64>() {
                Ok(n) if n > 0 => out.push(n),
                _ => {
                    let message = format!("`{}` is no record number", short(word));
                    let remedy = "give ConnectWise's numbers with spaces between them";
                    self.refuse(Some(number), Some("rejected"), "not-a-number", message, remedy);
                    return Err(());
                }
            }
        }
        Ok(out)
    }

    fn cell(&mut self, number: u64, name: &str, cell: &[u8]) -> Option<String> {
        let row = Some(number);
        if cell.len() > LONGEST_CELL {
            let message = format!("the cell has {} bytes; {LONGEST_CELL} is the most", cell.len());
            self.refuse(row, Some(name), "too-long", message, "shorten it; is a quote missing?");
            return None;
        }
        let Ok(text) = std::str::from_utf8(cell) else {
            let message = "the cell is not UTF-8 text".to_owned();
            self.refuse(row, Some(name), "encoding", message, "save the file as CSV UTF-8");
            return None;
        };
        let text = plain_cell(text.trim());
        // Names are somebody else's and stand as they are; an export must read back. An id holds what
        // the id of a bill may hold.
        let name_of_others = matches!(name, "platform_name" | "psa_name" | "decided" | "note");
        if !name_of_others && text.chars().any(in_no_id) {
            let message = format!("`{}` has control characters in it", short(text));
            self.refuse(row, Some(name), "control-character", message, "remove them");
            return None;
        }
        Some(text.to_owned())
    }
}

/// What sources refuse in an id: control characters, and what turns text around.
fn in_no_id(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Line breaks before the next record: `csv` passes over them without a word.
fn blank_lines(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut rest = bytes;
    loop {
        rest = if let Some(r) = rest.strip_prefix(b"\r\n") {
            r
        } else if let Some(r) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r")) {
            r
        } else {
            return count;
        };
        count += 1;
    }
}

fn short(text: &str) -> String {
    let mut out: String = harmless(text).chars().take(40).collect();
    if text.chars().count() > 40 {
        out.push('…');
    }
    out
}
