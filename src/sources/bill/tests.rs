//! Whole files by profiles: the samples that ship, and what is refused with its reason.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::{Options, Origin, ReadReport, Source, SourceError, read};
use crate::domain::charge_type::ChargeType;
use crate::domain::load::LoadedLine;
use crate::domain::policy::Policy;
use crate::domain::problem::FileProblem;
use crate::domain::tests::cases;

mod own;
mod usage;

pub(super) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/partner-center").join(name)
}

pub(super) type Outcome = Result<(Vec<LoadedLine>, ReadReport), SourceError>;

pub(super) fn load(profile: &str, options: &Options, files: &[PathBuf]) -> Outcome {
    let mut lines = Vec::new();
    let source = Source { options, ..Source::of(profile) };
    let origin = Origin::Files(files.to_vec());
    let report = read(source, &origin, &[], &Policy::default(), &mut |batch| {
        lines.extend(batch);
        true
    })?;
    Ok((lines, report))
}

fn partner_center(files: &[PathBuf]) -> Outcome {
    load("partner-center", Options::NONE, files)
}

/// Reads text as a file of its own.
pub(super) fn text(profile: &str, options: &Options, text: impl AsRef<[u8]>) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bill");
    fs::write(&file, text).unwrap();
    load(profile, options, &[file])
}

pub(super) fn problems(outcome: Outcome) -> Vec<FileProblem> {
    match outcome {
        Err(SourceError::Refused(refusal)) => refusal.problems,
        other => panic!("must be refused: {other:?}"),
    }
}

fn license() -> String {
    fs::read_to_string(sample("license-2022.csv")).unwrap()
}

pub(super) fn sum(lines: &[LoadedLine]) -> Decimal {
    lines.iter().map(|l| l.line.total).sum()
}

#[test]
fn an_invoice_is_the_same_lines_in_every_form_that_it_is_exported_in() {
    let keys = |files: &[PathBuf]| {
        let (lines, report) = partner_center(files).unwrap();
        assert_eq!((lines.len(), report.left_out.len()), (25, 0));
        assert_eq!(sum(&lines).to_string(), "3236.03", "the sum of Subtotal");
        let mut keys: Vec<_> = lines.into_iter().map(|l| (l.key, l.content)).collect();
        keys.sort();
        keys
    };
    let old = keys(&[sample("license-2022.csv")]);
    assert_eq!(old, keys(&[sample("license-2024.csv")]), "renamed header, other order");
    let parts = [sample("license-part1.jsonl"), sample("license-part2.jsonl.gz")];
    assert_eq!(old, keys(&parts), "split JSON Lines, one of them gzip");
    let mut distinct = old.clone();
    distinct.dedup_by(|a, b| a.0 == b.0);
    assert_eq!(distinct.len(), 25, "no two lines share a key");
}

#[test]
fn microsofts_documented_scenarios_are_taken_as_they_are_written() {
    let (lines, _) = partner_center(&[sample("license-2022.csv")]).unwrap();
    let of = |event: u32| -> Vec<String> {
        let event = format!("12d33e18-061e-4040-ad77-{event:012}");
        let event = |l: &&LoadedLine| {
            l.line.extra.as_ref().unwrap().event_id.as_deref() == Some(event.as_str())
        };
        lines.iter().filter(event).map(|l| l.line.total.to_string()).collect()
    };
    // The formula would give 112.80.
    assert_eq!(of(2), ["-94.08", "112.89"]);
    assert_eq!(of(3), ["-112.89", "75.26"]);
    assert_eq!(of(4), ["-94.20"]);
    assert_eq!(of(5), ["-2316", "1476"]);
    assert_eq!(of(7), ["0", "1315.25"]);
    assert_eq!(of(8), ["200"]);
    let refund = lines.iter().find(|l| l.line.total.to_string() == "-94.08").unwrap();
    assert!(refund.line.quantity.is_sign_positive(), "the sign is the price's");
    assert_eq!(refund.line.unit_cost.unwrap().to_string(), "-9.408");
    assert!(lines.iter().all(|l| l.line.extra.as_ref().unwrap().cost_only));
    assert!(lines.iter().all(|l| l.line.invoice_date == jiff::civil::date(2025, 6, 30)));
}

