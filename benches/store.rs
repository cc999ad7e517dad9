//! How long the store takes to load lines and to read them back for a plan: 10 thousand, 100
//! thousand and a million. Cost must grow with the number of lines and no faster.
//!
//! `cargo bench --bench store`; `STORE_BENCH_MAX=10000` for a short form. Unoptimized builds, whose
//! figures say nothing, do the short form by themselves.

use std::path::PathBuf;

use addendum::domain::charge_type::ChargeType;
use addendum::domain::identity::Identities;
use addendum::domain::invoice_status::InvoiceStatus;
use addendum::domain::line::{CanonicalLine, LineDates};
use addendum::domain::load::LoadedLine;
use addendum::domain::policy::Scope;
use addendum::store::Store;
use addendum::store::grid::{Abandon, Column, Comparison, Level, Query, Term, Wanted};
use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::civil::date;
use rust_decimal::Decimal;
use tokio::runtime::Runtime;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Lines that sources hand over at once.
const BATCH: usize = 2_000;

fn main() {
    divan::main();
}

fn sizes() -> Vec<usize> {
    let most = std::env::var("STORE_BENCH_MAX").ok().and_then(|m| m.parse().ok());
    let most = most.unwrap_or(if cfg!(debug_assertions) { SIZES[0] } else { usize::MAX });
    SIZES.into_iter().filter(|n| *n <= most).collect()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime")
}

/// A month of a reseller: 500 customers, 300 offers, a subscription for every four lines.
fn line(n: usize) -> CanonicalLine {
    let cents = 100 + (n as i64 * 7919) % 500_000;
    let organization = (n * 31) % 500;
    let start = date(2026, 11, 1);
    CanonicalLine {
        line_id: n.is_multiple_of(2).then(|| format!("LINE-{n:08}").into()),
        invoice_number: format!("INV-{organization:05}").into(),
        invoice_date: date(2026, 11, 2),
        invoice_status: InvoiceStatus::Verified,
        organization_id: format!("org-{organization:05}").into(),
        organization_name: format!("Customer {organization} Holding").into(),
        contract_id: Some(format!("contract-{organization:05}").into()),
        subscription_id: Some(format!("4f1c-{:08}", n / 4).into()),
        subscription_name: Some(format!("Subscription {}", n / 4).into()),
        offer_id: format!("offer-{:04}", n % 300).into(),
        offer_name: format!("Offer number {}", n % 300).into(),
        part_number: None,
        charge_type: ChargeType::ALL[n % 7],
        billing_cycle: Some("Monthly".into()),
        charge_start: start,
        charge_end: Some(start.last_of_month()),
        quantity: Decimal::from(1 + n % 40),
        unit_price: Some(Decimal::new(cents, 2)),
        unit_cost: Some(Decimal::new(cents * 8 / 10, 2)),
        total: Decimal::new(cents, 2) * Decimal::from(1 + n % 40),
        currency: "EUR".parse().expect("a currency"),
        raw: None,
        extra: None,
    }
}

fn batches(lines: usize) -> Vec<Vec<LoadedLine>> {
    let mut identities = Identities::default();
    let all: Vec<usize> = (0..lines).collect();
    all.chunks(BATCH)
        .map(|chunk| {
            let loaded = |&n: &usize| {
                let line = line(n);
                let (key, content) = identities.of(&line);
                LoadedLine { key, content, line, dates: LineDates::default() }
            };
            chunk.iter().map(loaded).collect()
        })
        .collect()
}

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    Place { path: folder.path().join("addendum.db"), _folder: folder }
}

async fn load(store: &Store, batches: Vec<Vec<LoadedLine>>) {
    let mut session = store.begin_load("canonical").await.expect("a session");
    for batch in batches {
        session.push(batch).await.expect("room");
    }
    divan::black_box(session.finish().await.expect("a load"));
}

