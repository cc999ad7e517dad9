//! What is not set up, and what is set up wrong.

use addendum::sandbox::Feed;

use crate::month::bench;

#[test]
fn a_secret_that_is_missing_or_wrong_is_told() {
    for feed in Feed::ALL {
        let mut bench = bench(feed, 20);
        let at = bench.home.env.iter().position(|(n, _)| n == "ADDENDUM_SOURCE_SECRET").unwrap();
        bench.home.env[at].1 = "wrong-1:wrong-2:wrong-3".into();
        bench.home.secrets.extend(["wrong-1".to_owned(), "wrong-2".into(), "wrong-3".into()]);
        bench.home.refused(4, "source-unauthorized", &["load"]);
        bench.home.env.remove(at);
        let told = bench.home.refused(4, "no-source-secret", &["load"]);
        assert!(told["remedy"].as_str().unwrap().contains("--source-secret"), "{told}");
    }
}

#[test]
fn a_secret_without_one_of_its_parts_is_told_before_anything_is_asked() {
    let mut bench = bench(Feed::Pax8, 20);
    let at = bench.home.env.iter().position(|(n, _)| n == "ADDENDUM_SOURCE_SECRET").unwrap();
    bench.home.env[at].1 = "only-a-client-id".into();
    let told = bench.home.refused(4, "bad-source-secret", &["load"]);
    assert!(told["message"].as_str().unwrap().contains("client_secret"), "{told}");
    assert_eq!(bench.sandbox.count(|r| r.path.contains("/pax8/")), 0);
}

#[test]
fn an_account_that_is_needed_is_asked_for() {
    let bench = bench(Feed::AppXite, 20);
    bench.home.set(&[("source.account", "".into())]);
    let told = bench.home.refused(4, "nothing-to-fill-in", &["load"]);
    assert!(told["remedy"].as_str().unwrap().contains("source.account"), "{told}");
}

#[test]
fn months_that_appxite_no_longer_serves_are_not_taken_for_empty_ones() {
    let bench = bench(Feed::AppXite, 20);
    let told = bench.home.refused(2, "no-longer-served", &["load", "--period", "2020-01"]);
    assert!(told["message"].as_str().unwrap().contains("15 months"), "{told}");
}

#[test]
fn no_secret_goes_over_a_wire_that_others_can_read() {
    let bench = bench(Feed::Arrow, 20);
    let path = bench.home.paths().settings;
    let text = std::fs::read_to_string(&path).unwrap();
    let own = bench.sandbox.feed_url(Feed::Arrow);
    std::fs::write(&path, text.replace(&own, "http://192.0.2.1/arrow")).unwrap();
    let told = bench.home.json(2, &["load"]);
    assert_eq!(told["schema"], "addendum/error/1", "{told:#}");
}
