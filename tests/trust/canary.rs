//! Canaries: secrets that are seen nowhere else. A full session is driven with the real binary, with
//! faults, refusals, loud logging, the terminal app and a violent end, and then everything that it
//! said and left behind is searched.

use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Entrance, Faults, Kind, Rule, SandboxOptions};

use crate::needles::Needles;
use crate::permissions::replace;
use crate::person::Person;
use crate::support::Bench;

const PUBLIC: &str = "CANARYpub3Hw8Rs";
const PRIVATE: &str = "CANARYprv9Zk2LmT";
const SOURCE: &str = "CANARYsrc4Wd8Pq";
const PASSPHRASE: &str = "CANARYpas5Rt3Xv";
/// Typed, and wrong.
const WRONG: &str = "CANARYwrg6Yb1Nc";

/// A sandbox that knows the canaries, and a home where they are kept in the encrypted file.
fn bench() -> Bench {
    let mut bench = Bench::with(SandboxOptions {
        companies: 12,
        lines: 40,
        tidy: true,
        public_key: PUBLIC.into(),
        private_key: PRIVATE.into(),
        source_secret: SOURCE.into(),
        ..SandboxOptions::default()
    });
    bench.home.env.clear();
    replace(&mut bench.home, "ADDENDUM_VAULT_PASSPHRASE", PASSPHRASE);
    let tmp = bench.home.path().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    replace(&mut bench.home, "TMPDIR", &tmp.display().to_string());
    bench
}

/// What a session printed.
struct Session<'a> {
    bench: &'a Bench,
    said: Vec<u8>,
}

impl Session<'_> {
    /// Runs a command in text and in JSON, as loud as it can be.
    #[track_caller]
    fn runs(&mut self, exit: i32, args: &[&str]) {
        for more in [&["-vv"][..], &["--json"]] {
            let args: Vec<&str> = args.iter().chain(more).copied().collect();
            let ran = self.bench.home.run(&args).exits(exit);
            self.said.extend(ran.stdout.into_bytes());
            self.said.extend(ran.stderr.into_bytes());
        }
    }

    #[track_caller]
    fn is_told(&mut self, args: &[&str], input: &str) {
        let ran = self.bench.home.run_with(args, input).exits(0);
        self.said.extend(ran.stdout.into_bytes());
        self.said.extend(ran.stderr.into_bytes());
    }
}

