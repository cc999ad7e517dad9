//! What dies in the middle of a sync: the wire, the terminal, the program. Afterwards everything is
//! on its agreement once, as if nothing had died.

use std::collections::BTreeMap;

use addendum::sandbox::SandboxOptions;
use rust_decimal::Decimal;
use rustix::process::Signal;

use crate::person::{Person, assert_restored};
use crate::signals::send;
use crate::support::Bench;
use crate::terminal::Terminal;
use crate::wire::Wire;

/// Enough writes for something to happen between them.
fn bench() -> Bench {
    let options = SandboxOptions {
        companies: 20,
        lines: 120,
        tidy: true,
        organizations: Some(8),
        ..SandboxOptions::default()
    };
    let bench = Bench::with(options);
    bench.prepare();
    bench
}

/// How often each marker stands in the PSA, and the money of all of them.
fn posted(bench: &Bench) -> (BTreeMap<String, usize>, Decimal) {
    let mut markers = BTreeMap::new();
    for addition in bench.sandbox.inspect().all_marked() {
        *markers.entry(addition.serial_number.unwrap_or_default()).or_default() += 1;
    }
    (markers, bench.sandbox.inspect().marked_total())
}

/// What a run that nothing disturbs posts.
fn undisturbed() -> (BTreeMap<String, usize>, Decimal) {
    let bench = bench();
    bench.home.json(0, &["sync", "--yes"]);
    let posted = posted(&bench);
    assert!(posted.0.len() > 40 && posted.0.values().all(|times| *times == 1), "{posted:?}");
    posted
}

/// Begins a sync, and waits until some of it has arrived.
fn in_the_middle_of_a_sync(bench: &Bench) -> Person {
    bench.sandbox.faults().latency(30);
    let mut person = Person::opens(&bench.home);
    person.sees("Plan the sync of 120 lines");
    person.goes_to_tab("Sync");
    person.follows("Plan");
    person.sees("a carries it out");
    person.follows("Carry out");
    person.follows("Write to ConnectWise");
    person.waits("a few writes", |_| bench.sandbox.inspect().all_marked().len() > 8);
    person
}

#[track_caller]
fn assert_all_there(bench: &Bench) {
    let proof = bench.home.json(0, &["reconcile"]);
    for what in ["missing", "doubled", "drifted"] {
        assert_eq!(proof[what].as_array().map(Vec::len), Some(0), "{proof:#}");
    }
    assert_eq!(posted(bench), undisturbed());
}

#[test]
fn the_wire_is_cut_and_the_same_person_goes_on() {
    let bench = bench();
    let wire = bench.block_on(Wire::to(bench.sandbox.address()));
    bench.home.set(&[("connectwise.site", wire.site().into())]);
    let mut person = in_the_middle_of_a_sync(&bench);
    wire.cut();
    person.sees("Stopped: the connection to 127.0.0.1");
    person.sees("-> try again");
    let some = posted(&bench).0.len();
    assert!(some < undisturbed().0.len(), "it was over before the wire was cut");

    wire.mend();
    bench.sandbox.faults().clear();
    person.follows("Plan");
    person.sees("a carries it out");
    person.follows("Carry out");
    person.follows("Write to ConnectWise");
    // Writes without an answer are looked up first. That may change the plan: a new one is shown.
    let is_done = |t: &Terminal| t.screen().contents().contains(", 0 failed");
    let is_new = |t: &Terminal| t.screen().contents().contains("made anew");
    person.waits("the end, or a new plan", |t| is_done(t) || is_new(t));
    if is_new(&person.terminal) {
        person.follows("Carry out");
        person.follows("Write to ConnectWise");
        person.waits("the end", is_done);
    }
    person.follows("Reconcile");
    person.sees("reconciled: the PSA has exactly what was posted");
    person.quits();
    assert_all_there(&bench);
}

#[test]
fn the_terminal_is_hung_up_and_another_run_finishes() {
    let bench = bench();
    let mut person = in_the_middle_of_a_sync(&bench);
    person.terminal.hang_up().unwrap();
    person.terminal.wait_for_end().unwrap();
    assert!(posted(&bench).0.len() < undisturbed().0.len(), "it went on without a terminal");
    bench.sandbox.faults().clear();
    bench.home.json(0, &["sync", "--yes"]);
    assert_all_there(&bench);
}

#[test]
fn a_signal_ends_the_run_at_a_safe_point() {
    let bench = bench();
    let mut person = in_the_middle_of_a_sync(&bench);
    send(&person, Signal::TERM);
    let status = person.terminal.wait_for_end().unwrap();
    assert!(status.success(), "{status}");
    assert_restored(&person.terminal);
    // A safe point is one where every write that was sent has its answer.
    let (some, _) = posted(&bench);
    assert!(some.len() < undisturbed().0.len(), "it went on to the end");
    let status = bench.home.json(0, &["status"]);
    assert_eq!(status["psa_status"]["Posting"], 0, "{status:#}");
    bench.sandbox.faults().clear();
    bench.home.json(0, &["sync", "--yes"]);
    assert_all_there(&bench);
}
