//! The sandbox withdraws rights one by one, and `verify` is held against each of them.

use addendum::sandbox::{Kind, Rule, SandboxOptions};
use serde_json::Value;

use crate::support::{Bench, Home};

fn bench() -> Bench {
    Bench::with(SandboxOptions { companies: 5, lines: 10, tidy: true, ..Default::default() })
}

/// `Module / Permission / Level` of all checks in this state.
fn in_state(document: &Value, state: &str) -> Vec<String> {
    let text = |check: &Value, field: &str| check[field].as_str().unwrap().to_owned();
    document["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["state"] == state)
        .map(|c| {
            assert!(!text(c, "needed_for").is_empty() && !text(c, "found").is_empty(), "{c:#}");
            // How to grant it is said exactly where it is needed.
            assert_eq!(text(c, "remedy").is_empty(), state == "ok", "{c:#}");
            format!("{} / {} / {}", text(c, "module"), text(c, "permission"), text(c, "level"))
        })
        .collect()
}

const TABLES: [&str; 4] = [
    "System / Table Setup (Agreement Types) / Inquire All",
    "System / Table Setup (Billing Cycle) / Inquire All",
    "System / Table Setup (Currency) / Inquire All",
    "System / Table Setup (Custom Fields) / Inquire All",
];

/// What is withdrawn, and which checks must say so.
fn rights() -> Vec<(&'static str, Vec<&'static str>)> {
    let agreements = [
        "Finance / Agreements / Inquire All",
        "Finance / Agreements / Add All",
        "Finance / Agreements / Edit All",
        "Finance / Agreements / Delete All",
    ];
    vec![
        (
            "Companies/Company Maintenance/Inquire",
            vec!["Companies / Company Maintenance / Inquire All"],
        ),
        ("Companies/Contacts/Inquire", vec!["Companies / Contacts / Inquire All"]),
        ("Finance/Agreements/Inquire", vec![agreements[0]]),
        ("Finance/Agreements/Add", vec![agreements[1]]),
        ("Finance/Agreements/Edit", vec![agreements[2]]),
        ("Finance/Agreements/Delete", vec![agreements[3]]),
        ("Finance/Agreements", agreements.to_vec()),
        (
            "Procurement/Product Catalog/Inquire",
            vec!["Procurement / Product Catalog / Inquire All"],
        ),
        ("System/Table Setup/Inquire", TABLES.to_vec()),
    ]
}

#[test]
fn each_right_that_is_withdrawn_is_the_one_that_is_missing() {
    let bench = bench();
    let all = bench.home.json(0, &["verify"]);
    let whole = in_state(&all, "ok").len();
    assert_eq!(all["checks"].as_array().unwrap().len(), whole, "all are granted: {all:#}");
    for (withdrawn, wanted) in rights() {
        for level in ["", "=My"] {
            bench.sandbox.faults().withdraw(&[&format!("{withdrawn}{level}")]).unwrap();
            let document = bench.home.json(5, &["verify"]);
            assert_eq!(in_state(&document, "missing"), wanted, "{withdrawn}{level}: {document:#}");
            assert_eq!(in_state(&document, "ok").len(), whole - wanted.len(), "{document:#}");
        }
        let text = bench.home.run(&["verify"]).exits(5).stdout;
        assert!(text.contains(&format!(" {} missing", wanted.len())), "{text}");
        assert!(text.contains("Security Roles"), "{text}");
    }
    bench.sandbox.faults().withdraw(&[]).unwrap();
    assert_eq!(bench.home.json(0, &["verify"])["checks"], all["checks"]);
}

#[test]
fn a_role_that_is_not_shown_leaves_what_only_a_write_would_prove() {
    let bench = bench();
    let faults = bench.sandbox.faults();
    faults.add(Rule::new(Kind::Forbidden).on("GET", "*/mySecurity")).unwrap();
    let writes = [
        "Finance / Agreements / Add All",
        "Finance / Agreements / Edit All",
        "Finance / Agreements / Delete All",
    ];
    let document = bench.home.json(0, &["verify"]);
    assert_eq!(in_state(&document, "unproven"), writes, "{document:#}");
    assert!(in_state(&document, "missing").is_empty(), "{document:#}");
    assert!(bench.home.run(&["verify"]).exits(0).stdout.contains(" 3 unproven"));
    // What can be read is proven or missing all the same; an empty list is neither.
    for (withdrawn, wanted) in rights() {
        let reads: Vec<_> = wanted.iter().copied().filter(|w| w.contains("Inquire")).collect();
        faults.withdraw(&[withdrawn]).unwrap();
        let exit = if reads.is_empty() { 0 } else { 5 };
        let document = bench.home.json(exit, &["verify"]);
        assert_eq!(in_state(&document, "missing"), reads, "{withdrawn}: {document:#}");
        assert!(writes.iter().all(|w| in_state(&document, "unproven").contains(&(*w).into())));
        if let [one] = reads[..] {
            faults.withdraw(&[&format!("{withdrawn}=My")]).unwrap();
            let document = bench.home.json(0, &["verify"]);
            assert!(in_state(&document, "unproven").contains(&one.into()), "{document:#}");
        }
    }
}

#[test]
fn a_setup_table_that_is_hidden_on_its_own_is_found() {
    let bench = bench();
    for (table, row, state) in [
        ("Agreement Types", TABLES[0], "missing"),
        ("Billing Cycle", TABLES[1], "missing"),
        // These two may well be empty.
        ("Currency", TABLES[2], "unproven"),
        ("Custom Fields", TABLES[3], "unproven"),
    ] {
        bench.sandbox.faults().hide(&[table]).unwrap();
        let document = bench.home.json(if state == "missing" { 5 } else { 0 }, &["verify"]);
        assert_eq!(in_state(&document, state), [row], "{document:#}");
        let remedy = document["checks"].as_array().unwrap().iter().find(|c| c["state"] == state);
        assert!(remedy.unwrap()["remedy"].as_str().unwrap().contains(table), "{document:#}");
    }
    assert!(bench.sandbox.faults().hide(&["Billing"]).is_err());
}

#[test]
fn only_what_is_switched_on_is_asked_for() {
    let bench = bench();
    bench.home.set(&[
        ("billing.recurring", "per-line".into()),
        ("billing.auto_cancel", "off".into()),
        ("billing.identity", "serialNumber".into()),
    ]);
    bench.sandbox.faults().withdraw(&["Finance/Agreements/Edit"]).unwrap();
    bench.sandbox.faults().hide(&["Custom Fields"]).unwrap();
    let document = bench.home.json(0, &["verify"]);
    let ok = in_state(&document, "ok");
    assert_eq!(document["checks"].as_array().unwrap().len(), ok.len(), "{document:#}");
    assert!(!ok.iter().any(|c| c.contains("Edit") || c.contains("Custom Fields")), "{ok:?}");
}

/// Wrong keys are tried once: a dozen tries could lock the member.
#[test]
fn keys_that_are_refused_are_tried_once_and_rights_are_asked_at_the_same_time() {
    let mut bench = bench();
    bench.home.json(0, &["verify"]);
    bench.sandbox.forget_requests();
    bench.sandbox.faults().latency(200);
    bench.home.json(0, &["verify"]);
    let all = bench.sandbox.requests();
    let most = addendum::sandbox::most_in_flight(&all);
    assert!(most >= 3, "the checks go side by side: {most}");
    bench.sandbox.faults().latency(0);
    replace(&mut bench.home, "ADDENDUM_CW_PRIVATE_KEY", "wrongKEYwrong");
    bench.sandbox.forget_requests();
    bench.home.refused(5, "bad-keys", &["verify"]);
    assert_eq!(bench.sandbox.count(|r| r.path.contains("/apis/3.0/")), 1);
}

/// Sets a variable of all runs in a home.
pub fn replace(home: &mut Home, name: &str, value: &str) {
    home.env.retain(|(n, _)| n != name);
    home.env.push((name.into(), value.into()));
}
