use proptest::prelude::*;

use super::{day, dec, kept, sample};
use crate::domain::charge_type::ChargeType;
use crate::domain::description::{LONGEST, Notes, invoice_description};
use crate::domain::policy::Policy;

#[test]
fn it_begins_with_subscription_and_charge_type() {
    let mut line = kept(&sample());
    let mut policy = Policy::default();
    let say = |l: &_, p: &_| invoice_description(l, p, Notes::default());
    assert_eq!(say(&line, &policy), "Office for all - Cycle Fee");
    policy.charge_names.insert(ChargeType::CycleFee, "Monthly fee".into());
    assert_eq!(say(&line, &policy), "Office for all - Monthly fee");
    line.subscription_name = Some("  ".into());
    assert_eq!(say(&line, &policy), "Office - Monthly fee");
    line.subscription_name = None;
    assert_eq!(say(&line, &policy), "Office - Monthly fee");
}

#[test]
fn a_template_of_ones_own() {
    let line = kept(&sample());
    let with = |template: &str| {
        let policy = Policy { description: template.into(), ..Policy::default() };
        invoice_description(&line, &policy, Notes::default())
    };
    assert_eq!(
        with("{organization}/{offer}/{invoice}/{part_number}!"),
        "Fourth Coffee/Office/INV-1/!"
    );
    assert_eq!(with("{who} {subscription"), "{who} {subscription");
    assert_eq!(with("{{subscription}}"), "{Office for all}");
}

#[test]
fn what_a_name_holds_is_not_filled_in_again() {
    let mut line = kept(&sample());
    line.subscription_name = Some("{invoice}".into());
    let text = invoice_description(&line, &Policy::default(), Notes::default());
    assert_eq!(text, "{invoice} - Cycle Fee");
}

#[test]
fn dates_and_quantity_follow() {
    let line = kept(&sample());
    let notes = Notes {
        net: None,
        own_dates: Some((day("2026-05-01"), Some(day("2027-04-30")))),
        quantity: Some(dec("3.50")),
    };
    assert_eq!(
        invoice_description(&line, &Policy::default(), notes),
        "Office for all - Cycle Fee (2026-05-01 to 2027-04-30) (quantity 3.5)"
    );
}

proptest! {
    #[test]
    fn it_fits_and_keeps_its_notes(name in "\\PC{0,40}", times in 1usize..400) {
        let mut line = kept(&sample());
        line.subscription_name = Some(name.repeat(times).into());
        let notes = Notes { own_dates: Some((day("2026-05-01"), None)), quantity: Some(dec("2")), net: None };
        let text = invoice_description(&line, &Policy::default(), notes);
        prop_assert!(text.chars().count() <= LONGEST);
        prop_assert!(text.ends_with(" (from 2026-05-01) (quantity 2)"));
    }
}
