//! Matching measured on labelled names (1,062 company spellings, 1,076 product titles, real offer
//! renames), with floors. The names are not part of this repository: `ADDENDUM_SHARED` or
//! `../shared` holds them, else the test says that it was skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use addendum::matching::{Catalog, Kind, Named};

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

struct Measured {
    top1: f64,
    mean_reciprocal_rank: f64,
    recall5: f64,
    accepted: f64,
    precision: f64,
}

fn measure(label: &str, kind: Kind, catalog: Vec<Named>, queries: &[(String, String)]) -> Measured {
    let catalog = Catalog::new(kind, catalog);
    let (mut top, mut ranks, mut five, mut accepted, mut right) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (query, id) in queries {
        let found = catalog.candidates(&Named { name: query.clone(), ..Named::default() }, 50);
        if let Some(rank) = found.iter().position(|c| c.id == *id) {
            top += f64::from(u8::from(rank == 0));
            five += f64::from(u8::from(rank < 5));
            ranks += 1.0 / (rank as f64 + 1.0);
        }
        if let Some(first) = found.first().filter(|c| c.accepted) {
            accepted += 1.0;
            right += f64::from(u8::from(first.id == *id));
        }
    }
    let n = queries.len() as f64;
    let m = Measured {
        top1: top / n,
        mean_reciprocal_rank: ranks / n,
        recall5: five / n,
        accepted: accepted / n,
        precision: if accepted > 0.0 { right / accepted } else { 1.0 },
    };
    println!(
        "{label}: top-1 {:.3}, MRR {:.3}, recall@5 {:.3}, accepted {:.3} at precision {:.4}",
        m.top1, m.mean_reciprocal_rank, m.recall5, m.accepted, m.precision
    );
    m
}

fn pairs(rows: Vec<Vec<String>>) -> Vec<(String, String)> {
    rows.into_iter().map(|r| (r[0].clone(), r[1].clone())).collect()
}

fn named(rows: Vec<Vec<String>>) -> Vec<Named> {
    rows.into_iter()
        .map(|r| Named { id: r[0].clone(), name: r[1].clone(), keys: Vec::new() })
        .collect()
}

#[test]
fn labelled_names_keep_their_floors() {
    let Some(folder) = folder() else {
        println!("SKIPPED: no labelled names here (ADDENDUM_SHARED)");
        return;
    };
    let m = measure(
        "companies",
        Kind::Organization,
        named(rows(&folder, "org_patstat_catalog.csv")),
        &pairs(rows(&folder, "org_patstat_queries.csv")),
    );
    assert!(m.top1 >= 0.98 && m.recall5 >= 0.99 && m.mean_reciprocal_rank >= 0.985);
    assert!(m.accepted >= 0.85 && m.precision >= 0.995);

    let m = measure(
        "product titles",
        Kind::Offer,
        named(rows(&folder, "prod_abtbuy_catalog.csv")),
        &pairs(rows(&folder, "prod_abtbuy_queries.csv")),
    );
    assert!(m.top1 >= 0.895 && m.mean_reciprocal_rank >= 0.93 && m.precision >= 0.99);

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
        parts.push((r[1].replace('_', " "), r[4].clone()));
    }
    let catalog: Vec<Named> =
        catalog.into_iter().map(|(id, name)| Named { id, name, keys: Vec::new() }).collect();
    let renames: Vec<_> = renames.into_iter().collect();
    let m = measure("renames", Kind::Offer, catalog.clone(), &renames);
    assert!(m.top1 >= 0.70 && m.precision >= 0.99);
    let m = measure("part numbers", Kind::Offer, catalog, &parts);
    assert!(m.top1 >= 0.55 && m.recall5 >= 0.75);
}