#[test]
fn every_charge_type_has_its_place() {
    let (lines, _) = partner_center(&[sample("license-2022.csv")]).unwrap();
    let count = |t: ChargeType| lines.iter().filter(|l| l.line.charge_type == t).count();
    assert_eq!(count(ChargeType::PurchaseFee), 2);
    assert_eq!(count(ChargeType::CycleFee), 4, "the two lines of E5, and two renewals");
    assert_eq!(count(ChargeType::UsageFee), 3, "Azure's totals, tiers and a credit");
    assert_eq!(count(ChargeType::OneTimeFee), 2, "a reservation and perpetual software");
    assert_eq!(count(ChargeType::Correction), 14);
    let credit = lines.iter().find(|l| &*l.line.offer_id == "adjustment").unwrap();
    assert_eq!(&*credit.line.offer_name, "Adjustment");
    let perpetual = lines.iter().find(|l| l.line.total.to_string() == "190.00").unwrap();
    assert_eq!(perpetual.line.charge_end, None);
}

#[test]
fn an_amended_document_says_what_it_corrects() {
    let (lines, _) = partner_center(&[sample("amended.jsonl")]).unwrap();
    let extra = lines[0].line.extra.as_ref().unwrap();
    assert_eq!(extra.document_type.as_deref(), Some("Credit Note"));
    assert_eq!(extra.amends.as_deref(), Some("G041882913"));
    assert_eq!(lines[0].line.total.to_string(), "-100.80");
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    let good = license();
    let day_first: String = good.replace("6/20/2025", "20/6/2025");
    let all_ambiguous: String = good
        .lines()
        .take(2)
        .collect::<Vec<_>>()
        .join("\n")
        .replace("6/18/2025", "6/8/2025")
        .replace("7/17/2025", "7/7/2025");
    let header = good.lines().next().unwrap().trim_start_matches('\u{feff}').to_owned();
    let cases: [(&str, String, &str); 9] = [
        ("decimal commas", good.replace(",112.89,", ",\"112,89\","), "not-a-number"),
        ("two orders of dates", day_first, "date-order-mixed"),
        ("no date tells", all_ambiguous, "date-order-unknown"),
        ("mixed header", good.replacen(",Total,", ",totalForCustomer,", 1), "mixed-headers"),
        ("no Subtotal", good.replacen(",Subtotal,", ",Net,", 1), "missing-column"),
        ("two exports glued together", format!("{good}{header}\r\n"), "header-repeated"),
        (
            "an unknown charge",
            good.replacen(",addQuantity,", ",addQuantitty,", 1),
            "unknown-charge-type",
        ),
        ("a column twice", good.replacen(",TaxTotal,", ",SubTotal,", 1), "duplicate-column"),
        ("a row cut off", format!("{good}7b0c9e52,x\r\n"), "ragged-row"),
    ];
    for (what, text, code) in cases {
        let found = problems(self::text("partner-center", Options::NONE, text));
        assert!(found.iter().any(|p| p.code == code), "{what}: {found:#?}");
        assert!(found.iter().all(|p| !p.remedy.is_empty()), "{what}");
    }
    let near = problems(self::text(
        "partner-center",
        Options::NONE,
        good.replacen(",addQuantity,", ",addQuantitty,", 1),
    ));
    assert!(near[0].remedy.contains("addquantity"), "{near:#?}");
}

