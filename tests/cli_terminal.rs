//! What happens only on a terminal: questions, hidden input, the rewriting progress line. The
//! binary runs on a pseudo-terminal.
#![cfg(unix)]

mod support;

use std::io::{Read, Write};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use support::{Bench, Home};

/// The binary on a terminal of 80 columns.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    input: Box<dyn Write + Send>,
    output: mpsc::Receiver<Vec<u8>>,
    seen: String,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    fn open(home: &Home, args: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let plain = home.command(args);
        let mut command = CommandBuilder::new(plain.get_program());
        command.args(args);
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            }
        }
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (send, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The terminal's end shows as an error on Linux.
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let input = pair.master.take_writer().expect("a writer");
        Self { child, input, output, seen: String::new(), _master: pair.master }
    }

    /// Reads until the text was shown.
    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        let until = Instant::now() + Duration::from_secs(30);
        while !self.seen.contains(text) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("`{text}` was not shown:\n{}", self.seen),
            }
        }
    }

    fn type_line(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).expect("typed");
        self.input.write_all(b"\r").expect("typed");
        self.input.flush().expect("typed");
    }

    /// Waits for the end; gives exit code and all that was shown.
    fn end(mut self) -> (u32, String) {
        let status = self.child.wait().expect("it ends");
        drop(self.input);
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(300)) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        (status.exit_code(), self.seen)
    }
}

#[test]
fn a_sync_shows_the_plan_and_asks() {
    let bench = Bench::ready();
    let mut terminal = Terminal::open(&bench.home, &["sync"]);
    terminal.wait_for("Carry it out? [y/N]");
    terminal.type_line("n");
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 2, "{seen}");
    assert!(seen.contains("additions to create") && seen.contains("nothing was done"), "{seen}");
    assert!(bench.sandbox.inspect().all_marked().is_empty());

    let mut terminal = Terminal::open(&bench.home, &["sync"]);
    terminal.wait_for("Carry it out? [y/N]");
    terminal.type_line("y");
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 0, "{seen}");
    assert!(!bench.sandbox.inspect().all_marked().is_empty());
    // Progress was rewritten in place, and taken away before the answer.
    assert!(seen.contains("\u{1b}[K"), "{seen:?}");
}

#[test]
fn a_plan_that_changed_while_it_was_read_is_not_carried_out() {
    let bench = Bench::ready();
    let mut terminal = Terminal::open(&bench.home, &["sync"]);
    terminal.wait_for("Carry it out? [y/N]");
    let offers = bench.home.json(0, &["map", "list", "--kind", "offer"]);
    let offer = offers["mappings"][0]["platform_id"].as_str().expect("an offer").to_owned();
    bench.home.json(0, &["map", "set", "offer", &offer, "--clear"]);
    terminal.type_line("y");
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 7, "{seen}");
    assert!(bench.sandbox.inspect().all_marked().is_empty());
}

#[test]
fn nothing_is_asked_with_yes() {
    let bench = Bench::ready();
    let (exit, seen) = Terminal::open(&bench.home, &["sync", "--yes"]).end();
    assert_eq!(exit, 0, "{seen}");
    assert!(!seen.contains("[y/N]"), "{seen}");
}

#[test]
fn keys_are_asked_for_and_not_shown() {
    let bench = Bench::tidy();
    let mut home = Home::new();
    home.env.push(("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse".into()));
    let mut terminal = Terminal::open(&home, &["credentials", "set"]);
    terminal.wait_for("Site");
    terminal.type_line(&bench.sandbox.site());
    terminal.wait_for("Login company");
    terminal.type_line(bench.sandbox.company_id());
    terminal.wait_for("Client id");
    terminal.type_line(bench.sandbox.client_id());
    terminal.wait_for("Public key:");
    terminal.type_line(bench.sandbox.public_key());
    terminal.wait_for("Private key:");
    terminal.type_line(bench.sandbox.private_key());
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 0, "{seen}");
    assert!(!seen.contains(bench.sandbox.private_key()), "{seen}");
    assert_eq!(home.json(0, &["credentials", "test"])["connected"], true);
}

#[test]
fn the_passphrase_is_asked_for_when_the_file_is_locked() {
    let bench = Bench::tidy();
    let mut home = Home::new();
    home.env.push(("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse".into()));
    let site = bench.sandbox.site();
    let args = [
        "credentials",
        "set",
        "--site",
        &site,
        "--company-id",
        bench.sandbox.company_id(),
        "--client-id",
        bench.sandbox.client_id(),
    ];
    let keys = format!("{}\n{}\n", bench.sandbox.public_key(), bench.sandbox.private_key());
    home.run_with(&args, &keys).exits(0);
    home.env.clear();
    let mut terminal = Terminal::open(&home, &["credentials", "test"]);
    terminal.wait_for("Passphrase");
    terminal.type_line("correct horse");
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 0, "{seen}");
    assert!(seen.contains("connected") && !seen.contains("correct horse"), "{seen}");
}

#[test]
fn a_question_can_be_left_with_control_c() {
    let home = Home::new();
    let args = [
        "credentials",
        "set",
        "--site",
        "na.myconnectwise.net",
        "--company-id",
        "acme",
        "--client-id",
        "5a4db0c5-0000-4000-8000-000000000001",
    ];
    let mut terminal = Terminal::open(&home, &args);
    terminal.wait_for("Public key:");
    terminal.input.write_all(b"half a key\x03").expect("typed");
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 3, "{seen}");
    assert!(!seen.contains("half a key") && seen.contains("nothing was kept"), "{seen}");
    assert!(!home.paths().settings.exists());
}

#[test]
fn a_profile_is_forgotten_after_its_name_was_typed() {
    let home = Home::new();
    home.json(0, &["status"]);
    let mut terminal = Terminal::open(&home, &["delete-integration"]);
    terminal.wait_for("Type the profile's name");
    terminal.type_line("default");
    let (exit, seen) = terminal.end();
    assert_eq!(exit, 0, "{seen}");
    assert!(!home.paths().data_dir.exists());
}
