//! Loading and mapping: what comes in, what is refused, and how it is shown.

mod support;

use addendum::sandbox::Sample;
use support::{Bench, HEADER, Home, csv, has_fields, is_money, is_time, one_time};

fn codes(document: &serde_json::Value) -> Vec<(u64, String)> {
    document["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .map(|p| {
            has_fields(p, &["file", "row", "column", "code", "message", "remedy"]);
            (p["row"].as_u64().unwrap_or(0), p["column"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

#[test]
fn a_file_is_loaded_once_and_a_second_time_changes_nothing() {
    let home = Home::new();
    let rows = [one_time("a", "o1", "f1", "10.00"), one_time("b", "o2", "f1", "-2.50")];
    let file = home.file("lines.csv", csv(&rows));
    let document = home.json(0, &["load", "--from", &file]);
    has_fields(
        &document,
        &["read", "added", "replaced", "unchanged", "outside", "absent", "revisions", "periods"],
    );
    assert_eq!((&document["read"], &document["added"]), (&2.into(), &2.into()));
    assert_eq!(document["periods"], serde_json::json!(["2026-10"]));
    let again = home.json(0, &["load", "--from", &file]);
    assert_eq!((&again["added"], &again["unchanged"]), (&0.into(), &2.into()));
    // A changed line that was not posted is replaced.
    let changed =
        home.file("changed.csv", csv(&[one_time("a", "o1", "f1", "11.00"), rows[1].clone()]));
    let document = home.json(0, &["load", "--from", &changed]);
    assert_eq!((&document["replaced"], &document["unchanged"]), (&1.into(), &1.into()));
    let status = home.json(0, &["status"]);
    assert_eq!(status["money"][0]["source"], "8.50");
    let narrowed = home.json(0, &["load", "--from", &file, "--period", "2026-09"]);
    assert_eq!((&narrowed["read"], &narrowed["outside"]), (&0.into(), &2.into()));
    let text = home.run(&["load", "--from", &changed]).exits(0);
    assert!(text.stdout.contains("2  lines unchanged") && text.stdout.contains("next:"));
}

#[test]
fn a_refused_file_names_each_row_and_nothing_of_it_is_loaded() {
    let home = Home::new();
    let good = one_time("a", "o1", "f1", "10.00");
    let rows = [
        good.clone(),
        one_time("b", "o1", "f1", "ten"),
        one_time("c", "", "f1", "1.00"),
        good.replace("2026-10-31,Verified", "2026-02-30,Verified").replace("a,INV", "d,INV"),
        good.replace("OneTimeFee", "Something").replace("a,INV", "e,INV"),
        good.clone(),
    ];
    let file = home.file("lines.csv", csv(&rows));
    let document = home.refused(2, "refused-input", &["load", "--from", &file]);
    let found = codes(&document);
    for (row, column) in [
        (3, "total"),
        (4, "organization_id"),
        (5, "invoice_date"),
        (6, "charge_type"),
        (7, "line_id"),
    ] {
        assert!(found.contains(&(row, column.to_owned())), "row {row} {column}: {found:?}");
    }
    assert_eq!(document["more"], 0);
    let text = home.run(&["load", "--from", &file]).exits(2);
    assert!(text.stderr.contains("row 3, column total") && text.stderr.contains("remedy"));
    assert_eq!(home.json(0, &["status"])["lines"], 0);
}

#[test]
fn the_first_hundred_problems_are_listed_and_the_rest_is_counted() {
    let home = Home::new();
    let rows: Vec<String> = (0..250).map(|n| one_time(&format!("l{n}"), "o1", "f1", "x")).collect();
    let file = home.file("lines.csv", csv(&rows));
    let document = home.refused(2, "refused-input", &["load", "--from", &file]);
    let listed = document["problems"].as_array().map_or(0, Vec::len) as u64;
    assert_eq!(listed, 100);
    assert!(document["more"].as_u64().is_some_and(|more| more >= 150), "{}", document["more"]);
}

#[test]
fn every_kind_of_bad_file_is_refused_and_never_a_fault() {
    let home = Home::new();
    let line = one_time("a", "o1", "f1", "10.00");
    let cases: [(&str, Vec<u8>); 9] = [
        ("empty", Vec::new()),
        ("no header", line.clone().into_bytes()),
        ("header only, a column missing", HEADER.replace(",currency", "").into_bytes()),
        (
            "UTF-16",
            [b"\xff\xfe".to_vec(), HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect()]
                .concat(),
        ),
        (
            "Latin-1",
            [csv(&[line.replace("Name of o1", "M")]).into_bytes(), b"x,\xfc\n".to_vec()].concat(),
        ),
        ("NUL bytes", csv(&[line.replace("Name of o1", "N\0l")]).into_bytes()),
        (
            "a cell of 10 MB",
            csv(&[line.replace("Name of o1", &"x".repeat(10_000_000))]).into_bytes(),
        ),
        ("a header twice", format!("{HEADER}\n{line}\n{HEADER}\n").into_bytes()),
        (
            "end before start",
            csv(&[line.replace("2026-10-01,2026-10-31", "2026-10-31,2026-10-01")]).into_bytes(),
        ),
    ];
    for (what, bytes) in cases {
        let file = home.file("bad.csv", bytes);
        let document = home.json(2, &["load", "--from", &file]);
        assert_eq!(document["schema"], "addendum/error/1", "{what}");
        assert!(document["remedy"].as_str().is_some_and(|r| !r.is_empty()), "{what}: {document:#}");
        assert!(document.to_string().len() < 20_000, "{what}: the answer repeats the file");
        home.run(&["load", "--from", &file]).exits(2);
    }
    home.json(2, &["load", "--from", "/dev/null/lines.csv"]);
    assert_eq!(home.json(0, &["status"])["lines"], 0);
}

#[test]
fn hostile_text_is_shown_harmless_everywhere() {
    let home = Home::new();
    let evil = "Evil\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{202e}gnp";
    let rows = [one_time("=cmd|'/c calc'!A1", "=1+1", "f1", "1.00").replace("Name of =1+1", evil)];
    let file = home.file("lines.csv", csv(&rows));
    // Whether it is refused or taken: no output may hold it raw, which every run checks.
    let loaded = home.run(&["load", "--from", &file]);
    for args in
        [&["map", "list"][..], &["map", "list", "--unmapped"], &["status"], &["plan"], &["logs"]]
    {
        home.run(args);
        home.run(&[args, &["--json"]].concat());
    }
    if loaded.exit == 0 {
        let out = home.path().join("out.csv");
        home.json(0, &["map", "export", &out.display().to_string()]);
        let text = std::fs::read_to_string(&out).expect("the exported file");
        assert!(!text.contains(",=1+1"), "a cell is a formula: {text}");
    }
}

#[test]
fn the_platform_brings_the_current_and_the_previous_month() {
    let bench = Bench::tidy();
    let document = bench.home.json(0, &["load"]);
    let sample: &Sample = bench.sandbox.sample();
    let periods: Vec<String> = sample.periods().iter().map(ToString::to_string).collect();
    assert_eq!(document["periods"], serde_json::json!(periods));
    let count: usize = sample.periods().iter().map(|p| sample.count(*p)).sum();
    assert_eq!(document["added"], count);
    let one = bench.home.json(0, &["load", "--period", &periods[0]]);
    assert_eq!(one["unchanged"], sample.count(sample.periods()[0]));
}

#[test]
fn pulling_says_what_is_held() {
    let bench = Bench::tidy();
    let document = bench.home.json(0, &["pull"]);
    for part in ["companies", "products", "agreements"] {
        has_fields(&document[part], &["added", "updated", "gone", "total"]);
        assert!(document[part]["total"].as_u64().is_some_and(|n| n > 0), "{document:#}");
    }
    let again = bench.home.json(0, &["pull", "companies"]);
    assert_eq!(again["companies"]["added"], 0);
    assert!(again["products"].is_null());
    assert!(bench.home.run(&["pull", "agreements"]).exits(0).stdout.contains("agreements"));
}

#[test]
fn mappings_are_imported_listed_by_money_and_exported_again() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.json(0, &["pull"]);
    home.json(0, &["load"]);
    let unmapped = home.json(0, &["map", "list", "--unmapped"]);
    let list = unmapped["mappings"].as_array().expect("mappings");
    assert!(!list.is_empty());
    for item in list {
        has_fields(
            item,
            &[
                "kind",
                "source",
                "platform_id",
                "platform_name",
                "psa_id",
                "psa_name",
                "psa",
                "excluded",
                "state",
                "lines",
                "money",
            ],
        );
        assert_eq!(item["state"], "unmapped");
        item["money"].as_array().expect("money").iter().for_each(|m| is_money(&m["amount"]));
    }
    let weight = |item: &serde_json::Value| -> rust_decimal::Decimal {
        let amounts = item["money"].as_array().into_iter().flatten();
        amounts
            .filter_map(|m| m["amount"].as_str()?.parse().ok())
            .map(|d: rust_decimal::Decimal| d.abs())
            .sum()
    };
    assert!(list.windows(2).all(|w| weight(&w[0]) >= weight(&w[1])), "ordered by money at stake");

    let file = home.file("mapping.csv", bench.sandbox.sample().mapping_csv());
    let shown = home.json(0, &["map", "import", &file, "--dry-run"]);
    assert_eq!(shown["applied"], false);
    has_fields(
        &shown["changes"][0],
        &["kind", "source", "platform_id", "platform_name", "field", "from", "to"],
    );
    assert!(home.json(0, &["map", "list", "--unmapped"])["mappings"] == unmapped["mappings"]);
    let report = home.json(0, &["map", "import", &file]);
    assert_eq!((&report["applied"], &report["changes"]), (&true.into(), &shown["changes"]));
    has_fields(&report, &["action", "rows", "organizations", "offers", "contracts", "unchanged"]);
    assert!(report["organizations"].as_u64().is_some_and(|n| n > 0));
    let again = home.json(0, &["map", "import", &file]);
    assert_eq!((&again["organizations"], &again["offers"]), (&0.into(), &0.into()));
    assert_eq!(home.json(0, &["map", "list", "--unmapped"])["mappings"], serde_json::json!([]));

    let out = home.path().join("out.csv").display().to_string();
    let export = home.json(0, &["map", "export", &out]);
    assert!(export["rows"].as_u64().is_some_and(|n| n > 0));
    let text = std::fs::read_to_string(&out).expect("the export");
    assert!(text.starts_with("kind,platform_id,platform_name,psa_id,psa_name,excluded,source,"));
    home.json(0, &["map", "export", &out]);
    assert_eq!(std::fs::read_to_string(&out).expect("the export"), text, "it sorts stably");
    let same = home.json(0, &["map", "import", &out]);
    assert_eq!(
        (&same["organizations"], &same["offers"], &same["contracts"]),
        (&0.into(), &0.into(), &0.into())
    );
    assert!(home.run(&["map", "list"]).exits(0).stdout.lines().all(|l| l.chars().count() <= 80));
}

#[test]
fn a_refused_mapping_file_changes_nothing() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.json(0, &["pull"]);
    let head = "kind,platform_id,platform_name,psa_id,psa_name,excluded";
    let bad = home.file(
        "bad.csv",
        format!("{head}\norganization,o1,,99999999,,\nthing,x,,,,\noffer,f1,,abc,,\n"),
    );
    let document = home.refused(2, "refused-input", &["map", "import", &bad]);
    assert_eq!(document["problems"].as_array().map(Vec::len), Some(2), "{document:#}");
    let bad = home.file("bad.csv", format!("{head}\norganization,o1,,99999999,,\n"));
    let document = home.refused(2, "refused-input", &["map", "import", &bad]);
    assert_eq!(document["problems"][0]["code"], "unknown-record");
    assert_eq!(home.json(0, &["map", "list"])["mappings"], serde_json::json!([]));
    home.refused(2, "file", &["map", "import", "/dev/null/m.csv"]);
    home.refused(2, "file", &["map", "export", "/dev/null/at/all/m.csv"]);
}

#[test]
fn a_rejected_suggestion_does_not_come_back_and_travels_with_the_file() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.json(0, &["pull"]);
    let company = bench.sandbox.inspect().companies().into_iter().next().expect("a company");
    let id = company.id.to_string();
    let mut row = one_time("a", "o1", "f1", "1.00");
    row = row.replace("Name of o1", &format!("\"{}\"", company.name));
    let lines = home.file("lines.csv", csv(&[row]));
    home.json(0, &["load", "--from", &lines]);
    let out = home.path().join("out.csv").display().to_string();
    let exported = || {
        home.json(0, &["map", "export", &out]);
        std::fs::read_to_string(&out).expect("the export")
    };
    assert!(exported().contains(&format!("suggested: {id} ")), "{}", exported());
    home.json(0, &["map", "set", "organization", "o1", "--reject", &company.name]);
    let kept = exported();
    assert!(!kept.contains(&format!("suggested: {id} ")), "{kept}");
    home.json(0, &["map", "auto"]);
    let list = home.json(0, &["map", "list", "--unmapped", "--kind", "organization"]);
    assert_eq!(list["mappings"][0]["platform_id"], "o1", "not taken by its very name: {list:#}");
    home.json(0, &["map", "set", "organization", "o1", "--unreject", &id]);
    assert!(exported().contains(&format!("suggested: {id} ")));
    let again = home.file("kept.csv", kept);
    let report = home.json(0, &["map", "import", &again]);
    assert_eq!(report["changes"][0]["field"], "rejected", "{report:#}");
    assert!(!exported().contains(&format!("suggested: {id} ")));
}

#[test]
fn one_mapping_at_a_time_can_be_set_and_cleared() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.json(0, &["pull"]);
    let companies: Vec<_> = bench.sandbox.inspect().companies().into_iter().take(2).collect();
    let [first, second] = [companies[0].id.to_string(), companies[1].id.to_string()];
    let file = home.file("lines.csv", csv(&[one_time("a", "o1", "f1", "10.00")]));
    home.json(0, &["load", "--from", &file]);

    let set =
        |args: &[&str]| home.json(0, &[&["map", "set"], args].concat())["mappings"][0].clone();
    let item = set(&["organization", "o1", "--psa", &first]);
    assert_eq!((&item["psa_id"], &item["excluded"]), (&companies[0].id.into(), &true.into()));
    let item = set(&["organization", "o1", "--psa", &second, "--add", "--excluded", "no"]);
    assert_eq!(item["psa"].as_array().map(Vec::len), Some(2), "{item:#}");
    assert_eq!(item["psa_id"], companies[0].id, "the default stays first");
    assert_eq!(item["excluded"], false);
    let item = set(&["organization", "o1", "--psa", &companies[1].name]);
    assert_eq!(item["psa_id"], companies[1].id, "found by its name");
    let item = set(&["organization", "o1", "--clear"]);
    assert!(item["psa_id"].is_null() && item["excluded"] == false);

    home.refused(2, "usage", &["map", "set", "organization", "o1"]);
    home.refused(2, "unknown-record", &["map", "set", "organization", "o1", "--psa", "99999999"]);
    home.refused(2, "unknown-record", &["map", "set", "offer", "f1", "--psa", "No Such Thing"]);
    home.refused(2, "usage", &["map", "set", "offer", "f1"]);
}

