//! From an empty home to a posted month by the keyboard alone, following what the screen says.

use std::collections::BTreeSet;

use addendum::sandbox::{Sandbox, SandboxOptions};

use crate::person::Person;
use crate::support::{Home, equation_closes};

/// A sandbox for this test, and a home with nothing in it but a passphrase for its secrets.
fn nothing_yet() -> (tokio::runtime::Runtime, Sandbox, Home) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let options =
        SandboxOptions { companies: 12, lines: 40, tidy: true, ..SandboxOptions::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    let mut home = Home::new();
    home.env.push(("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse".into()));
    home.secrets = vec![sandbox.private_key().into(), sandbox.source_secret().into()];
    (runtime, sandbox, home)
}

#[test]
fn from_an_empty_home_to_a_posted_month() {
    let (_runtime, sandbox, home) = nothing_yet();
    let mut person = Person::opens(&home);

    // The app says where to begin, and is there already.
    person.sees("please enter the ConnectWise credentials");
    person.follows("Open");
    for text in [
        sandbox.site().as_str(),
        sandbox.company_id(),
        sandbox.client_id(),
        sandbox.public_key(),
        sandbox.private_key(),
        sandbox.source_secret(),
    ] {
        person.presses(text);
        person.presses("\r");
    }
    person.follows("Test Connection");
    person.sees("Connected to http://127.0.0.1");
    person.follows("Save");
    person.sees("12 companies (12 new");
    person.follows("Verify Permissions");
    person.sees("every permission that is needed is there");

    // What is missing next is said on the same page.
    person.sees("navigate to the Configuration tab and select an Agreement Type");
    person.goes_to_tab("Configuration");
    person.is_on("choose one of ");
    person.follows("Open");
    person.sees(sandbox.agreement_type());
    person.presses(sandbox.agreement_type());
    person.sees("2 of 5");
    person.presses("\r");
    person.sees(&format!("saved: Agreement Type: {}", sandbox.agreement_type()));
    person.goes_to("Location");
    person.follows("Open");
    person.presses(&sandbox.platform_url());
    person.presses("\r");
    person.sees("saved: Location");

    // From here on the dashboard says what to do next, and Enter leads there.
    follows_the_dashboard(&mut person, "Load invoice lines");
    person.sees("Load Invoice Lines");
    person.presses("\r");
    person.sees("lines read");
    map_everything(&mut person);
    post(&mut person);
    person.quits();
    assert_posted(&sandbox, &home);
}

/// Organizations and offers, as the dashboard asks for them.
fn map_everything(person: &mut Person) {
    follows_the_dashboard(person, "2 organizations are excluded from sync");
    person.sees("/excluded:yes");
    person.sees("Kestrel");
    // All of them at once: marked, then one key.
    person.presses("A");
    person.sees("2 marked");
    person.follows("Excluded yes/no");
    person.sees("2 changed; u takes it back");

    // One by one: the suggestion, and the picker.
    follows_the_dashboard(person, "Map 2 organizations");
    person.sees("%? Kestrel");
    person.follows("Accept suggestion");
    person.sees("1 of 2 organizations");
    person.follows("Map");
    person.sees("PSA Organization for");
    person.presses("Fairhaven");
    person.sees("1 of ");
    person.presses("\r");
    person.sees("0 of 2 organizations");

    // What is sure by itself, from the palette; then the rest.
    follows_the_dashboard(person, "Map 16 offers");
    person.sees("%? ");
    person.presses(":");
    person.presses("map auto");
    person.sees("Accept every suggestion that is sure.");
    person.presses("\r");
    person.sees("mapped by name");
    person.presses("A");
    person.sees(" marked");
    person.follows("Accept suggestion");
    person.sees("0 of 16 offers");
}

/// Carries out what the plan says, and has it proved.
fn post(person: &mut Person) {
    follows_the_dashboard(person, "Plan the sync of 40 lines");
    person.sees("a carries it out");
    person.follows("Carry out");
    person.follows("Write to ConnectWise");
    person.sees("run 1: ");
    person.sees(", 0 failed");
    person.follows("Reconcile");
    person.sees("reconciled: the PSA has exactly what was posted");
    person.goes_to_tab("Dashboard");
    person.sees("All is posted");
}

/// Goes to the dashboard and does the next thing on it.
#[track_caller]
fn follows_the_dashboard(person: &mut Person, what: &str) {
    person.goes_to_tab("Dashboard");
    person.sees(what);
    person.goes_to(what);
    person.follows("Open");
}

/// Every line of the sample is on an agreement, each once and to the cent.
fn assert_posted(sandbox: &Sandbox, home: &Home) {
    let additions = sandbox.inspect().all_marked();
    let markers: BTreeSet<&str> =
        additions.iter().filter_map(|a| a.serial_number.as_deref()).collect();
    assert!(!markers.is_empty() && markers.len() == additions.len(), "a marker stands twice");
    let proof = home.json(0, &["reconcile"]);
    for what in ["missing", "doubled", "drifted"] {
        assert_eq!(proof[what].as_array().map(Vec::len), Some(0), "{proof:#}");
    }
    let sample = sandbox.sample();
    let lines = sample.periods().into_iter().flat_map(|month| sample.lines(month));
    assert_eq!(equation_closes(&proof["money"]), lines.map(|l| l.total).sum());
    for row in proof["money"].as_array().into_iter().flatten() {
        assert_eq!(row["posted"], row["source"], "{proof:#}");
    }
    let status = home.json(0, &["status"]);
    assert_eq!(status["blocks"].as_array().map(Vec::len), Some(0), "{status:#}");
}
