//! Replaces a file in one step: whoever reads it sees the old content or the new, never half.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::private::{self, make_folder, refuse_link};

/// As [`replace_file`], but a link is followed, so that settings that somebody keeps elsewhere stay
/// there.
///
/// # Errors
///
/// What the operating system says; the old content is then untouched.
pub(crate) fn replace_linked_file(file: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    replace_file(&target, content)
}

/// Writes `content` beside `file`, makes it durable and renames it over `file`. A new file is
/// readable by its owner only.
///
/// # Errors
///
/// The file is a link or no plain file; else what the operating system says. The old content is then
/// untouched.
pub(crate) fn replace_file(target: &Path, content: &[u8]) -> io::Result<()> {
    refuse_link(target)?;
    let folder = target
        .parent()
        .filter(|f| !f.as_os_str().is_empty())
        .ok_or_else(|| io::Error::other("the file has no folder"))?;
    make_folder(folder)?;
    let name = target.file_name().ok_or_else(|| io::Error::other("the file has no name"))?;
    let temporary = folder.join(format!(
        ".{}.{}-{:08x}.tmp",
        name.to_string_lossy(),
        std::process::id(),
        fastrand::u32(..)
    ));
    let written = write_new(&temporary, content).and_then(|()| fs::rename(&temporary, target));
    if written.is_err() {
        // The attempt already failed; its remains are only clutter.
        let _ = fs::remove_file(&temporary);
        return written;
    }
    // The rename is durable once the folder is; where folders cannot be opened this is moot.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_new(file: &Path, content: &[u8]) -> io::Result<()> {
    let mut f = private::open(file, OpenOptions::new().write(true).create_new(true))?;
    f.write_all(content)?;
    f.sync_all()
}