#[test]
fn a_line_can_have_its_own_choices_and_dates() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.json(0, &["pull"]);
    let company = bench.sandbox.inspect().companies()[0].id;
    let file = home.file("lines.csv", csv(&[one_time("a", "o1", "f1", "10.00")]));
    home.json(0, &["load", "--from", &file]);
    let set = |args: &[&str]| {
        home.json(0, &[&["map", "set", "line", "a"], args].concat())["line"].clone()
    };
    let line =
        set(&["--company", &company.to_string(), "--start", "2026-10-05", "--post-once", "yes"]);
    has_fields(
        &line,
        &[
            "line",
            "source",
            "period",
            "organization",
            "offer",
            "total",
            "currency",
            "company",
            "product",
            "agreement",
            "post_once",
            "start",
            "start_badge",
            "end",
            "end_badge",
            "psa_status",
        ],
    );
    assert_eq!(line["company"], company);
    assert_eq!(
        (&line["start"], &line["start_badge"]),
        (&"2026-10-05".into(), &"User Updated".into())
    );
    assert_eq!(line["post_once"], true);
    is_money(&line["total"]);
    let line = set(&["--company", "none", "--end", "none", "--post-once", "no"]);
    assert!(line["company"].is_null() && line["end"].is_null());
    assert_eq!((&line["end_badge"], &line["post_once"]), (&"User Updated".into(), &false.into()));
    // The source may be named with it.
    home.json(0, &["map", "set", "line", "canonical/a", "--end", "2026-10-31"]);
    home.refused(2, "no-such-line", &["map", "set", "line", "nope", "--company", "none"]);
    home.refused(2, "usage", &["map", "set", "line", "a", "--start", "2026-02-30"]);
    // Dates that a person typed survive a reload.
    let changed = home.file("changed.csv", csv(&[one_time("a", "o1", "f1", "12.00")]));
    home.json(0, &["load", "--from", &changed]);
    let line = set(&["--company", "none"]);
    assert_eq!((&line["start"], &line["total"]), (&"2026-10-05".into(), &"12.00".into()));
}

