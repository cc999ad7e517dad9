//! `addendum source list`, `show` and `check`.

use crate::sample;
use crate::support::Home;

#[test]
fn profiles_are_listed_and_shown() {
    let home = Home::new();
    let document = home.json(0, &["source", "list"]);
    let names: Vec<&str> = document["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["name"].as_str())
        .collect();
    for name in ["canonical", "partner-center", "partner-center-usage", "pax8", "sherweb"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let text = home.run(&["source", "list"]).exits(0).stdout;
    assert!(text.contains("source.leave_out: azure") && text.contains("tag:NAME"), "{text}");
    let shown = home.run(&["source", "show", "partner-center"]).exits(0).stdout;
    assert!(shown.contains("cycleCharge = \"CycleFee\""), "{shown}");
    // What is shown is a profile that can be used.
    let own = home.file("own.toml", shown);
    home.json(0, &["source", "check", &own, &sample("license-2022.csv")]);
    let refused = home.refused(2, "usage", &["source", "show", "partner"]);
    assert!(refused["remedy"].as_str().unwrap().contains("partner-center"), "{refused:#}");
}

#[test]
fn a_check_shows_the_first_lines_and_loads_nothing() {
    let home = Home::new();
    let file = sample("license-2022.csv");
    let document = home.json(0, &["source", "check", "partner-center", &file, "--lines", "3"]);
    assert_eq!(document["count"], 25);
    assert_eq!(document["lines"].as_array().map(Vec::len), Some(3));
    let line = &document["lines"][0];
    assert_eq!((&line["total"], &line["charge_type"]), (&"100.80".into(), &"PurchaseFee".into()));
    assert!(line["line"].as_str().unwrap().starts_with("h-"), "{line:#}");
    assert_eq!(line["extra"]["organization_domain"], "northwinddental.onmicrosoft.com");
    let columns = document["files"][0]["columns"].as_array().unwrap();
    let total = columns.iter().find(|c| c["column"] == "Subtotal").unwrap();
    assert_eq!(total["fields"], serde_json::json!(["total"]));
    assert_eq!(document["files"][0]["date_order"], "mdy");
    let text = home.run(&["source", "check", "partner-center", &file]).exits(0).stdout;
    assert!(text.contains("25 lines would be loaded") && text.contains("Subtotal"), "{text}");
    let wide = text.lines().filter(|l| !l.contains(&*file)).find(|l| l.chars().count() > 82);
    assert_eq!(wide, None, "{text}");
    assert_eq!(home.json(0, &["status"])["lines"], 0);
}

#[test]
fn a_check_tells_what_would_be_refused_as_load_does() {
    let home = Home::new();
    let text = std::fs::read_to_string(sample("license-2022.csv")).unwrap();
    let bad = home.file("bad.csv", text.replacen(",Subtotal,", ",Net,", 1));
    let document = home.json(2, &["source", "check", "partner-center", &bad]);
    let problem = &document["problems"][0];
    assert_eq!(
        (&problem["code"], &problem["column"]),
        (&"missing-column".into(), &"subtotal".into())
    );
    let told = home.run(&["source", "check", "partner-center", &bad]).exits(2).stdout;
    assert!(told.contains("missing-column") && told.contains("remedy"), "{told}");
    home.set(&[("source.profile", "partner-center".into())]);
    let refused = home.refused(2, "refused-input", &["load", "--from", &bad]);
    assert_eq!(refused["problems"], document["problems"]);
    home.set(&[("source.profile", "partner-centre".into())]);
    let unknown = home.refused(4, "unknown-source-profile", &["load", "--from", &bad]);
    assert!(unknown["remedy"].as_str().unwrap().contains("partner-center"), "{unknown:#}");
}
