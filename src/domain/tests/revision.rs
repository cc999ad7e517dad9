use std::collections::HashSet;

use proptest::prelude::*;

use crate::domain::revision::{Again, Slot, again, pair};
use crate::domain::status::PsaStatus;

#[test]
fn what_is_posted_or_being_posted_is_never_replaced() {
    for status in PsaStatus::ALL {
        assert_eq!(again(status, true), Again::Unchanged);
    }
    assert_eq!(again(PsaStatus::NotSynced, false), Again::Replace);
    assert_eq!(again(PsaStatus::Error, false), Again::Replace);
    assert_eq!(again(PsaStatus::Synced, false), Again::Revise);
    assert_eq!(again(PsaStatus::Posting, false), Again::Revise);
}

fn slots(of: &[(&'static str, i64)]) -> Vec<Slot<&'static str>> {
    of.iter().map(|(charge, start)| Slot { charge: *charge, start: *start }).collect()
}

#[test]
fn a_changed_line_is_found_again() {
    for (stored, incoming, pairs) in [
        // One against one: whatever its start.
        (slots(&[("a", 1)]), slots(&[("a", 1)]), vec![(0, 0)]),
        (slots(&[("a", 1)]), slots(&[("a", 2)]), vec![(0, 0)]),
        (slots(&[("a", 1)]), slots(&[("b", 1)]), vec![]),
        // Several: the start tells them apart, the one that is left over has only one partner.
        (slots(&[("a", 1), ("a", 2)]), slots(&[("a", 2), ("a", 3)]), vec![(0, 1), (1, 0)]),
        // Two against one without a start in common: nobody can tell.
        (slots(&[("a", 1), ("a", 2)]), slots(&[("a", 3)]), vec![]),
        (slots(&[]), slots(&[("a", 1)]), vec![]),
        (slots(&[("a", 1)]), slots(&[]), vec![]),
    ] {
        assert_eq!(pair(&stored, &incoming), pairs, "{stored:?} {incoming:?}");
    }
}

proptest! {
    #[test]
    fn each_is_paired_once_with_its_like(
        stored in proptest::collection::vec((0u8..4, 0i64..3), 0..12),
        incoming in proptest::collection::vec((0u8..4, 0i64..3), 0..12),
    ) {
        let slots = |of: &[(u8, i64)]| -> Vec<Slot<u8>> {
            of.iter().map(|(charge, start)| Slot { charge: *charge, start: *start }).collect()
        };
        let (stored, incoming) = (slots(&stored), slots(&incoming));
        let pairs = pair(&stored, &incoming);
        let mut seen = (HashSet::new(), HashSet::new());
        for (s, i) in &pairs {
            prop_assert!(seen.0.insert(*s) && seen.1.insert(*i));
            prop_assert_eq!(stored[*s].charge, incoming[*i].charge);
        }
        // What agrees in everything is never left over on both sides.
        for (s, slot) in stored.iter().enumerate() {
            for (i, other) in incoming.iter().enumerate() {
                prop_assert!(slot != other || seen.0.contains(&s) || seen.1.contains(&i));
            }
        }
        prop_assert_eq!(pair(&stored, &incoming), pairs);
    }
}
