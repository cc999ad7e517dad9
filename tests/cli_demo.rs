//! `demo`: the whole month without a screen.

mod support;

use support::{Home, equation_closes, has_fields};

#[test]
fn the_demo_closes_a_month_to_the_cent() {
    let home = Home::new();
    let document = home.json(0, &["demo", "--no-screen", "--lines", "60"]);
    has_fields(&document, &["proven", "home", "site", "money", "psa", "steps"]);
    assert_eq!(document["proven"], true);
    equation_closes(&document["money"]);
    let steps = document["steps"].as_array().expect("steps");
    for word in ["credentials", "pull", "load", "map", "plan", "sync", "reconcile", "status"] {
        let step = steps
            .iter()
            .find(|s| {
                s["command"].as_str().is_some_and(|c| c.starts_with(&format!("addendum {word}")))
            })
            .unwrap_or_else(|| panic!("no step runs {word}"));
        assert_eq!(step["document"]["schema"], format!("addendum/{word}/1"), "{step:#}");
    }
    // It has a home of its own: nothing of the user's was touched.
    assert!(home.files().is_empty(), "{:?}", home.files());
    let throw_away = std::path::PathBuf::from(document["home"].as_str().expect("a path"));
    assert!(throw_away.join("data/default/addendum.db").exists());
    std::fs::remove_dir_all(throw_away).expect("it can be deleted");
}

#[test]
fn the_demo_prints_each_step_as_a_person_would_run_it() {
    let home = Home::new();
    let ran = home.run(&["demo", "--no-screen", "--lines", "40"]).exits(0);
    for text in [
        "$ addendum credentials set",
        "$ addendum sync --yes",
        "Proven to the cent",
        "Where things are",
    ] {
        assert!(ran.stdout.contains(text), "`{text}` is missing in {}", ran.stdout);
    }
    let folder = ran.stdout.lines().find_map(|l| l.split("home is at ").nth(1)).expect("its home");
    std::fs::remove_dir_all(folder).expect("it can be deleted");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    home.refused(2, "sandbox-not-started", &["demo", "--no-screen", "--port", &port]);
}
