//! Bills as XLSX.

use super::*;

pub(super) fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Workbook)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

/// A sheet with the line below the header, numbers as numbers and dates as dates.
pub(super) fn fill_sheet(sheet: &mut Worksheet) {
    let date = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    for (at, name) in NAMES.iter().enumerate() {
        let at = at as u16;
        sheet.write(0, at, *name).unwrap();
        match *name {
            "invoice_date" | "charge_start_date" => {
                let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 10, 31).unwrap();
                sheet.write_with_format(1, at, &day, &date).unwrap();
            }
            "quantity" => {
                sheet.write(1, at, 0.1 + 0.2).unwrap();
            }
            "unit_price" => {
                sheet.write(1, at, 9.95).unwrap();
            }
            "total" => {
                sheet.write(1, at, -1_234_567.89).unwrap();
            }
            "offer_id" => {
                sheet.write(1, at, 4711).unwrap();
            }
            "currency" => {
                sheet.write(1, at, "USD").unwrap();
            }
            "charge_type" => {
                sheet.write(1, at, "ItemFee").unwrap();
            }
            "line_id" | "charge_end_date" | "unit_cost" | "invoice_status" => {}
            other => {
                sheet.write(1, at, format!("the {other}")).unwrap();
            }
        }
    }
}

#[test]
fn a_workbook_is_read_as_it_is_shown() {
    let bytes = workbook(|b| fill_sheet(b.add_worksheet()));
    let (lines, _) = read_bytes(&bytes).unwrap();
    let l = &lines[0].line;
    assert_eq!((l.quantity.to_string(), l.total.to_string()), ("0.3".into(), "-1234567.89".into()));
    assert_eq!(l.unit_price.map(|p| p.to_string()).as_deref(), Some("9.95"));
    assert_eq!(l.invoice_date, jiff::civil::date(2026, 10, 31));
    assert_eq!(&*l.offer_id, "4711");
    let named = workbook(|b| {
        b.add_worksheet().write(0, 0, "notes").unwrap();
        fill_sheet(b.add_worksheet().set_name("Lines").unwrap());
    });
    assert_eq!(read_bytes(&named).unwrap().0.len(), 1);
}

#[test]
fn a_workbook_is_refused_by_row_and_column() {
    let refuse = |change: &dyn Fn(&mut Worksheet)| {
        problems(workbook(|b| {
            let sheet = b.add_worksheet();
            fill_sheet(sheet);
            change(sheet);
        }))
    };
    let column = |name: &str| NAMES.iter().position(|n| *n == name).unwrap() as u16;
    let time = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
    type Case<'a> = (&'a str, &'a str, &'a dyn Fn(&mut Worksheet));
    let cases: [Case<'_>; 5] = [
        ("organization_id", "bad-cell", &|s| {
            s.write(1, column("organization_id"), 1.234_567_890_123_456e17).unwrap();
        }),
        ("total", "bad-cell", &|s| {
            let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 1).unwrap();
            s.write_with_format(1, column("total"), &day, &time).unwrap();
        }),
        ("charge_end_date", "bad-cell", &|s| {
            let day = rust_xlsxwriter::ExcelDateTime::from_serial_datetime(46_000.5).unwrap();
            s.write_with_format(1, column("charge_end_date"), &day, &time).unwrap();
        }),
        ("invoice_date", "not-a-date", &|s| {
            s.write(1, column("invoice_date"), 46_000).unwrap();
        }),
        ("currency", "missing-value", &|s| {
            s.write(1, column("currency"), " ").unwrap();
        }),
    ];
    for (column, code, change) in cases {
        let found = refuse(change);
        let p = &found[0];
        let place = (p.row, p.column.as_deref(), p.code.as_ref());
        assert_eq!(place, (Some(2), Some(column), code), "{found:?}");
    }
    // Rows left out above and between are counted.
    let found = refuse(&|s| {
        for c in 0..NAMES.len() as u16 {
            s.write(6, c, "x").unwrap();
        }
    });
    assert!(found.iter().all(|p| p.row == Some(7)), "{found:?}");
    let right = refuse(&|s| {
        s.write(1, 30, "x").unwrap();
    });
    assert!(right[0].message.contains("column AE"), "{right:?}");
    assert_eq!(
        problems(workbook(|b| {
            b.add_worksheet();
        }))[0]
            .code,
        "empty-file"
    );
}
