//! One run per profile, between real processes: a second one is refused and told who is there, and
//! a killed one leaves nothing locked.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use addendum::domain::problem::ProblemKind;
use addendum::worker::Lease;

/// Names the folder to the process that holds the profile.
const FOLDER: &str = "LEASE_TEST_FOLDER";

/// What the other process runs. Without the folder's name there is nothing to do.
#[test]
fn holder() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let _lease = Lease::take(folder.as_ref(), "sync --period 2026-11").expect("a free profile");
    println!("\nheld");
    // Until the parent lets go of its end, or kills this process.
    let _ = std::io::stdin().read_line(&mut String::new());
}

fn other_process(folder: &std::path::Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this test's own program"))
        .args(["holder", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a second process");
    let out = child.stdout.as_mut().expect("its output");
    let held = BufReader::new(out).lines().map_while(Result::ok).any(|line| line == "held");
    assert!(held, "the other process did not get the profile");
    child
}

/// A child that is being started shares this process's open files until its program begins, a
/// lease among them: the tests take turns.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[test]
fn a_second_process_is_refused_and_a_killed_one_holds_nothing() {
    let _turn = TURN.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = other_process(folder.path());
    let problem = Lease::take(folder.path(), "retry").err().expect("the profile is held");
    assert_eq!(problem.kind, ProblemKind::Busy);
    // Where a locked file can be read, the message names the holder.
    if cfg!(unix) {
        let pid = child.id().to_string();
        assert!(problem.message.contains(&pid), "{}", problem.message);
        assert!(problem.message.contains("sync --period 2026-11"), "{}", problem.message);
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    drop(Lease::take(folder.path(), "sync").expect("nothing is left locked"));
}

#[test]
fn a_lease_is_given_back_when_it_goes() {
    let _turn = TURN.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let lease = Lease::take(folder.path(), "sync").expect("a free profile");
    assert!(Lease::take(folder.path(), "load").is_err(), "the same process is refused as well");
    drop(lease);
    drop(Lease::take(folder.path(), "load").expect("it was given back"));
}
