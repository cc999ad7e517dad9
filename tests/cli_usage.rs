//! Usage: help, mistakes, generated files; what needs neither a home nor a network.

mod support;

use support::{Home, has_fields};

const COMMANDS: [&str; 22] = [
    "demo",
    "sandbox",
    "credentials",
    "verify",
    "pull",
    "load",
    "unload",
    "map",
    "match",
    "plan",
    "approve",
    "sync",
    "retry",
    "reconcile",
    "undo",
    "status",
    "logs",
    "daemon",
    "audit",
    "delete-integration",
    "completions",
    "man",
];

#[test]
fn every_command_of_the_design_is_there_with_help() {
    let home = Home::new();
    let help = home.run(&["--help"]).exits(0);
    for command in COMMANDS {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command} is not in the help");
        let own = home.run(&[command, "--help"]).exits(0);
        assert!(own.stdout.contains("Usage: addendum "), "{command}");
        assert!(own.stdout.lines().all(|l| l.chars().count() <= 100), "{command} is too wide");
    }
    assert!(home.run(&["--version"]).exits(0).stdout.starts_with("addendum "));
    assert!(home.files().is_empty(), "help leaves nothing behind");
}

#[test]
fn mistakes_are_exit_2_and_with_json_one_document() {
    let home = Home::new();
    let mistakes: [&[&str]; 15] = [
        &["\u{1b}[2J"],
        &["nonsense"],
        &["plan", "--nonsense"],
        &["plan", "--period", "2026-13"],
        &["plan", "--period", "november"],
        &["load", "--period", "2026-1"],
        &["undo"],
        &["undo", "zero"],
        &["undo", "0"],
        &["retry", "--run", "-1"],
        &["pull", "nothing"],
        &["match", "--catalog", "x"],
        &["sync", "--plan", "x", "--period", "2026-10"],
        &["map", "set", "line", "x"],
        &["logs", "--since", "yesterday"],
    ];
    for args in mistakes {
        let text = home.run(args).exits(2);
        assert!(
            text.stdout.is_empty() && text.stderr.starts_with("error: "),
            "{args:?}: {text:#?}"
        );
        let document = home.refused(2, "usage", args);
        assert!(
            !document["message"].as_str().unwrap_or_default().starts_with("error"),
            "{document}"
        );
    }
}

#[test]
fn alone_without_a_terminal_it_names_the_commands() {
    let home = Home::new();
    let ran = home.run(&[]).exits(2);
    assert!(ran.stderr.contains("terminal") && ran.stderr.contains("--help"), "{}", ran.stderr);
    let document = home.run(&["--json"]).exits(2).json();
    assert_eq!(document["schema"], "addendum/error/1");
}

#[test]
fn a_profile_that_is_no_file_name_is_refused() {
    let home = Home::new();
    for profile in ["../up", "a/b", "con", ".hidden/..", "a\u{1b}b"] {
        let ran = home.run(&["status", "--profile", profile]).exits(2);
        assert!(ran.stderr.contains("remedy"), "{profile:?}: {}", ran.stderr);
    }
    // An empty variable is an absent one.
    let mut command = home.command(&["completions", "bash"]);
    command.env("ADDENDUM_PROFILE", "");
    assert!(command.output().expect("it runs").status.success());
}

#[test]
fn completions_are_generated_for_every_shell() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run_raw(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} does not complete {command}");
        }
        let document = home.json(0, &["completions", shell]);
        assert_eq!(document["script"], script.as_str());
        assert_eq!(document["shell"], shell);
    }
    home.refused(2, "usage", &["completions", "tcsh"]);
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let home = Home::new();
    let folder = home.path().join("man");
    let document = home.json(0, &["man", "--out", &folder.display().to_string()]);
    let pages = document["pages"].as_array().expect("pages");
    for command in COMMANDS {
        let page = std::fs::read_to_string(folder.join(format!("addendum-{command}.1")))
            .unwrap_or_else(|e| panic!("{command}: {e}"));
        assert!(page.contains(".TH") && page.contains("SYNOPSIS"), "{command}");
    }
    assert!(folder.join("addendum-map-set-line.1").exists());
    assert_eq!(pages.len(), std::fs::read_dir(&folder).expect("a folder").count());
    pages.iter().for_each(|p| has_fields(p, &["name", "file"]));
    assert!(home.run(&["man"]).exits(0).stdout.contains(".TH"));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let home = Home::new();
    let mut child = home.command(&["man"]).spawn().expect("it starts");
    drop(child.stdout.take());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
}
