//! No room left on the disk in the middle of a run: it stops with a word, nothing is sent that is not
//! in the journal, and with room again the next run ends like one that nobody disturbed.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use crate::prepared::{Case, Prepared};

/// A small file system of its own, where this user may mount one; taken away at the end.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn mount(at: &'a Path, kilobytes: u64) -> Option<Self> {
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .output()
            .is_ok_and(|out| out.status.success());
        mounted.then_some(Self(at))
    }

    fn grow(&self) {
        let out = Command::new("mount")
            .args(["-o", "remount,size=64m"])
            .arg(self.0)
            .output()
            .expect("mount starts");
        assert!(out.status.success(), "{out:?}");
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

/// Bytes of all files in a folder.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|e| {
            if e.path().is_dir() { size_of(&e.path()) } else { e.metadata().map_or(0, |m| m.len()) }
        })
        .sum()
}

#[test]
fn a_full_disk_stops_a_run_and_loses_nothing() {
    let prepared = Prepared::new();
    let (mut full, mut middle) = (0, 0);
    // From hardly any room to enough: the disk is full before the run, in its middle, or never.
    for spare in [64, 512, 1_024, 4_096] {
        let case = prepared.case();
        let folder = case.home.paths().data_dir;
        let kept = case.home.path().join("kept");
        std::fs::rename(&folder, &kept).expect("the same file system");
        std::fs::create_dir(&folder).expect("a folder");
        let Some(disk) = Small::mount(&folder, size_of(&kept) / 1024 + spare) else {
            println!("SKIPPED: this user may not mount a small file system");
            return;
        };
        let copied =
            Command::new("cp").arg("-a").arg(kept.join(".")).arg(&folder).output().expect("cp");
        if !copied.status.success() {
            continue;
        }
        let stopped = !case.runs_out_of_room();
        full += u64::from(stopped);
        middle += u64::from(stopped && case.posted() > 0);
        disk.grow();
        case.ends_clean(&format!("a disk with {spare} kB left"));
    }
    assert!(full > 0, "no disk was full");
    println!("runs on a full disk: {full}, of those {middle} with additions posted before");
}

impl Case<'_> {
    /// Runs `sync` on what room there is. True: there was enough.
    fn runs_out_of_room(&self) -> bool {
        let args = ["sync", "--yes", "--json"];
        let ran = self.home.run(&args);
        if ran.exit == 0 {
            return true;
        }
        assert_eq!(ran.exit, 1, "a fault of the machine: {ran:#?}");
        let document = ran.json();
        assert!(document.to_string().contains("full"), "it says what is wrong: {document:#}");
        false
    }
}

#[test]
fn a_file_that_may_not_grow_stops_a_run_and_loses_nothing() {
    let prepared = Prepared::new();
    let mut stopped = 0;
    for spare in [8, 64, 160] {
        let case = prepared.case();
        let store = case.home.paths().store;
        let blocks = store.metadata().expect("a store").len() / 512 + spare * 2;
        let inner = case.home.command(&["sync", "--yes", "--json"]);
        let mut shell = Command::new("sh");
        // A file that is too large is answered with an error instead of a signal.
        shell
            .args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "sh"])
            .arg(blocks.to_string())
            .arg(inner.get_program())
            .args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let out = shell.stdin(std::process::Stdio::null()).output().expect("sh starts");
        assert_eq!(out.status.signal(), None, "{out:?}");
        stopped += u64::from(!out.status.success());
        case.ends_clean(&format!("a store that may grow by {spare} kB"));
    }
    println!("runs whose store could not grow: {stopped} of 3");
    assert!(stopped > 0, "the limit was never reached");
}
