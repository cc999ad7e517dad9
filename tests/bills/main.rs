//! Bills that come as files, from `load` to proof with the real binary against the sandbox, and
//! `addendum source`.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

#[path = "../support/mod.rs"]
mod support;

mod again;
mod check;
mod large;
mod month;

use std::path::Path;

use addendum::sandbox::SandboxOptions;
use serde_json::Value;
use support::Bench;

/// A committed sample.
pub fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/samples/partner-center")
        .join(name)
        .display()
        .to_string()
}

/// A sandbox whose source reads files by this profile. Its agreement type has no agreements yet, so
/// that each gets the start of the bill.
pub fn bench(profile: &str) -> Bench {
    let bench = Bench::with(SandboxOptions {
        companies: 12,
        lines: 10,
        tidy: true,
        ..SandboxOptions::default()
    });
    bench.home.set(&[
        ("source.profile", profile.into()),
        ("source.location", "".into()),
        ("billing.agreement_type", "Backup as a Service".into()),
        ("billing.home_currency", "USD".into()),
    ]);
    bench.home.json(0, &["pull"]);
    bench
}

/// Maps whatever was loaded to companies and products of the sandbox.
#[track_caller]
pub fn map_all(bench: &Bench) {
    let sample = bench.sandbox.sample().mapping_csv();
    let ids = |kind: &str| -> Vec<String> {
        let rows = sample.lines().filter(|l| l.starts_with(kind));
        rows.filter_map(|l| {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(l.as_bytes());
            let record = reader.records().next()?.ok()?;
            record.get(3).filter(|id| !id.is_empty()).map(str::to_owned)
        })
        .collect()
    };
    let (companies, products) = (ids("organization"), ids("offer"));
    let out = bench.home.path().join("mapping.csv").display().to_string();
    bench.home.json(0, &["map", "export", &out]);
    let text = std::fs::read_to_string(&out).unwrap();
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let mut mapping = csv::Writer::from_writer(Vec::new());
    mapping
        .write_record(["kind", "platform_id", "platform_name", "psa_id", "psa_name", "excluded"])
        .unwrap();
    let (mut organizations, mut offers) = (0, 0);
    for record in reader.records() {
        let record = record.unwrap();
        let (kind, id, name) = (&record[0], &record[1], &record[2]);
        let (psa, excluded) = match kind {
            "organization" => {
                organizations += 1;
                (&companies[organizations % companies.len()], "No")
            }
            "offer" => {
                offers += 1;
                (&products[offers % products.len()], "")
            }
            _ => continue,
        };
        mapping.write_record([kind, id, name, psa, "", excluded]).unwrap();
    }
    let file = bench.home.file("mapped.csv", mapping.into_inner().unwrap());
    bench.home.json(0, &["map", "import", &file]);
}

/// Posts everything and proves it; gives the money of the bill.
#[track_caller]
pub fn post_all(bench: &Bench) -> rust_decimal::Decimal {
    let home = &bench.home;
    let plan = home.json(0, &["plan"]);
    assert_eq!(plan["errors"], Value::Array(vec![]), "{plan:#}");
    let synced = home.json(0, &["sync", "--yes"]);
    assert_eq!(synced["errors"], Value::Array(vec![]), "{synced:#}");
    let total = support::equation_closes(&synced["money"]);
    for row in synced["money"].as_array().unwrap() {
        assert_eq!(row["posted"], row["source"], "all of it is posted: {row:#}");
    }
    let proof = home.json(0, &["reconcile"]);
    assert_eq!(support::equation_closes(&proof["money"]), total);
    for finding in ["missing", "doubled", "drifted"] {
        assert_eq!(proof[finding], Value::Array(vec![]), "{proof:#}");
    }
    total
}

/// Additions written so far.
pub fn writes(bench: &Bench) -> usize {
    bench.sandbox.count(|r| r.is_write() && r.path.contains("/additions"))
}