#[test]
fn status_tells_times_counts_money_and_what_blocks() {
    let bench = Bench::ready();
    let document = bench.home.json(0, &["status"]);
    has_fields(
        &document,
        &[
            "profile",
            "site",
            "company_id",
            "agreement_type",
            "keys_found",
            "times",
            "periods",
            "records",
            "lines",
            "mapping_status",
            "psa_status",
            "money",
            "last_run",
            "blocks",
        ],
    );
    for what in ["companies", "products", "agreements", "load"] {
        is_time(&document["times"][what]);
    }
    assert!(document["times"]["sync"].is_null());
    has_fields(&document["mapping_status"], &["Mapped", "Unmapped", "Response Error"]);
    has_fields(&document["psa_status"], &["Not Synced", "Posting", "Synced", "Error"]);
    support::equation_closes(&document["money"]);
    let short = bench.home.run(&["status", "--short"]).exits(0);
    assert_eq!(short.stdout.lines().count(), 1);
    assert!(short.stdout.starts_with("default: ") && short.stdout.contains("not synced"));
    let long = bench.home.run(&["status"]).exits(0);
    assert!(long.stdout.lines().all(|l| l.chars().count() <= 80), "{}", long.stdout);
}

#[test]
fn matching_by_name_accepts_what_it_is_sure_of() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.json(0, &["pull"]);
    home.json(0, &["load"]);
    let document = home.json(0, &["map", "auto"]);
    has_fields(&document, &["action", "accepted", "open"]);
    assert!(document["accepted"].as_u64().is_some_and(|n| n > 0), "{document:#}");
    let left = home.json(0, &["map", "list", "--unmapped"]);
    assert_eq!(
        left["mappings"].as_array().map(Vec::len).map(|n| n as u64),
        document["open"].as_u64()
    );
    // What a person or an earlier pass mapped is left as it is.
    assert_eq!(home.json(0, &["map", "auto"])["accepted"], 0);
}
