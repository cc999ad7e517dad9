//! The daemon from outside: one day's work at once, the night that was missed, one daemon a
//! profile, and what a signal leaves behind.

mod support;

use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::records::Addition;
use addendum::sandbox::{Kind, Rule};
use serde_json::{Value, json};
use support::{Bench, equation_closes, has_fields};

/// The markers in the PSA; each must be there once.
#[track_caller]
fn markers(bench: &Bench) -> Vec<String> {
    let marker = |a: Addition| {
        let custom = a.custom_fields.into_values().filter_map(|v| v.as_str().map(str::to_owned));
        a.serial_number.into_iter().chain(custom).find(|m| m.starts_with("AD-"))
    };
    let mut all: Vec<String> =
        bench.sandbox.inspect().all_marked().into_iter().filter_map(marker).collect();
    all.sort();
    let posted = all.len();
    all.dedup();
    assert_eq!(all.len(), posted, "a marker stands twice");
    all
}

/// Pulled and mapped, and nothing loaded: a daemon's first night.
fn bench() -> Bench {
    let bench = Bench::tidy();
    bench.home.json(0, &["pull"]);
    bench.map();
    bench.home.set(&[("billing.daily_sync", true.into())]);
    bench
}

#[test]
fn one_day_is_pulled_loaded_and_synced() {
    let bench = bench();
    bench.home.set(&[("billing.daily_sync", false.into())]);
    let document = bench.home.json(0, &["daemon", "--once"]);
    let days = document["days"].as_array().expect("days");
    assert_eq!(days.len(), 1, "{document:#}");
    assert_eq!(days[0]["failed"], json!([]));
    let sync = &days[0]["sync"];
    has_fields(sync, &["run", "state", "counts", "money", "errors", "cancels_waiting"]);
    assert!(sync["counts"]["create"].as_u64().is_some_and(|n| n > 0), "{sync:#}");
    assert!(!equation_closes(&sync["money"]).is_zero());
    let times = bench.home.json(0, &["status"])["times"].clone();
    for moment in ["companies", "load", "sync"] {
        assert!(times[moment].is_string(), "{moment} did not happen: {times:#}");
    }
    assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
    let posted = markers(&bench);
    let text = bench.home.run(&["daemon", "--once"]).exits(0);
    assert!(text.stdout.contains("Run 2: done"), "{}", text.stdout);
    assert_eq!(markers(&bench), posted);
}

#[test]
fn a_day_ends_with_the_exit_code_of_the_worst_that_happened() {
    let bench = bench();
    // Keys that the PSA refuses: no fresh copy of its records, so nothing is posted.
    let mut command = bench.home.command(&["daemon", "--once", "--json"]);
    command.env("ADDENDUM_CW_PRIVATE_KEY", "wrongKEYwrong");
    let out = command.output().expect("it runs");
    assert_eq!(out.status.code(), Some(5), "{out:?}");
    let document: Value = serde_json::from_slice(&out.stdout).expect("one document");
    let failed = &document["days"][0]["failed"];
    has_fields(&failed[0], &["step", "code", "message", "remedy"]);
    assert_eq!((&failed[0]["step"], &document["days"][0]["sync"]), (&json!("pull"), &Value::Null));
    assert_eq!(markers(&bench), Vec::<String>::new());

    // The source is down: what was loaded before is posted all the same.
    bench.home.json(0, &["load"]);
    let down = Rule::new(Kind::ServerError).on("GET", "/invoice-lines");
    bench.sandbox.faults().add(down.answering(503, ErrorBody::Html)).expect("a good rule");
    let args = ["daemon", "--once", "--json"];
    let ran = bench.home.run(&args);
    let document = ran.json();
    let day = &document["days"][0];
    assert_eq!(day["failed"][0]["step"], "load", "{day:#}");
    assert_ne!(ran.exit, 0);
    assert_eq!(day["sync"]["state"], "done");
    assert!(!markers(&bench).is_empty());
}

