use super::*;

fn catalog(kind: Kind, names: &[(&str, &str, &[&str])]) -> Catalog {
    Catalog::new(
        kind,
        names
            .iter()
            .map(|(id, name, keys)| Named {
                id: (*id).into(),
                name: (*name).into(),
                keys: keys.iter().map(|k| (*k).to_owned()).collect(),
            })
            .collect(),
    )
}

fn named(name: &str, keys: &[&str]) -> Named {
    Named {
        id: String::new(),
        name: name.into(),
        keys: keys.iter().map(|k| (*k).to_owned()).collect(),
    }
}

const COMPANIES: &[(&str, &str, &[&str])] = &[
    ("1", "Northwind Dental Group LLC", &["northwinddental.example"]),
    ("2", "Northwind Traders Inc.", &[]),
    ("3", "Bluff City Roofing", &[]),
    ("4", "Harbor Legal PLLC", &[]),
    ("5", "Store 12 Ltd", &[]),
    ("6", "Store 21 Ltd", &[]),
    ("7", "Société Générale d'Énergie S.A.", &[]),
    ("8", "International Widget Makers", &[]),
];

#[test]
fn a_clear_spelling_variant_of_a_company_is_accepted() {
    let c = catalog(Kind::Organization, COMPANIES);
    for (query, id) in [
        ("BLUFF CITY ROOFING, INC", "3"),
        ("Harbor Legal", "4"),
        ("Societe Generale d Energie SA", "7"),
        ("Northwind Dental Group", "1"),
    ] {
        let best = &c.candidates(&named(query, &[]), 5)[0];
        assert_eq!(best.id, id, "{query}");
        assert!(best.accepted, "{query}: {best:?}");
    }
}

#[test]
fn what_two_companies_share_is_left_to_a_person() {
    let c = catalog(Kind::Organization, COMPANIES);
    for query in ["Northwind", "Store 13 Ltd", "Store Ltd", "Completely Other"] {
        assert!(c.candidates(&named(query, &[]), 5).iter().all(|x| !x.accepted), "{query}");
    }
}

#[test]
fn a_stable_key_outranks_the_name() {
    let c = catalog(Kind::Organization, COMPANIES);
    let best = &c.candidates(&named("Bluff City Roofing", &["NorthwindDental.example"]), 3)[0];
    assert_eq!(best.id, "1");
    assert!(best.accepted);
    assert_eq!(best.reasons[0].code, "same-key");
}

#[test]
fn a_key_of_two_records_is_not_accepted() {
    let c = catalog(Kind::Offer, &[("1", "A thing", &["SKU-1"]), ("2", "Another", &["sku-1"])]);
    assert!(c.candidates(&named("A thing", &["SKU-1"]), 3).iter().all(|x| !x.accepted));
}

#[test]
fn an_offer_is_accepted_by_its_very_name_only() {
    let c = catalog(
        Kind::Offer,
        &[
            ("1", "Entra ID Plan 1", &[]),
            ("2", "Entra ID Plan 2", &[]),
            ("3", "Microsoft 365 Business Premium", &[]),
        ],
    );
    let same = &c.candidates(&named("microsoft 365 business-premium", &[]), 3)[0];
    assert!(same.accepted && same.id == "3");
    let renamed = &c.candidates(&named("Azure Active Directory Plan 2", &[]), 3)[0];
    assert_eq!(renamed.id, "2", "a renamed brand is found");
    assert!(!renamed.accepted, "and left to a person");
    let other = &c.candidates(&named("Microsoft 365 Business Basic", &[]), 3)[0];
    assert!(!other.accepted);
    assert!(other.reasons.iter().any(|r| r.code == "other-variant"), "{other:?}");
}

#[test]
fn initials_are_a_guess_and_no_more() {
    let c = catalog(Kind::Organization, COMPANIES);
    let found = c.candidates(&named("IWM Corp.", &[]), 3);
    let it = found.iter().find(|x| x.id == "8").expect("the initials find it");
    assert!(!it.accepted);
}

#[test]
fn names_without_letters_find_nothing_and_break_nothing() {
    let c = catalog(Kind::Organization, COMPANIES);
    for query in ["", " ", "---", "\u{0}\u{1b}[2J", "\u{202e}"] {
        assert!(c.candidates(&named(query, &[]), 5).iter().all(|x| !x.accepted));
    }
    assert!(catalog(Kind::Offer, &[]).candidates(&named("x", &[]), 5).is_empty());
}

#[test]
fn likeness_is_the_same_in_both_directions_within_reason() {
    let a = likeness(Kind::Organization, "Harbor Legal PLLC", "Harbour Legal");
    let b = likeness(Kind::Organization, "Harbour Legal", "Harbor Legal PLLC");
    assert!((a - b).abs() < 0.15 && a > 0.5, "{a} {b}");
    assert!(likeness(Kind::Organization, "Harbor Legal", "Bluff City Roofing") < 0.2);
}

proptest::proptest! {
    #[test]
    fn no_name_panics_and_scores_stay_in_range(name in ".{0,60}", other in ".{0,60}") {
        let c = catalog(Kind::Offer, &[("1", &name, &[]), ("2", &other, &[])]);
        for x in c.candidates(&named(&name, &[&other]), 5) {
            proptest::prop_assert!((0.0..=1.0).contains(&x.score) && (0.0..=1.0).contains(&x.lead));
        }
    }
}
