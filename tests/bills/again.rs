//! The same invoice with other content, and the same money in another bill.

use crate::{bench, map_all, post_all, sample, writes};

#[test]
fn a_changed_export_of_a_posted_invoice_is_a_revision_and_posts_nothing() {
    let bench = bench("partner-center");
    let home = &bench.home;
    home.json(0, &["load", "--from", &sample("license-2022.csv")]);
    map_all(&bench);
    post_all(&bench);
    let posted = writes(&bench);
    let text = std::fs::read_to_string(sample("license-2022.csv")).unwrap();
    let file = home.file("changed.csv", text.replace(",190.00,", ",195.00,"));
    let loaded = home.json(0, &["load", "--from", &file]);
    assert_eq!((&loaded["added"], &loaded["unchanged"]), (&0.into(), &24.into()), "{loaded:#}");
    assert_eq!(loaded["revisions"].as_array().map(Vec::len), Some(1), "{loaded:#}");
    assert_eq!(loaded["revisions"][0]["difference"], "5.00");
    let synced = home.json(0, &["sync", "--yes"]);
    assert_eq!(writes(&bench), posted, "a revision is reported, not posted: {synced:#}");
    assert_eq!(synced["money"][0]["revisions"], "5.00");
    // The first export again takes it back.
    let loaded = home.json(0, &["load", "--from", &sample("license-2022.csv")]);
    assert_eq!(loaded["unchanged"], 25, "{loaded:#}");
    let status = home.json(0, &["status"]);
    assert_eq!(status["money"][0]["revisions"], "0.00");
}

#[test]
fn changed_usage_before_posting_replaces_the_sum() {
    let bench = bench("partner-center-usage");
    let home = &bench.home;
    home.json(0, &["load", "--from", &sample("usage-2022.csv")]);
    let text = std::fs::read_to_string(sample("usage-2022.csv")).unwrap();
    let file = home.file("changed.csv", text.replacen(",1.9584,USD", ",2.9584,USD", 1));
    let loaded = home.json(0, &["load", "--from", &file]);
    let counts = (&loaded["added"], &loaded["replaced"], &loaded["unchanged"]);
    assert_eq!(counts, (&0.into(), &1.into(), &2.into()), "{loaded:#}");
}

#[test]
fn daily_usage_of_an_invoice_that_is_here_as_totals_is_refused_and_the_other_way_round() {
    let bench = bench("partner-center");
    let home = &bench.home;
    home.json(0, &["load", "--from", &sample("license-2022.csv")]);
    home.set(&[("source.profile", "partner-center-usage".into())]);
    let document = home.refused(2, "counted-twice", &["load", "--from", &sample("usage.jsonl")]);
    assert!(document["message"].as_str().unwrap().contains("azure/monthly"), "{document:#}");
    assert_eq!(home.json(0, &["status"])["lines"], 25, "nothing of it was loaded");

    let bench = crate::bench("partner-center-usage");
    let home = &bench.home;
    home.json(0, &["load", "--from", &sample("usage.jsonl")]);
    home.set(&[("source.group_by", "resource-group".into())]);
    home.refused(2, "counted-twice", &["load", "--from", &sample("usage.jsonl")]);
    home.set(&[("source.group_by", "".into()), ("source.profile", "partner-center".into())]);
    home.refused(2, "counted-twice", &["load", "--from", &sample("license-2022.csv")]);
}
