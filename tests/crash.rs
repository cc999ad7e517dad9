//! The real binary, killed at every point of its journal and at random, then run again: the end is
//! always that of a run that nobody killed. Also when the local database is lost in between.

#[path = "posting/state.rs"]
mod state;
mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use addendum::sandbox::{Sandbox, SandboxOptions};
use addendum::sync::crash::{Point, VARIABLE};
use jiff::civil::date;
use support::{Bench, Home};

/// How many runs are killed at random.
const RANDOM: u64 = 12;

fn options() -> SandboxOptions {
    SandboxOptions {
        companies: 12,
        lines: 44,
        tidy: true,
        today: Some(date(2026, 11, 21)),
        ..SandboxOptions::default()
    }
}

/// A home that is pulled, loaded and mapped once, and copied for each case.
struct Prepared {
    bench: Bench,
    clean: Vec<String>,
}

impl Prepared {
    fn new() -> Self {
        let bench = Bench::with(options());
        let csv = {
            let mut csv = Vec::new();
            let sample = bench.sandbox.sample();
            sample.write_csv(&sample.periods(), &mut csv).expect("memory");
            csv
        };
        bench.home.json(0, &["pull"]);
        let bill = bench.home.file("bill.csv", csv);
        bench.home.json(0, &["load", "--from", &bill]);
        bench.map();
        let prepared = Self { bench, clean: Vec::new() };
        let case = prepared.case();
        case.home.json(0, &["sync", "--yes"]);
        let clean = state::state(&case.sandbox);
        assert!(clean.len() > 20, "{clean:#?}");
        Self { clean, ..prepared }
    }

    fn case(&self) -> Case<'_> {
        let sandbox = self.bench.block_on(Sandbox::start(options())).expect("a sandbox");
        let mut home = Home::new();
        copy(self.bench.home.path(), home.path());
        home.env.clone_from(&self.bench.home.env);
        home.secrets.clone_from(&self.bench.home.secrets);
        home.set(&[
            ("connectwise.site", sandbox.site().into()),
            ("source.location", sandbox.platform_url().into()),
        ]);
        Case { prepared: self, home, sandbox }
    }
}

struct Case<'a> {
    prepared: &'a Prepared,
    home: Home,
    sandbox: Sandbox,
}

impl Case<'_> {
    /// Runs `sync` until it kills itself there. False: it never passed the point so often.
    fn crashed_at(&self, point: Point, times: u32) -> bool {
        let mut command = self.home.command(&["sync", "--yes", "--json"]);
        command.env(VARIABLE, format!("{}:{times}", point.name()));
        let out = command.output().expect("the binary starts");
        if out.status.success() {
            return false;
        }
        assert_eq!(out.status.code(), None, "{point:?}:{times}: {out:?}");
        true
    }

    /// Kills `sync` from outside after a while. False: it was done before.
    fn killed_after(&self, wait: Duration) -> bool {
        let mut child =
            self.home.command(&["sync", "--yes", "--json"]).spawn().expect("the binary starts");
        // The moment of death is what is tried here.
        std::thread::sleep(wait);
        let done = child.try_wait().expect("a child").is_some();
        // A child that is done cannot be killed any more.
        let _ = child.kill();
        child.wait().expect("a child");
        !done
    }

    fn lose_store(&self) {
        fs::remove_dir_all(self.home.paths().data_dir).expect("a data folder");
        self.home.json(0, &["pull"]);
        let bill = self.home.path().join("bill.csv").display().to_string();
        self.home.json(0, &["load", "--from", &bill]);
        let mapping = self.home.path().join("mapping.csv").display().to_string();
        self.home.json(0, &["map", "import", &mapping]);
    }

    /// Another `sync` ends like a run that nobody killed.
    #[track_caller]
    fn ends_clean(&self, what: &str) {
        let answer = self.home.json(0, &["sync", "--yes"]);
        assert_eq!(answer["errors"], serde_json::json!([]), "{what}: {answer:#}");
        support::equation_closes(&answer["money"]);
        assert_eq!(state::state(&self.sandbox), self.prepared.clean, "{what}");
        let proof = self.home.json(0, &["reconcile"]);
        for list in ["missing", "doubled", "drifted"] {
            assert_eq!(proof[list], serde_json::json!([]), "{what}: {proof:#}");
        }
        let writes = self.sandbox.count(addendum::sandbox::Recorded::is_write);
        self.home.json(0, &["sync", "--yes"]);
        let after = self.sandbox.count(addendum::sandbox::Recorded::is_write);
        assert_eq!(after, writes, "{what}: a further sync writes nothing");
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a file");
        }
    }
}

/// With this variable set, every point is tried at every time that it is passed.
const EVERY: &str = "ADDENDUM_TEST_EVERY_CRASH";

/// Which times of each point are tried: the first ones and some in the middle of a run.
fn times(point: Point) -> Vec<u32> {
    match point {
        Point::BeforeIntent | Point::AfterIntent | Point::BeforeFinish => vec![1],
        _ if std::env::var_os(EVERY).is_some() => (1..1_000).collect(),
        Point::BeforeRequestMark
        | Point::AfterRequestMark
        | Point::AfterSend
        | Point::AfterResult => vec![1, 2, 7, 15, 26],
    }
}

#[test]
fn a_crash_at_any_point_changes_nothing_about_the_end() {
    let prepared = Prepared::new();
    let mut tried = 0;
    for point in Point::ALL {
        for n in times(point) {
            let case = prepared.case();
            if !case.crashed_at(point, n) {
                assert!(n > 26, "{point:?} is not passed {n} times");
                break;
            }
            case.ends_clean(&format!("{}:{n}", point.name()));
            tried += 1;
        }
    }
    println!("crash points tried: {tried}");
}

#[test]
fn a_crash_and_the_loss_of_the_database_change_nothing_about_the_end() {
    let prepared = Prepared::new();
    let mut tried = 0;
    for point in Point::ALL {
        let n = times(point).into_iter().rfind(|n| *n <= 26).expect("at least one");
        let case = prepared.case();
        assert!(case.crashed_at(point, n), "{point:?} is not passed {n} times");
        case.lose_store();
        case.ends_clean(&format!("{}:{n} and a lost database", point.name()));
        tried += 1;
    }
    println!("crash points tried with a lost database: {tried}");
}

#[test]
fn crashes_one_after_another_change_nothing_about_the_end() {
    let prepared = Prepared::new();
    let case = prepared.case();
    let points = [Point::AfterSend, Point::AfterRequestMark, Point::AfterResult];
    let mut tried = 0;
    for point in points.into_iter().cycle().take(9) {
        if !case.crashed_at(point, 3) {
            break;
        }
        tried += 1;
    }
    assert!(tried >= 3, "only {tried} crashes");
    case.ends_clean("crashes one after another");
    println!("crashes one after another: {tried}");
}

#[test]
fn a_kill_at_any_moment_changes_nothing_about_the_end() {
    let prepared = Prepared::new();
    let mut killed = 0;
    for seed in 0..RANDOM {
        let mut random = fastrand::Rng::with_seed(seed);
        let case = prepared.case();
        // A run takes long enough to be hit in the middle.
        case.sandbox.faults().latency(10);
        let wait = Duration::from_millis(random.u64(30..400));
        killed += u32::from(case.killed_after(wait));
        case.sandbox.faults().latency(0);
        if random.u8(0..4) == 0 {
            case.lose_store();
        }
        case.ends_clean(&format!("killed after {wait:?}"));
    }
    assert!(killed > 0, "every run was done before it was killed");
    println!("killed at random: {killed} of {RANDOM}");
}
