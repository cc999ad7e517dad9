//! Finds and opens the files of a load, and tells by their content what they are.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::collector::Collector;
use super::problems::Problems;
use super::records::Records;
use super::{SourceError, delimited, json_lines, workbook};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// What a folder's files are read for.
const KNOWN: [&str; 7] = ["csv", "tsv", "xlsx", "jsonl", "ndjson", "json", "gz"];

/// The files of a location: itself, or those in it that can hold a bill, by name.
/// `packed`: gzip as well.
pub(super) fn of_location(location: &Path, packed: bool) -> Result<Vec<PathBuf>, SourceError> {
    if !location.is_dir() {
        return Ok(vec![location.to_owned()]);
    }
    let shown = harmless(&location.display().to_string());
    let refused = |code: &'static str, message: String, remedy: &'static str| {
        SourceError::Failed(Problem::new(ProblemKind::Refused, code, message, remedy))
    };
    let cannot = |e: &io::Error| {
        refused("unreadable", format!("{shown} cannot be read: {e}"), "check who may read it")
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(location).map_err(|e| cannot(&e))? {
        let path = entry.map_err(|e| cannot(&e))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Spreadsheets keep a lock file (~$...) beside an open workbook.
        let hidden = name.starts_with('.') || name.starts_with("~$");
        let known =
            path.extension().is_some_and(|e| KNOWN.iter().any(|k| e.eq_ignore_ascii_case(k)));
        let known = known && (packed || path.extension().is_none_or(|e| e != "gz"));
        if known && !hidden && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(refused(
            "no-files",
            format!("there is no bill in {shown}"),
            "put CSV, XLSX or JSON Lines files into it, or set source.location",
        ));
    }
    files.sort();
    Ok(files)
}

/// Reads one file after another.
pub(super) fn read(files: &[PathBuf], to: &mut Collector<'_>) -> Result<(), SourceError> {
    let mut seen = Seen::default();
    for file in files {
        to.enter(&file.display().to_string());
        if seen.first_time(file, &mut to.problems) {
            one(file, to)?;
        }
    }
    Ok(())
}

/// The files of one load: the lines of one that is named twice would count twice where they have no
/// ids.
#[derive(Default)]
pub(super) struct Seen(Vec<PathBuf>);

impl Seen {
    /// Whether the file is new; one that is named again is refused.
    pub(super) fn first_time(&mut self, file: &Path, problems: &mut Problems) -> bool {
        let same = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        if self.0.contains(&same) {
            problems.file_is("file-twice", "the file is named twice", "name it once");
            return false;
        }
        self.0.push(same);
        true
    }
}

/// Opens a file that can hold a bill; `None` after a complaint.
pub(super) fn opened(file: &Path, problems: &mut Problems) -> Result<Option<File>, SourceError> {
    match fs::metadata(file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            problems.file_is("no-such-file", "there is no such file", "check the name");
            return Ok(None);
        }
        Ok(m) if m.is_dir() => {
            problems.file_is(
                "is-a-folder",
                "this is a folder",
                "name the files in it, or set source.location to the folder",
            );
            return Ok(None);
        }
        _ => {}
    }
    match File::open(file) {
        Ok(opened) => Ok(Some(opened)),
        Err(e) => unreadable(problems, &e).map(|()| None),
    }
}

fn one(file: &Path, to: &mut Collector<'_>) -> Result<(), SourceError> {
    let problems = &mut to.problems;
    let Some(opened) = opened(file, problems)? else { return Ok(()) };
    let mut records = Records::new(opened);
    let start = match records.peek() {
        Ok(start) => start,
        Err(e) => return unreadable(problems, &e),
    };
    match kind(start) {
        Ok(Kind::Workbook) => match File::open(file) {
            Ok(opened) => workbook::read(io::BufReader::new(opened), to),
            Err(e) => unreadable(&mut to.problems, &e),
        },
        Ok(Kind::JsonLines(skip)) => {
            records.skip(skip);
            json_lines::read(records, to)
        }
        Ok(Kind::Delimited(skip)) => {
            records.skip(skip);
            delimited::read(records, to)
        }
        Err((code, message, remedy)) => {
            problems.file_is(code, message, remedy);
            Ok(())
        }
    }
}

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An XLSX workbook.
    Workbook,
    /// Bytes to pass over at the beginning.
    JsonLines(usize),
    /// Bytes to pass over at the beginning.
    Delimited(usize),
}

/// By the content: names are often wrong.
pub(super) fn kind(start: &[u8]) -> Result<Kind, (&'static str, &'static str, &'static str)> {
    const UTF16: (&str, &str, &str) =
        ("utf-16", "the file is UTF-16, not UTF-8", "save it as \"CSV UTF-8\"");
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Workbook);
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(UTF16);
    }
    // Without a mark, UTF-16 shows by a NUL in each pair of its first characters.
    if let [a, b, c, d, ..] = start
        && (((*a == 0) != (*b == 0)) && ((*c == 0) != (*d == 0)))
    {
        return Err(UTF16);
    }
    if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err((
            "not-a-workbook",
            "this is an old XLS workbook, or one with a password",
            "save it as XLSX without a password, or as CSV UTF-8",
        ));
    }
    for magic in [&b"\x1f\x8b"[..], b"%PDF", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf"] {
        if start.starts_with(magic) {
            return Err((
                "not-text",
                "this is a compressed file or a document, no table",
                "unpack it, or export the bill as CSV, XLSX or JSON Lines",
            ));
        }
    }
    let skip = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let first = start[skip..].iter().find(|b| !b.is_ascii_whitespace());
    // An array is told to be no JSON Lines with its row; a header never begins so.
    Ok(if matches!(first, Some(b'{' | b'[')) {
        Kind::JsonLines(skip)
    } else {
        Kind::Delimited(skip)
    })
}

/// The file cannot be read (any further).
pub(super) fn unreadable(problems: &mut Problems, error: &io::Error) -> Result<(), SourceError> {
    problems.push(None, None, "unreadable", || {
        (
            format!("the file cannot be read: {error}"),
            "check that it is a file, and who may read it".into(),
        )
    });
    Ok(())
}
