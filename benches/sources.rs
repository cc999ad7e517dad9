//! Reading a bill: lines a second on one core, from a file to checked lines with identities; by the
//! canonical columns, and by a profile that looks at the file twice.
//!
//! `cargo bench --bench sources` takes the full sizes; `cargo test --benches` only shows that it
//! runs.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use addendum::domain::policy::Policy;
use addendum::sources::{self, Origin, Source};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

fn main() {
    divan::main();
}

fn sizes() -> Vec<u64> {
    if std::env::args().any(|a| a == "--bench") {
        vec![10_000, 100_000, 1_000_000]
    } else {
        vec![500]
    }
}

/// A bill of this many lines as marketplaces write them: a few hundred customers, some names with
/// a comma in quotation marks.
fn bill(folder: &Path, lines: u64, ids: bool) -> PathBuf {
    let mut text = String::from(
        "line_id,invoice_number,invoice_date,invoice_status,organization_id,organization_name,\
         contract_id,subscription_id,subscription_name,offer_id,offer_name,part_number,\
         charge_type,billing_cycle,charge_start_date,charge_end_date,quantity,unit_price,\
         unit_cost,total,currency\n",
    );
    for n in 0..lines {
        let organization = n % 700;
        let id = if ids { format!("LN-{n:09}") } else { String::new() };
        let name = if organization % 10 == 0 {
            format!("\"Contoso {organization}, Inc.\"")
        } else {
            format!("Contoso Holdings {organization}")
        };
        writeln!(
            text,
            "{id},INV-{:06},2026-10-31,Verified,org-{organization:05},{name},K-{organization:05},\
             sub-{n:09},Backup for {organization},offer-{:04},Cloud Backup {} TB,P-{:04},CycleFee,\
             Monthly,2026-10-01,2026-10-31,{},{}.{:02},7.25,{}.{:02},USD",
            n / 50,
            n % 300,
            n % 9 + 1,
            n % 300,
            n % 40 + 1,
            n % 97,
            n % 100,
            n % 9_973,
            n % 100,
        )
        .expect("writing to memory does not fail");
    }
    let file = folder.join(format!("bill-{lines}-{ids}.csv"));
    std::fs::write(&file, text).expect("the bill is written");
    file
}

fn measure(bencher: Bencher<'_, '_>, lines: u64, ids: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = bill(folder.path(), lines, ids);
    let bytes = std::fs::metadata(&file).expect("the bill is there").len();
    let origin = Origin::Files(vec![file]);
    let policy = Policy::default();
    bencher.counter(ItemsCount::new(lines)).counter(BytesCount::new(bytes)).bench_local(|| {
        let report = sources::read(Source::of("canonical"), &origin, &[], &policy, &mut |batch| {
            black_box(&batch);
            true
        })
        .expect("the bill is read");
        assert_eq!(report.lines, lines);
    });
}

#[divan::bench(args = sizes(), max_time = 5)]
fn csv_with_line_ids(bencher: Bencher<'_, '_>, lines: u64) {
    measure(bencher, lines, true);
}

#[divan::bench(args = sizes(), max_time = 5)]
fn csv_without_line_ids(bencher: Bencher<'_, '_>, lines: u64) {
    measure(bencher, lines, false);
}

/// A reconciliation file of this many lines, as Microsoft writes them.
fn reconciliation(folder: &Path, lines: u64) -> PathBuf {
    let mut text = String::from(
        "PartnerId,CustomerId,CustomerName,CustomerDomainName,InvoiceNumber,OrderId,OrderDate,\
         ProductId,SkuId,AvailabilityId,SkuName,ProductName,ChargeType,UnitPrice,Quantity,Subtotal,\
         TaxTotal,Total,Currency,SubscriptionId,ChargeStartDate,ChargeEndDate,EffectiveUnitPrice,\
         BillableQuantity,BillingFrequency,ReferenceID\n",
    );
    for n in 0..lines {
        writeln!(
            text,
            "7b0c9e52-1f7e-4a53-9a31-2f6c0f1f8a10,2f4a7d10-93c5-4c0b-b1d7-{:012},Contoso {},\
             contoso{}.onmicrosoft.com,G041882913,6dc5c03975{:04},6/{}/2025,CFQ7TTC0{:04},0001,\
             CFQ7TTC0K59S,Microsoft 365 Plan {},Microsoft 365,cycleCharge,10.08,{},{}.{:02},0.00,\
             {}.{:02},USD,284b0ff0-0e74-4f65-cb23-{n:012},6/{}/2025,7/{}/2025,10.08,{},Monthly,\
             12d33e18-061e-4040-ad77-{n:012}",
            n % 700,
            n % 700,
            n % 700,
            n % 9_000,
            n % 30 + 1,
            n % 300,
            n % 300,
            n % 40 + 1,
            n % 97,
            n % 100,
            n % 97,
            n % 100,
            n % 30 + 1,
            n % 30 + 1,
            n % 40 + 1,
        )
        .expect("writing to memory does not fail");
    }
    let file = folder.join(format!("reconciliation-{lines}.csv"));
    std::fs::write(&file, text).expect("the bill is written");
    file
}

#[divan::bench(args = sizes(), max_time = 5)]
fn csv_by_a_profile(bencher: Bencher<'_, '_>, lines: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = reconciliation(folder.path(), lines);
    let bytes = std::fs::metadata(&file).expect("the bill is there").len();
    let origin = Origin::Files(vec![file]);
    let policy = Policy::default();
    bencher.counter(ItemsCount::new(lines)).counter(BytesCount::new(bytes)).bench_local(|| {
        let source = Source::of("partner-center");
        let report = sources::read(source, &origin, &[], &policy, &mut |batch| {
            black_box(&batch);
            true
        })
        .expect("the bill is read");
        assert_eq!(report.lines, lines);
    });
}
