//! Opens a bill's file: unpacks gzip, brings its characters to UTF-8, and tells by its content what
//! it is.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::super::SourceError;
use super::super::files::{self, unreadable};
use super::super::problems::Problems;
use super::super::profile::{Encoding, Kind, Profile};
use super::super::records::Records;
use super::decoded::Decoded;
use super::rows::Sink;
use super::{lines, sheet, text};

/// What tells a file: the beginning of its bytes.
const START: usize = 8;

/// A reader that gives the looked at beginning again.
type Again<R> = Chain<Cursor<Vec<u8>>, R>;

fn look(mut from: impl Read) -> io::Result<(Vec<u8>, impl Read)> {
    let mut start = Vec::new();
    from.by_ref().take(START as u64).read_to_end(&mut start)?;
    let again: Again<_> = Cursor::new(start.clone()).chain(from);
    Ok((start, again))
}

/// Gives every row of a file to the sink.
pub(super) fn each_row(
    profile: &Profile,
    path: &Path,
    sink: &mut dyn Sink,
    problems: &mut Problems,
) -> Result<(), SourceError> {
    let Some(opened) = files::opened(path, problems)? else { return Ok(()) };
    match start(profile, path, opened, sink, problems) {
        Ok(result) => result,
        Err(e) => unreadable(problems, &e),
    }
}

fn start(
    profile: &Profile,
    path: &Path,
    opened: File,
    sink: &mut dyn Sink,
    problems: &mut Problems,
) -> io::Result<Result<(), SourceError>> {
    let (start, opened) = look(opened)?;
    if start.starts_with(b"PK\x03\x04") {
        if !allowed(profile, Kind::Xlsx, problems) {
            return Ok(Ok(()));
        }
        return Ok(sheet::read(profile, BufReader::new(File::open(path)?), sink, problems));
    }
    let bytes: Box<dyn Read> = if start.starts_with(b"\x1f\x8b") {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(256 * 1024, opened)))
    } else {
        Box::new(opened)
    };
    let (start, bytes) = look(bytes)?;
    let encoding = match profile.file.encoding {
        Encoding::Windows1252 => Some(encoding_rs::WINDOWS_1252),
        Encoding::Utf16Le => Some(encoding_rs::UTF_16LE),
        Encoding::Utf16Be => Some(encoding_rs::UTF_16BE),
        Encoding::Auto if start.starts_with(&[0xff, 0xfe]) => Some(encoding_rs::UTF_16LE),
        Encoding::Auto if start.starts_with(&[0xfe, 0xff]) => Some(encoding_rs::UTF_16BE),
        Encoding::Auto | Encoding::Utf8 => None,
    };
    let characters: Box<dyn Read> = match encoding {
        Some(encoding) => Box::new(Decoded::new(bytes, encoding)),
        None => Box::new(bytes),
    };
    let mut records = Records::new(characters);
    let peeked = records.peek()?;
    Ok(match files::kind(peeked) {
        Ok(files::Kind::JsonLines(skip)) => {
            records.skip(skip);
            if allowed(profile, Kind::JsonLines, problems) {
                lines::read(profile, records, sink, problems)
            } else {
                Ok(())
            }
        }
        Ok(files::Kind::Delimited(skip)) => {
            records.skip(skip);
            if allowed(profile, Kind::Csv, problems) {
                text::read(profile, records, sink, problems)
            } else {
                Ok(())
            }
        }
        Ok(files::Kind::Workbook) | Err(_) => {
            let (code, message, remedy) = files::kind(peeked).err().unwrap_or((
                "not-text",
                "this is a compressed workbook",
                "unpack it",
            ));
            problems.file_is(code, message, remedy);
            Ok(())
        }
    })
}

fn allowed(profile: &Profile, kind: Kind, problems: &mut Problems) -> bool {
    let kinds = &profile.file.kinds;
    let good = kinds.is_empty() || kinds.contains(&kind);
    if !good {
        let name = &profile.name;
        let what = match kind {
            Kind::Csv => "a table of text",
            Kind::Xlsx => "a workbook",
            Kind::JsonLines => "JSON Lines",
        };
        problems.push(None, None, "wrong-kind", || {
            (
                format!("this is {what}, which the profile {name} does not read"),
                "export the bill in another form, or set source.profile".into(),
            )
        });
    }
    good
}
