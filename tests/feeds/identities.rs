//! A distributor that begins to give its items ids: they are the same items.

use addendum::sandbox::{BadData, Faults, Feed};
use rust_decimal::Decimal;

use crate::month::bench;
use crate::support::equation_closes;

#[test]
fn items_that_get_ids_after_they_were_posted_are_not_posted_again() {
    let bench = bench(Feed::Pax8, 40);
    let home = &bench.home;
    let bad_data = vec![BadData::MissingIds];
    bench.sandbox.faults().set(Faults { bad_data, ..Faults::default() }).unwrap();
    home.json(0, &["pull"]);
    home.json(0, &["load"]);
    let mapping = home.file("mapping.csv", bench.sandbox.feed_mapping_csv(Feed::Pax8));
    home.json(0, &["map", "import", &mapping]);
    home.json(0, &["sync", "--yes"]);
    let writes = || bench.sandbox.count(|r| r.is_write() && r.path.contains("/additions"));
    let posted = writes();
    assert!(posted > 0);

    bench.sandbox.faults().set(Faults::default()).unwrap();
    let report = home.json(0, &["load"]);
    assert_eq!(report["added"], 0, "{report:#}");
    for revision in report["revisions"].as_array().unwrap() {
        let difference: Decimal = revision["difference"].as_str().unwrap().parse().unwrap();
        assert_eq!(difference, Decimal::ZERO, "{revision:#}");
    }
    let synced = home.run(&["sync", "--yes", "--json"]).exits(0).json();
    assert_eq!(writes(), posted, "nothing is posted twice");
    let sample = bench.sandbox.sample();
    let all: Decimal = sample
        .periods()
        .iter()
        .flat_map(|p| sample.lines(*p).collect::<Vec<_>>())
        .map(|l| l.total)
        .sum();
    assert_eq!(equation_closes(&synced["money"]), all);
}
