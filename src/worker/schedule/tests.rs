//! When the schedule begins a run: rules on their own, and the loop itself on a clock that jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;

use super::*;
use crate::config::{Paths, Settings};
use crate::domain::clock::Clock;
use crate::store::Store;
use crate::vault::Vault;
use crate::worker::Profile;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_next_run_is_at_midnight_utc() {
    for (after, next) in [
        ("2026-11-21T08:30:00Z", "2026-11-22T00:00:00Z"),
        ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z"),
        ("2028-02-28T12:00:00Z", "2028-02-29T00:00:00Z"),
        // Summer time changes nothing: 00:00 UTC is 00:00 UTC.
        ("2026-03-29T00:30:00Z", "2026-03-30T00:00:00Z"),
    ] {
        assert_eq!(next_run(at(after)), at(next), "{after}");
    }
}

#[test]
fn a_missed_run_is_due_at_once_and_only_once() {
    let now = at("2026-11-21T08:30:00Z");
    let missed = due(Some(at("2026-11-18T00:00:02Z")), now);
    assert!(missed <= now);
    // Having run now, the next one is tonight, though three were missed.
    assert_eq!(due(Some(now), now), at("2026-11-22T00:00:00Z"));
    assert_eq!(due(None, now), at("2026-11-22T00:00:00Z"));
}

#[test]
fn a_clock_set_back_does_not_stop_the_schedule() {
    let now = at("2026-11-21T08:30:00Z");
    assert_eq!(due(Some(at("2027-05-01T00:00:00Z")), now), at("2026-11-22T00:00:00Z"));
}

/// A clock of its own: it goes with the runtime's, which is paused and jumps from timer to timer,
/// and is set forward and back by hand.
#[derive(Clone)]
struct Wall {
    start: Timestamp,
    begun: Instant,
    set: Arc<AtomicI64>,
}

impl Wall {
    fn starting(start: &str) -> Self {
        Self { start: at(start), begun: Instant::now(), set: Arc::default() }
    }

    fn now(&self) -> Timestamp {
        let set = SignedDuration::from_secs(self.set.load(Ordering::Relaxed));
        let gone = SignedDuration::try_from(self.begun.elapsed()).unwrap();
        self.start + set + gone
    }

    fn jump(&self, hours: i64) {
        self.set.fetch_add(hours * 3_600, Ordering::Relaxed);
    }
}

/// Runs the schedule, switched off, and gives the moments at which it would have begun a run.
/// `waiting` is called with the number of each wait; false ends it.
async fn times(wall: Wall, mut waiting: impl FnMut(usize, &Wall) -> bool) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::find(Some(folder.path()), "default").unwrap();
    let store = Store::open(&paths.store).await.unwrap();
    let vault = Vault::new(&paths, "default");
    let mut profile = Profile::from_parts("default", paths, Settings::default(), store, vault);
    let told = wall.clone();
    profile.clock = Clock::of(move || told.now());
    let mut worker = Worker::start(profile);
    let stop = worker.stop();
    let (mut begun, mut waits) = (Vec::new(), 0);
    let ended = daemon(&mut worker, &mut |event| match event {
        DaemonEvent::Waiting(_) => {
            waits += 1;
            if !waiting(waits, &wall) {
                stop.cancel();
            }
        }
        DaemonEvent::Off => begun.push(wall.now()),
        other => panic!("{other:?}"),
    })
    .await;
    ended.unwrap();
    // It looks at the clock twice a minute.
    begun.iter().map(|t| t.round(jiff::Unit::Hour).unwrap().to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_midnight_is_met_over_month_ends_and_leap_days() {
    let nights =
        |start: &'static str, count: usize| times(Wall::starting(start), move |n, _| n <= count);
    assert_eq!(
        nights("2026-11-29T22:10:00Z", 3).await,
        ["2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"]
    );
    assert_eq!(
        nights("2028-02-28T00:00:00Z", 3).await,
        ["2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z", "2028-03-02T00:00:00Z"]
    );
    assert_eq!(nights("2026-12-31T23:59:59Z", 1).await, ["2027-01-01T00:00:00Z"]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_over_midnight_makes_up_for_it_once() {
    // Asleep from 23:00 to 08:00, over a month's end: the timers stood still, the wall did not.
    let slept = times(Wall::starting("2026-11-30T23:00:00Z"), |n, wall| {
        if n == 1 {
            wall.jump(9);
        }
        n <= 2
    });
    assert_eq!(slept.await, ["2026-12-01T08:00:00Z", "2026-12-02T00:00:00Z"]);
    // Five nights asleep are one run.
    let long = times(Wall::starting("2026-11-27T12:00:00Z"), |n, wall| {
        if n == 1 {
            wall.jump(5 * 24);
        }
        n <= 2
    });
    assert_eq!(long.await, ["2026-12-02T12:00:00Z", "2026-12-03T00:00:00Z"]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_or_was_far_ahead_goes_on_with_the_next_midnight() {
    // Two hours back, just after a run: that night is not done twice.
    let back = times(Wall::starting("2026-11-21T23:00:00Z"), |n, wall| {
        if n == 2 {
            wall.jump(-2);
        }
        n <= 4
    });
    assert_eq!(back.await, ["2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"]);
    // A year ahead, noticed and put right: the year is not waited for.
    let ahead = times(Wall::starting("2026-11-21T12:00:00Z"), |n, wall| {
        match n {
            1 => wall.jump(365 * 24),
            2 => wall.jump(-365 * 24),
            _ => {}
        }
        n <= 4
    });
    let expected = ["2027-11-21T12:00:00Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"];
    assert_eq!(ahead.await, expected);
}
