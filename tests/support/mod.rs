//! What the tests from outside share: a throw-away home, a sandbox in this process, and the binary
//! run as a user's script runs it. Every run is checked for what must hold for all of them: no
//! secret and no raw control character in any output.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use addendum::config::{Paths, Settings};
use addendum::sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;
use tempfile::TempDir;

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The one JSON document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| {
            panic!("standard output is not exactly one JSON document: {e}\n{self:#?}")
        })
    }

    /// The run, when it ended so.
    #[track_caller]
    pub fn exits(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{self:#?}");
        self
    }
}

/// A folder that is `ADDENDUM_HOME`, and what every run in it gets.
pub struct Home {
    pub dir: TempDir,
    pub env: Vec<(String, String)>,
    /// Texts that no output may hold.
    pub secrets: Vec<String>,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        Self { dir, env: Vec::new(), secrets: Vec::new() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn paths(&self) -> Paths {
        Paths::find(Some(self.path()), "default").expect("a home")
    }

    /// Writes a file into the home and gives its path as an argument.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::write(&path, content).expect("a file in the temporary folder");
        path.display().to_string()
    }

    /// Changes settings.
    pub fn set(&self, changes: &[(&str, toml_edit::Value)]) {
        let changes: Vec<_> =
            changes.iter().map(|(k, v)| ((*k).to_owned(), Some(v.clone()))).collect();
        Settings::write(&self.paths().settings, "default", &changes).expect("settings are written");
    }

    /// The command, ready to run.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("addendum"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("ADDENDUM_") || name == "CREDENTIALS_DIRECTORY" {
                command.env_remove(name);
            }
        }
        // Neither a keyring nor a desktop of the machine that runs the tests.
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
        command.env("ADDENDUM_HOME", self.path()).envs(self.env.iter().cloned());
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end without standard input.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    /// Runs to the end with lines on standard input, which is no terminal.
    #[track_caller]
    pub fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(args);
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().expect("the binary starts");
        if let Some(mut stdin) = child.stdin.take() {
            // A command that refuses early reads nothing.
            let _ = stdin.write_all(input.as_bytes());
        }
        self.finish(args, child)
    }

    /// Waits for a child and checks what must hold for every run.
    #[track_caller]
    pub fn finish(&self, args: &[&str], child: Child) -> Ran {
        let out = child.wait_with_output().expect("the binary ends");
        let ran = Ran {
            exit: out.status.code().unwrap_or(-1),
            stdout: String::from_utf8(out.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8(out.stderr).expect("standard error is UTF-8"),
        };
        self.check(args, &ran);
        ran
    }

    #[track_caller]
    fn check(&self, args: &[&str], ran: &Ran) {
        for text in [&ran.stdout, &ran.stderr] {
            for secret in &self.secrets {
                assert!(!text.contains(secret.as_str()), "{args:?} shows a secret: {ran:#?}");
            }
            let raw = text.chars().find(|c| *c != '\n' && addendum::domain::text::is_harmful(*c));
            assert_eq!(raw, None, "{args:?} prints a raw control character: {ran:#?}");
        }
        let fault = ["panicked", "the program stopped at", "ended without a result"];
        assert!(
            !fault.iter().any(|f| ran.stderr.contains(f) || ran.stdout.contains(f)),
            "{args:?} is a fault of ours: {ran:#?}"
        );
        if args.contains(&"--json") && !args.contains(&"--follow") {
            let document = ran.json();
            let schema = document["schema"].as_str().unwrap_or_default();
            let word = args.iter().find(|a| !a.starts_with('-')).copied().unwrap_or_default();
            let good = schema == format!("addendum/{word}/1") || schema == "addendum/error/1";
            assert!(good, "{args:?} answers with the schema `{schema}`");
            for line in ran.stderr.lines() {
                serde_json::from_str::<Value>(line).unwrap_or_else(|e| {
                    panic!("{args:?} prints no JSON Lines on standard error: {e}: {line}")
                });
            }
        }
    }

    /// Runs with `--json`, expects the exit code, and gives the document.
    #[track_caller]
    pub fn json(&self, exit: i32, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        self.run(&args).exits(exit).json()
    }

    /// Runs with `--json` and expects a refusal with this code.
    #[track_caller]
    pub fn refused(&self, exit: i32, code: &str, args: &[&str]) -> Value {
        let document = self.json(exit, args);
        assert_eq!(document["schema"], "addendum/error/1", "{document:#}");
        assert_eq!(document["code"], code, "{document:#}");
        assert!(document["message"].as_str().is_some_and(|m| !m.is_empty()), "{document:#}");
        assert!(document["remedy"].is_string(), "{document:#}");
        document
    }

    /// Standard output of a run that makes a script or a page, whose control characters are its
    /// own.
    #[track_caller]
    pub fn run_raw(&self, args: &[&str]) -> String {
        let out = self.command(args).output().expect("the binary ends");
        assert!(out.status.success(), "{args:?}");
        String::from_utf8(out.stdout).expect("standard output is UTF-8")
    }

    /// Every file below the home.
    pub fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() { walk(&path, into) } else { into.push(path) }
            }
        }
        let mut files = Vec::new();
        walk(self.path(), &mut files);
        files
    }
}

