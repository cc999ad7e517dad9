use super::export::{Written, written};
use super::read::{NumberedRow, rows};
use super::*;
use crate::domain::line::Text;
use crate::domain::mapping::{MappingKind, MappingRow, OfferMapping, OrganizationMapping};
use crate::domain::psa::{Company, Product};
use crate::domain::spreadsheet::begins_a_formula;

const HEAD: &str = "kind,platform_id,platform_name,psa_id,psa_name,excluded\n";

fn company(id: i64, name: &str) -> Company {
    Company {
        id,
        identifier: format!("C{id}"),
        name: name.into(),
        status: "Active".into(),
        deleted: false,
        contact: None,
        domain: None,
        city: None,
    }
}

fn product(id: i64, identifier: &str, class: &str) -> Product {
    Product {
        id,
        identifier: identifier.into(),
        description: format!("{identifier} description"),
        class: class.into(),
        inactive: false,
        part_number: None,
        vendor_sku: None,
        price: None,
        cost: None,
    }
}

fn directory() -> Directory {
    Directory {
        companies: vec![company(1, "Acme"), company(2, "Twin"), company(3, "Twin")],
        products: vec![product(10, "SKU-1", "Agreement"), product(11, "SKU-2", "Bundle")],
        organizations: vec![OrganizationMapping {
            source: "canonical".into(),
            id: "o1".into(),
            name: "Acme Inc".into(),
            excluded: true,
            companies: vec![],
        }],
        offers: vec![OfferMapping {
            source: "other".into(),
            id: "f1".into(),
            name: "Offer".into(),
            part_number: None,
            product: None,
        }],
        ..Directory::default()
    }
}

fn edits(text: &str) -> Result<(Vec<Edit>, ImportReport), FileRefusal> {
    let rows = rows("m.csv", format!("{HEAD}{text}").as_bytes())?;
    directory().edits("canonical", "m.csv", &rows)
}

fn codes(refusal: &FileRefusal) -> Vec<(Option<u64>, String, String)> {
    refusal
        .problems
        .iter()
        .map(|p| (p.row, p.column.clone().unwrap_or_default(), p.code.to_string()))
        .collect()
}

#[test]
fn numbers_and_unique_names_are_found_and_what_is_so_already_is_no_edit() {
    let (edits, report) =
        edits("organization,o1,,1,,no\noffer,f1,,,sku-1,\norganization,new,,,acme,\n").unwrap();
    assert_eq!(report, ImportReport { rows: 3, organizations: 2, offers: 1, ..Default::default() });
    assert!(edits.contains(&Edit::Companies {
        source: "canonical".into(),
        organization: "o1".into(),
        companies: vec![1]
    }));
    // The store knows f1 of another source only: that one is meant.
    assert!(edits.contains(&Edit::Product {
        source: "other".into(),
        offer: "f1".into(),
        product: Some(10)
    }));
    let (none, report) = super::tests::edits("organization,o1,,,,yes\n").unwrap();
    assert!(none.is_empty());
    assert_eq!(report.unchanged, 1);
}

#[test]
fn several_companies_stay_in_the_order_of_the_file() {
    let (edits, _) = edits("organization,o1,,3,,\norganization,o1,,2,,\n").unwrap();
    let [Edit::Companies { companies, .. }] = edits.as_slice() else { panic!("{edits:?}") };
    assert_eq!(companies, &[3, 2]);
}

#[test]
fn every_refused_row_is_named_with_its_column() {
    let refusal = edits(
        "organization,o1,,99,,\noffer,f1,,11,,\norganization,o2,,,Twin,\norganization,o3,,,Nobody,\n",
    )
    .unwrap_err();
    assert_eq!(
        codes(&refusal),
        [
            (Some(2), "psa_id".into(), "unknown-record".into()),
            (Some(3), "psa_id".into(), "unusable-record".into()),
            (Some(4), "psa_name".into(), "ambiguous-name".into()),
            (Some(5), "psa_name".into(), "unknown-record".into()),
        ]
    );
    let refusal =
        edits("offer,f1,,10,,\noffer,f1,,10,,\norganization,o1,,1,,yes\norganization,o1,,2,,no\n")
            .unwrap_err();
    assert_eq!(refusal.problems[0].code, "stands-twice");
    assert_eq!(refusal.problems[1].code, "contradiction");
}

#[test]
fn bad_cells_are_refused_by_row_as_a_spreadsheet_counts() {
    let text = format!(
        "{HEAD}\nthing,a,,,,\norganization,,,,,\noffer,\"x\ny\",,1,,\noffer,z,,-1,,yes\norganization,q,,,,maybe\n"
    );
    let refusal = rows("m.csv", text.as_bytes()).unwrap_err();
    assert_eq!(
        codes(&refusal),
        [
            (Some(3), "kind".into(), "not-a-kind".into()),
            (Some(4), "platform_id".into(), "empty".into()),
            (Some(5), "platform_id".into(), "control-character".into()),
            (Some(6), "psa_id".into(), "not-a-number".into()),
            (Some(6), "excluded".into(), "not-excludable".into()),
            (Some(7), "excluded".into(), "not-yes-or-no".into()),
        ]
    );
}

