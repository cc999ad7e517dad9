use super::*;

fn keyed(keys: &[&str]) -> Vec<Key> {
    keys.iter()
        .map(|k| {
            let kind = if k.contains('.') { KeyKind::Domain } else { KeyKind::PartNumber };
            Key::new(kind, *k)
        })
        .collect()
}

fn catalog(kind: Kind, names: &[(&str, &str, &[&str])]) -> Catalog {
    Catalog::new(
        kind,
        names
            .iter()
            .map(|(id, name, keys)| Named {
                id: (*id).into(),
                name: (*name).into(),
                keys: keyed(keys),
                copies: 0,
            })
            .collect(),
    )
}

fn named(name: &str, keys: &[&str]) -> Asked {
    Asked { keys: keyed(keys), ..Asked::name(name) }
}

fn code(c: &Candidate) -> &'static str {
    c.reasons[0].code
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
    assert_eq!((code(best), &*best.reasons[0].text), ("same-domain", "same domain"));
}

#[test]
fn a_key_of_two_records_is_not_accepted() {
    let c = catalog(Kind::Offer, &[("1", "A thing", &["SKU-1"]), ("2", "Another", &["sku-1"])]);
    assert!(c.candidates(&named("A thing", &["SKU-1"]), 3).iter().all(|x| !x.accepted));
}

#[test]
fn an_offer_is_accepted_by_a_key_only() {
    let c = catalog(
        Kind::Offer,
        &[
            ("1", "Entra ID Plan 1", &["AAD-P1"]),
            ("2", "Entra ID Plan 2", &["AAD-P2"]),
            ("3", "Microsoft 365 Business Premium", &[]),
        ],
    );
    let same = &c.candidates(&named("microsoft 365 business-premium", &[]), 3)[0];
    assert!(!same.accepted && same.id == "3" && code(same) == "same-name");
    let renamed = &c.candidates(&named("Azure Active Directory Plan 2", &[]), 3)[0];
    assert_eq!(renamed.id, "2", "a renamed brand is found");
    assert!(!renamed.accepted, "and left to a person");
    let other = &c.candidates(&named("Microsoft 365 Business Basic", &[]), 3)[0];
    assert!(!other.accepted);
    assert!(other.reasons.iter().any(|r| r.code == "other-variant"), "{other:?}");
    let by_key = &c.candidates(&named("Something else", &["aad-p1"]), 3)[0];
    assert!(by_key.accepted && by_key.id == "1" && code(by_key) == "same-part-number");
}

#[test]
fn an_earlier_decision_outranks_keys_and_names() {
    let c = catalog(Kind::Organization, COMPANIES);
    let decided =
        Decided { id: "3".into(), day: Some("2026-09-02".into()), by: KeyKind::Tenant, same: true };
    let asked = Asked {
        decided: vec![decided],
        ..named("Harbor Legal PLLC", &["northwinddental.example"])
    };
    let found = c.candidates(&asked, 3);
    assert_eq!(found[0].id, "3");
    assert!(found[0].accepted);
    assert_eq!(&*found[0].reasons[0].text, "decided on 2026-09-02 for the same tenant id");
    assert_eq!(found[1].id, "1", "the key comes second");
}

#[test]
fn what_was_rejected_does_not_come_back() {
    let c = catalog(Kind::Organization, COMPANIES);
    let asked = Asked { rejected: vec!["4".into()], ..named("Harbor Legal", &[]) };
    assert!(c.candidates(&asked, 8).iter().all(|x| x.id != "4" && !x.accepted));
    let keyed =
        Asked { rejected: vec!["1".into()], ..named("Anything", &["northwinddental.example"]) };
    assert!(c.candidates(&keyed, 8).iter().all(|x| x.id != "1"), "not by its key either");
}

