//! What a workbook unpacks to, asked before any of it is read: a few kilobytes can stand for
//! gigabytes. The sizes in a workbook's directory can be relied on, for the reader stops where a
//! part grows beyond its own.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::problems::shown;

const MIB: u64 = 1 << 20;

/// How large a workbook may become.
pub(super) struct Limits {
    /// A sheet, which is read cell by cell.
    pub sheet: u64,
    /// Any other part: those that are read are held in memory.
    pub part: u64,
    /// So many times its size in the file, ...
    pub times: u64,
    /// ... unless it is smaller than this.
    pub small: u64,
}

/// A full sheet (1,048,576 rows of 21 columns) is about a gigabyte, and packed a tenth of that.
pub(super) const LIMITS: Limits =
    Limits { sheet: 4_096 * MIB, part: 1_024 * MIB, times: 100, small: 64 * MIB };

/// Why a workbook is too large to be read. A file that is no workbook is left to its reader's own
/// words.
pub(super) fn too_large<R: Read + Seek>(file: &mut R, limits: &Limits) -> Option<String> {
    let why = look(file, limits);
    // The reader finds its way from anywhere; it begins at the beginning all the same.
    let _ = file.seek(SeekFrom::Start(0));
    why
}

fn look<R: Read + Seek>(file: &mut R, limits: &Limits) -> Option<String> {
    let mut archive = ZipArchive::new(file).ok()?;
    let mut lists = Vec::new();
    for n in 0..archive.len() {
        let Ok(part) = archive.by_index_raw(n) else { continue };
        let (size, packed) = (part.size(), part.compressed_size());
        let name = part.name().map(|n| n.to_ascii_lowercase()).unwrap_or_default();
        let is_list = name.ends_with("sharedstrings.xml");
        let most = if name.contains("sheet") && !is_list { limits.sheet } else { limits.part };
        let blown_up = size > limits.small && size > packed.saturating_mul(limits.times);
        if size > most || blown_up {
            return Some(format!(
                "the workbook's part {} unpacks to {} MiB, {} times its size in the file",
                shown(&name),
                size.div_ceil(MIB),
                size / packed.max(1)
            ));
        }
        if is_list {
            lists.push(n);
        }
    }
    for n in lists {
        let Ok(part) = archive.by_index(n) else { continue };
        let room = part.size() / SHORTEST_TEXT + 1;
        // The reader makes room for as many texts as a workbook says that it has.
        if announced(part).is_none_or(|texts| texts > room) {
            return Some("the workbook announces more texts than it has room for".into());
        }
    }
    None
}

/// Bytes of the shortest text in the list: `<si/>`.
const SHORTEST_TEXT: u64 = 5;
/// The attribute that says how many texts there are.
const ATTRIBUTE: &[u8] = b"uniqueCount";
/// An attribute with its value is no longer than this.
const LONGEST: usize = 64;

/// The most texts that a list says it has, 0 where it says nothing; `None` where it cannot be
/// found out.
fn announced(mut list: impl Read) -> Option<u64> {
    let mut most = 0;
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        // A list that cannot be unpacked is refused by its reader, before or after its beginning.
        let end = match list.by_ref().take(64 * 1_024).read_to_end(&mut bytes) {
            Ok(read) => read == 0,
            Err(_) => bytes.len() == before,
        };
        for at in memchr::memmem::find_iter(&bytes, ATTRIBUTE) {
            let value = &bytes[at + ATTRIBUTE.len()..];
            if !end && value.len() < LONGEST {
                // It comes again with what follows it.
                break;
            }
            most = most.max(count(&value[..value.len().min(LONGEST)])?);
        }
        if end {
            return Some(most);
        }
        let kept = bytes.len().saturating_sub(ATTRIBUTE.len() + LONGEST);
        bytes.drain(..kept);
    }
}

/// The number in ` = "12"`; 0 for anything that is no attribute, `None` for one without an end.
fn count(value: &[u8]) -> Option<u64> {
    let mut rest = value.iter().copied().skip_while(u8::is_ascii_whitespace);
    match rest.next() {
        Some(b'=') => {}
        Some(_) => return Some(0),
        None => return None,
    }
    let mut rest = rest.skip_while(u8::is_ascii_whitespace);
    let quote = rest.next()?;
    if quote != b'"' && quote != b'\'' {
        return Some(0);
    }
    let mut number: u64 = 0;
    for byte in rest {
        if byte.is_ascii_digit() {
            number = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
        } else if !matches!(byte, b'+' | b' ') {
            return Some(number);
        }
    }
    None
}
