//! Killed from outside, at moments that chance picks, with and without faults of the PSA.

use std::time::Duration;

use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Faults, Kind, Rule};

use crate::prepared::Prepared;

/// How many runs are killed at random in each test.
const RANDOM: u64 = 12;

/// With this variable set, so many runs are killed while everything goes wrong.
const KILLS: &str = "ADDENDUM_TEST_KILLS";

fn kills() -> u64 {
    std::env::var(KILLS).ok().and_then(|n| n.parse().ok()).unwrap_or(RANDOM)
}

/// Everything that goes wrong between us and the PSA, each now and then.
fn everything() -> Faults {
    let now_and_then = |kind| Rule::new(kind).chance(0.04);
    [
        now_and_then(Kind::Latency).lasting(60),
        now_and_then(Kind::Throttle).retry_after(0),
        now_and_then(Kind::ServerError).answering(500, ErrorBody::Html),
        now_and_then(Kind::ServerError).answering(503, ErrorBody::Empty),
        now_and_then(Kind::ServerErrorAfterCommit).answering(502, ErrorBody::Html),
        now_and_then(Kind::ResetBeforeCommit),
        now_and_then(Kind::ResetAfterCommit),
        now_and_then(Kind::Trickle).lasting(2),
        now_and_then(Kind::Truncate),
        now_and_then(Kind::ListLag).lasting(500),
        now_and_then(Kind::IgnoreFilters),
        now_and_then(Kind::PatchIgnored),
    ]
    .into_iter()
    .fold(Faults { latency_ms: 8, jitter_ms: 12, ..Faults::default() }, Faults::with)
}

#[test]
fn a_kill_at_any_moment_changes_nothing_about_the_end() {
    let prepared = Prepared::new();
    let mut killed = 0;
    for seed in 0..RANDOM {
        let mut random = fastrand::Rng::with_seed(seed);
        let case = prepared.case();
        // A run takes long enough to be hit in the middle.
        case.sandbox.faults().latency(10);
        let wait = Duration::from_millis(random.u64(30..400));
        killed += u32::from(case.killed_after(wait));
        case.sandbox.faults().latency(0);
        if random.u8(0..4) == 0 {
            case.lose_store();
        }
        case.ends_clean(&format!("killed after {wait:?}"));
    }
    assert!(killed > 0, "every run was done before it was killed");
    println!("killed at random: {killed} of {RANDOM}");
}

#[test]
fn a_kill_while_everything_goes_wrong_changes_nothing_about_the_end() {
    let prepared = Prepared::new();
    let (kills, mut killed, mut doubtful) = (kills(), 0, 0);
    for seed in 0..kills {
        let mut random = fastrand::Rng::with_seed(seed);
        let case = prepared.case();
        case.sandbox.faults().set(everything()).expect("faults that can be");
        // Once or several times in a row, the faults still on.
        for _ in 0..=random.u8(0..3) {
            let wait = Duration::from_millis(random.u64(20..900));
            killed += u64::from(case.killed_after(wait));
        }
        case.sandbox.faults().clear();
        if random.u8(0..5) == 0 {
            case.lose_store();
        }
        doubtful += case.home.json(0, &["status"])["psa_status"]["Posting"].as_u64().unwrap_or(0);
        case.ends_clean(&format!("seed {seed} of the kills with faults"));
    }
    assert!(killed > 0, "every run was done before it was killed");
    println!(
        "killed with all faults on: {killed} kills in {kills} cases, {doubtful} lines in doubt"
    );
}
