//! A month of each distributor from load to proof, with the real binary.

use addendum::domain::money::cents;
use addendum::sandbox::{Feed, SandboxOptions};
use rust_decimal::Decimal;

use crate::support::{Bench, equation_closes};

/// A bench whose source is the feed.
pub fn bench(feed: Feed, lines: usize) -> Bench {
    let mut bench = Bench::with(SandboxOptions {
        companies: 12,
        lines,
        tidy: true,
        ..SandboxOptions::default()
    });
    bench.home.set(&[
        ("source.profile", feed.name().into()),
        ("source.location", bench.sandbox.feed_url(feed).into()),
        ("source.account", feed.account().unwrap_or_default().into()),
    ]);
    let secret = bench.home.env.iter_mut().find(|(n, _)| n == "ADDENDUM_SOURCE_SECRET").unwrap();
    secret.1 = feed.secret().to_owned();
    bench.home.secrets.extend(feed.secret().split(':').map(str::to_owned));
    bench
}

/// What the distributor bills in both months.
fn billed(bench: &Bench, feed: Feed) -> Decimal {
    let sample = bench.sandbox.sample();
    let lines = sample.periods().into_iter().flat_map(|p| sample.lines(p).collect::<Vec<_>>());
    lines
        .map(|l| match feed {
            // What is payable is the cost.
            Feed::Sherweb => cents(l.unit_cost.unwrap() * l.quantity),
            _ => l.total,
        })
        .sum()
}

fn from_load_to_proof(feed: Feed) {
    let bench = bench(feed, 40);
    let home = &bench.home;
    home.json(0, &["pull"]);
    let loaded = home.json(0, &["load"]);
    assert_eq!(loaded["read"], 40, "{loaded:#}");
    let again = home.json(0, &["load"]);
    assert_eq!((&again["unchanged"], &again["added"]), (&40.into(), &0.into()), "{again:#}");

    let mapping = home.file("mapping.csv", bench.sandbox.feed_mapping_csv(feed));
    home.json(0, &["map", "import", &mapping]);
    let plan = home.json(0, &["plan"]);
    assert_eq!(plan["errors"], serde_json::json!([]), "{plan:#}");
    let synced = home.json(0, &["sync", "--yes"]);
    assert_eq!(synced["errors"], serde_json::json!([]), "{synced:#}");
    assert_eq!(equation_closes(&synced["money"]), billed(&bench, feed));
    for row in synced["money"].as_array().unwrap() {
        assert_eq!(row["posted"], row["source"], "all of it is posted: {row:#}");
    }
    let proof = home.json(0, &["reconcile"]);
    assert_eq!(equation_closes(&proof["money"]), billed(&bench, feed));
    for finding in ["missing", "doubled", "drifted"] {
        assert_eq!(proof[finding], serde_json::json!([]), "{proof:#}");
    }
    let writes = bench.sandbox.count(|r| r.is_write() && r.path.contains("/additions"));
    assert!(writes > 0);
    home.json(0, &["load"]);
    home.json(0, &["sync", "--yes"]);
    let later = bench.sandbox.count(|r| r.is_write() && r.path.contains("/additions"));
    assert_eq!(later, writes, "nothing is posted twice");
    nothing_secret_is_kept(&bench, feed);
}

/// Neither the store nor a log holds a part of the secret.
fn nothing_secret_is_kept(bench: &Bench, feed: Feed) {
    let files = bench.home.files();
    assert!(files.iter().any(|f| f.ends_with("addendum.log")), "{files:?}");
    for file in files {
        let content = std::fs::read(&file).unwrap_or_default();
        let content = String::from_utf8_lossy(&content);
        for part in feed.secret().split(':') {
            assert!(!content.contains(part), "{} holds a secret", file.display());
        }
        assert!(!content.contains("sandbox-token-"), "{} holds a token", file.display());
    }
}

#[test]
fn pax8_from_load_to_proof() {
    from_load_to_proof(Feed::Pax8);
}

#[test]
fn appxite_from_load_to_proof() {
    from_load_to_proof(Feed::AppXite);
}

#[test]
fn sherweb_from_load_to_proof() {
    from_load_to_proof(Feed::Sherweb);
}

#[test]
fn arrow_from_load_to_proof() {
    from_load_to_proof(Feed::Arrow);
}
