//! Matching at the size of a large PSA: building the index, and asking it.
//!
//! `cargo bench --bench matching` grows from 1,000 companies to 100,000, with 1,000 queries each; `cargo test --benches`
//! only shows that it runs.

use addendum::matching::{Asked, Catalog, Kind, Named};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// Companies and queries.
fn sizes() -> Vec<(usize, usize)> {
    if std::env::args().any(|a| a == "--bench") {
        vec![(1_000, 1_000), (7_000, 1_000), (30_000, 1_000), (100_000, 1_000)]
    } else {
        vec![(200, 10)]
    }
}

/// Names made of few words, as real ones are: most share their words with many others.
fn names(count: usize) -> Vec<Named> {
    const PLACES: [&str; 16] = [
        "Northwind",
        "Harbor",
        "Bluff City",
        "Lakeside",
        "Summit",
        "Redwood",
        "Prairie",
        "Granite",
        "Coastal",
        "Midland",
        "Evergreen",
        "Sterling",
        "Pioneer",
        "Highland",
        "Cedar",
        "Union",
    ];
    const TRADES: [&str; 14] = [
        "Dental",
        "Legal",
        "Roofing",
        "Traders",
        "Logistics",
        "Foods",
        "Software",
        "Clinic",
        "Builders",
        "Farms",
        "Insurance",
        "Motors",
        "Textiles",
        "Energy",
    ];
    const FORMS: [&str; 6] = ["LLC", "Inc.", "Ltd", "GmbH", "Group", "& Sons"];
    (0..count)
        .map(|n| {
            // A few letters of its own for each, so that it can be found.
            let own: String = (0..5)
                .scan(n.wrapping_mul(2_654_435_761), |x, _| {
                    let c = char::from(b'a' + (*x % 26) as u8);
                    *x /= 26;
                    Some(c)
                })
                .collect();
            let name = format!(
                "{} {own} {} {}",
                PLACES[n % PLACES.len()],
                TRADES[n / 7 % TRADES.len()],
                FORMS[n / 3 % FORMS.len()],
            );
            Named { id: n.to_string(), name, ..Named::default() }
        })
        .collect()
}

#[divan::bench(args = sizes(), sample_count = 3)]
fn index(bencher: Bencher<'_, '_>, (companies, _): (usize, usize)) {
    bencher
        .counter(ItemsCount::new(companies))
        .with_inputs(|| names(companies))
        .bench_local_values(|names| Catalog::new(Kind::Organization, names).len());
}

#[divan::bench(args = sizes(), sample_count = 3)]
fn candidates(bencher: Bencher<'_, '_>, (companies, queries): (usize, usize)) {
    let catalog = Catalog::new(Kind::Organization, names(companies));
    let step = companies / queries;
    let asked: Vec<(String, Asked)> = names(companies)
        .into_iter()
        .step_by(step.max(1))
        .take(queries)
        .map(|n| (n.id, Asked::name(n.name.replace("Group", "Grp").to_uppercase())))
        .collect();
    bencher.counter(ItemsCount::new(queries)).bench_local(|| {
        let found = asked
            .iter()
            .filter(|(id, q)| catalog.candidates(q, 5).first().is_some_and(|c| c.id == *id))
            .count();
        assert!(found * 10 >= queries * 9, "{found} of {queries}");
    });
}
