//! The simulation in the tests: seeds that failed once, some that never did, and proof that it sees
//! what it is there to see. `examples/simulate.rs` runs as many seeds as one likes.

mod sim;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sim::{Report, Sabotage, Stage};

/// Seeds that failed once, with what they found.
const FOUND: &str = include_str!("seeds.txt");

/// How many seeds are run; without it a few, since tests are not optimised (`.ci/run` runs 20,000
/// that are).
const SEEDS: &str = "ADDENDUM_TEST_SIMULATION_SEEDS";

/// Runs seeds on all cores, and gives what failed.
fn run(seeds: &[u64], sabotage: Sabotage) -> Vec<Report> {
    let next = AtomicU64::new(0);
    let all = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let stage = Stage::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(seed) = usize::try_from(at).ok().and_then(|at| seeds.get(at)) else {
                        break;
                    };
                    let report = stage.run(*seed, false, sabotage);
                    all.lock().unwrap_or_else(PoisonError::into_inner).push(report);
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[track_caller]
fn all_hold(reports: &[Report]) {
    let told: Vec<String> = reports
        .iter()
        .filter_map(|r| Some(format!("seed {}: {}", r.seed, r.failure.as_ref()?)))
        .collect();
    assert!(
        told.is_empty(),
        "{}\nsee one with `cargo run --profile simulation --example simulate -- --seed N`",
        told.join("\n")
    );
}

#[test]
fn seeds_that_found_something_once_find_nothing_now() {
    let seeds: Vec<u64> = FOUND
        .lines()
        .map(|l| l.split('#').next().unwrap_or_default().trim())
        .filter(|l| !l.is_empty())
        .map(|l| l.parse().expect("a line of seeds.txt is a number and a remark"))
        .collect();
    all_hold(&run(&seeds, Sabotage::None));
}

#[test]
fn whatever_happens_each_line_is_there_once_to_the_cent() {
    let count = std::env::var(SEEDS).ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let reports = run(&(0..count).collect::<Vec<u64>>(), Sabotage::None);
    all_hold(&reports);
    let sum = |of: fn(&Report) -> u64| reports.iter().map(of).sum::<u64>();
    println!(
        "{count} seeds: {} runs, {} requests, {} writes, {} additions, {} processes died",
        sum(|r| r.runs),
        sum(|r| r.requests),
        sum(|r| r.writes),
        sum(|r| r.additions),
        sum(|r| r.deaths)
    );
    assert!(sum(|r| r.additions) > count, "there is hardly anything in the PSA");
    assert!(sum(|r| r.deaths) > count / 10, "hardly any process dies");
    for mishap in sim::mishaps() {
        let met = reports.iter().any(|r| r.mishaps.contains_key(&mishap));
        assert!(met || count < 10_000, "{mishap} never happens");
    }
}

#[test]
fn one_seed_is_one_course_of_events() {
    let seeds: Vec<u64> = (0..40).collect();
    let courses = |mut reports: Vec<Report>| -> Vec<(u64, u64)> {
        reports.sort_by_key(|r| r.seed);
        reports.into_iter().map(|r| (r.seed, r.course)).collect()
    };
    let first = courses(run(&seeds, Sabotage::None));
    assert_eq!(first, courses(run(&seeds, Sabotage::None)));
}

#[test]
fn what_is_broken_on_purpose_is_seen() {
    let seeds: Vec<u64> = (0..200).collect();
    // What is wrong, and how its report begins.
    for (sabotage, sign) in [
        (Sabotage::NoSettle, "TWICE"),
        (Sabotage::NoLookUp, "TWICE"),
        (Sabotage::NoLease, "UNLEASED"),
        (Sabotage::NoApproval, "UNAPPROVED"),
        (Sabotage::Forgets, "AUDIT"),
        (Sabotage::Doubles, "TWICE"),
        (Sabotage::Loses, "MISSING"),
        (Sabotage::Reprices, "DIFFERS"),
        (Sabotage::Alters, "ALTERED"),
        (Sabotage::Orphans, "ORPHAN"),
    ] {
        let reports = run(&seeds, sabotage);
        let seen = reports.iter().filter_map(|r| r.failure.as_deref());
        let seen = seen.filter(|f| f.starts_with(sign)).count();
        println!("{sabotage:?}: {seen} of {} seeds see it", seeds.len());
        assert!(seen > 0, "{sabotage:?} is seen by no seed");
    }
}
