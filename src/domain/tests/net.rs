use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{kept, sample};
use crate::domain::line::Text;
use crate::domain::marker::marker;
use crate::domain::net::{lines_of, stem, stem_of, subject};
use crate::domain::policy::PostingMode;

fn keys(set: &BTreeSet<u8>) -> Vec<Text> {
    set.iter().map(|n| format!("line-{n:02}").into()).collect()
}

#[test]
fn the_marker_of_a_net_is_fixed_for_all_time() {
    // It stands in customers' ConnectWise: these texts may never change.
    let line = kept(&sample());
    let by_event = stem(&line, PostingMode::NetPerEvent).unwrap();
    let by_month = stem(&line, PostingMode::NetPerSubscriptionMonth).unwrap();
    assert_eq!((&*by_event, &*by_month), (EVENT, MONTH));
    let subject = subject(&"canonical".into(), &by_event, vec!["b".into(), "a".into()]);
    assert_eq!(marker(&subject), MARKER);
    assert_eq!(MARKER.len(), 50);
    assert!(crate::domain::marker::is_marker(MARKER));
}

const EVENT: &str = "7IZZQO6CB5Y6HPX47HMGFJALTE";
const MONTH: &str = "XLIVLSFXY6E2MXFUXUT5MN2MYM";
const MARKER: &str = "AD-7IZZQO6CB5Y6HPX47HMGFJALTECCM6T7G72JQ434TBAQDGS";

#[test]
fn a_line_without_a_subscription_has_no_stem() {
    let mut line = kept(&sample());
    line.subscription_id = None;
    assert_eq!(stem(&line, PostingMode::NetPerEvent), None);
    assert_eq!(stem(&line, PostingMode::NetPerSubscriptionMonth), None);
    assert_eq!(stem(&kept(&sample()), PostingMode::PerLine), None);
}

#[test]
fn a_stem_does_not_know_our_side() {
    let line = kept(&sample());
    let mut other = line.clone();
    other.choice.company = Some(7);
    other.total = super::dec("-3");
    other.key = "other".into();
    other.organization_name = "Renamed".into();
    for mode in [PostingMode::NetPerEvent, PostingMode::NetPerSubscriptionMonth] {
        assert_eq!(stem(&line, mode), stem(&other, mode));
    }
}

proptest! {
    /// A machine that knows nothing but the bill tells from the marker which lines are posted.
    #[test]
    fn the_lines_of_a_net_are_found_again(
        posted in proptest::collection::btree_set(0u8..12, 1..8),
        came_later in proptest::collection::btree_set(0u8..12, 0..8),
    ) {
        let stem: Text = stem(&kept(&sample()), PostingMode::NetPerEvent).unwrap();
        let subject = subject(&"canonical".into(), &stem, keys(&posted));
        let marker = marker(&subject);
        prop_assert_eq!(stem_of(&marker), Some(&*stem));
        let all: BTreeSet<u8> = posted.union(&came_later).copied().collect();
        let mut shuffled = keys(&all);
        shuffled.reverse();
        prop_assert_eq!(lines_of(&marker, "canonical", &shuffled), Some(keys(&posted)));
        prop_assert_eq!(lines_of(&marker, "other", &shuffled), None);
        let without: BTreeSet<u8> = all.iter().copied().filter(|n| Some(n) != posted.first()).collect();
        prop_assert_eq!(lines_of(&marker, "canonical", &keys(&without)), None);
    }
}
