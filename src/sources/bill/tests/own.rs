//! Profiles that users write: what the generic form can do.

use super::{Options, load, problems, sum};
use crate::domain::problem::FileProblem;

const BASE: &str = r#"
name = "own"
[file]
header_row = 3
footer = ["Summe"]
[numbers]
decimal = ","
thousands = "."
symbols = ["€"]
[columns]
Kunde = ["Kundennr."]
[fields]
invoice_number = "Rechnung"
invoice_date = "Datum"
organization_id = "Kunde"
organization_name = "Name"
offer_id = "Artikel"
offer_name = "Artikel"
charge_type = "Art"
charge_start_date = "Von"
charge_end_date = "Bis"
quantity = { column = "Menge", constant = "1" }
total = "Betrag"
currency = { constant = "EUR" }
[charge_types]
Miete = "CycleFee"
Gutschrift = "Correction"
[dates]
end = "exclusive"
[amounts]
sign = "parentheses"
[identity]
all = true
except = ["Name"]
[control]
footer = "Betrag"
required = true
"#;

const BILL: &str = "Distributor GmbH;;;;;;;;\n\nRechnung;Datum;Kundennr.;Name;Artikel;Art;Von;Bis;Betrag\n\
    R1;30.06.2025;K1;M\u{fc}ller;Backup;Miete;01.06.2025;01.07.2025;1.234,50 €\n\
    R1;30.06.2025;K2;Meier;Backup;Gutschrift;01.06.2025;15.06.2025;(34,50)\n\
    R1;30.06.2025;K2;Meier;Backup;Gutschrift;01.06.2025;15.06.2025;(34,50)\n\
    Summe;;;;;;;;1.165,50\n";

fn own(profile: &str, bill: &[u8]) -> super::Outcome {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bill.csv");
    let toml = dir.path().join("own.toml");
    std::fs::write(&file, bill).unwrap();
    std::fs::write(&toml, profile).unwrap();
    load(toml.to_str().unwrap(), Options::NONE, &[file])
}

fn refused(profile: &str, bill: &str) -> Vec<FileProblem> {
    problems(own(profile, bill.as_bytes()))
}

#[test]
fn a_foreign_table_is_read_as_its_profile_says() {
    let (lines, _) = own(BASE, BILL.as_bytes()).unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(sum(&lines).to_string(), "1165.50");
    assert_eq!(lines[0].line.charge_end, Some(jiff::civil::date(2025, 6, 30)), "exclusive");
    assert_eq!(lines[1].line.total.to_string(), "-34.50");
    assert!(lines[1].key.ends_with("-1") && lines[2].key.ends_with("-2"), "equal rows are counted");
    // Columns in another order and another name are the same line.
    let renamed = BILL.replace("Meier", "Meyer");
    let (again, _) = own(BASE, renamed.as_bytes()).unwrap();
    assert_eq!(lines[1].key, again[1].key);
}

#[test]
fn western_bytes_are_read_where_the_profile_says_so_and_refused_elsewhere() {
    let bytes: Vec<u8> = BILL
        .chars()
        .map(|c| if c == '€' { 0x80 } else { u8::try_from(u32::from(c)).unwrap() })
        .collect();
    let found = problems(own(BASE, &bytes));
    assert!(found.iter().any(|p| p.code == "not-utf8"), "{found:#?}");
    let western = BASE.replace("[file]", "[file]\nencoding = \"windows-1252\"");
    let (lines, _) = own(&western, &bytes).unwrap();
    assert_eq!(&*lines[0].line.organization_name, "Müller");
}

#[test]
fn a_total_that_does_not_hold_or_is_missing_refuses_the_bill() {
    for (bill, code) in [
        (BILL.replace("1.165,50\n", "1.200,00\n"), "control-total"),
        (BILL.replace("Summe;;;;;;;;1.165,50\n", ""), "missing-control-total"),
        (
            format!("{BILL}R1;30.06.2025;K3;N;B;Miete;01.06.2025;01.07.2025;1,00\n"),
            "text-after-footer",
        ),
        (BILL.replace("1.234,50", "1234.50"), "not-a-number"),
        (BILL.replace("Miete", "Pacht"), "unknown-charge-type"),
        (BILL.replace("30.06.2025", "31.06.2025"), "no-such-date"),
    ] {
        let found = refused(BASE, &bill);
        assert!(found.iter().any(|p| p.code == code), "{code}: {found:#?}");
    }
    let mid = refused(BASE, &BILL.replace("30.06.2025", "06/30/2025"));
    assert!(mid.iter().any(|p| p.code == "date-order-mixed"), "{mid:#?}");
}

#[test]
fn a_column_can_tell_credits_from_charges() {
    let flagged = BASE
        .replace(
            "sign = \"parentheses\"",
            "sign = \"flag\"\nflag = \"Menge\"\ncredit = [\"H\"]\ncharge = [\"S\"]",
        )
        .replace(
            "quantity = { column = \"Menge\", constant = \"1\" }",
            "quantity = { constant = \"1\" }",
        )
        .replace("[control]\nfooter = \"Betrag\"\nrequired = true\n", "");
    let bill = BILL
        .replace("Von;Bis", "Menge;Von;Bis")
        .replace("Miete;", "Miete;S;")
        .replace("Gutschrift;", "Gutschrift;H;")
        .replace("(34,50)", "34,50");
    let (lines, _) = own(&flagged, bill.as_bytes()).unwrap();
    assert_eq!(lines[1].line.total.to_string(), "-34.50");
    let found = refused(&flagged, &bill.replace(";H;", ";X;"));
    assert_eq!(found[0].code, "unknown-credit-flag");
    let found = refused(&flagged, &bill.replace(";34,50", ";-34,50"));
    assert_eq!(found[0].code, "signed-twice");
}

#[test]
fn the_template_is_a_profile_that_reads_what_it_describes() {
    let template = include_str!("../../../../config/sources/template.toml");
    let bill = "Invoice No,Invoice Date,Account Number,Customer,Subscription ID,Product Code,\
        Plan Code,Product,Part Number,Charge,Billing,Start,End,Quantity,Unit Price,Unit Cost,Amount,\
        Discount %\nI-1,6/30/2025,C1,Contoso,S1,P,1,Backup,PN,Recurring,per month,6/1/2025,\
        6/30/2025,2,\"$1,000.00\",900,\"$2,000.00\",15\nI-1,6/30/2025,C1,Contoso,S1,P,1,Backup,PN,\
        Credit,per month,6/1/2025,-,1,(5.00),,(5.00),\nTotal,,,,,,,,,,,,,,,,\"1,995.00\",\n";
    let (lines, _) = own(template, bill.as_bytes()).unwrap();
    assert_eq!(sum(&lines).to_string(), "1995.00");
    assert_eq!(lines[0].line.billing_cycle.as_deref(), Some("Monthly"));
    assert!(lines[0].line.raw.as_deref().unwrap().contains("\"discount\":\"0.15\""));
    assert_eq!(lines[1].line.charge_end, None);
}
