use std::str::FromStr;

use proptest::prelude::*;

use super::*;
use crate::tui::model::sample;

fn names(filter: &str) -> Vec<String> {
    let (filter, problems) = parse(GridId::Organizations, filter);
    assert_eq!(problems, Vec::<String>::new());
    let name = columns::of(GridId::Organizations)[0].cell;
    sample::organizations()
        .into_iter()
        .filter(|row| filter.matches(GridId::Organizations, &row.record))
        .map(|row| name(&row.record).value.show())
        .collect()
}

#[test]
fn terms_narrow_together() {
    assert_eq!(names("").len(), sample::organizations().len());
    assert_eq!(names("contoso"), ["Contoso Ltd"]);
    assert_eq!(names("org:CONTOSO status:mapped"), ["Contoso Ltd"]);
    assert!(names("!contoso").iter().all(|n| n != "Contoso Ltd"));
    assert_eq!(names("org=\"contoso ltd\""), ["Contoso Ltd"]);
    assert!(!names("amount>100").is_empty());
    assert!(names("amount>100000000").is_empty());
    assert_eq!(names("lines>=0").len(), sample::organizations().len());
}

#[test]
fn a_half_typed_term_hides_nothing_and_a_wrong_one_is_named() {
    for half in ["status:", "amount>", "!", "org=\"", "status"] {
        let (_, problems) = parse(GridId::Organizations, half);
        assert_eq!(problems, Vec::<String>::new(), "{half}");
    }
    assert_eq!(names("status: contoso"), ["Contoso Ltd"]);
    let (filter, problems) = parse(GridId::Organizations, "colour:red amount>much contoso");
    assert_eq!(problems.len(), 2);
    assert_eq!(filter.terms.len(), 1);
}

#[test]
fn a_status_that_is_named_whole_is_not_another_that_contains_it() {
    let shown = |filter: &str| {
        let (filter, problems) = parse(GridId::Invoices, filter);
        assert_eq!(problems, Vec::<String>::new());
        (0..28).filter(|i| filter.matches(GridId::Invoices, &sample::line(*i).record)).count()
    };
    assert_eq!((shown("status:synced"), shown("status:\"not synced\"")), (7, 7));
    assert_eq!(shown("status:sync"), 14, "half typed: both");
    assert_eq!(shown("mapping:mapped") + shown("mapping:unmapped"), 28);
    assert_eq!(shown("!status:Synced"), 21);
}

#[test]
fn days_compare_as_days() {
    let (filter, problems) = parse(GridId::Invoices, "start>2026-09-30 end<=2026-10-31");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(filter.terms[0].wanted, Wanted::Day(Date::from_str("2026-09-30").unwrap()));
    assert!(filter.terms[0].hits(&Value::Day(Date::from_str("2026-10-01").unwrap())));
    assert!(!filter.terms[0].hits(&Value::Empty));
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,60}") {
        let (filter, _) = parse(GridId::Invoices, &text);
        prop_assert!(filter.terms.len() <= text.len());
    }
}
