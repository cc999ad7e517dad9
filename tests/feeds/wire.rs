//! Pages that break, servers that throttle, tokens that end: a load goes on where it was.

use std::time::Instant;

use addendum::domain::policy::Policy;
use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{BadData, Faults, Feed, Kind, Rule};
use addendum::sources::{self, Origin, Source, SourceError};
use secrecy::SecretString;

use crate::reading::Feeds;

fn hit(feeds: &Feeds, rules: Vec<Rule>) {
    feeds.sandbox.faults().set(Faults { rules, ..Faults::default() }).unwrap();
}

fn pages(feeds: &Feeds) -> usize {
    feeds.sandbox.count(|r| r.path.ends_with("/items") && r.status == Some(200))
}

#[test]
fn a_page_that_breaks_is_asked_again_and_no_other() {
    let feeds = Feeds::with(1_600);
    let whole = feeds.lines(Feed::Pax8).len();
    let undisturbed = pages(&feeds);
    assert!(undisturbed > 3, "there are several pages: {undisturbed}");
    for kind in [Kind::ServerError, Kind::Truncate, Kind::ResetBeforeCommit, Kind::Throttle] {
        feeds.sandbox.forget_requests();
        let rule = Rule::new(kind).on("GET", "*/items").after(2).times(1);
        hit(&feeds, vec![rule.answering(503, ErrorBody::Html)]);
        assert_eq!(feeds.lines(Feed::Pax8).len(), whole, "{kind:?}");
        let asked = feeds.sandbox.count(|r| r.path.ends_with("/items"));
        assert_eq!(asked, undisturbed + 1, "{kind:?}: one page more was asked for");
    }
}

#[test]
fn a_throttle_that_does_not_say_for_how_long_is_waited_out() {
    let feeds = Feeds::with(60);
    let rule = Rule::new(Kind::Throttle).on("GET", "*/invoices").times(1).retry_after(0);
    hit(&feeds, vec![rule]);
    assert_eq!(feeds.lines(Feed::Pax8).len(), 30);
    let throttled = feeds.sandbox.count(|r| r.status == Some(429));
    assert_eq!(throttled, 1);
}

#[test]
fn a_token_that_ends_among_the_pages_is_renewed() {
    let feeds = Feeds::with(1_600);
    feeds.bad(&[BadData::ShortTokens]);
    assert_eq!(feeds.lines(Feed::Pax8).len(), 800);
    let tokens = feeds.sandbox.count(|r| r.path.ends_with("/token"));
    let refused = feeds.sandbox.count(|r| r.status == Some(401));
    assert!(tokens > 2 && refused == tokens - 1, "{tokens} tokens, {refused} refusals");
}

#[test]
fn one_token_serves_the_whole_load() {
    let feeds = Feeds::with(600);
    feeds.lines(Feed::Pax8);
    assert_eq!(feeds.sandbox.count(|r| r.path.ends_with("/token")), 1);
}

#[test]
fn a_refused_token_is_renewed_once_and_then_told() {
    let feeds = Feeds::with(60);
    feeds.bad(&[BadData::DeadTokens]);
    for feed in [Feed::Pax8, Feed::Sherweb] {
        feeds.sandbox.forget_requests();
        assert_eq!(feeds.fails(feed).code, "source-unauthorized");
        assert_eq!(feeds.sandbox.count(|r| r.path.ends_with("/token")), 2, "{feed:?}");
    }
}

#[test]
fn a_load_that_nobody_waits_for_ends_though_the_source_is_silent() {
    let feeds = Feeds::with(20);
    feeds.sandbox.faults().latency(600_000);
    let secret = SecretString::from(Feed::Arrow.secret());
    let source = Source { secret: Some(&secret), ..Source::of("arrow") };
    let origin = Origin::Url(feeds.sandbox.feed_url(Feed::Arrow));
    let periods = [feeds.sandbox.sample().periods()[0]];
    let (begun, mut asked) = (Instant::now(), 0);
    let read = sources::read(source, &origin, &periods, &Policy::default(), &mut |batch| {
        assert!(batch.is_empty());
        asked += 1;
        asked < 3
    });
    assert!(matches!(read, Err(SourceError::Abandoned)), "{read:?}");
    assert!(begun.elapsed().as_secs() < 60, "it did not wait for the answer");
}
