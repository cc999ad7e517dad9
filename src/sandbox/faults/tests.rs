use std::time::{Duration, Instant};

use super::switch::path_matches;
use super::*;

fn switch(faults: Faults) -> FaultSwitch {
    FaultSwitch::new(7, faults).unwrap()
}

#[test]
fn patterns() {
    for (pattern, path) in [
        ("additions", "/x/additions/1"),
        ("*/additions", "/finance/agreements/1/additions"),
        ("/platform*", "/platform/invoice-lines"),
        ("*/agreements/*/additions*", "/v4/agreements/12/additions/3"),
        ("*", "/"),
    ] {
        assert!(path_matches(pattern, path), "{pattern} {path}");
    }
    for (pattern, path) in [
        ("*/additions", "/finance/agreements/1/additions/2"),
        ("/platform*", "/v4/platform"),
        ("*/a/*/b", "/x/b"),
        ("additions", "/addition"),
    ] {
        assert!(!path_matches(pattern, path), "{pattern} {path}");
    }
}

#[test]
fn rules_wait_count_and_stop() {
    let s = switch(
        Faults::default()
            .with(Rule::new(Kind::ResetAfterCommit).on("post", "*/additions").after(2).times(3)),
    );
    let now = Instant::now();
    let hits: Vec<bool> =
        (0..7).map(|_| s.decide("POST", "/a/additions", now).reset_after).collect();
    assert_eq!(hits, [false, false, true, true, true, false, false]);
    assert!(!s.decide("GET", "/a/additions", now).reset_after);
    assert_eq!(s.fired()[&Kind::ResetAfterCommit], 3);
}

#[test]
fn chance_follows_from_the_seed() {
    let hits = |seed: u64| -> Vec<bool> {
        let faults = Faults::default().with(Rule::new(Kind::Throttle).chance(0.3));
        let s = FaultSwitch::new(seed, faults).unwrap();
        let now = Instant::now();
        (0..1000).map(|_| s.decide("GET", "/", now).throttle.is_some()).collect()
    };
    assert_eq!(hits(1), hits(1));
    assert_ne!(hits(1), hits(2));
    let share = hits(1).iter().filter(|h| **h).count();
    assert!((230..370).contains(&share), "{share}");
}

#[test]
fn the_minutes_window_slides() {
    let s = switch(Faults { requests_per_minute: 2, ..Faults::default() });
    let start = Instant::now();
    let at = |ms: u64| s.decide("GET", "/", start + Duration::from_millis(ms)).throttle;
    assert_eq!(at(0), None);
    assert_eq!(at(30_000), None);
    assert_eq!(at(30_500), Some(30));
    // Refused requests do not count; after the wait one is welcome.
    assert_eq!(at(60_000), None);
    assert_eq!(at(60_001), Some(30));
}

#[test]
fn latency_adds_up_and_is_split_around_the_work() {
    let faults = Faults { latency_ms: 100, ..Faults::default() }
        .with(Rule::new(Kind::Latency).on("POST", "/x").lasting(50));
    let s = switch(faults);
    let now = Instant::now();
    assert_eq!(s.decide("GET", "/x", now).half_latency, Duration::from_millis(50));
    assert_eq!(s.decide("POST", "/x", now).half_latency, Duration::from_millis(75));
    s.latency(0);
    assert_eq!(s.decide("GET", "/x", now).half_latency, Duration::ZERO);
}

#[test]
fn files_are_toml_or_json() {
    let toml = "
        latency_ms = 5
        withdrawn = [\"Finance/Agreements/Add\"]
        [[rules]]
        kind = \"reset-after-commit\"
        method = \"POST\"
        path = \"*/additions\"
        probability = 0.1
        limit = 5
    ";
    let read = Faults::parse(toml).unwrap();
    assert_eq!(
        read.rules[0],
        Rule::new(Kind::ResetAfterCommit).on("POST", "*/additions").chance(0.1).times(5)
    );
    let json = serde_json::to_string(&read).unwrap();
    assert_eq!(Faults::parse(&json).unwrap(), read);
    for bad in [
        "latency = 5",
        "{\"rules\": [{\"kind\": \"explode\"}]}",
        "{\"rules\": [{\"kind\": \"throttle\", \"probability\": 2}]}",
        "{\"rules\": [{\"kind\": \"server-error\", \"status\": 200}]}",
        "{\"rules\": [{\"kind\": \"throttle\", \"pathh\": \"x\"}]}",
        "withdrawn = [\"Finance/Everything\"]",
        "withdrawn = [\"Finance/Agreements/Fly\"]",
        "{",
    ] {
        assert!(Faults::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn bad_faults_leave_the_old_ones() {
    let s = switch(Faults { latency_ms: 3, ..Faults::default() });
    assert!(s.set(Faults::default().with(Rule::new(Kind::Throttle).chance(-1.0))).is_err());
    assert!(s.add(Rule::new(Kind::Throttle).chance(2.0)).is_err());
    assert!(s.withdraw(&["No/Such"]).is_err());
    assert_eq!(s.current(), Faults { latency_ms: 3, ..Faults::default() });
}

#[test]
fn the_shipped_example_is_read() {
    let faults = Faults::parse(include_str!("../../../assets/sandbox-faults.toml")).unwrap();
    assert_eq!(faults.rules.len(), 3);
    // Its table names every kind.
    let text = include_str!("../../../assets/sandbox-faults.toml");
    for kind in [
        Kind::Latency,
        Kind::Throttle,
        Kind::ServerError,
        Kind::ServerErrorAfterCommit,
        Kind::ResetBeforeCommit,
        Kind::ResetAfterCommit,
        Kind::Trickle,
        Kind::Truncate,
        Kind::ListLag,
        Kind::IgnoreFilters,
        Kind::PatchIgnored,
        Kind::CurrencyIgnored,
        Kind::Forbidden,
    ] {
        let name = serde_json::to_value(kind).unwrap();
        assert!(text.contains(&format!("# {} ", name.as_str().unwrap())), "{name}");
    }
}
