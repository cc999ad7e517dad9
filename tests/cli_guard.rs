//! Guards: one run at a time (exit 6), plans that no longer hold (exit 7), signals, secrets.

mod support;

use addendum::sandbox::{Kind, Rule};
#[cfg(unix)]
use support::signal;
use support::{Bench, has_fields, wait_for};

/// A bench with a saved plan.
fn with_plan() -> (Bench, String) {
    let bench = Bench::ready();
    let file = bench.home.path().join("plan.json").display().to_string();
    let plan = bench.home.json(0, &["plan", "--out", &file]);
    let saved: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the plan")).expect("JSON");
    assert_eq!(saved, plan, "the file is the document");
    (bench, file)
}

#[track_caller]
fn stale(bench: &Bench, file: &str, word: &str) {
    bench.sandbox.forget_requests();
    let document = bench.home.json(7, &["sync", "--plan", file]);
    assert_eq!(document["schema"], "addendum/error/1");
    let message = document["message"].as_str().unwrap_or_default();
    assert!(message.contains(word), "`{word}` is not named: {message}");
    assert_eq!(bench.sandbox.count(|r| r.is_write()), 0, "a stale plan writes nothing");
}

#[test]
fn a_saved_plan_that_still_holds_is_carried_out() {
    let (bench, file) = with_plan();
    let run = bench.home.json(0, &["sync", "--plan", &file, "--yes"]);
    assert!(run["counts"]["create"].as_u64().is_some_and(|n| n > 0));
    assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
    // Carried out, it no longer holds.
    stale(&bench, &file, "lines");
}

#[test]
fn a_saved_plan_of_one_line_holds_for_that_line() {
    let bench = Bench::ready();
    let plan = bench.home.json(0, &["plan"]);
    let line = plan["actions"]
        .as_array()
        .expect("actions")
        .iter()
        .find(|a| a["kind"] == "create")
        .and_then(|a| a["lines"][0].as_str())
        .expect("a line")
        .to_owned();
    let file = bench.home.path().join("one.json").display().to_string();
    bench.home.json(0, &["plan", "--line", &line, "--out", &file]);
    let run = bench.home.json(0, &["sync", "--plan", &file]);
    assert_eq!(run["counts"]["create"], 1);
}

#[test]
fn a_changed_line_makes_the_plan_stale() {
    let (bench, file) = with_plan();
    let plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the plan")).expect("JSON");
    let line = plan["actions"][0]["lines"][0]
        .as_str()
        .or_else(|| plan["actions"][1]["lines"][0].as_str())
        .expect("a line");
    bench.home.json(0, &["map", "set", "line", line, "--end", "none"]);
    stale(&bench, &file, "line");
}

#[test]
fn a_changed_mapping_makes_the_plan_stale() {
    let (bench, file) = with_plan();
    let list = bench.home.json(0, &["map", "list", "--kind", "offer"]);
    let offer = list["mappings"][0]["platform_id"].as_str().expect("an offer").to_owned();
    bench.home.json(0, &["map", "set", "offer", &offer, "--clear"]);
    stale(&bench, &file, "mapping");
}

#[test]
fn a_changed_setting_makes_the_plan_stale() {
    let (bench, file) = with_plan();
    bench.home.set(&[("billing.charge_names.OneTimeFee", "Something else".into())]);
    stale(&bench, &file, "setting");
}

#[test]
fn an_agreement_that_a_person_changed_makes_the_plan_stale() {
    let (bench, file) = with_plan();
    let plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the plan")).expect("JSON");
    let agreement = plan["actions"]
        .as_array()
        .expect("actions")
        .iter()
        .find_map(|a| a["agreement"]["existing"].as_i64())
        .expect("an agreement that exists");
    assert!(bench.sandbox.inspect().edit_agreement(agreement, |a| a.cancelled = true));
    stale(&bench, &file, "agreement");
}

#[test]
fn what_is_no_plan_is_exit_2() {
    let bench = Bench::ready();
    let file = bench.home.file("no.json", "{\"schema\":\"something\"}");
    bench.home.refused(2, "not-a-plan", &["sync", "--plan", &file]);
    bench.home.refused(2, "file", &["sync", "--plan", "/dev/null/plan.json"]);
    bench.home.refused(2, "file", &["plan", "--out", "/dev/null/at/all/plan.json"]);
}

