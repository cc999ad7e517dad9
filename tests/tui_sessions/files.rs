//! What the command line does with files and with the audit journal, done from within the app.

use crate::person::Person;
use crate::support::{Bench, csv, one_time};

/// Opens the palette and runs the command of this name.
#[track_caller]
fn runs(person: &mut Person, title: &str) {
    person.presses(":");
    person.sees("Commands");
    person.presses(title);
    person.waits(&format!("{title} under the cursor"), |t| {
        let row = usize::from(t.screen().cursor_position().0);
        let columns = t.screen().size().1.get();
        let lines: Vec<String> = t.screen().rows(0, columns).collect();
        lines.iter().skip(row).any(|l| l.contains(title))
    });
    person.presses("\r");
}

#[test]
fn mappings_go_out_to_a_file_and_come_back_from_it() {
    let bench = Bench::ready();
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    person.goes_to_tab("Organizations");
    person.sees("Kestrel");
    runs(&mut person, "Export mappings");
    person.sees("Export mappings: the CSV file");
    person.presses("\r");
    person.sees("rows written to mappings.csv");
    let file = bench.home.path().join("mappings.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("kind,platform_id,"), "{text}");

    // One organization is taken out of the sync in the file.
    let (first, rest) = text.split_once(",no,").unwrap();
    std::fs::write(&file, format!("{first},yes,{rest}")).unwrap();
    runs(&mut person, "Import mappings");
    person.sees("Import mappings: the CSV file");
    person.presses("\r");
    person.sees("excluded from no to yes");
    person.follows("Make this change");
    person.sees("1 values changed by the file");
    let listed = bench.home.json(0, &["map", "list", "--kind", "organization"]);
    let excluded = listed["mappings"].as_array().unwrap().iter().filter(|m| m["excluded"] == true);
    assert_eq!(excluded.count(), 1, "{listed:#}");
    person.presses("u");
    person.sees("taken back: import mappings");

    // The same file again says what is so already, but for what was undone.
    runs(&mut person, "Export mappings");
    person.sees("Export mappings: the CSV file");
    person.presses("\r");
    person.sees("mappings.csv is there already");
    person.follows("Replace it");
    person.sees("rows written to mappings.csv");
    assert_eq!(std::fs::read_to_string(&file).unwrap().matches(",yes,").count(), 0);
    person.quits();
}

#[test]
fn the_audit_journal_is_checked_and_exported() {
    let bench = Bench::ready();
    let status = bench.home.json(0, &["audit", "verify"]);
    let head = status["head"].as_str().unwrap();
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    person.goes_to_tab("Logs");
    runs(&mut person, "Verify audit journal");
    person.sees("A head that you kept elsewhere");
    person.presses(head);
    person.presses("\r");
    person.sees("The journal is whole");
    person.sees("The head that you kept is in it.");
    person.closes("Audit journal");
    runs(&mut person, "Export audit journal");
    person.sees("Export the audit journal: the file");
    person.presses("\r");
    person.sees("since when");
    person.presses("\r");
    person.sees("rows written to audit.jsonl");
    let text = std::fs::read_to_string(bench.home.path().join("audit.jsonl")).unwrap();
    let records: Vec<serde_json::Value> =
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(status["length"].as_u64(), Some(records.len() as u64), "{status:#}");
    assert_eq!(records.last().map(|r| r["hash"].as_str()), Some(Some(head)));

    // Nobody needs to vouch for what fits.
    runs(&mut person, "Vouch for audit");
    person.follows("Vouch");
    person.sees("the audit journal continues what was noted beside the store");

    // After a restored backup somebody does.
    let note = bench.home.files().into_iter().find(|f| f.ends_with("addendum.db.head")).unwrap();
    std::fs::remove_file(note).unwrap();
    runs(&mut person, "Vouch for audit");
    person.follows("Vouch");
    person.sees("on record: you vouch");
    person.quits();
}

/// Opens the plan that was saved, and wants it written.
fn carries_out_saved_plan(person: &mut Person) {
    runs(person, "Open saved plan");
    person.sees("Open a saved plan");
    person.presses("plan.json\r");
    person.sees("saved in plan.json");
    person.follows("Carry out");
    person.follows("Write to ConnectWise");
}

#[test]
fn a_plan_is_saved_opened_again_and_carried_out_and_nobody_approves_his_own() {
    let bench = Bench::ready();
    bench.home.set(&[("billing.approval", "two-person".into())]);
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    person.goes_to_tab("Sync");
    person.follows("Plan");
    person.sees("a carries it out");
    person.follows("Carry out");
    person.sees("Two persons are needed");
    person.presses("\u{15}plan.json\r");
    person.sees("saved to plan.json");
    runs(&mut person, "Approve a plan");
    person.sees("Approve: the saved plan");
    person.presses("plan.json\r");
    person.sees("made the plan, and nobody approves what he made himself");

    carries_out_saved_plan(&mut person);
    person.sees("this plan was not approved as it is by another user");
    assert_eq!(bench.sandbox.count(|r| r.is_write()), 0, "nothing may be written without it");
    person.quits();

    bench.home.set(&[("billing.approval", "off".into())]);
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    person.goes_to_tab("Sync");
    carries_out_saved_plan(&mut person);
    person.sees("run 1: ");
    person.sees(", 0 failed");
    person.quits();
}

#[test]
fn a_bill_is_looked_at_and_loaded_from_its_file() {
    let bench = Bench::ready();
    let good = [one_time("N-1", "org-new", "offer-new", "12.34")];
    bench.home.file("march.csv", csv(&good));
    let bad = [good[0].replace(",12.34,", ",12.34x,")];
    bench.home.file("bad.csv", csv(&bad));
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    for (file, seen) in [("bad.csv", "Nothing would be loaded"), ("march.csv", "1 lines would be")]
    {
        runs(&mut person, "Check a bill");
        person.sees("Check a bill: the file");
        person.presses(file);
        person.presses("\r");
        person.sees("the source profile");
        person.presses("\r");
        person.sees(seen);
        person.closes("What would be loaded");
    }
    runs(&mut person, "Load from a file");
    person.sees("several of one invoice");
    person.presses("march.csv\r");
    person.sees("1 lines read: 1 new");

    // The Invoices tab shows the month of it; nothing of that is posted, so it can go again.
    person.goes_to_tab("Invoices");
    person.sees("Name of org-new");
    runs(&mut person, "Drop loaded lines");
    person.sees(" lines of 2026-10 are dropped: ");
    person.follows("Drop them");
    person.sees(" lines dropped");
    person.sees_no_more("Name of org-new");

    bench.home.file("companies.csv", "id,name\n7,Contoso Limited\n8,Fabrikam\n");
    bench.home.file("names.csv", "query\nContoso Ltd\n");
    runs(&mut person, "Match lists");
    person.sees("names to search in");
    person.presses("companies.csv\r");
    person.sees("names to look for");
    person.presses("names.csv\r");
    person.sees("7 Contoso Limited");
    person.closes("Match lists");

    runs(&mut person, "Source profiles");
    person.sees("Source profiles");
    person.presses("partner-center-usage");
    person.sees("1 of ");
    person.presses("\r");
    person.sees("Source profile partner-center-usage");
    person.quits();
}
