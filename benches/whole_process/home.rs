//! A throw-away home for the binary, set up against a sandbox.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use addendum::sandbox::Sandbox;
use serde_json::Value;

use super::measure;

/// The home, and what the binary needs to know.
pub struct Home {
    folder: tempfile::TempDir,
    public: String,
    private: String,
}

/// One finished run of the binary.
pub struct Finished {
    /// Wall time.
    pub seconds: f64,
    /// CPU time, where the system tells: what a noisy machine changes least.
    pub cpu_seconds: f64,
    /// Peak resident memory, where the system tells.
    pub peak_mb: u64,
    /// Exit code.
    pub code: Option<i32>,
    /// Standard output as JSON.
    pub json: Value,
    /// Standard error, for a failure's message.
    pub stderr: String,
}

impl Finished {
    /// The run, when it ended with 0.
    pub fn expect_success(self) -> Self {
        assert_eq!(self.code, Some(0), "exit code; {}\n{}", self.json, self.stderr);
        self
    }
}

impl Home {
    /// Settings for the sandbox, no limit of ours.
    pub fn new(sandbox: &Sandbox, concurrency: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = folder.path().join("config");
        std::fs::create_dir_all(&config).expect("a folder");
        let settings = format!(
            "[connectwise]\nsite = \"{}\"\ncompany_id = \"{}\"\nclient_id = \"{}\"\nconcurrency = \
             {concurrency}\nrequests_per_minute = 0\n[billing]\nagreement_type = \"{}\"\n",
            sandbox.site(),
            sandbox.company_id(),
            sandbox.client_id(),
            sandbox.agreement_type(),
        );
        std::fs::write(config.join("config.toml"), settings).expect("settings are written");
        Self {
            folder,
            public: sandbox.public_key().to_owned(),
            private: sandbox.private_key().to_owned(),
        }
    }

    /// A file in the home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the home.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file is written");
    }

    /// Runs the binary.
    pub fn run(&self, args: &[&str]) -> Finished {
        self.finish(Command::new(env!("CARGO_BIN_EXE_addendum")), args, &["--json", "--quiet"])
    }

    /// Runs the binary on one processor, where the system can be told so. Its answer is text: a
    /// document of a million actions would measure the pipe.
    pub fn run_on_one_core(&self, args: &[&str]) -> Finished {
        let taskset = Path::new("/usr/bin/taskset");
        if !taskset.exists() {
            return self.finish(Command::new(env!("CARGO_BIN_EXE_addendum")), args, &["--quiet"]);
        }
        let mut command = Command::new(taskset);
        command.args(["-c", "0", env!("CARGO_BIN_EXE_addendum")]);
        self.finish(command, args, &["--quiet"])
    }

    fn finish(&self, mut command: Command, args: &[&str], flags: &[&str]) -> Finished {
        command
            .args(args)
            .args(flags)
            .current_dir(self.folder.path())
            .env("ADDENDUM_HOME", self.folder.path())
            .env("ADDENDUM_CW_PUBLIC_KEY", &self.public)
            .env("ADDENDUM_CW_PRIVATE_KEY", &self.private)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        measure::run(command)
    }
}