#[test]
fn a_full_session_leaves_no_secret_anywhere() {
    let bench = bench();
    let mut session = Session { bench: &bench, said: Vec::new() };
    let set = ["credentials", "set", "-vv"];
    session.is_told(&set, &format!("{PUBLIC}\n{PRIVATE}\n"));
    session.is_told(&[&set[..], &["--source-secret"]].concat(), &format!("{SOURCE}\n"));
    session.runs(0, &["credentials", "test"]);
    session.runs(0, &["verify"]);
    session.runs(0, &["pull"]);
    session.runs(0, &["load"]);
    session.runs(0, &["map", "auto"]);
    bench.map();
    let file = |name: &str| bench.home.path().join(name).display().to_string();
    session.runs(0, &["map", "export", &file("mappings-out.csv")]);
    session.runs(0, &["plan", "--out", &file("plan.json")]);

    // Answers are lost, late, broken and refused while it posts.
    let faults = bench.sandbox.faults();
    faults.add(Rule::new(Kind::ResetAfterCommit).on("POST", "*/additions").times(2)).unwrap();
    faults.add(Rule::new(Kind::Forbidden).on("POST", "*/additions").after(4).times(1)).unwrap();
    let busy = Rule::new(Kind::ServerError).answering(503, ErrorBody::Html);
    faults.add(busy.on("GET", "*").times(3)).unwrap();
    faults.add(Rule::new(Kind::Truncate).on("GET", "*").after(3).times(1)).unwrap();
    let ran = bench.home.run(&["sync", "--yes", "-vv"]);
    session.said.extend(format!("{ran:?}").into_bytes());
    faults.clear();
    session.runs(0, &["sync", "--yes"]);
    session.runs(0, &["reconcile"]);
    session.runs(0, &["retry"]);
    session.runs(0, &["status"]);
    session.runs(0, &["logs"]);

    // Nobody is let in any more, in all ways; one of them repeats what it was sent.
    for entrance in [
        Entrance::Repeats,
        Entrance::MemberDisabled,
        Entrance::NotAuthenticated,
        Entrance::WebPage,
        Entrance::WebHost,
    ] {
        faults.let_in(entrance);
        for command in ["verify", "pull", "sync"] {
            let ran = bench.home.run(&[command, "-vv"]);
            assert_ne!((command, ran.exit), ("verify", 0), "{ran:?}");
            session.said.extend(format!("{ran:?}").into_bytes());
        }
    }
    faults.let_in(Entrance::Open);
    in_the_terminal_app(&mut session);
    struck_down(&mut session);
    let ran = bench.home.run(&["demo", "--lines", "30", "--no-screen"]);
    session.said.extend(format!("{ran:?}").into_bytes());
    session.runs(0, &["credentials", "delete"]);

    // Not vacuous: the keys were used, and the log and the store hold what happened.
    assert!(!bench.sandbox.inspect().all_marked().is_empty());
    let needles = Needles::of(&[PRIVATE, SOURCE, PASSPHRASE, WRONG]);
    let looked = needles.are_in_no_file_of(bench.home.path());
    assert!(looked >= 8, "settings, store, log, plan, mappings, demo's home: {looked}");
    assert!(session.said.len() > 20_000, "{}", session.said.len());
    let found = needles.found_in(&session.said);
    assert!(found.is_empty(), "the output gives away {found:?}");
    // The public key is no secret, but it is half of one: it stands in no file of ours.
    let log = std::fs::read(bench.home.paths().log).unwrap();
    assert!(log.len() > 10_000, "the log is not as loud as it was meant to be: {}", log.len());
    assert!(Needles::of(&[PUBLIC]).found_in(&log).is_empty());
}

/// Types a wrong key, tries it, and looks at everything.
fn in_the_terminal_app(session: &mut Session<'_>) {
    let mut person = Person::opens(&session.bench.home);
    person.sees("Credentials");
    person.goes_to_tab("Credentials");
    person.sees("kept in the encrypted file");
    person.goes_to("Private Key");
    person.presses("\r");
    person.presses(WRONG);
    // On to the next field, and out of it.
    person.presses("\r\r");
    person.follows("Test Connection");
    person.sees("Not connected");
    person.follows("Verify Permissions");
    person.sees("every permission that is needed is there");
    person.goes_to_tab("Logs");
    person.has_been_heard();
    session.said.extend(person.terminal.raw());
    person.quits();
}

/// The process dies by a signal that makes a core file where it may.
#[cfg(unix)]
fn struck_down(session: &mut Session<'_>) {
    use std::os::unix::process::ExitStatusExt;

    use crate::support::{signal, wait_for};

    let bench = session.bench;
    bench.sandbox.faults().set(Faults { latency_ms: 60_000, ..Faults::default() }).unwrap();
    bench.sandbox.forget_requests();
    let mut child = bench.home.command(&["verify"]).spawn().unwrap();
    wait_for("a request", || !bench.sandbox.requests().is_empty());
    #[cfg(target_os = "linux")]
    {
        let about = |name: &str| std::fs::read(format!("/proc/{}/{name}", child.id())).unwrap();
        let limits = String::from_utf8(about("limits")).unwrap();
        let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
        let figures: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
        assert_eq!(figures, ["0", "0"], "{core}");
        session.said.extend(about("cmdline"));
        // Nobody but the system's own account looks into a process that cannot be dumped.
        use std::os::unix::fs::MetadataExt;
        let owner = std::fs::metadata(format!("/proc/{}/environ", child.id())).unwrap().uid();
        assert_eq!(owner, 0, "the environment is open to the account's other programs");
    }
    signal(&child, rustix::process::Signal::ABORT);
    let status = child.wait().unwrap();
    assert!(status.signal().is_some() && !status.core_dumped(), "{status:?}");
    bench.sandbox.faults().clear();
}

#[cfg(not(unix))]
fn struck_down(_: &mut Session<'_>) {}
