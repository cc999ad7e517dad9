//! What is going to be billed is shown, and goes nowhere.

use addendum::domain::charge_type::ChargeType;
use addendum::sandbox::Feed;
use rust_decimal::Decimal;

use crate::month::bench;

#[test]
fn a_forecast_is_shown_and_nothing_of_it_is_kept() {
    let bench = bench(Feed::Pax8, 60);
    let sample = bench.sandbox.sample();
    let this = sample.periods()[1];
    let expected: Vec<_> =
        sample.lines(this).filter(|l| l.charge_type == ChargeType::CycleFee).collect();
    let document = bench.home.json(0, &["source", "forecast"]);
    let lines = document["forecast"].as_array().unwrap();
    assert_eq!(lines.len(), expected.len());
    let first = this.next().first_day().to_string();
    assert!(lines.iter().all(|l| l["charge_start_date"] == first.as_str()), "{document:#}");
    let total = |name: &str| -> Decimal {
        let rows = document["money"].as_array().unwrap().iter();
        rows.map(|r| r[name].as_str().unwrap().parse::<Decimal>().unwrap()).sum()
    };
    assert_eq!(total("total"), expected.iter().map(|l| l.total).sum());
    assert!(total("cost") > Decimal::ZERO && total("cost") < total("total"));

    let text = bench.home.run(&["source", "forecast"]).exits(0).stdout;
    assert!(text.contains("nothing of it is loaded"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    // Neither is there a line, nor would a sync find one.
    let status = bench.home.json(0, &["status"]);
    assert!(!status.to_string().contains(&first), "{status:#}");
    bench.home.json(0, &["pull"]);
    let plan = bench.home.json(0, &["plan"]);
    assert_eq!(plan["actions"], serde_json::json!([]), "{plan:#}");
}

#[test]
fn a_source_without_a_forecast_says_so() {
    let arrow = bench(Feed::Arrow, 20);
    arrow.home.refused(4, "no-forecast", &["source", "forecast"]);
    arrow.home.set(&[("source.profile", "canonical".into()), ("source.location", "".into())]);
    arrow.home.refused(4, "no-forecast", &["source", "forecast"]);
}
