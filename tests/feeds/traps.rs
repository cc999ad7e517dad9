//! Every way in which a distributor's data is known to be awkward or wrong: handled, or refused
//! with its reason.

use std::collections::BTreeMap;

use addendum::domain::charge_type::ChargeType;
use addendum::domain::line::CanonicalLine;
use addendum::sandbox::{BadData, Feed};
use rust_decimal::Decimal;

use crate::reading::Feeds;

/// A line's money and days by what tells it apart.
type Told = BTreeMap<(String, String, String), Vec<(Decimal, String, Option<String>)>>;

fn told(lines: &[CanonicalLine]) -> Told {
    let mut told = Told::new();
    for l in lines {
        let key = (
            l.organization_id.to_string(),
            l.subscription_id.as_deref().unwrap_or_default().to_owned(),
            l.offer_id.to_string(),
        );
        let value = (l.total, l.charge_start.to_string(), l.charge_end.map(|d| d.to_string()));
        told.entry(key).or_default().push(value);
    }
    told.values_mut().for_each(|v| v.sort());
    told
}

#[test]
fn each_feed_gives_the_lines_of_the_sample() {
    let feeds = Feeds::with(200);
    let period = feeds.sandbox.sample().periods()[0];
    let sample: Vec<_> = feeds.sandbox.sample().lines(period).collect();
    for feed in [Feed::Pax8, Feed::AppXite, Feed::Arrow] {
        let lines = feeds.lines(feed);
        assert_eq!(lines.len(), sample.len(), "{feed:?}");
        let sum = |lines: &[CanonicalLine]| lines.iter().map(|l| l.total).sum::<Decimal>();
        assert_eq!(sum(&lines), sum(&sample), "{feed:?}");
        assert!(lines.iter().all(|l| l.period() == period), "{feed:?}");
        // Every line has its cost beside its price.
        assert!(lines.iter().all(|l| l.unit_cost.is_some() && l.unit_price.is_some()), "{feed:?}");
        let units = |lines: &[CanonicalLine]| {
            lines.iter().map(|l| l.unit_cost.unwrap() * l.quantity).sum::<Decimal>()
        };
        assert_eq!(units(&lines), units(&sample), "{feed:?}: cost");
        for kind in [ChargeType::CycleFee, ChargeType::UsageFee, ChargeType::OneTimeFee] {
            assert!(lines.iter().any(|l| l.charge_type == kind), "{feed:?} has no {kind}");
        }
        let days = |lines: &[CanonicalLine]| {
            let mut days: Vec<_> = lines.iter().map(|l| (l.charge_start, l.charge_end)).collect();
            days.sort();
            days
        };
        assert_eq!(days(&lines), days(&sample), "{feed:?}");
    }
    let sherweb = feeds.lines(Feed::Sherweb);
    assert_eq!(sherweb.len(), sample.len());
    assert!(sherweb.iter().all(|l| l.extra.as_ref().is_some_and(|e| e.cost_only)));
}

#[test]
fn void_and_credited_invoices_are_not_even_asked_for() {
    let feeds = Feeds::with(60);
    let (_, report) = feeds.read(Feed::Pax8).unwrap();
    let invoices = report.left_out["invoice is void"];
    assert!(invoices > 0);
    assert_eq!(report.left_out["invoice was credited"], invoices);
    assert_eq!(feeds.sandbox.count(|r| r.path.ends_with("/items")) as u64, invoices);
}

#[test]
fn items_without_ids_are_told_by_their_content() {
    let feeds = Feeds::with(200);
    for feed in [Feed::Pax8, Feed::Arrow] {
        feeds.bad(&[]);
        let (with_ids, _) = feeds.read(feed).unwrap();
        assert!(with_ids.iter().all(|l| l.line.line_id.is_some()), "{feed:?}");
        feeds.bad(&[BadData::MissingIds]);
        let (first, _) = feeds.read(feed).unwrap();
        let (second, _) = feeds.read(feed).unwrap();
        assert!(first.iter().all(|l| l.line.line_id.is_none() && l.key.starts_with("h-")));
        let keys = |lines: &[addendum::domain::load::LoadedLine]| {
            let mut keys: Vec<_> = lines.iter().map(|l| l.key.clone()).collect();
            keys.sort();
            keys.dedup();
            keys
        };
        assert_eq!(keys(&first).len(), with_ids.len(), "{feed:?}: each has one of its own");
        assert_eq!(keys(&first), keys(&second), "{feed:?}");
    }
}

