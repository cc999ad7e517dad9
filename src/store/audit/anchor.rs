//! The anchor: a note beside the store of how long the audit journal is and what its last hash is,
//! so that a journal cut off at its end is seen. It is written after commits: it may lag behind the
//! journal, and never leads it. One that does not fit is left as it is, until a person vouches for
//! the journal.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{hash_of, head};
use crate::config::private;
use crate::domain::audit::{Anchoring, AuditHash, AuditHead, AuditKind};

/// Digits of the length: every length is written as long, so that a note is replaced in place.
const DIGITS: usize = 20;
/// Bytes of a note: far below what a disk writes at once.
const NOTE: usize = DIGITS + 1 + 64 + 1;

/// The file of a store's note.
pub(in crate::store) fn path(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".head");
    PathBuf::from(name)
}

/// What a note says; `Err` tells how it cannot be read. It is locked meanwhile: systems do not keep a
/// reader from seeing half of a note that is being written.
pub(in crate::store) fn read(store: &Path) -> Result<AuditHead, Anchoring> {
    let file = path(store);
    match std::fs::symlink_metadata(&file) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(Anchoring::Unreadable),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(Anchoring::Missing),
        Err(_) => return Err(Anchoring::Unreadable),
    }
    let mut text = String::new();
    let read = File::open(&file)
        .and_then(|f| {
            // Where a file system knows no locks, a note is read without one.
            let _ = f.lock_shared();
            f.take(NOTE as u64 + 1).read_to_string(&mut text)
        })
        .map_err(|_| Anchoring::Unreadable)?;
    if read != NOTE {
        return Err(Anchoring::Unreadable);
    }
    parse(&text).ok_or(Anchoring::Unreadable)
}

fn parse(text: &str) -> Option<AuditHead> {
    let (length, hash) = text.strip_suffix('\n')?.split_once(' ')?;
    let digits = length.len() == DIGITS && length.bytes().all(|b| b.is_ascii_digit());
    let length = digits.then(|| length.parse().ok())??;
    Some(AuditHead { length, hash: hash.parse::<AuditHash>().ok()? })
}

fn note(head: &AuditHead) -> String {
    format!("{:020} {}\n", head.length, head.hash)
}

/// How a note stands to the journal.
pub(in crate::store) fn standing(
    conn: &Connection,
    note: Result<AuditHead, Anchoring>,
) -> Result<Anchoring, crate::store::StoreError> {
    let note = match note {
        Ok(note) => note,
        // Before the first record nothing is missing.
        Err(Anchoring::Missing) if head(conn)?.length == 0 => return Ok(Anchoring::Fits),
        Err(how) => return Ok(how),
    };
    let fits = if note.length == 0 {
        note.hash == AuditHash::origin()
    } else {
        hash_of(conn, note.length)? == Some(note.hash)
    };
    Ok(if fits { Anchoring::Fits } else { Anchoring::Differs })
}

/// The writing thread's hold on the note.
pub(in crate::store) struct Anchor {
    store: PathBuf,
    /// Open while the note fits.
    file: Option<File>,
    noted: AuditHead,
    /// A note that cannot be written is told once.
    told: bool,
}

impl Anchor {
    /// Looks at the note beside a store; makes an empty one for an empty journal.
    pub(in crate::store) fn beside(store: &Path, conn: &Connection) -> Self {
        let mut anchor = Self {
            store: store.to_path_buf(),
            file: None,
            noted: AuditHead::origin(),
            told: false,
        };
        anchor.take_up(conn);
        anchor
    }

    /// Takes the note up when it fits.
    fn take_up(&mut self, conn: &Connection) {
        let found = read(&self.store);
        if !matches!(standing(conn, found), Ok(Anchoring::Fits)) {
            return;
        }
        match found {
            Ok(noted) => {
                self.noted = noted;
                self.file = private::open(&path(&self.store), OpenOptions::new().write(true)).ok();
            }
            Err(_) => self.begin(),
        }
    }

    /// Makes the note, durable with its name before the first record is.
    fn begin(&mut self) {
        let head = AuditHead::origin();
        let mut new = OpenOptions::new();
        new.write(true).create_new(true);
        let made = private::open(&path(&self.store), &mut new).and_then(|mut file| {
            file.write_all(note(&head).as_bytes())?;
            file.sync_all()?;
            Ok(file)
        });
        match made {
            Ok(file) => {
                let _ = crate::store::connection::sync_folder(&self.store);
                (self.noted, self.file) = (head, Some(file));
            }
            Err(e) => self.tell(&e),
        }
    }

    /// After a commit: notes the head where it has moved.
    pub(in crate::store) fn follow(&mut self, conn: &Connection) {
        if !conn.is_autocommit() {
            return;
        }
        let Ok(head) = head(conn) else { return };
        if head == self.noted {
            return;
        }
        if self.file.is_none() && !self.vouched(conn) {
            // Another process may have put it right.
            self.take_up(conn);
        }
        if head.length < self.noted.length {
            // The journal became shorter under our hands: what is noted is the proof of it.
            self.file = None;
        }
        let Some(file) = &mut self.file else { return };
        let _ = file.lock();
        let written =
            file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(note(&head).as_bytes()));
        let _ = file.unlock();
        match written {
            Ok(()) => self.noted = head,
            Err(e) => self.tell(&e),
        }
    }

    /// A person vouched for the journal with its last record: the note begins anew.
    fn vouched(&mut self, conn: &Connection) -> bool {
        let last: Result<String, _> = conn
            .prepare_cached("SELECT kind FROM audit ORDER BY id DESC LIMIT 1")
            .and_then(|mut s| s.query_row([], |r| r.get(0)));
        if !last.is_ok_and(|kind| kind == AuditKind::Accepted.as_str()) {
            return false;
        }
        let _ = std::fs::remove_file(path(&self.store));
        self.begin();
        true
    }

    fn tell(&mut self, error: &std::io::Error) {
        if !std::mem::replace(&mut self.told, true) {
            let file = path(&self.store);
            tracing::warn!(%error, file = %file.display(), "the audit journal's head is not noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_and_nothing_else_is() {
        let head = AuditHead { length: 12_345, hash: AuditHash::of_text("x") };
        let text = note(&head);
        assert_eq!(text.len(), NOTE);
        assert_eq!(parse(&text), Some(head));
        for bad in ["", "1 2\n", &text[1..], &text.replace('1', "-"), text.trim()] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
