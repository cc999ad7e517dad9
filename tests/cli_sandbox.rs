//! `sandbox`: serves until it is told to stop.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::Child;

use serde_json::Value;
use support::{Home, has_fields};

/// Reads the one JSON document that comes when it listens.
fn document(child: &mut Child) -> Value {
    let mut out = BufReader::new(child.stdout.take().expect("standard output"));
    let mut text = String::new();
    loop {
        let mut line = String::new();
        assert!(out.read_line(&mut line).expect("a line") > 0, "it ended early: {text}");
        text.push_str(&line);
        if line == "}\n" {
            break;
        }
    }
    child.stdout = Some(out.into_inner());
    serde_json::from_str(&text).expect("one document")
}

#[cfg(unix)]
fn terminate(child: &Child) {
    let pid =
        i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a signal");
}

#[cfg(unix)]
#[test]
fn it_prints_its_addresses_and_keys_serves_and_ends_when_told() {
    let home = Home::new();
    let faults = home.file("faults.toml", "latency_ms = 1\n");
    let args = [
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--lines",
        "20",
        "--companies",
        "10",
        "--faults",
        &faults,
        "--json",
    ];
    let mut child = home.command(&args).spawn().expect("it starts");
    let document = document(&mut child);
    assert_eq!(document["schema"], "addendum/sandbox/1");
    has_fields(
        &document,
        &[
            "site",
            "company_id",
            "client_id",
            "public_key",
            "private_key",
            "platform_url",
            "source_secret",
            "feeds",
            "agreement_type",
            "periods",
        ],
    );
    let feeds = document["feeds"].as_array().expect("the distributors' feeds");
    assert_eq!(feeds.len(), 4);
    feeds.iter().for_each(|feed| has_fields(feed, &["profile", "location", "secret", "account"]));
    let site = document["site"].as_str().expect("a site").to_owned();
    assert!(site.starts_with("http://127.0.0.1:"));
    // The keys that it printed are set as a person would, and open it.
    let mut user = Home::new();
    user.env = vec![("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse".into())];
    let word = |name: &str| document[name].as_str().expect("text").to_owned();
    let keys = format!("{}\n{}\n", word("public_key"), word("private_key"));
    let args = [
        "credentials",
        "set",
        "--site",
        &site,
        "--company-id",
        &word("company_id"),
        "--client-id",
        &word("client_id"),
    ];
    user.run_with(&args, &keys).exits(0);
    terminate(&child);
    let mut rest = String::new();
    child.stdout.take().expect("standard output").read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "", "one document and nothing else");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(std::net::TcpStream::connect(site.trim_start_matches("http://")).is_err());
}

#[test]
fn what_it_cannot_do_is_said_before_it_listens() {
    let home = Home::new();
    home.refused(2, "sandbox-not-started", &["sandbox", "--listen", "192.0.2.1:0"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    home.refused(2, "sandbox-not-started", &["sandbox", "--listen", &address]);
    let faults = home.file("faults.toml", "latency = 1\n");
    let document = home.refused(2, "bad-faults", &["sandbox", "--faults", &faults]);
    assert!(document["message"].as_str().is_some_and(|m| m.contains("latency")), "{document}");
    home.refused(2, "file", &["sandbox", "--faults", "/dev/null/faults.toml"]);
    home.refused(2, "usage", &["sandbox", "--listen", "localhost"]);
}
