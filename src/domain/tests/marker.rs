use std::collections::HashMap;

use proptest::prelude::*;

use crate::domain::addition::Subject;
use crate::domain::marker::{PREFIX, is_marker, marker};

fn any_subject() -> impl Strategy<Value = Subject> {
    let short = || "[ab]{0,3}".prop_map(|s| crate::domain::line::Text::from(s.as_str()));
    prop_oneof![
        (short(), short()).prop_map(|(source, key)| Subject::Line { source, key }),
        (short(), short()).prop_map(|(source, key)| Subject::Rounding { source, key }),
        (short(), short(), proptest::collection::btree_set(short(), 0..4)).prop_map(
            |(source, stem, keys)| Subject::Net {
                source,
                // A stem is always as long as a digest is.
                stem: format!("{:A<26}", stem.to_uppercase()).into(),
                keys: keys.into_iter().collect(),
            }
        ),
        (short(), 1i64..3, proptest::option::of(short()), short(), short(), 1u32..3, 1u32..3)
            .prop_map(|(source, company, contract, subscription, offer, occurrence, life)| {
                Subject::Recurring {
                    source,
                    company,
                    contract,
                    subscription,
                    offer,
                    occurrence,
                    life,
                }
            }),
    ]
}

#[test]
fn the_marker_is_fixed_for_all_time() {
    // It stands in customers' ConnectWise: these texts may never change.
    let line = Subject::Line { source: "canonical".into(), key: "L-1".into() };
    assert_eq!(marker(&line), LINE);
    let recurring = Subject::Recurring {
        source: "canonical".into(),
        company: 17,
        contract: Some("c-1".into()),
        subscription: "s-1".into(),
        offer: "o-1".into(),
        occurrence: 1,
        life: 1,
    };
    assert_eq!(marker(&recurring), RECURRING);
}

#[test]
fn what_only_begins_like_a_marker_is_none() {
    let short = &LINE[..LINE.len() - 1];
    let small = LINE.to_lowercase().replace("ad-", "AD-");
    for other in ["", "AD-", "AD-4711", short, &format!("{LINE}A"), &small, &LINE.replace('-', "_")]
    {
        assert!(!is_marker(other), "{other}");
    }
}

const LINE: &str = "AD-YZZ56CP6HKXMKWV42PQANZQJJDVMVV2C";
const RECURRING: &str = "AD-J532PRCLSEJASCAI2WTQGITL2ZYMP3D6";

proptest! {
    #[test]
    fn equal_subjects_and_only_they_have_equal_markers(all in proptest::collection::vec(any_subject(), 2..60)) {
        let mut seen: HashMap<String, &Subject> = HashMap::new();
        for subject in &all {
            let m = marker(subject);
            prop_assert!(m.len() <= 50 && m.starts_with(PREFIX), "{}", m);
            prop_assert!(m.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(is_marker(&m), "{}", m);
            let first = *seen.entry(m).or_insert(subject);
            prop_assert_eq!(first, subject);
        }
    }

    #[test]
    fn it_depends_on_nothing_but_its_subject(subject in any_subject()) {
        let saved = serde_json::to_string(&subject).unwrap();
        let read: Subject = serde_json::from_str(&saved).unwrap();
        prop_assert_eq!(marker(&read), marker(&subject));
    }
}
