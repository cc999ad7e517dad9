//! Files and folders of ours on disk: readable by their owner only, and never through a link.
//!
//! A link that somebody planted where one of our files belongs would have us write over a file of
//! their choosing. So the last part of a path is never followed: not for the store, the vault, the
//! program log, the locks, and not for a file that we were told to write. Folders above may be links
//! (a data folder on another disk is one's own business), and the settings file may be one: people
//! keep it with their other settings elsewhere.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes the folder and those above it, as far as they are missing, for their owner only.
///
/// # Errors
/// What the operating system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens a file of ours as `how` says. A new one is readable by its owner only; an old one that
/// others may read is closed to them, where it is ours to close.
///
/// # Errors
/// What the operating system says; a link, and what is no plain file, is refused.
pub fn open(path: &Path, how: &mut OpenOptions) -> io::Result<File> {
    refuse_link(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // The file may have become a link since the look at it.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        how.mode(0o600).custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    let file = how.open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if about.permissions().mode() & 0o077 != 0 {
            // Somebody else's file, or a disk without rights: nothing to do about it here.
            let _ = file.set_permissions(fs::Permissions::from_mode(0o600));
        }
    }
    Ok(file)
}

/// Refuses a path that ends in a link, or in something that is no plain file. One that does not
/// exist is fine.
///
/// # Errors
/// The refusal, in words.
pub fn refuse_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => Err(io::Error::other(
            "it is a link, and links are not followed here; name the file that it leads to",
        )),
        Ok(about) if !about.is_file() => Err(io::Error::other("it is no plain file")),
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("a file").mode() & 0o777
    }

    #[test]
    fn what_we_make_is_the_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/b");
        make_folder(&folder).unwrap();
        assert_eq!((mode(&dir.path().join("a")), mode(&folder)), (0o700, 0o700));
        let file = folder.join("log");
        open(&file, OpenOptions::new().create(true).append(true)).unwrap();
        assert_eq!(mode(&file), 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        open(&file, OpenOptions::new().append(true)).unwrap();
        assert_eq!(mode(&file), 0o600, "an old one is closed");
    }

    #[test]
    fn links_and_what_is_no_file_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let theirs = dir.path().join("theirs");
        fs::write(&theirs, "precious").unwrap();
        for (name, target) in [("to-a-file", "theirs"), ("to-nothing", "not-there")] {
            let link = dir.path().join(name);
            symlink(dir.path().join(target), &link).unwrap();
            let how = &mut OpenOptions::new();
            let refused = open(&link, how.create(true).write(true).truncate(true)).unwrap_err();
            assert!(refused.to_string().contains("link"), "{refused}");
        }
        assert_eq!(fs::read_to_string(&theirs).unwrap(), "precious");
        assert!(!dir.path().join("not-there").exists());
        assert!(refuse_link(dir.path()).is_err(), "a folder");
        refuse_link(&dir.path().join("new")).unwrap();
        // A folder above may be a link.
        let aside = dir.path().join("aside");
        symlink(dir.path(), &aside).unwrap();
        open(&aside.join("new"), OpenOptions::new().create(true).append(true)).unwrap();
    }
}
