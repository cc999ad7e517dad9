//! A bill and a PSA whose names are written by somebody who wants the terminal to obey. None of it is
//! acted on, all of it is seen, and the store keeps it as it was. A bill's own names hold what a bill
//! may hold: one with control characters is refused, by row and column.

use addendum::domain::text::is_harmful;

use crate::person::{Person, position};
use crate::support::{Bench, Ran, csv, one_time};

/// Names, each with a word by which it is found again.
const HOSTILE: [&str; 8] = [
    "Alpha\u{1b}]0;PWNED\u{7}",
    "Bravo\u{1b}[2J\u{1b}[31mRED",
    "Charlie\u{9b}31m\u{9d}0;PWNED\u{9c}",
    "Delta\u{202e}gnp.exe\u{2066}\u{200f}",
    "Echo\u{200b}\u{feff}\u{2060}\u{ad}\u{200d}x",
    "Foxtrot\u{1b}]52;c;UFdORUQ=\u{7}\u{1b}P+q\u{1b}\\",
    "=HYPERLINK(\"http://x\",\"Golf\")",
    "Hotel\u{0}\u{8}\u{8}\u{7f}\u{e0041}\u{2028}",
];

/// Names that a bill may hold.
const IN_A_BILL: [&str; 4] = [
    "Echo\u{200b}\u{feff}\u{2060}\u{ad}\u{200d}x",
    "=HYPERLINK(\"http://x\",\"Golf\")",
    "India\u{200d}\u{200c}x\u{fe0f}y",
    "Juliet\u{3164}\u{180e}\u{115f}",
];

/// Nothing that a terminal acts on; `Home` looks at every run as well, at less.
#[track_caller]
fn is_harmless(what: &str, text: &str) {
    let raw = text.chars().find(|c| *c != '\n' && is_harmful(*c));
    assert_eq!(raw, None, "{what} shows a raw character: {text:?}");
}

#[track_caller]
fn shows(ran: &Ran) -> String {
    is_harmless("standard output", &ran.stdout);
    is_harmless("standard error", &ran.stderr);
    format!("{}{}", ran.stdout, ran.stderr)
}

/// A bench whose PSA and whose bill are hostile, loaded and mapped.
fn bench() -> Bench {
    let bench = Bench::tidy();
    let inspect = bench.sandbox.inspect();
    for (company, name) in inspect.companies().iter().zip(HOSTILE.iter().cycle()) {
        assert!(inspect.edit_company(company.id, |c| c.name = (*name).into()));
    }
    for (item, name) in inspect.catalog().iter().zip(HOSTILE.iter().cycle()) {
        assert!(inspect.edit_product(item.id, |p| p.description = (*name).into()));
    }
    for (agreement, name) in inspect.agreements().iter().zip(HOSTILE.iter().cycle()) {
        assert!(inspect.edit_agreement(agreement.id, |a| a.name = (*name).into()));
    }
    bench
}