/// Into an empty store.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn load_new(bencher: Bencher<'_, '_>, lines: usize) {
    let runtime = runtime();
    bencher
        .counter(ItemsCount::new(lines))
        .with_inputs(|| {
            let place = place();
            let store = runtime.block_on(Store::open(&place.path)).expect("a store");
            (place, store, batches(lines))
        })
        .bench_values(|(place, store, batches)| {
            runtime.block_on(load(&store, batches));
            (place, store)
        });
}

fn filled(runtime: &Runtime, lines: usize) -> (Place, Store) {
    let place = place();
    let store = runtime.block_on(async {
        let store = Store::open(&place.path).await.expect("a store");
        load(&store, batches(lines)).await;
        store
    });
    (place, store)
}

/// The same file again: nothing changes.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn load_same_again(bencher: Bencher<'_, '_>, lines: usize) {
    let runtime = runtime();
    let (_place, store) = filled(&runtime, lines);
    bencher
        .counter(ItemsCount::new(lines))
        .with_inputs(|| batches(lines))
        .bench_values(|batches| runtime.block_on(load(&store, batches)));
}

/// The snapshot for a plan of all of it.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn plan_input(bencher: Bencher<'_, '_>, lines: usize) {
    let runtime = runtime();
    let (_place, store) = filled(&runtime, lines);
    bencher.counter(ItemsCount::new(lines)).bench(|| {
        runtime.block_on(store.plan_input(&Scope::default())).expect("a snapshot").lines.len()
    });
}

/// The groups of the equation.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn totals(bencher: Bencher<'_, '_>, lines: usize) {
    let runtime = runtime();
    let (_place, store) = filled(&runtime, lines);
    bencher
        .counter(ItemsCount::new(lines))
        .bench(|| runtime.block_on(store.totals(&[])).expect("groups").len());
}

/// The index of the terminal app.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn index(bencher: Bencher<'_, '_>, lines: usize) {
    let runtime = runtime();
    let (_place, store) = filled(&runtime, lines);
    bencher.counter(ItemsCount::new(lines)).bench(|| {
        runtime.block_on(store.index(&[], None, Abandon::default())).expect("an index").is_some()
    });
}

fn view(bencher: Bencher<'_, '_>, lines: usize, query: &Query) {
    let runtime = runtime();
    let (_place, store) = filled(&runtime, lines);
    let index = runtime.block_on(store.index(&[], None, Abandon::default()));
    let index = index.expect("an index").expect("not abandoned");
    bencher.counter(ItemsCount::new(lines)).bench(|| {
        let answer = store.view(index.clone(), query.clone(), Abandon::default());
        runtime.block_on(answer).expect("an answer").map(|v| v.len())
    });
}

/// A word looked for in every column of texts.
#[divan::bench(args = sizes(), sample_count = 20, sample_size = 1)]
fn view_word(bencher: Bencher<'_, '_>, lines: usize) {
    let wanted = Wanted::Text("customer 7".into());
    let word = Term { not: false, column: None, comparison: Comparison::Contains, wanted };
    view(bencher, lines, &Query { filter: vec![word], sort: vec![] });
}

/// A number compared, three levels of sort.
#[divan::bench(args = sizes(), sample_count = 20, sample_size = 1)]
fn view_sorted(bencher: Bencher<'_, '_>, lines: usize) {
    let term = Term {
        not: false,
        column: Some(Column::Amount),
        comparison: Comparison::Greater,
        wanted: Wanted::Number(Decimal::TEN),
    };
    let level = |column, descending| Level { column, descending };
    let sort = vec![
        level(Column::Organization, false),
        level(Column::Amount, true),
        level(Column::Subscription, false),
    ];
    view(bencher, lines, &Query { filter: vec![term], sort });
}

/// The first screen, before there is an index.
#[divan::bench(args = sizes(), sample_count = 20, sample_size = 1)]
fn first_screen(bencher: Bencher<'_, '_>, lines: usize) {
    let runtime = runtime();
    let (_place, store) = filled(&runtime, lines);
    bencher.bench(|| runtime.block_on(store.first_lines(&[], 50)).expect("lines").len());
}