/// A home whose settings point at a sandbox in this process.
pub struct Bench {
    pub home: Home,
    pub sandbox: Sandbox,
    // The sandbox is served by it: it goes last.
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    /// A small tidy sandbox: everything in its sample can be posted.
    pub fn tidy() -> Self {
        Self::with(SandboxOptions {
            companies: 12,
            lines: 40,
            tidy: true,
            ..SandboxOptions::default()
        })
    }

    pub fn with(options: SandboxOptions) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let sandbox = runtime.block_on(Sandbox::start(options)).expect("a sandbox");
        let mut home = Home::new();
        home.env = [
            ("ADDENDUM_CW_PUBLIC_KEY", sandbox.public_key()),
            ("ADDENDUM_CW_PRIVATE_KEY", sandbox.private_key()),
            ("ADDENDUM_SOURCE_SECRET", sandbox.source_secret()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        home.secrets = vec![sandbox.private_key().into(), sandbox.source_secret().into()];
        home.set(&[
            ("connectwise.site", sandbox.site().into()),
            ("connectwise.company_id", sandbox.company_id().into()),
            ("connectwise.client_id", sandbox.client_id().into()),
            ("connectwise.requests_per_minute", 0.into()),
            ("connectwise.settle_seconds", 1.into()),
            ("connectwise.max_retries", 2.into()),
            ("source.location", sandbox.platform_url().into()),
            ("billing.agreement_type", sandbox.agreement_type().into()),
        ]);
        Self { home, sandbox, runtime }
    }

    /// Tidy, pulled, loaded and mapped: ready for a plan.
    pub fn ready() -> Self {
        let bench = Self::tidy();
        bench.prepare();
        bench
    }

    /// Tidy, and the first month of the sample is posted.
    #[track_caller]
    pub fn posted() -> Self {
        let bench = Self::tidy();
        bench.home.json(0, &["pull"]);
        let [before, _] = bench.sandbox.sample().periods();
        bench.home.json(0, &["load", "--period", &before.to_string()]);
        bench.map();
        bench.home.json(0, &["sync", "--yes"]);
        bench
    }

    /// Pulls, loads and maps the sample.
    #[track_caller]
    pub fn prepare(&self) {
        self.home.json(0, &["pull"]);
        self.home.json(0, &["load"]);
        self.map();
    }

    /// Imports the sample's mapping.
    #[track_caller]
    pub fn map(&self) {
        let file = self.home.file("mapping.csv", self.sandbox.sample().mapping_csv());
        self.home.json(0, &["map", "import", &file]);
    }

    /// Runs something async, such as a fault's switch.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

/// The columns of the canonical line.
pub const HEADER: &str = "line_id,invoice_number,invoice_date,invoice_status,organization_id,\
organization_name,contract_id,subscription_id,subscription_name,offer_id,offer_name,part_number,\
charge_type,billing_cycle,charge_start_date,charge_end_date,quantity,unit_price,unit_cost,total,\
currency";

/// A one-time line with an own id.
pub fn one_time(id: &str, organization: &str, offer: &str, total: &str) -> String {
    format!(
        "{id},INV-1,2026-10-31,Verified,{organization},Name of {organization},K-1,,,{offer},Name \
         of {offer},,OneTimeFee,,2026-10-01,2026-10-31,1,{total},,{total},USD"
    )
}

/// A file of lines.
pub fn csv(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// The names of an object's fields.
#[track_caller]
pub fn has_fields(value: &Value, fields: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value:#}"));
    for field in fields {
        assert!(object.contains_key(*field), "`{field}` is missing in {value:#}");
    }
}

/// Money is a string with at least two decimals.
#[track_caller]
pub fn is_money(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("money is no string: {value}"));
    let decimals = text.split_once('.').map_or("", |(_, d)| d);
    assert!(decimals.len() >= 2 && text.parse::<rust_decimal::Decimal>().is_ok(), "{text}");
}

/// RFC 3339 in UTC.
#[track_caller]
pub fn is_time(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("a time is no string: {value}"));
    assert!(text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok(), "{text}");
}

/// The equation of each row, as the contract has it; gives the sum of `source`.
#[track_caller]
pub fn equation_closes(money: &Value) -> rust_decimal::Decimal {
    let mut total = rust_decimal::Decimal::ZERO;
    for row in money.as_array().unwrap_or_else(|| panic!("money is no list: {money}")) {
        has_fields(
            row,
            &[
                "currency",
                "source",
                "posted",
                "excluded",
                "unmapped",
                "failed",
                "open",
                "revisions",
            ],
        );
        let part = |name: &str| -> rust_decimal::Decimal {
            is_money(&row[name]);
            row[name].as_str().and_then(|t| t.parse().ok()).expect("money")
        };
        let right = ["posted", "excluded", "unmapped", "failed", "open", "revisions"]
            .iter()
            .map(|name| part(name))
            .sum::<rust_decimal::Decimal>();
        assert_eq!(part("source"), right, "{row:#}");
        total += part("source");
    }
    total
}

/// Waits for a condition that another process brings about.
#[track_caller]
pub fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        std::thread::yield_now();
    }
}

/// Sends a signal to a child.
#[cfg(unix)]
pub fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid =
        i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a pid");
    rustix::process::kill_process(pid, signal).expect("a signal");
}