#[test]
fn a_second_run_is_refused_while_one_holds_the_profile() {
    let bench = Bench::ready();
    let mut slow = Rule::new(Kind::Latency);
    slow.method = Some("POST".into());
    slow.milliseconds = 1_500;
    bench.sandbox.faults().add(slow).expect("a good rule");
    bench.sandbox.forget_requests();
    let args = ["sync", "--yes", "--json"];
    let first = bench.home.command(&args).spawn().expect("it starts");
    wait_for("the first write", || bench.sandbox.count(|r| r.method == "POST") > 0);
    for args in [&["sync", "--yes"][..], &["retry"], &["undo", "1"]] {
        let document = bench.home.json(6, args);
        assert_eq!(document["schema"], "addendum/error/1");
        assert!(document["message"].as_str().is_some_and(|m| m.contains("sync")), "{document:#}");
    }
    // Looking is allowed meanwhile.
    bench.home.json(0, &["status"]);
    bench.home.json(0, &["plan"]);
    bench.sandbox.faults().clear();
    bench.home.finish(&args, first).exits(0);
    assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_at_a_safe_point_and_the_next_one_goes_on() {
    use rustix::process::Signal;
    for told in [Signal::INT, Signal::TERM, Signal::HUP] {
        let bench = Bench::ready();
        bench.home.set(&[("connectwise.concurrency", 1.into())]);
        let mut slow = Rule::new(Kind::Latency);
        slow.method = Some("POST".into());
        slow.milliseconds = 300;
        bench.sandbox.faults().add(slow).expect("a good rule");
        bench.sandbox.forget_requests();
        let args = ["sync", "--yes"];
        let child = bench.home.command(&args).spawn().expect("it starts");
        wait_for("the first write", || bench.sandbox.count(|r| r.method == "POST") > 0);
        signal(&child, told);
        let ran = bench.home.finish(&args, child).exits(3);
        assert!(ran.stderr.contains("safe point"), "{}", ran.stderr);
        assert!(ran.stdout.contains("stopped") && ran.stdout.contains("next:"), "{}", ran.stdout);
        assert_eq!(bench.home.json(0, &["status"])["psa_status"]["Posting"], 0);
        bench.sandbox.faults().clear();
        bench.home.json(0, &["sync", "--yes"]);
        assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_it_at_once_and_nothing_is_posted_twice() {
    use rustix::process::Signal;
    let bench = Bench::ready();
    let mut slow = Rule::new(Kind::Latency);
    slow.method = Some("POST".into());
    slow.milliseconds = 60_000;
    slow.limit = Some(1);
    bench.sandbox.faults().add(slow).expect("a good rule");
    bench.sandbox.forget_requests();
    let child = bench.home.command(&["sync", "--yes"]).spawn().expect("it starts");
    wait_for("the first write", || bench.sandbox.count(|r| r.method == "POST") > 0);
    signal(&child, Signal::INT);
    // The first signal must have been taken before the second one comes.
    let mut child = child;
    let mut err = std::io::BufReader::new(child.stderr.take().expect("standard error"));
    let mut line = String::new();
    while !line.contains("safe point") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut err, &mut line).expect("a line") > 0);
    }
    signal(&child, Signal::INT);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    bench.sandbox.faults().clear();
    bench.home.json(0, &["sync", "--yes"]);
    let proof = bench.home.json(0, &["reconcile"]);
    assert_eq!((&proof["proven"], &proof["doubled"]), (&true.into(), &serde_json::json!([])));
}

#[cfg(unix)]
#[test]
fn the_log_is_followed_until_told_to_stop() {
    use rustix::process::Signal;
    let bench = Bench::ready();
    let args = ["logs", "--follow", "--json"];
    let mut child = bench.home.command(&args).spawn().expect("it starts");
    let mut out = std::io::BufReader::new(child.stdout.take().expect("standard output"));
    bench.home.json(0, &["sync", "--yes"]);
    let mut line = String::new();
    loop {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut out, &mut line).expect("a line") > 0);
        let entry: serde_json::Value = serde_json::from_str(&line).expect("one entry a line");
        has_fields(&entry, &["id", "at", "level", "title"]);
        if !entry["run"].is_null() {
            break;
        }
    }
    signal(&child, Signal::INT);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn secrets_are_nowhere_but_where_they_were_given() {
    let bench = Bench::ready();
    bench.home.json(0, &["sync", "--yes"]);
    bench.home.run(&["-vv", "pull"]).exits(0);
    bench.home.run(&["reconcile", "-v"]).exits(0);
    let secrets = [bench.sandbox.private_key(), bench.sandbox.source_secret()];
    let mut looked = 0;
    for file in bench.home.files() {
        let bytes = std::fs::read(&file).expect("a file");
        looked += 1;
        for secret in secrets {
            let encoded = data_encoding::BASE64.encode(secret.as_bytes());
            for needle in [secret.as_bytes(), encoded.as_bytes()] {
                let found = bytes.windows(needle.len()).any(|w| w == needle);
                assert!(!found, "{} holds a secret", file.display());
            }
        }
    }
    assert!(looked >= 3, "settings, store and log");
    assert!(bench.home.paths().log.exists());
}