#[test]
fn files_that_are_no_mapping_files_are_refused_whole() {
    let long = format!("{HEAD}offer,{},,1,,\n", "x".repeat(10_000_000));
    let cases: [(&[u8], &str); 7] = [
        (b"", "no-header"),
        (b"\n\n", "no-header"),
        (b"a,b\n", "column-missing"),
        (b"kind,platform_id\n", "column-missing"),
        (b"kind,kind,platform_id,psa_id\n", "column-twice"),
        (b"\xff\xfek\0", "encoding"),
        (long.as_bytes(), "too-long"),
    ];
    for (bytes, code) in cases {
        let refusal = rows("m.csv", bytes).unwrap_err();
        assert_eq!(refusal.problems[0].code, code);
        assert!(refusal.problems.iter().all(|p| p.message.len() < 200 && !p.remedy.is_empty()));
    }
    let latin = [HEAD.as_bytes(), b"offer,\xe9,,1,,\n"].concat();
    assert_eq!(rows("m.csv", &latin).unwrap_err().problems[0].code, "encoding");
}

#[test]
fn only_the_first_problems_are_listed_and_the_rest_is_counted() {
    let text = format!("{HEAD}{}", "nonsense,x,,,,\n".repeat(250));
    let refusal = rows("m.csv", text.as_bytes()).unwrap_err();
    assert_eq!(refusal.problems.len(), FileRefusal::SHOWN);
    assert_eq!(refusal.more, 150);
}

#[test]
fn what_is_written_reads_back_the_same_and_no_cell_is_a_formula() {
    let names = ["=1+1", "'=1", "''x", "@cmd", "plain", "'quoted", "-5", "a,b\"c"];
    let all: Vec<MappingRow> = names
        .iter()
        .map(|n| MappingRow {
            kind: MappingKind::Organization,
            platform_id: (*n).into(),
            platform_name: (*n).into(),
            psa_id: Some(7),
            psa_name: (*n).into(),
            excluded: Some(false),
        })
        .collect();
    let bytes = written(&all.iter().map(Written::of).collect::<Vec<_>>()).unwrap();
    assert!(
        rows("m.csv", &bytes).unwrap().iter().all(|r| {
            r.rejected == Some(vec![3, 4]) && r.source.as_deref() == Some("canonical")
        })
    );
    let back: Vec<MappingRow> =
        rows("m.csv", &bytes).unwrap().into_iter().map(|NumberedRow { row, .. }| row).collect();
    assert_eq!(back, all);
    for record in csv::Reader::from_reader(bytes.as_slice()).records() {
        assert!(record.unwrap().iter().all(|cell| !begins_a_formula(cell)));
    }
}

#[test]
fn rejections_follow_the_file_and_dangling_numbers_are_refused() {
    let head = "kind,platform_id,psa_id,excluded,source,rejected\n";
    let mut d = directory();
    let key = (MappingKind::Organization, Text::from("canonical"), Text::from("o1"));
    d.rejected.insert(key, [2, 77].into());
    let edits = |text: &str| {
        let rows = rows("m.csv", format!("{head}{text}").as_bytes())?;
        d.edits("canonical", "m.csv", &rows)
    };
    // 77 is gone from the PSA and was rejected before: it may stay. 2 goes, 3 is new.
    let (made, report) = edits("organization,o1,,,canonical,3 77\n").unwrap();
    let reject = |company: i64, rejected: bool| Edit::RejectCompany {
        source: "canonical".into(),
        organization: "o1".into(),
        company,
        rejected,
    };
    assert_eq!(made, [reject(2, false), reject(3, true)]);
    assert_eq!(report.organizations, 1);
    let changes = super::summary::changes(&d, &made);
    assert_eq!((changes[0].field, &*changes[0].to), ("rejected", "2 Twin may be suggested"));
    // A row that ends before the column says nothing of it.
    assert!(edits("organization,o1\n").unwrap().0.is_empty());
    let refusal = edits("organization,o1,,,,88\noffer,f1,,,,x\n").unwrap_err();
    assert_eq!(refusal.problems[0].code, "not-a-number");
    let refusal = edits("organization,o1,,,,88\n").unwrap_err();
    assert_eq!(codes(&refusal), [(Some(2), "rejected".into(), "unknown-record".into())]);
}

#[test]
fn a_row_may_name_its_source_and_comments_are_passed_over() {
    let text = "# reviewed on Monday\nkind,platform_id,psa_id,source\n# the odd one,,,\n\
                offer,f1,10,third\n";
    let rows = rows("m.csv", text.as_bytes()).unwrap();
    assert_eq!((rows.len(), rows[0].number), (1, 4));
    let (made, _) = directory().edits("canonical", "m.csv", &rows).unwrap();
    let source: Text = "third".into();
    assert_eq!(made, [Edit::Product { source, offer: "f1".into(), product: Some(10) }]);
}
