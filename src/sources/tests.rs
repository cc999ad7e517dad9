use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rust_decimal::Decimal;

use rust_xlsxwriter::Worksheet;

use super::columns::NAMES;
use super::*;
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::{CanonicalLine, DateBadge};
use crate::domain::policy::ChargeEndRule;
use crate::domain::problem::FileProblem;
use crate::domain::tests::cases;

mod bombs;
mod workbooks;

use workbooks::{fill_sheet, workbook as a_workbook};

const HEADER: &str = "line_id,invoice_number,invoice_date,invoice_status,organization_id,\
    organization_name,contract_id,subscription_id,subscription_name,offer_id,offer_name,\
    part_number,charge_type,billing_cycle,charge_start_date,charge_end_date,quantity,unit_price,\
    unit_cost,total,currency";
const LINE: &str = "L1,INV-1,2026-10-31,Verified,o1,\"Müller, & Söhne\",c1,s1,Backup,f1,Backup 1TB,\
    P-1,CycleFee,Monthly,2026-10-01,2026-10-31,3,10.00,7.5,30.00,eur";

type Outcome = Result<(Vec<LoadedLine>, ReadReport), SourceError>;

fn read_files(files: &[&Path], periods: &[Period], policy: &Policy) -> Outcome {
    let origin = Origin::Files(files.iter().map(|f| f.to_path_buf()).collect());
    read_origin(&origin, periods, policy)
}

fn read_origin(origin: &Origin, periods: &[Period], policy: &Policy) -> Outcome {
    let mut lines = Vec::new();
    let report = read(Source::of("canonical"), origin, periods, policy, &mut |batch| {
        lines.extend(batch);
        true
    })?;
    assert_eq!(report.lines, lines.len() as u64);
    Ok((lines, report))
}

fn read_bytes(bytes: impl AsRef<[u8]>) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bill");
    fs::write(&file, bytes).unwrap();
    read_files(&[&file], &[], &Policy::default())
}

fn problems(bytes: impl AsRef<[u8]>) -> Vec<FileProblem> {
    match read_bytes(bytes) {
        Err(SourceError::Refused(refusal)) => refusal.problems,
        other => panic!("must be refused: {other:?}"),
    }
}

/// The line with one cell replaced.
fn with(column: &str, value: &str) -> String {
    let at = NAMES.iter().position(|n| *n == column).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(LINE.as_bytes());
    let record = reader.records().next().unwrap().unwrap();
    let mut cells: Vec<&str> = record.iter().collect();
    cells[at] = value;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&cells).unwrap();
    String::from_utf8(writer.into_inner().unwrap()).unwrap().trim_end().to_owned()
}

#[test]
fn a_line_is_read_with_all_its_columns() {
    let (lines, report) = read_bytes(format!("{HEADER}\r\n{LINE}\r\n")).unwrap();
    assert_eq!(report, ReadReport { lines: 1, ..ReadReport::default() });
    let l = &lines[0].line;
    assert_eq!(&*lines[0].key, "L1");
    assert_eq!(l.line_id.as_deref(), Some("L1"));
    assert_eq!(&*l.organization_name, "Müller, & Söhne");
    assert_eq!(l.invoice_date, jiff::civil::date(2026, 10, 31));
    assert_eq!(l.invoice_status, InvoiceStatus::Verified);
    assert_eq!(l.charge_type, ChargeType::CycleFee);
    assert_eq!(l.charge_end, Some(jiff::civil::date(2026, 10, 31)));
    assert_eq!((l.quantity, l.unit_price), (Decimal::from(3), Some(Decimal::new(1000, 2))));
    assert_eq!(l.total.to_string(), "30.00");
    assert_eq!(l.currency.as_str(), "EUR");
    assert_eq!(l.raw, None);
}

#[test]
fn columns_stand_in_any_order_and_unknown_ones_are_kept() {
    let text = "\u{feff}Currency;TOTAL;quantity;Charge Start Date;charge_type;offer_name;offer_id;\
                organization_name;organization_id;invoice_date;invoice_number;Region;\n\
                USD;-1.5;1;2026-01-01;correction;Offer;f;Org;o;2026-01-31;I;\"E\"\"U\";\n\n\
                ;;;;;;;;;;;;\n";
    let (lines, _) = read_bytes(text).unwrap();
    let l = &lines[0].line;
    assert_eq!(lines.len(), 1);
    assert!(lines[0].key.starts_with("h-") && lines[0].key.ends_with("-1"));
    assert_eq!(l.total.to_string(), "-1.5");
    assert_eq!(l.charge_type, ChargeType::Correction);
    assert_eq!(l.raw.as_deref(), Some("{\"Region\":\"E\\\"U\"}"));
    assert_eq!((l.charge_end, l.unit_price, &l.subscription_id), (None, None, &None));
    let tabs =
        format!("{HEADER}\n{}\n", LINE.replace("\"Müller, & Söhne\"", "M")).replace(',', "\t");
    assert_eq!(read_bytes(tabs).unwrap().0.len(), 1);
}