#[test]
fn names_are_found_through_languages_scripts_and_spellings() {
    let c = catalog(
        Kind::Organization,
        &[
            ("1", "Technische Universität München", &[]),
            ("2", "Universität Zürich", &[]),
            ("3", "Müller Maschinenbau GmbH", &[]),
            ("4", "Газпром нефть", &[]),
            ("5", "Banco de España", &[]),
            ("6", "Saint Mary's Hospital", &[]),
            ("7", "Facebook Ireland Ltd", &[]),
            ("8", "First National Insurance Company", &[]),
            ("9", "トヨタ自動車株式会社", &[]),
        ],
    );
    for (query, id) in [
        ("Technical University of Munich", "1"),
        ("University of Zurich", "2"),
        ("Mueller Maschinenbau", "3"),
        ("Gazprom Neft PJSC", "4"),
        ("Bank of Spain", "5"),
        ("St. Marys Hosp", "6"),
        ("Face Book Ireland", "7"),
        ("1st Natl Ins Co", "8"),
        ("Toyota Motor Corporation", "9"),
        ("mueller-maschinenbau.de", "3"),
        ("https://www.facebook.com/", "7"),
    ] {
        let best = &c.candidates(&named(query, &[]), 5)[0];
        assert_eq!(best.id, id, "{query}: {best:?}");
    }
}

#[test]
fn each_of_the_names_within_a_name_is_looked_for() {
    let c = catalog(Kind::Organization, COMPANIES);
    for query in [
        "Anybody Else LLC d/b/a Bluff City Roofing",
        "Bluff City Roofing, formerly Anybody Else",
        "Bluff City Roofing (fka Anybody Else Inc.)",
    ] {
        let best = &c.candidates(&named(query, &[]), 5)[0];
        assert_eq!(best.id, "3", "{query}: {best:?}");
        assert!(!best.accepted, "one of two names is a guess");
    }
}

#[test]
fn records_that_differ_in_the_legal_form_alone_are_a_persons_to_choose() {
    let c = catalog(
        Kind::Organization,
        &[("1", "Golden Fields Ltd", &[]), ("2", "Golden Fields GmbH", &[])],
    );
    let open = &c.candidates(&named("Golden Fields Inc", &[]), 5)[0];
    assert!(!open.accepted && code(open) == "same-but-legal-form", "{open:?}");
    let exact = &c.candidates(&named("GOLDEN FIELDS LTD.", &[]), 5)[0];
    assert_eq!(exact.id, "1");
}

#[test]
fn a_record_with_copies_is_never_taken_by_its_name() {
    let item = Named { id: "1".into(), name: "Acme".into(), keys: vec![], copies: 2 };
    let c = Catalog::new(Kind::Organization, vec![item]);
    let best = &c.candidates(&named("Acme", &[]), 5)[0];
    assert!(!best.accepted && code(best) == "copied", "{best:?}");
}

#[test]
fn a_model_number_decides_among_like_products() {
    let c = catalog(
        Kind::Offer,
        &[
            ("1", "Sony Black Digital Camera - DSCW120B", &[]),
            ("2", "Sony Black Digital Camera - DSCW130B", &[]),
            ("3", "Sony Silver Digital Camera - DSCW120S", &[]),
        ],
    );
    let found = c.candidates(&named("Sony Cyber-shot DSC-W120 Black", &[]), 3);
    assert_eq!(found[0].id, "1", "{found:?}");
    let found = c.candidates(&named("Sony Cyber-shot DSC-W120 Silver", &[]), 3);
    assert_eq!(found[0].id, "3", "{found:?}");
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
fn a_pair_is_scored_as_if_its_list_were_a_catalog() {
    let names = ["Harbor Legal PLLC", "Harbour Legal", "Bluff City Roofing", "Bluff City Legal"];
    let pairs = Pairs::new(Kind::Organization, names);
    let a = pairs.likeness("Harbor Legal PLLC", "Harbour Legal");
    let b = pairs.likeness("Harbour Legal", "Harbor Legal PLLC");
    assert!((a - b).abs() < 1e-6 && a > 0.6, "{a} {b}");
    assert!(pairs.likeness("Harbor Legal PLLC", "Bluff City Roofing") < 0.2);
    assert!(pairs.likeness("Bluff City Legal", "Bluff City Roofing") < a);
    assert!(pairs.likeness("", "Bluff City Roofing") == 0.0);
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
