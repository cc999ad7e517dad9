//! A home that is pulled, loaded and mapped, copies of it to crash in, and what their end must be.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use addendum::sandbox::{Sandbox, SandboxOptions};
use addendum::sync::crash::{Point, VARIABLE};
use jiff::civil::date;

use crate::state;
use crate::support::{self, Bench, Home};

/// Months of so many lines on which nothing is in the way.
fn options(lines: usize) -> SandboxOptions {
    SandboxOptions {
        companies: 12,
        lines,
        tidy: true,
        today: Some(date(2026, 11, 21)),
        ..SandboxOptions::default()
    }
}

/// A home that is pulled, loaded and mapped once, and copied for each case.
pub struct Prepared {
    lines: usize,
    bench: Bench,
    clean: Vec<String>,
}

impl Prepared {
    pub fn new() -> Self {
        let sample = |sandbox: &Sandbox| {
            let mut csv = Vec::new();
            let sample = sandbox.sample();
            sample.write_csv(&sample.periods(), &mut csv).expect("memory");
            csv
        };
        Self::of(44, sample, &[])
    }

    /// With a bill and settings of one's own, beside a sandbox whose sample has so many lines.
    pub fn of(
        lines: usize,
        bill: impl Fn(&Sandbox) -> Vec<u8>,
        settings: &[(&str, toml_edit::Value)],
    ) -> Self {
        let bench = Bench::with(options(lines));
        bench.home.set(settings);
        let csv = bill(&bench.sandbox);
        bench.home.json(0, &["pull"]);
        let bill = bench.home.file("bill.csv", csv);
        bench.home.json(0, &["load", "--from", &bill]);
        bench.map();
        let prepared = Self { lines, bench, clean: Vec::new() };
        let case = prepared.case();
        case.home.json(0, &["sync", "--yes"]);
        let clean = state::state(&case.sandbox);
        assert!(clean.len() >= 20, "{clean:#?}");
        Self { clean, ..prepared }
    }

    pub fn case(&self) -> Case<'_> {
        let sandbox = self.bench.block_on(Sandbox::start(options(self.lines))).expect("a sandbox");
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

/// A copy of the home with a sandbox of its own.
pub struct Case<'a> {
    prepared: &'a Prepared,
    pub home: Home,
    pub sandbox: Sandbox,
}

impl Case<'_> {
    /// Runs `sync` until it kills itself there. False: it never passed the point so often.
    pub fn crashed_at(&self, point: Point, times: u32) -> bool {
        let mut command = self.home.command(&["sync", "--yes", "--json"]);
        command.env(VARIABLE, format!("{}:{times}", point.name()));
        let out = command.output().expect("the binary starts");
        if out.status.success() {
            return false;
        }
        assert_eq!(out.status.code(), None, "{point:?}:{times}: {out:?}");
        true
    }

    /// `sync`, begun and not waited for.
    pub fn begin(&self) -> Child {
        self.home.command(&["sync", "--yes", "--json"]).spawn().expect("the binary starts")
    }

    /// Kills `sync` from outside after a while. False: it was done before.
    pub fn killed_after(&self, wait: Duration) -> bool {
        let mut child = self.begin();
        // The moment of death is what is tried here.
        std::thread::sleep(wait);
        let done = child.try_wait().expect("a child").is_some();
        // A child that is done cannot be killed any more.
        let _ = child.kill();
        child.wait().expect("a child");
        !done
    }

    /// How many additions of ours the PSA has.
    pub fn posted(&self) -> usize {
        self.sandbox.inspect().all_marked().len()
    }

    pub fn lose_store(&self) {
        fs::remove_dir_all(self.home.paths().data_dir).expect("a data folder");
        self.home.json(0, &["pull"]);
        let bill = self.home.path().join("bill.csv").display().to_string();
        self.home.json(0, &["load", "--from", &bill]);
        let mapping = self.home.path().join("mapping.csv").display().to_string();
        self.home.json(0, &["map", "import", &mapping]);
    }

    /// Another `sync` ends like a run that nobody killed.
    #[track_caller]
    pub fn ends_clean(&self, what: &str) {
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