/// A bill in JSON Lines, whose strings can hold everything.
fn bill(names: &[&str]) -> String {
    let line = |(n, name): (usize, &&str)| {
        serde_json::json!({
            "line_id": format!("L-{n}"), "invoice_number": format!("INV {name}"),
            "invoice_date": "2026-10-31", "organization_id": format!("O-{n}"),
            "organization_name": name, "contract_id": name, "subscription_id": "",
            "subscription_name": name, "offer_id": format!("P-{n}"), "offer_name": name,
            "charge_type": "OneTimeFee", "charge_start_date": "2026-10-01",
            "quantity": "1", "unit_price": "10", "total": "10", "currency": "USD",
        })
        .to_string()
    };
    names.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// Pulls, loads and maps: each organization and offer of the bill to one of the PSA.
fn prepared() -> (Bench, Vec<String>) {
    let bench = bench();
    bench.home.json(0, &["pull"]);
    let file = bench.home.file("bill.jsonl", bill(&IN_A_BILL));
    let loaded = bench.home.json(0, &["load", "--from", &file]);
    assert_eq!(loaded["added"], IN_A_BILL.len(), "{loaded:#}");
    let names: Vec<String> =
        bench.home.json(0, &["map", "list", "--kind", "organization"])["mappings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|m| m["platform_name"].as_str().map(str::to_owned))
            .collect();
    let (companies, catalog) =
        (bench.sandbox.inspect().companies(), bench.sandbox.inspect().catalog());
    let mut rows = vec!["kind,platform_id,platform_name,psa_id,psa_name,excluded".to_owned()];
    for n in 0..IN_A_BILL.len() {
        rows.push(format!("organization,O-{n},,{},,no", companies[n + 1].id));
        rows.push(format!("offer,P-{n},,{},,", catalog[n].id));
    }
    let file = bench.home.file("mapping.csv", format!("{}\n", rows.join("\n")));
    bench.home.json(0, &["map", "import", &file]);
    (bench, names)
}

#[test]
fn the_command_line_shows_names_and_obeys_none() {
    let (bench, names) = prepared();
    // Intact in the store, as JSON tells, whose strings escape what a terminal would act on.
    for hostile in IN_A_BILL {
        assert!(names.iter().any(|n| n == hostile.trim()), "{hostile:?} is not in {names:?}");
    }
    let mut said = String::new();
    let mut run = |args: &[&str]| {
        said.push_str(&shows(&bench.home.run(args)));
        // Loud and as JSON at once is two languages on one standard error.
        if !args.contains(&"-vv") {
            let with_json: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
            shows(&bench.home.run(&with_json));
        }
    };
    for args in [
        &["map", "list"][..],
        &["map", "list", "--unmapped"],
        &["map", "auto"],
        &["plan"],
        &["plan", "-vv"],
        &["sync", "--yes", "-vv"],
        &["reconcile"],
        &["retry"],
        &["status"],
        &["logs", "--level", "debug"],
        &["logs"],
        &["undo", "1"],
    ] {
        run(args);
    }
    for word in ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Golf", "India", "Juliet"] {
        assert!(said.contains(word), "{word} is nowhere to be seen");
    }
    assert!(said.contains('\u{fffd}'), "what is hostile is seen to be there");
    let log = std::fs::read_to_string(bench.home.paths().log).unwrap();
    is_harmless("the program log", &log);

    // The exports are for spreadsheets, and a mapping file reads back as it was.
    let file = bench.home.path().join("out.csv").display().to_string();
    bench.home.json(0, &["map", "export", &file]);
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let cells: Vec<String> = reader
        .records()
        .flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert!(cells.iter().any(|c| c.starts_with("'=HYPERLINK")), "{cells:?}");
    assert!(!cells.iter().any(|c| c.starts_with(['=', '+', '-', '@'])), "{cells:?}");
    let again = bench.home.json(0, &["map", "import", &file]);
    assert_eq!(again["schema"], "addendum/map/1");
    let after = bench.home.json(0, &["map", "list", "--kind", "organization"]);
    for hostile in IN_A_BILL {
        let kept = |m: &serde_json::Value| m["platform_name"].as_str() == Some(hostile.trim());
        assert!(after["mappings"].as_array().unwrap().iter().any(kept), "{hostile:?} was changed");
    }
}

#[test]
fn refusals_repeat_nothing_raw() {
    let mut bench = bench();
    let home = &bench.home;
    let hostile = "x\u{1b}]0;PWNED\u{7}\u{202e}\u{9b}31m\u{200b}";
    let rows: Vec<String> = HOSTILE
        .iter()
        .map(|name| one_time("L", &name.replace(['"', ',', '\0'], ""), hostile, hostile))
        .collect();
    let file = home.file(&format!("bill {hostile}.csv"), csv(&rows));
    shows(&home.run(&["load", "--from", &file]).exits(2));
    shows(&home.run(&["load", "--from", &file, "--json"]).exits(2));
    let file = home.file("bill.jsonl", bill(&HOSTILE));
    let told = shows(&home.run(&["load", "--from", &file]).exits(2));
    assert!(told.contains("U+202E") && told.contains("U+001B"), "{told}");
    let missing = format!("/nowhere/{hostile}");
    for args in [
        &["load", "--from", &missing][..],
        &["sync", "--plan", &missing],
        &["plan", "--out", &missing],
        &["map", "import", &missing],
        &["map", "export", &missing],
        &["load", "--period", hostile],
        &["pull", hostile],
        &[hostile],
        &["status", "--profile", hostile],
        &["undo", hostile],
        &["sync", "--line", hostile],
        &["map", "set", "offer", hostile, "--clear"],
        &["logs", "--since", hostile],
        &["logs", "--level", hostile],
    ] {
        let ran = home.run(args);
        // Forgetting a mapping that is not there is nothing to complain of.
        assert_eq!(ran.exit == 0, args.contains(&"--clear"), "{args:?}");
        shows(&ran);
    }
    // The PSA's own words, and a host name.
    let settings = format!(
        "[connectwise]\nsite = \"{}\"\ncompany_id = \"a\\u001b[31m\\u202eb\"\nclient_id = \"c\"\n",
        bench.sandbox.site()
    );
    std::fs::write(home.paths().settings, settings).unwrap();
    shows(&home.run(&["verify", "-vv"]).exits(2));
    std::fs::write(home.paths().settings, "[billing]\n\"a\\u001b[31m\\u202e\" = 1\n").unwrap();
    shows(&home.run(&["status"]).exits(2));
    std::fs::write(home.paths().settings, format!("{hostile} = = 1\n")).unwrap();
    shows(&home.run(&["status"]).exits(2));
    bench.home.env.push(("ADDENDUM_PROFILE".into(), hostile.into()));
    shows(&bench.home.run(&["status"]).exits(2));
}

/// What a screen is painted with is control sequences: those that the names bring must not be among
/// them, and no character that hides or turns text.
#[track_caller]
fn obeyed_none(raw: &[u8]) {
    let text = String::from_utf8_lossy(raw);
    for sequence in ["\u{1b}]0;", "\u{1b}]2;", "\u{1b}]52;c;UFdORUQ", "\u{1b}P", "PWNED\u{7}"] {
        assert!(!text.contains(sequence), "{sequence:?} reached the terminal");
    }
    let raw = text.chars().find(|c| is_harmful(*c) && !"\u{1b}\r\n\u{8}\u{7}\t".contains(*c));
    assert_eq!(raw, None, "a raw character reached the terminal");
}

#[test]
fn the_terminal_app_shows_names_and_obeys_none() {
    let (bench, _) = prepared();
    let mut person = Person::opens(&bench.home);
    person.sees("Dashboard");
    for (tab, word) in
        [("Organizations", "India"), ("Products", "Golf"), ("Invoices", "Echo"), ("Logs", "")]
    {
        person.goes_to_tab(tab);
        person.sees(word);
        person.has_been_heard();
    }
    // The picker has the PSA's names.
    person.goes_to_tab("Organizations");
    person.sees("India");
    person.follows("Map");
    person.sees("PSA Organization for");
    // The substitute is sent; the screen of this test leaves it out.
    for seen in ["Alpha\u{fffd}]0;PWNED\u{fffd}", "Delta\u{fffd}gnp.exe\u{fffd}\u{fffd}"] {
        person.waits(seen, |t| position(t.raw(), seen.as_bytes()).is_some());
    }
    person.presses("\u{1b}");
    person.sees_no_more("PSA Organization for");
    person.goes_to_tab("Sync");
    person.sees("Plan");
    obeyed_none(person.terminal.raw());
    person.quits();
}
