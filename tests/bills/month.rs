//! A month of each bill from load to proof.

use crate::{bench, map_all, post_all, sample, writes};

#[test]
fn a_reconciliation_file_is_loaded_mapped_and_posted_to_the_cent() {
    let bench = bench("partner-center");
    let home = &bench.home;
    let loaded = home.json(0, &["load", "--from", &sample("license-2022.csv")]);
    assert_eq!((&loaded["read"], &loaded["added"]), (&25.into(), &25.into()), "{loaded:#}");
    assert_eq!(loaded["periods"], serde_json::json!(["2025-06"]));
    map_all(&bench);
    assert_eq!(post_all(&bench).to_string(), "3236.03");
    let posted = writes(&bench);
    assert!(posted > 0);
    // The same invoice from the Graph export: nothing is new, nothing is posted again.
    let parts = [sample("license-part1.jsonl"), sample("license-part2.jsonl.gz")];
    let again = home.json(0, &["load", "--from", &parts[0], "--from", &parts[1]]);
    assert_eq!((&again["unchanged"], &again["added"]), (&25.into(), &0.into()), "{again:#}");
    home.json(0, &["sync", "--yes"]);
    assert_eq!(writes(&bench), posted, "nothing is posted twice");
}

#[test]
fn daily_usage_is_posted_as_its_sums() {
    let bench = bench("partner-center-usage");
    let home = &bench.home;
    let loaded = home.json(0, &["load", "--from", &sample("usage-2022.csv")]);
    assert_eq!(loaded["added"], 3, "{loaded:#}");
    map_all(&bench);
    assert_eq!(post_all(&bench).to_string(), "17.88");
    let posted = writes(&bench);
    let again = home.json(0, &["load", "--from", &sample("usage.jsonl")]);
    assert_eq!((&again["unchanged"], &again["added"]), (&3.into(), &0.into()), "{again:#}");
    home.json(0, &["sync", "--yes"]);
    assert_eq!(writes(&bench), posted, "nothing is posted twice");
}

#[test]
fn a_folder_holds_the_monthly_bill_and_the_usage_that_replaces_a_part_of_it() {
    let bench = bench("partner-center");
    let home = &bench.home;
    let folder = home.path().join("billing");
    std::fs::create_dir(&folder).unwrap();
    for name in ["license-part1.jsonl", "license-part2.jsonl.gz", "usage-2022.csv"] {
        std::fs::copy(sample(name), folder.join(name)).unwrap();
    }
    home.set(&[("source.location", folder.display().to_string().into())]);
    let document = home.refused(2, "refused-input", &["load", "--period", "2025-06"]);
    assert_eq!(document["problems"][0]["code"], "counted-twice", "{document:#}");
    home.set(&[("source.leave_out", "azure".into())]);
    let loaded = home.json(0, &["load", "--period", "2025-06"]);
    assert_eq!(loaded["added"], 25, "{loaded:#}");
    let left_out: u64 =
        loaded["left_out"].as_object().unwrap().values().filter_map(|n| n.as_u64()).sum();
    assert_eq!(left_out, 3);
    map_all(&bench);
    // 3236.03 - 75.00 + 17.88
    assert_eq!(post_all(&bench).to_string(), "3178.91");
}

#[test]
fn an_amended_document_is_a_new_invoice_that_names_the_old_one() {
    let bench = bench("partner-center");
    bench.home.json(0, &["load", "--from", &sample("license-2022.csv")]);
    let loaded = bench.home.json(0, &["load", "--from", &sample("amended.jsonl")]);
    assert_eq!((&loaded["added"], &loaded["absent"]), (&1.into(), &0.into()), "{loaded:#}");
    map_all(&bench);
    assert_eq!(post_all(&bench).to_string(), "3135.23");
}
