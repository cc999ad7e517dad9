//! Matching measured on labelled names (1,062 company spellings, 1,076 product titles, real offer
//! renames), with floors. `cargo test --release --test matching -- --nocapture` prints them. The
//! names are not part of this repository: `ADDENDUM_SHARED` or `../shared` holds them, else the test
//! says that it was skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use addendum::matching::{Catalog, Kind, Labelled, Measured, Named, measure};

fn folder() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("ADDENDUM_SHARED")
        .map(PathBuf::from)
        .into_iter()
        .chain([root.join("../shared"), root.join("../../shared")])
        .map(|f| f.join("matching"))
        .find(|f| f.is_dir())
}

fn rows(folder: &Path, file: &str) -> Vec<Vec<String>> {
    csv::Reader::from_path(folder.join(file))
        .expect("the file opens")
        .records()
        .map(|r| r.expect("a row").iter().map(str::to_owned).collect())
        .collect()
}

fn measured(label: &str, kind: Kind, catalog: Vec<Named>, queries: &[Labelled]) -> Measured {
    let m = measure(&Catalog::new(kind, catalog), queries);
    println!(
        "{label}: top-1 {:.3}, MRR {:.3}, recall@5 {:.3}, accepted {:.3} at precision {:.4}",
        m.top1, m.mrr, m.recall5, m.accepted, m.precision
    );
    m
}

fn pairs(rows: Vec<Vec<String>>) -> Vec<Labelled> {
    rows.into_iter().map(|r| Labelled { query: r[0].clone(), id: r[1].clone() }).collect()
}

fn named(rows: Vec<Vec<String>>) -> Vec<Named> {
    rows.into_iter()
        .map(|r| Named { id: r[0].clone(), name: r[1].clone(), ..Named::default() })
        .collect()
}

#[test]
fn labelled_names_keep_their_floors() {
    let Some(folder) = folder() else {
        println!("SKIPPED: no labelled names here (ADDENDUM_SHARED)");
        return;
    };
    let m = measured(
        "companies",
        Kind::Organization,
        named(rows(&folder, "org_patstat_catalog.csv")),
        &pairs(rows(&folder, "org_patstat_queries.csv")),
    );
    assert!(m.top1 >= 0.99 && m.recall5 >= 0.99 && m.mrr >= 0.985);
    assert!(m.accepted >= 0.84 && m.precision >= 0.995);

    let m = measured(
        "product titles",
        Kind::Offer,
        named(rows(&folder, "prod_abtbuy_catalog.csv")),
        &pairs(rows(&folder, "prod_abtbuy_queries.csv")),
    );
    assert!(m.top1 >= 0.925 && m.mrr >= 0.95 && m.accepted == 0.0);

    let offers = rows(&folder, "ms_offer_names.csv");
    let mut catalog = BTreeMap::new();
    let (mut renames, mut parts) = (BTreeMap::new(), Vec::new());
    for r in offers.iter().filter(|r| !r[4].is_empty()) {
        catalog.insert(r[4].clone(), r[4].clone());
        for old in [&r[2], &r[3]] {
            if !old.is_empty() && !old.eq_ignore_ascii_case(&r[4]) {
                renames.insert(old.clone(), r[4].clone());
            }
        }
        parts.push(Labelled { query: r[1].replace('_', " "), id: r[4].clone() });
    }
    let catalog: Vec<Named> =
        catalog.into_iter().map(|(id, name)| Named { id, name, ..Named::default() }).collect();
    let renames: Vec<_> = renames.into_iter().map(|(query, id)| Labelled { query, id }).collect();
    let m = measured("renames", Kind::Offer, catalog.clone(), &renames);
    assert!(m.top1 >= 0.95 && m.accepted == 0.0);
    let m = measured("part numbers", Kind::Offer, catalog, &parts);
    assert!(m.top1 >= 0.70 && m.recall5 >= 0.85);
}