#[test]
fn lines_that_fail_are_exit_3() {
    let bench = bench();
    let refuse = Rule::new(Kind::ServerError).on("POST", "/additions").times(1);
    bench.sandbox.faults().add(refuse.answering(400, ErrorBody::Json)).expect("a good rule");
    let document = bench.home.json(3, &["daemon", "--once"]);
    let sync = &document["days"][0]["sync"];
    assert_eq!(sync["errors"].as_array().map(Vec::len), Some(1), "{sync:#}");
    has_fields(&sync["errors"][0], &["line", "code", "message", "remedy"]);
}

#[cfg(unix)]
mod waiting {
    use std::io::{BufRead, BufReader};
    use std::process::Child;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use addendum::store::Store;
    use addendum::worker::schedule::LAST;
    use jiff::{SignedDuration, Timestamp};
    use rustix::process::Signal;

    use super::*;
    use support::{Ran, signal, wait_for};

    const ARGS: [&str; 2] = ["daemon", "--json"];

    /// A daemon that runs, and the lines that it tells.
    struct Daemon<'a> {
        bench: &'a Bench,
        child: Option<Child>,
        lines: Receiver<String>,
    }

    impl<'a> Daemon<'a> {
        fn start(bench: &'a Bench) -> Self {
            let mut child = bench.home.command(&ARGS).spawn().expect("it starts");
            let err = BufReader::new(child.stderr.take().expect("standard error"));
            let (send, lines) = channel();
            std::thread::spawn(move || {
                for line in err.lines().map_while(Result::ok) {
                    if send.send(line).is_err() {
                        return;
                    }
                }
            });
            Self { bench, child: Some(child), lines }
        }

        /// The next event.
        #[track_caller]
        fn next(&self) -> Value {
            let line =
                self.lines.recv_timeout(Duration::from_secs(60)).expect("it tells something");
            let event: Value = serde_json::from_str(&line).expect("a JSON line");
            assert_eq!(event["schema"], "addendum/progress/1", "{event:#}");
            has_fields(&event, &["event", "text"]);
            event
        }

        /// The next events must be these; gives the text of the last.
        #[track_caller]
        fn tells(&self, names: &[&str]) -> String {
            let mut text = String::new();
            for name in names {
                let event = self.next();
                assert_eq!(event["event"], *name, "{event:#}");
                text = event["text"].as_str().unwrap_or_default().to_owned();
            }
            text
        }

        /// Ended by SIGTERM, as a service manager does it.
        #[track_caller]
        fn terminated(mut self) -> Ran {
            let child = self.child.take().expect("it runs");
            signal(&child, Signal::TERM);
            self.bench.home.finish(&ARGS, child).exits(0)
        }
    }

    impl Drop for Daemon<'_> {
        fn drop(&mut self) {
            // Only where a test failed.
            if let Some(child) = &mut self.child {
                let _ = child.kill().and_then(|()| child.wait());
            }
        }
    }

    /// The store's word on when the schedule last began a run.
    fn last_run(bench: &Bench, days_ago: i64) {
        let at = Timestamp::now() - SignedDuration::from_hours(24 * days_ago);
        bench.block_on(async {
            let store = Store::open(&bench.home.paths().store).await.expect("the store");
            store.set_note(LAST, Some(at.to_string())).await.expect("a note");
        });
    }

    #[test]
    fn it_waits_for_midnight_and_a_signal_ends_it() {
        let bench = bench();
        bench.sandbox.forget_requests();
        let daemon = Daemon::start(&bench);
        let text = daemon.tells(&["waiting"]);
        assert!(text.contains("T00:00:00Z"), "{text}");
        assert_eq!(daemon.terminated().json()["days"], json!([]));
        assert_eq!(bench.sandbox.requests().len(), 0, "waiting costs no request");
    }

    #[test]
    fn a_missed_night_is_made_up_for_once() {
        let bench = bench();
        last_run(&bench, 3);
        let daemon = Daemon::start(&bench);
        let text = daemon.tells(&["began", "ended", "waiting"]);
        assert!(text.contains("T00:00:00Z"), "{text}");
        let document = daemon.terminated().json();
        assert_eq!(document["days"].as_array().map(Vec::len), Some(1), "{document:#}");
        assert_eq!(document["days"][0]["failed"], json!([]));
        assert_eq!(document["days"][0]["sync"]["state"], "done");
        assert!(!markers(&bench).is_empty());
        assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
        // Started again, it has nothing to make up for.
        let daemon = Daemon::start(&bench);
        daemon.tells(&["waiting"]);
        assert_eq!(daemon.terminated().json()["days"], json!([]));
    }

    #[test]
    fn switched_off_it_does_nothing_when_the_time_comes() {
        let bench = bench();
        bench.home.set(&[("billing.daily_sync", false.into())]);
        last_run(&bench, 1);
        bench.sandbox.forget_requests();
        let daemon = Daemon::start(&bench);
        // Once because it is off, once because it is time.
        daemon.tells(&["off", "off", "waiting"]);
        assert_eq!(daemon.terminated().json()["days"], json!([]));
        assert_eq!(bench.sandbox.requests().len(), 0);
    }

    #[test]
    fn a_second_daemon_is_refused_and_one_run_is_not() {
        let bench = bench();
        let daemon = Daemon::start(&bench);
        daemon.tells(&["waiting"]);
        let pid = daemon.child.as_ref().map_or(0, Child::id).to_string();
        let refused = bench.home.refused(6, "daemon-running", &["daemon"]);
        assert!(refused["message"].as_str().is_some_and(|m| m.contains(&pid)), "{refused:#}");
        bench.home.json(0, &["daemon", "--once"]);
        // Nor is the profile taken away from under it.
        let ran = bench.home.run_with(&["delete-integration", "--json"], "default\n").exits(6);
        assert_eq!(ran.json()["code"], "daemon-running");
        daemon.terminated();
        let again = Daemon::start(&bench);
        again.tells(&["waiting"]);
        again.terminated();
    }

    #[test]
    fn a_persons_run_is_waited_for() {
        let bench = bench();
        bench.home.json(0, &["load"]);
        let slow = Rule::new(Kind::Latency).on("POST", "/additions").lasting(60_000).times(1);
        bench.sandbox.faults().add(slow).expect("a good rule");
        bench.sandbox.forget_requests();
        let args = ["sync", "--yes", "--json"];
        let person = bench.home.command(&args).spawn().expect("it starts");
        wait_for("the first write", || bench.sandbox.count(|r| r.method == "POST") > 0);
        last_run(&bench, 1);
        let daemon = Daemon::start(&bench);
        let text = daemon.tells(&["began", "held"]);
        assert!(text.contains("addendum sync"), "{text}");
        // Told to stop, the person's run still has the answer that is under way to wait for; killed,
        // it leaves that write to be looked up.
        signal(&person, Signal::KILL);
        assert_eq!(bench.home.finish(&["sync"], person).exit, -1);
        bench.sandbox.faults().clear();
        daemon.tells(&["ended", "waiting"]);
        let document = daemon.terminated().json();
        assert_eq!(document["days"][0]["failed"], json!([]), "{document:#}");
        assert_eq!(document["days"][0]["sync"]["state"], "done");
        markers(&bench);
        assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
    }

    #[test]
    fn told_to_stop_in_a_slow_night_it_leaves_the_rest_to_the_next_sync() {
        // What an undisturbed night posts.
        let clean = self::bench();
        clean.home.json(0, &["daemon", "--once"]);
        let all = markers(&clean);
        drop(clean);

        let bench = bench();
        bench.home.set(&[("connectwise.concurrency", 1.into())]);
        let slow = Rule::new(Kind::Latency).on("POST", "/additions").lasting(300);
        bench.sandbox.faults().add(slow).expect("a good rule");
        last_run(&bench, 1);
        let daemon = Daemon::start(&bench);
        daemon.tells(&["began"]);
        wait_for("the second write", || bench.sandbox.count(|r| r.method == "POST") > 1);
        let document = daemon.terminated().json();
        assert_eq!(document["days"][0]["sync"]["state"], "cancelled", "{document:#}");
        let some = markers(&bench);
        assert!(!some.is_empty() && some.len() < all.len(), "{} of {}", some.len(), all.len());
        let counts = bench.home.json(0, &["status"])["psa_status"].clone();
        assert_eq!(counts["Posting"], 0, "nothing is left in doubt: {counts:#}");
        bench.sandbox.faults().clear();
        bench.home.json(0, &["sync", "--yes"]);
        assert_eq!(markers(&bench), all);
        assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
    }
}