#[test]
fn equal_rows_without_ids_are_different_lines_and_keep_their_keys() {
    let row = with("line_id", "");
    let text = format!("{HEADER}\n{row}\n{row}\n{}\n", with("line_id", "").replace("30.00", "31"));
    let keys = |t: &str| -> Vec<String> {
        read_bytes(t).unwrap().0.iter().map(|l| l.key.to_string()).collect()
    };
    let first = keys(&text);
    assert_eq!(first.len(), 3);
    assert!(first[0].ends_with("-1") && first[1].ends_with("-2") && first[2].ends_with("-1"));
    assert_eq!(first, keys(&text.replace("Backup 1TB", "Renamed")), "names are not identity");
}

#[test]
fn rules_run_and_periods_narrow() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bill.csv");
    let november = with("invoice_date", "2026-11-30").replace("L1", "L2");
    fs::write(&file, format!("{HEADER}\n{LINE}\n{november}\n")).unwrap();
    let mut policy = Policy::default();
    policy.charge_end.insert(ChargeType::CycleFee, ChargeEndRule::FirstDayOfFollowingMonth);
    let periods = ["2026-11".parse().unwrap()];
    let (lines, report) = read_files(&[&file], &periods, &policy).unwrap();
    assert_eq!(report, ReadReport { lines: 1, outside: 1, ..ReadReport::default() });
    assert_eq!(lines[0].dates.end, Some(jiff::civil::date(2026, 12, 1)));
    assert_eq!(lines[0].dates.end_badge, DateBadge::SystemUpdated);
    assert_eq!(lines[0].dates.start_badge, DateBadge::None);
}

#[test]
fn each_bad_cell_is_named_by_row_column_and_reason() {
    let table = [
        ("invoice_number", " ", "missing-value"),
        ("organization_id", "", "missing-value"),
        ("organization_name", "", "missing-value"),
        ("offer_id", "", "missing-value"),
        ("offer_name", "", "missing-value"),
        ("charge_type", "", "missing-value"),
        ("charge_start_date", "", "missing-value"),
        ("quantity", "", "missing-value"),
        ("total", "", "missing-value"),
        ("currency", "", "missing-value"),
        ("invoice_date", "31.10.2026", "not-a-date"),
        ("invoice_date", "2026-02-29", "no-such-date"),
        ("charge_end_date", "2026-09-30", "end-before-start"),
        ("charge_end_date", "x", "not-a-date"),
        ("total", "1,000.00", "not-a-number"),
        ("total", "1e3", "not-a-number"),
        ("unit_price", "NaN", "not-a-number"),
        ("unit_cost", "1000000000000", "number-too-large"),
        ("quantity", "0.12345678901234567890123456789", "too-many-digits"),
        ("currency", "EURO", "not-a-currency"),
        ("charge_type", "CyclFee", "unknown-charge-type"),
        ("invoice_status", "Sent", "unknown-status"),
        ("organization_name", "a\u{1b}[2Jb", "control-character"),
        ("offer_name", "a\0b", "control-character"),
        ("offer_name", "a\u{202e}b", "control-character"),
        ("organization_id", "a\nb", "control-character"),
        ("line_id", "a\tb", "control-character"),
        ("subscription_name", "a\u{9b}b", "control-character"),
    ];
    for (column, value, code) in table {
        let text = format!("{HEADER}\n{LINE}\n{}\n", with(column, value).replace("L1", "L2"));
        let found = problems(&text);
        let named: Vec<_> =
            found.iter().map(|p| (p.row, p.column.as_deref(), p.code.as_ref())).collect();
        assert_eq!(named, [(Some(3), Some(column), code)], "{column} {value:?}");
        assert!(!found[0].remedy.is_empty() && found[0].message.chars().count() < 200);
        assert!(!found[0].message.contains(crate::domain::text::is_harmful));
    }
}

