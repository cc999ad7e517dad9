use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::*;
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::sandbox::SandboxOptions;
use crate::sandbox::seed;

const TODAY: Date = date(2026, 11, 21);

fn options() -> SandboxOptions {
    SandboxOptions { today: Some(TODAY), ..SandboxOptions::default() }
}

fn all(sample: &Sample) -> [Vec<CanonicalLine>; 2] {
    sample.periods().map(|p| sample.lines(p).collect())
}

/// What a recurring charge is for: subscription and offer.
fn subscriptions(lines: &[CanonicalLine]) -> BTreeMap<(String, String), usize> {
    let mut found = BTreeMap::new();
    for l in lines.iter().filter(|l| l.charge_type.is_recurring()) {
        if let Some(s) = &l.subscription_id {
            *found.entry((s.to_string(), l.offer_id.to_string())).or_default() += 1;
        }
    }
    found
}

#[test]
fn it_has_everything_that_a_marketplace_bills() {
    let sample = Sample::new(&options());
    let [first, second] = all(&sample);
    assert_eq!((first.len(), second.len()), (300, 300));
    for month in [&first, &second] {
        let types: BTreeSet<ChargeType> = month.iter().map(|l| l.charge_type).collect();
        let missing: Vec<_> = ChargeType::ALL.iter().filter(|t| !types.contains(t)).collect();
        // Purchases become cycles in the second month.
        assert!(missing.iter().all(|t| **t == ChargeType::PurchaseFee), "{missing:?}");
        assert!(month.iter().any(|l| l.total < Decimal::ZERO), "credits");
        assert!(month.iter().any(|l| l.quantity * l.unit_price.unwrap() != l.total), "residuals");
        assert!(month.iter().any(|l| l.invoice_status == InvoiceStatus::New), "unverified");
        assert!(month.iter().any(|l| l.invoice_number.starts_with("CN-")), "custom invoices");
        assert!(month.iter().all(|l| l.total.scale() <= 2));
        assert!(subscriptions(month).values().any(|n| *n > 1), "one that comes twice");
        let currencies: HashSet<_> = month.iter().map(|l| l.currency.to_string()).collect();
        assert!(currencies.len() >= 3);
    }
    assert!(first.iter().any(|l| l.charge_type == ChargeType::PurchaseFee));
    assert!(first.iter().any(|l| l.billing_cycle.as_deref() == Some("Yearly")));
    let (before, after) = (subscriptions(&first), subscriptions(&second));
    assert!(before.keys().any(|k| !after.contains_key(k)), "one that disappears");
    assert!(after.keys().any(|k| !before.contains_key(k)), "one that is new");
    let ids: HashSet<_> = first.iter().chain(&second).map(|l| l.line_id.clone().unwrap()).collect();
    assert_eq!(ids.len(), 600);
}

#[test]
fn every_line_is_sound() {
    let sample = Sample::new(&SandboxOptions { lines: 4000, companies: 400, ..options() });
    for period in sample.periods() {
        for l in sample.lines(period) {
            assert_eq!(l.period(), period);
            assert!(period.holds(l.charge_start), "{l:?}");
            assert!(l.charge_end.is_none_or(|e| e >= l.charge_start), "{l:?}");
            assert!(!l.quantity.is_zero() && !l.total.is_zero(), "{l:?}");
        }
    }
}

#[test]
fn it_follows_from_the_seed() {
    let one = Sample::new(&options());
    assert_eq!(all(&one), all(&Sample::new(&options())));
    assert_ne!(all(&one), all(&Sample::new(&SandboxOptions { seed: 2, ..options() })));
    assert_eq!(one.count("2025-01".parse().unwrap()), 0);
    let none = Sample::new(&SandboxOptions { companies: 0, ..options() });
    assert_eq!(all(&none), [vec![], vec![]]);
}

#[test]
fn csv_and_json_lines_say_the_same() {
    let sample = Sample::new(&options());
    let mut csv_text = Vec::new();
    sample.write_csv(&sample.periods(), &mut csv_text).unwrap();
    let mut json_text = Vec::new();
    sample.write_jsonl(&sample.periods(), &mut json_text).unwrap();
    let mut reader = csv::Reader::from_reader(csv_text.as_slice());
    let header = reader.headers().unwrap().clone();
    let json_text = String::from_utf8(json_text).unwrap();
    let mut rows = 0;
    for (record, object) in reader.records().zip(json_text.lines()) {
        let record = record.unwrap();
        let object: serde_json::Value = serde_json::from_str(object).unwrap();
        for (name, cell) in header.iter().zip(&record) {
            let value = &object[name];
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(if value.is_null() { "" } else { &text }, cell, "{name}");
        }
        rows += 1;
    }
    assert_eq!(rows, 600);
}

#[test]
fn the_mapping_fits_the_psa() {
    for tidy in [false, true] {
        let options = SandboxOptions { tidy, ..options() };
        let world = seed::world(&options);
        let sample = Sample::new(&options);
        let mut mapped = HashSet::new();
        let (mut unmapped, mut excluded) = (0, 0);
        let text = sample.mapping_csv();
        for row in csv::Reader::from_reader(text.as_bytes()).records() {
            let row = row.unwrap();
            let id = row[3].parse::<i64>().ok();
            unmapped += usize::from(id.is_none());
            excluded += usize::from(&row[5] == "yes");
            let Some(id) = id else { continue };
            let name = match &row[0] {
                "organization" => &world.companies[&id].name,
                "offer" => &world.catalog[&id].description,
                "contract" => &world.agreements[&id].name,
                other => panic!("{other}"),
            };
            assert_eq!(name, &row[4]);
            mapped.insert((row[0].to_owned(), row[1].to_owned()));
        }
        assert_eq!(unmapped == 0 && excluded == 0, tidy);
        let has = |kind: &str, id: &str| mapped.contains(&(kind.to_owned(), id.to_owned()));
        let lines = all(&sample).concat();
        let ready = lines
            .iter()
            .filter(|l| has("organization", &l.organization_id) && has("offer", &l.offer_id));
        let ready = ready.count();
        assert!(ready * 10 >= lines.len() * 7, "{ready} of {}", lines.len());
        assert_eq!(ready == lines.len(), tidy);
    }
}

#[test]
fn every_tidy_line_has_the_one_open_agreement_that_it_needs() {
    let options = SandboxOptions { tidy: true, lines: 2000, companies: 400, ..options() };
    let world = seed::world(&options);
    let sample = Sample::new(&options);
    let organizations = sample.organizations.iter();
    let companies: BTreeMap<String, i64> = organizations
        .map(|i| seed::customer::customer(1, *i))
        .map(|c| (c.organization_id(), c.company_id()))
        .collect();
    for line in all(&sample).concat() {
        let company = companies[&*line.organization_id];
        let fit: Vec<_> = world
            .agreements
            .values()
            .filter(|a| a.company_id == company && a.type_id == 1)
            .collect();
        assert_eq!(fit.len(), 1);
        assert_eq!(fit[0].status(TODAY), "Active");
        assert!(fit[0].next_invoice.unwrap() <= line.charge_start);
        assert!(fit[0].bill_start.unwrap() <= line.charge_start);
        let currency = fit[0].currency_id.unwrap();
        assert_eq!(seed::customer::currency_code(currency), line.currency.as_str());
    }
}
