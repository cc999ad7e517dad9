//! A source that nobody has written code for: a profile of the user's own, in TOML alone.

use addendum::sandbox::Feed;

use crate::month::bench;
use crate::support::equation_closes;

/// As the README explains it, against the statements that the sandbox serves.
const PROFILE: &str = include_str!("../../config/sources/template-http.toml");

#[test]
fn the_template_is_a_profile_that_loads() {
    let bench = bench(Feed::Arrow, 40);
    let path = bench.home.file("my-distributor.toml", PROFILE);
    bench.home.set(&[("source.profile", path.into())]);
    bench.home.json(0, &["pull"]);
    let loaded = bench.home.json(0, &["load"]);
    assert_eq!(loaded["read"], 40, "{loaded:#}");
    let mapping = bench.home.file("mapping.csv", bench.sandbox.feed_mapping_csv(Feed::Arrow));
    bench.home.json(0, &["map", "import", &mapping]);
    let synced = bench.home.json(0, &["sync", "--yes"]);
    let sample = bench.sandbox.sample();
    let all: rust_decimal::Decimal = sample
        .periods()
        .into_iter()
        .flat_map(|p| sample.lines(p).collect::<Vec<_>>())
        .map(|l| l.total)
        .sum();
    assert_eq!(equation_closes(&synced["money"]), all);
}

#[test]
fn a_mistake_in_a_profile_is_named_before_anything_is_asked() {
    let bench = bench(Feed::Arrow, 20);
    for (from, to, said) in [
        ("for_each = \"statements\"", "for_each = \"statement\"", "no earlier call statement"),
        ("style = \"page\"", "style = \"pages\"", "pages"),
        ("{statements.reference}", "{statement.reference}", "{statement.reference}"),
        ("records = \"data.billingStatements\"", "record = \"data.billingStatements\"", "record"),
        ("\"{api_key}\"", "\"{key}\"", "{key}"),
    ] {
        assert!(PROFILE.contains(from), "{from}");
        let path = bench.home.file("my-distributor.toml", PROFILE.replacen(from, to, 1));
        bench.home.set(&[("source.profile", path.into())]);
        let told = bench.home.refused(2, "bad-profile", &["load"]);
        assert!(told["message"].as_str().unwrap().contains(said), "{said}: {told:#}");
    }
    assert_eq!(bench.sandbox.count(|r| r.path.contains("/arrow/")), 0);
}

#[test]
fn a_list_that_is_not_where_the_profile_says_is_refused() {
    let bench = bench(Feed::Arrow, 20);
    let wrong = PROFILE.replacen("data.billingStatements\"", "data.statements\"", 1);
    let path = bench.home.file("my-distributor.toml", wrong);
    bench.home.set(&[("source.profile", path.into())]);
    bench.home.refused(2, "no-list", &["load"]);
}