#[test]
fn whole_files_are_refused_with_the_reason() {
    let long = with("offer_name", &"x".repeat(10_000_000));
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = [format!("{HEADER}\n").as_bytes(), LINE.as_bytes(), b"\nL2,\xfc"].concat();
    let cases: Vec<(Vec<u8>, &str, Option<u64>)> = vec![
        (b"".into(), "empty-file", None),
        (b"\n\n".into(), "empty-file", None),
        (HEADER.replace(",total", ",Totl").into(), "missing-column", Some(1)),
        (HEADER.replace("unit_cost", "TOTAL").into(), "duplicate-column", Some(1)),
        (LINE.into(), "missing-column", Some(1)),
        ([b"\xff\xfe".to_vec(), utf16.clone()].concat(), "utf-16", None),
        (utf16, "utf-16", None),
        (latin, "not-utf8", Some(3)),
        (format!("{HEADER}\n{LINE}\n{HEADER}\n").into(), "header-repeated", Some(3)),
        (format!("{HEADER}\n{LINE}\n\n{LINE}\n").into(), "duplicate-line-id", Some(4)),
        (format!("{HEADER}\n{LINE},\n").into(), "ragged-row", Some(2)),
        (format!("{HEADER}\nL1,x\n").into(), "ragged-row", Some(2)),
        (format!("{HEADER}\n{LINE}\n\"L2,x\nL3,y\n").into(), "unclosed-quote", Some(3)),
        (format!("{HEADER}\n\"L1\"x,\n").into(), "bad-quote", Some(2)),
        (format!("{HEADER}\n{long}\n").into(), "cell-too-long", Some(2)),
        (format!("{HEADER}\r{LINE}\r").into(), "line-ends", None),
        (b"PK\x03\x04 no zip".into(), "not-a-workbook", None),
        (b"\xd0\xcf\x11\xe0old".into(), "not-a-workbook", None),
        (b"\x1f\x8bzip".into(), "not-text", None),
        (b"[{}]".into(), "not-json", Some(1)),
        (b"{\"line_id\": \"a\"".into(), "not-json", Some(1)),
    ];
    for (bytes, code, row) in cases {
        let found = problems(&bytes);
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert!(found.iter().any(|p| p.code == code && p.row == row), "{start}: {found:?}");
        assert!(found.iter().all(|p| p.message.len() < 300 && !p.remedy.is_empty()));
    }
    let near = problems(HEADER.replace(",total", ",Totl"));
    assert!(near[0].remedy.contains("rename the column \"Totl\" to total"), "{near:?}");
}

#[test]
fn rows_are_counted_as_a_spreadsheet_shows_them() {
    let broken = with("subscription_name", "two\r\nlines");
    let bad = with("total", "x").replace("L1", "L2");
    let found = problems(format!("{HEADER}\n{broken}\n\n{bad}\n"));
    assert_eq!(found[0].row, Some(4), "a break inside a cell is no row, a blank line is one");
    let (lines, _) = read_bytes(format!("{HEADER}\n{broken}\n")).unwrap();
    assert_eq!(lines[0].line.subscription_name.as_deref(), Some("two lines"));
}

#[test]
fn all_problems_of_all_files_are_collected_and_nothing_more_is_handed_over() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a.csv"), dir.path().join("b.csv"));
    let rows: String = (0..150).map(|n| format!("{}\n", with("total", &format!("x{n}")))).collect();
    fs::write(&a, format!("{HEADER}\n{rows}")).unwrap();
    fs::write(&b, format!("{HEADER}\n{LINE}\n{}\n", with("currency", "1"))).unwrap();
    let gone = dir.path().join("gone.csv");
    let Err(SourceError::Refused(refusal)) =
        read_files(&[&a, &b, &gone, dir.path(), &b], &[], &Policy::default())
    else {
        panic!("must be refused")
    };
    assert_eq!((refusal.problems.len(), refusal.more), (100, 54));
    let Err(SourceError::Refused(refusal)) =
        read_files(&[&gone, dir.path(), &b, &b], &[], &Policy::default())
    else {
        panic!("must be refused")
    };
    let codes: Vec<&str> = refusal.problems.iter().map(|p| p.code.as_ref()).collect();
    assert_eq!(codes, ["no-such-file", "is-a-folder", "not-a-currency", "file-twice"]);
}

#[test]
fn an_id_in_two_files_is_named_with_both_places() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a.csv"), dir.path().join("b.csv"));
    fs::write(&a, format!("{HEADER}\n\n{LINE}\n")).unwrap();
    fs::write(&b, format!("{HEADER}\n{LINE}\n")).unwrap();
    let origin = Origin::Location(dir.path().into());
    let Err(SourceError::Refused(refusal)) = read_origin(&origin, &[], &Policy::default()) else {
        panic!("must be refused")
    };
    let p = &refusal.problems[0];
    assert_eq!((p.row, p.code.as_ref()), (Some(2), "duplicate-line-id"));
    assert!(p.file.ends_with("b.csv") && p.message.contains("a.csv, row 3"), "{p:?}");
}

