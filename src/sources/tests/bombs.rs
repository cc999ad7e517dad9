//! Workbooks that are made to hurt: small files that stand for gigabytes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::super::unpacked::{LIMITS, Limits, too_large};
use super::*;

const SHEET: &str = "xl/worksheets/sheet1.xml";
const TEXTS: &str = "xl/sharedStrings.xml";

/// A workbook of one sheet; `more` parts, each a beginning and so many repetitions of the rest.
fn workbook(parts: &[(&str, &str, &str, usize)]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let mut part = |name: &str, start: &str, again: &str, times: usize| {
        out.start_file(name, options).unwrap();
        out.write_all(start.as_bytes()).unwrap();
        let block = again.repeat(1_000);
        for _ in 0..times / 1_000 {
            out.write_all(block.as_bytes()).unwrap();
        }
    };
    let relations = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r1\" \
             Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    part("_rels/.rels", &relations("officeDocument", "xl/workbook.xml"), "", 0);
    part("xl/_rels/workbook.xml.rels", &relations("worksheet", "worksheets/sheet1.xml"), "", 0);
    let sheets = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"lines\" \
         sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    part("xl/workbook.xml", &sheets, "", 0);
    for (name, start, again, times) in parts {
        part(name, start, again, *times);
    }
    out.finish().unwrap().into_inner()
}

/// A sheet of rows that are all alike.
fn sheet(rows: usize) -> (&'static str, &'static str, &'static str, usize) {
    let row = "<row><c><v>1</v></c><c><v>2</v></c></row>";
    (SHEET, "<worksheet><sheetData>", row, rows)
}

/// Writes another unpacked size of a part into the directory at the workbook's end.
fn claim(bytes: &mut [u8], name: &str, size: u32) {
    let entry = memchr::memmem::rfind(bytes, name.as_bytes()).unwrap() - 46;
    assert_eq!(bytes[entry..entry + 4], *b"PK\x01\x02");
    bytes[entry + 24..entry + 28].copy_from_slice(&size.to_le_bytes());
}

#[track_caller]
fn only(bytes: &[u8]) -> FileProblem {
    let mut found = problems(bytes);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_sheet_that_unpacks_to_far_more_than_its_file_is_refused_before_it_is_read() {
    let bytes = workbook(&[sheet(1_800_000)]);
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    let problem = only(&bytes);
    assert_eq!((problem.code.as_ref(), problem.row), ("unpacks-too-large", None));
    assert!(problem.message.contains("sheet1.xml"), "{}", problem.message);
    assert!(problem.message.contains(" MiB"), "{}", problem.message);
    assert!(problem.remedy.contains("CSV"), "{}", problem.remedy);
}

#[test]
fn each_limit_is_kept() {
    let bytes = workbook(&[sheet(50_000), (TEXTS, "<sst>", "<si><t>x</t></si>", 50_000)]);
    let found = |limits: &Limits| too_large(&mut Cursor::new(&bytes), limits);
    assert_eq!(found(&LIMITS), None);
    let mib = 1 << 20;
    let wide = Limits { sheet: 10 * mib, part: 10 * mib, times: 1_000_000, small: 0 };
    assert_eq!(found(&wide), None);
    for (limits, part) in [
        (Limits { sheet: mib, ..wide }, "sheet1.xml"),
        (Limits { part: mib / 2, ..wide }, "sharedstrings.xml"),
        (Limits { times: 20, ..wide }, "sheet1.xml"),
    ] {
        let why = found(&limits).expect("a reason");
        assert!(why.contains(part), "{why}");
    }
    assert_eq!(found(&Limits { times: 20, small: 5 * mib, ..wide }), None);
}

#[test]
fn a_size_that_is_not_true_helps_nobody() {
    let mut bytes = workbook(&[sheet(50_000)]);
    claim(&mut bytes, SHEET, 4_000_000_000);
    assert_eq!(only(&bytes).code, "unpacks-too-large");
    // Said to be small, it is read no further than that.
    claim(&mut bytes, SHEET, 5_000);
    let found = problems(&bytes);
    assert!(found.iter().any(|p| p.code == "not-a-workbook"), "{found:?}");
    assert!(found.iter().all(|p| p.row.is_none_or(|row| row < 500)), "{found:?}");
}

#[test]
fn room_is_made_only_for_texts_that_can_be_there() {
    for start in [
        "<sst uniqueCount=\"99999999999999\">".to_owned(),
        "<sst count='1'\n uniqueCount = '88888888888'>".to_owned(),
        format!(
            "<!-- uniqueCount=\"1\" {} --><sst uniqueCount=\"77777777777\">",
            "x".repeat(65_500)
        ),
        format!("<sst uniqueCount={}\"66666666666\">", " ".repeat(1_000)),
    ] {
        let problem = only(&workbook(&[sheet(0), (TEXTS, &start, "<si><t>x</t></si>", 0)]));
        assert_eq!(problem.code, "unpacks-too-large", "{start}");
    }
    // What a cell says is no announcement.
    let texts = "<sst uniqueCount=\"1\"><si><t>uniqueCount of all</t></si></sst>";
    let problem = only(&workbook(&[sheet(0), (TEXTS, texts, "", 0)]));
    assert_ne!(problem.code, "unpacks-too-large");
}

#[test]
fn a_cell_beyond_the_last_column_of_a_sheet_is_refused() {
    let cells =
        "<worksheet><sheetData><row r=\"1\"><c r=\"ZZZZZZ1\"><v>1</v></c></row></sheetData>";
    let found = problems(workbook(&[(SHEET, cells, "", 0)]));
    assert_eq!((found[0].code.as_ref(), found[0].row), ("bad-cell", Some(1)), "{found:?}");
}