#[test]
fn the_settings_tell_the_order_of_dates_where_the_file_cannot() {
    let good = license();
    let text = good
        .lines()
        .take(2)
        .collect::<Vec<_>>()
        .join("\n")
        .replace("6/18/2025", "6/8/2025")
        .replace("7/17/2025", "9/9/2025");
    let order = super::super::profile::written::DateOrder::Dmy;
    let options = Options { date_order: Some(order), ..Options::default() };
    let (lines, _) = self::text("partner-center", &options, &text).unwrap();
    assert_eq!(lines[0].line.charge_start, jiff::civil::date(2025, 8, 6));
    // Day first throughout is told by the file itself.
    let day_first = good.lines().take(4).collect::<Vec<_>>().join("\n");
    let day_first = day_first
        .replace("6/18/2025", "18/6/2025")
        .replace("6/20/2025", "20/6/2025")
        .replace("7/17/2025", "17/7/2025")
        .replace("6/1/2025", "1/6/2025");
    let (lines, _) = self::text("partner-center", Options::NONE, day_first).unwrap();
    assert_eq!(lines[0].line.charge_start, jiff::civil::date(2025, 6, 18));
}

#[test]
fn azure_can_be_left_out_but_not_its_reservations() {
    let options = Options { leave_out: vec!["azure".into()], ..Options::default() };
    let (lines, report) = load("partner-center", &options, &[sample("license-2022.csv")]).unwrap();
    assert_eq!(lines.len(), 22);
    assert_eq!(report.left_out.values().sum::<u64>(), 3);
    assert!(lines.iter().any(|l| l.line.total.to_string() == "412.00"));
    let options = Options { leave_out: vec!["azur".into()], ..Options::default() };
    let refused = load("partner-center", &options, &[sample("license-2022.csv")]).unwrap_err();
    assert!(refused.to_string().contains("did you mean \"azure\""), "{refused}");
}

#[test]
fn a_utf16_export_and_a_workbook_are_the_same_bill() {
    let (plain, _) = partner_center(&[sample("license-2022.csv")]).unwrap();
    let keys =
        |lines: &[LoadedLine]| -> Vec<String> { lines.iter().map(|l| l.key.to_string()).collect() };
    let utf16: Vec<u8> = license().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (lines, _) = self::text("partner-center", Options::NONE, utf16).unwrap();
    assert_eq!(keys(&lines), keys(&plain));
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let text = license();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for (row, record) in reader.records().enumerate() {
        for (column, cell) in record.unwrap().iter().enumerate() {
            sheet.write_string(row as u32, column as u16, cell).unwrap();
        }
    }
    let (lines, _) =
        self::text("partner-center", Options::NONE, book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(keys(&lines), keys(&plain));
}

proptest! {
    #![proptest_config(cases(24))]

    /// Neither the order of rows nor how they are spread over files makes other lines.
    #[test]
    fn rows_in_any_order_and_in_any_files_are_the_same_lines(
        order in Just((0..25).collect::<Vec<usize>>()).prop_shuffle(), cut in 0usize..=25
    ) {
        let text = license();
        let rows: Vec<&str> = text.lines().collect();
        let dir = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        for (n, part) in [&order[..cut], &order[cut..]].into_iter().enumerate() {
            // A file of rows whose dates are all ambiguous is refused, so each has a clear one.
            let clear = part.iter().any(|r| rows[r + 1].contains("6/30/2025,"));
            if part.is_empty() || !clear {
                continue;
            }
            let mut content = format!("{}\r\n", rows[0]);
            part.iter().for_each(|r| content.push_str(&format!("{}\r\n", rows[r + 1])));
            let file = dir.path().join(format!("{n}.csv"));
            fs::write(&file, content).unwrap();
            files.push(file);
        }
        let (lines, _) = partner_center(&files).unwrap();
        let (whole, _) = partner_center(&[sample("license-2022.csv")]).unwrap();
        let known: std::collections::BTreeMap<_, _> =
            whole.into_iter().map(|l| (l.key, l.content)).collect();
        let mut seen = std::collections::BTreeSet::new();
        for line in lines {
            prop_assert_eq!(known.get(&line.key), Some(&line.content));
            prop_assert!(seen.insert(line.key));
        }
    }
}