#[test]
fn both_kinds_of_ends_give_the_same_days_and_what_does_not_tell_is_refused() {
    let feeds = Feeds::with(120);
    let inclusive = told(&feeds.lines(Feed::Pax8));
    feeds.bad(&[BadData::ExclusiveEnds]);
    assert_eq!(told(&feeds.lines(Feed::Pax8)), inclusive);
    feeds.bad(&[BadData::AmbiguousEnds]);
    let problem = feeds.refuses(Feed::Pax8);
    assert_eq!((problem.code.as_ref(), problem.row), ("ambiguous-end", Some(1)));
    assert_eq!(problem.column.as_deref(), Some("endPeriod"));
}

#[test]
fn credits_of_either_sign_are_credits_and_the_total_must_hold() {
    let feeds = Feeds::with(240);
    let plain = feeds.lines(Feed::Pax8);
    feeds.bad(&[BadData::PositiveCredits]);
    assert_eq!(told(&feeds.lines(Feed::Pax8)), told(&plain));
    feeds.bad(&[BadData::WrongTotals]);
    let problem = feeds.refuses(Feed::Pax8);
    assert_eq!(problem.code, "control-total");
    assert!(problem.message.contains("0.01"), "{}", problem.message);
}

#[test]
fn what_the_vendor_bills_itself_is_not_billed_again() {
    let feeds = Feeds::with(120);
    let all = feeds.lines(Feed::Pax8).len();
    feeds.bad(&[BadData::BilledByVendor]);
    let (lines, report) = feeds.read(Feed::Pax8).unwrap();
    let left = report.left_out["billed by Pax8 itself"];
    assert!(left > 0);
    assert_eq!(lines.len() as u64 + left, all as u64);
}

#[test]
fn nulls_are_no_values_and_a_credit_to_nobody_is_the_partners_own() {
    let feeds = Feeds::with(240);
    feeds.bad(&[BadData::Nulls]);
    let lines = feeds.lines(Feed::Pax8);
    // Credits come without a customer now; they stay in the bill, for somebody to decide.
    let partner: Vec<_> = lines.iter().filter(|l| &*l.organization_id == "partner").collect();
    assert_eq!(partner.len(), lines.iter().filter(|l| l.total.is_sign_negative()).count());
}

#[test]
fn float_noise_is_taken_for_what_it_stands_for() {
    let feeds = Feeds::with(120);
    for feed in Feed::ALL {
        feeds.bad(&[]);
        let plain = told(&feeds.lines(feed));
        feeds.bad(&[BadData::FloatNoise]);
        assert_eq!(told(&feeds.lines(feed)), plain, "{feed:?}");
    }
}

#[test]
fn charges_that_are_not_billed_yet_are_left_out() {
    let feeds = Feeds::with(60);
    let (_, report) = feeds.read(Feed::Sherweb).unwrap();
    assert_eq!(report.left_out["not billed yet"], 3);
}

#[test]
fn what_nobody_knows_is_refused_by_name() {
    let feeds = Feeds::with(60);
    for feed in Feed::ALL {
        feeds.bad(&[BadData::UnknownTypes]);
        assert_eq!(feeds.refuses(feed).code, "unknown-charge-type", "{feed:?}");
        feeds.bad(&[BadData::MissingFields]);
        assert_eq!(feeds.refuses(feed).code, "missing-value", "{feed:?}");
    }
}

#[test]
fn pages_that_cannot_be_trusted_load_nothing() {
    let feeds = Feeds::with(1_600);
    feeds.bad(&[BadData::CircularPages]);
    assert_eq!(feeds.fails(Feed::Pax8).code, "page-twice");
    feeds.bad(&[BadData::GrowingLists]);
    assert_eq!(feeds.fails(Feed::Pax8).code, "list-changed");
    for feed in Feed::ALL {
        feeds.bad(&[BadData::Redirects]);
        let problem = feeds.fails(feed);
        assert_eq!(problem.code, "source-failed", "{feed:?}");
        assert!(problem.message.contains("sends elsewhere"), "{problem}");
        feeds.bad(&[BadData::HtmlPages]);
        assert_eq!(feeds.fails(feed).code, "not-the-source", "{feed:?}");
    }
}
