//! Told to stop in the middle of a run: it ends at a safe point, and says so.

use rustix::process::Signal;

use crate::prepared::Prepared;
use crate::support::{signal, wait_for};

#[test]
fn a_signal_ends_a_run_at_a_safe_point() {
    let prepared = Prepared::new();
    for told in [Signal::TERM, Signal::HUP, Signal::INT] {
        let case = prepared.case();
        // Slow enough that the signal comes while writes are under way.
        case.sandbox.faults().latency(100);
        let child = case.begin();
        wait_for("the first additions", || case.posted() > 1);
        signal(&child, told);
        let ran = case.home.finish(&["sync", "--yes", "--json"], child);
        case.sandbox.faults().latency(0);
        let document = ran.json();
        assert_eq!(document["state"], "cancelled", "{told:?}: {document:#}");
        let counts = &case.home.json(0, &["status"])["psa_status"];
        assert_eq!(counts["Posting"], 0, "{told:?} leaves nothing in doubt: {counts:#}");
        assert!(counts["Not Synced"].as_u64().is_some_and(|n| n > 0), "it ended early: {counts:#}");
        case.ends_clean(&format!("after {told:?}"));
    }
}