#[test]
fn a_folder_gives_its_bills_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let origin = Origin::Location(dir.path().into());
    let empty = read_origin(&origin, &[], &Policy::default()).unwrap_err();
    assert!(matches!(empty, SourceError::Failed(p) if p.code == "no-files"));
    for (name, id) in [("b.csv", "2"), ("a.CSV", "1"), ("c.jsonl", "3")] {
        let text = match name {
            "c.jsonl" => json_line(&read_bytes(format!("{HEADER}\n{LINE}")).unwrap().0[0].line)
                .replace("L1", id),
            _ => format!("{HEADER}\n{}\n", with("line_id", id)),
        };
        fs::write(dir.path().join(name), text).unwrap();
    }
    for other in ["~$a.xlsx", ".hidden.csv", "notes.txt"] {
        fs::write(dir.path().join(other), "x").unwrap();
    }
    fs::create_dir(dir.path().join("sub.csv")).unwrap();
    let (lines, _) = read_origin(&origin, &[], &Policy::default()).unwrap();
    let ids: Vec<&str> = lines.iter().map(|l| &*l.key).collect();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[test]
fn json_numbers_are_exact_and_unknown_members_are_kept() {
    let text = r#"
{"line_id":7,"invoice_number":"I","invoice_date":"2026-01-31","organization_id":12,"organization_name":"O","offer_id":"f","offer_name":"F","charge_type":"UsageFee","charge_start_date":"2026-01-01","charge_end_date":null,"quantity":0.1,"total":123456789.123456789012345,"currency":"EUR","unit_price":"","x":{"y":[1]},"z":null}
"#;
    let (lines, _) = read_bytes(text).unwrap();
    let l = &lines[0].line;
    assert_eq!(l.total.to_string(), "123456789.123456789012345");
    assert_eq!((l.line_id.as_deref(), &*l.organization_id), (Some("7"), "12"));
    assert_eq!(l.raw.as_deref(), Some(r#"{"x":{"y":[1]}}"#));
    for (from, to, code) in [
        ("0.1", "1e2", "not-a-number"),
        ("0.1", "true", "wrong-type"),
        ("0.1", "[1]", "wrong-type"),
        ("\"x\":", "\"TOTAL\":", "duplicate-column"),
        ("\"O\"", "\"\\u001b\"", "control-character"),
        ("0.1", "NaN", "not-json"),
        (",\"currency\":\"EUR\"", "", "missing-value"),
    ] {
        let found = problems(text.replace(from, to));
        assert_eq!((found[0].row, found[0].code.as_ref()), (Some(2), code), "{from} {to}");
    }
}

#[test]
fn a_receiver_that_stops_ends_the_reading() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bill.csv");
    let rows: String =
        (0..10_000).map(|n| format!("{}\n", with("line_id", &n.to_string()))).collect();
    fs::write(&file, format!("{HEADER}\n{rows}")).unwrap();
    let mut batches = 0;
    let stopped = read(
        Source::of("canonical"),
        &Origin::Files(vec![file]),
        &[],
        &Policy::default(),
        &mut |_| {
            batches += 1;
            false
        },
    );
    assert!(matches!(stopped, Err(SourceError::Abandoned)));
    assert_eq!(batches, 1);
}

#[test]
fn other_profiles_are_not_known() {
    let origin = Origin::Files(Vec::new());
    let told = read(Source::of("none-such"), &origin, &[], &Policy::default(), &mut |_| true);
    assert!(matches!(told, Err(SourceError::Failed(p)) if p.code == "unknown-source-profile"));
}

fn cells(l: &CanonicalLine) -> [String; 21] {
    let text = |t: &Option<Box<str>>| t.as_deref().unwrap_or_default().to_owned();
    let number = |n: Option<Decimal>| n.map(|n| n.to_string()).unwrap_or_default();
    [
        text(&l.line_id),
        l.invoice_number.to_string(),
        l.invoice_date.to_string(),
        l.invoice_status.to_string(),
        l.organization_id.to_string(),
        l.organization_name.to_string(),
        text(&l.contract_id),
        text(&l.subscription_id),
        text(&l.subscription_name),
        l.offer_id.to_string(),
        l.offer_name.to_string(),
        text(&l.part_number),
        l.charge_type.to_string(),
        text(&l.billing_cycle),
        l.charge_start.to_string(),
        l.charge_end.map(|d| d.to_string()).unwrap_or_default(),
        l.quantity.to_string(),
        number(l.unit_price),
        number(l.unit_cost),
        l.total.to_string(),
        l.currency.to_string(),
    ]
}

fn json_line(l: &CanonicalLine) -> String {
    let object: serde_json::Map<String, serde_json::Value> = NAMES
        .iter()
        .zip(cells(l))
        .map(|(name, cell)| {
            let number = ["quantity", "total"].contains(name);
            let value = if number { serde_json::from_str(&cell).unwrap() } else { cell.into() };
            ((*name).to_owned(), value)
        })
        .collect();
    serde_json::Value::Object(object).to_string()
}

fn any_line() -> impl Strategy<Value = CanonicalLine> {
    let id = || "[A-Za-z0-9=+@;,\"'é-]{1,12}".prop_map(|s: String| s.into_boxed_str());
    let name =
        || "[A-Za-zäß株,;\"=+@-][A-Za-zäß株,;\" =]{0,18}[a-z]".prop_map(String::into_boxed_str);
    let number =
        || (-999_999_999_999i64..999_999_999_999, 0u32..9).prop_map(|(m, s)| Decimal::new(m, s));
    let day = || (2000i16..2100, 1i8..13, 1i8..29).prop_map(|(y, m, d)| jiff::civil::date(y, m, d));
    (
        (prop::option::of(id()), id(), day(), 0..6usize, id(), name()),
        (prop::option::of(id()), prop::option::of(id()), prop::option::of(name()), id(), name()),
        (
            prop::option::of(id()),
            0..7usize,
            prop::option::of(id()),
            day(),
            prop::option::of(0i32..400),
        ),
        (number(), prop::option::of(number()), prop::option::of(number()), number(), "[A-Z]{3}"),
    )
        .prop_map(|(a, b, c, d)| CanonicalLine {
            line_id: a.0,
            invoice_number: a.1,
            invoice_date: a.2,
            invoice_status: InvoiceStatus::ALL[a.3],
            organization_id: a.4,
            organization_name: a.5,
            contract_id: b.0,
            subscription_id: b.1,
            subscription_name: b.2,
            offer_id: b.3,
            offer_name: b.4,
            part_number: c.0,
            charge_type: ChargeType::ALL[c.1],
            billing_cycle: c.2,
            charge_start: c.3,
            charge_end: c.4.map(|days| c.3.saturating_add(jiff::Span::new().days(days))),
            quantity: d.0,
            unit_price: d.1,
            unit_cost: d.2,
            total: d.3,
            currency: d.4.parse().unwrap(),
            raw: None,
            extra: None,
        })
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn lines_survive_csv_and_json(mut lines in prop::collection::vec(any_line(), 1..12)) {
        for (n, l) in lines.iter_mut().enumerate() {
            if let Some(id) = &mut l.line_id {
                *id = format!("{id}{n}").into_boxed_str();
            }
        }
        for delimiter in [b',', b';', b'\t'] {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(NAMES).unwrap();
            for l in &lines {
                writer.write_record(cells(l)).unwrap();
            }
            let (read, _) = read_bytes(writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = read.into_iter().map(|l| l.line).collect();
            prop_assert_eq!(&read, &lines);
        }
        let text: String = lines.iter().map(|l| json_line(l) + "\n").collect();
        let (read, _) = read_bytes(text).unwrap();
        let read: Vec<_> = read.into_iter().map(|l| l.line).collect();
        prop_assert_eq!(&read, &lines);
    }

    #[test]
    fn no_bytes_bring_it_down(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        begin in prop::sample::select(vec!["", "{", "PK\x03\x04", "header", "\u{feff}"]),
        text in "[\\PC\t\r\n\",;]{0,200}",
    ) {
        let begin = if begin == "header" { format!("{HEADER}\n{LINE}\n") } else { begin.into() };
        let _ = read_bytes([begin.as_bytes(), &bytes].concat());
        let _ = read_bytes([begin.as_bytes(), text.as_bytes()].concat());
    }

    #[test]
    fn a_damaged_workbook_is_refused_or_read(at in 0usize..5000, with: u8) {
        let mut bytes = a_workbook(|b| fill_sheet(b.add_worksheet()));
        let at = at % bytes.len();
        bytes[at] = with;
        let _ = read_bytes(&bytes);
        bytes.truncate(at);
        let _ = read_bytes(&bytes);
    }
}
