//! What commands change stands in the System Logs: who, what, old and new; never a secret.

mod support;

use serde_json::Value;
use support::{Bench, Home};

/// The entries about changes, oldest first: title and details.
fn changes(home: &Home) -> Vec<(String, String)> {
    let logs = home.json(0, &["logs", "--limit", "1000", "--search", "by: "]);
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let entries = logs["entries"].as_array().expect("entries");
    entries.iter().map(|e| (text(e, "title"), text(e, "details"))).collect()
}

/// The change that a command made: its details, by title.
#[track_caller]
fn last(home: &Home, title: &str) -> Vec<String> {
    let all = changes(home);
    let (_, details) = all
        .iter()
        .rev()
        .find(|(t, _)| t.contains(title))
        .unwrap_or_else(|| panic!("no entry with \u{201c}{title}\u{201d}: {all:#?}"));
    details.lines().map(str::to_owned).collect()
}

fn as_user(bench: &mut Bench, name: &str) {
    bench.home.env.push(("USER".to_owned(), name.to_owned()));
}

#[test]
fn mappings_are_logged_with_old_and_new() {
    let mut bench = Bench::tidy();
    as_user(&mut bench, "alice");
    bench.home.json(0, &["pull"]);
    bench.home.json(0, &["load"]);
    let list = bench.home.json(0, &["map", "list", "--kind", "organization"]);
    let id = list["mappings"][0]["platform_id"].as_str().expect("an id").to_owned();
    let name = list["mappings"][0]["platform_name"].as_str().expect("a name").to_owned();
    let company = bench.sandbox.inspect().companies()[0].clone();
    let number = company.id.to_string();

    let args = ["map", "set", "organization", &id, "--psa", &number, "--excluded", "no"];
    bench.home.json(0, &args);
    let details = last(&bench.home, "companies of");
    // Whoever sets `USER` is not believed: the system knows who it is.
    let me = addendum::worker::who();
    assert_eq!(details[0], format!("by: {me} with `addendum map set`"));
    assert_eq!(details[1], "old: none");
    assert!(details[2].starts_with(&format!("new: {number} ")), "{details:?}");
    assert!(details[2].contains(&company.name), "{details:?}");
    let excluded = last(&bench.home, "is excluded from sync");
    assert_eq!(excluded[1..], ["old: yes", "new: no"]);
    let all = changes(&bench.home);
    assert_eq!(all.len(), 2, "{all:#?}");
    assert!(all[0].0.contains(&id) && all[0].0.contains(&name), "{all:#?}");
    // What changes nothing is not told.
    bench.home.json(0, &args);
    assert_eq!(changes(&bench.home).len(), 2);
    bench.home.json(0, &["map", "set", "organization", &id, "--clear"]);
    assert_eq!(last(&bench.home, "companies of")[2], "new: none");

    // A file: each change of it, and the file.
    bench.map();
    let summary = last(&bench.home, "Mappings imported");
    assert_eq!(summary[0], format!("by: {me} with `addendum map import`"));
    assert!(summary[1].contains("mapping.csv"), "{summary:?}");
    let product = last(&bench.home, "product of");
    assert_eq!(product[0], format!("by: {me} with `addendum map import`"));
    assert_eq!(product[1], "old: none");
    let told = changes(&bench.home).len();
    bench.map();
    assert_eq!(changes(&bench.home).len(), told, "the same file again changes nothing");
}

#[test]
fn choices_of_a_line_are_logged_with_the_line() {
    let bench = Bench::ready();
    let plan = bench.home.json(0, &["plan"]);
    let line = plan["actions"]
        .as_array()
        .expect("actions")
        .iter()
        .find(|a| a["kind"] == "create" && !a["lines"].as_array().is_none_or(Vec::is_empty))
        .and_then(|a| a["lines"][0].as_str())
        .expect("a line")
        .to_owned();
    let args = ["map", "set", "line", &line, "--start", "2026-11-02", "--end", "none"];
    bench.home.json(0, &args);
    assert_eq!(last(&bench.home, "start of line")[1..], ["old: by rule", "new: 2026-11-02"]);
    assert_eq!(last(&bench.home, "end of line")[1..], ["old: by rule", "new: open"]);
    let told = changes(&bench.home).len();
    bench.home.json(0, &args);
    assert_eq!(changes(&bench.home).len(), told);
    bench.home.json(0, &["map", "set", "line", &line, "--start", "2026-11-03"]);
    assert_eq!(last(&bench.home, "start of line")[1..], ["old: 2026-11-02", "new: 2026-11-03"]);
    let logs = bench.home.json(0, &["logs", "--search", "start of line"]);
    assert_eq!(logs["entries"][0]["line"], line.as_str());
}

#[test]
fn credentials_and_their_settings_are_logged_without_a_secret() {
    let mut home = Home::new();
    home.secrets.push("privateKEYprivate".to_owned());
    home.env.push(("ADDENDUM_VAULT_PASSPHRASE".to_owned(), "a long passphrase".to_owned()));
    home.env.push(("USER".to_owned(), "bob\u{1b}[31m".to_owned()));
    let guid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
    let keys = "publicKEYpublic\nprivateKEYprivate\n";
    let set = |company: &str| {
        let args = [
            "credentials",
            "set",
            "--site",
            "na.example.com",
            "--company-id",
            company,
            "--client-id",
            guid,
            "--json",
        ];
        home.run_with(&args, keys).exits(0);
    };
    set("acme");
    assert_eq!(last(&home, "setting connectwise.company_id")[1..], ["old: not set", "new: acme"]);
    let private = last(&home, "Changed: private key");
    let me = addendum::worker::who();
    assert_eq!(private[0], format!("by: {me} with `addendum credentials set`"));
    assert_eq!(private[1..], ["old: not set", "new: set anew, in the encrypted file"]);
    set("other");
    assert_eq!(last(&home, "setting connectwise.company_id")[1..], ["old: acme", "new: other"]);
    assert_eq!(last(&home, "Changed: public key")[1], "old: set, in the encrypted file");
    home.json(0, &["credentials", "delete"]);
    let gone = last(&home, "Changed: private key");
    assert!(gone[0].contains("credentials delete"), "{gone:?}");
    assert_eq!(gone[2], "new: not set");
    for entry in changes(&home) {
        assert!(!entry.1.contains("KEY"), "{entry:?}");
    }
}
