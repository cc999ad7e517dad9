//! What a record becomes by a profile.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::problems::Problems;
use super::*;
use crate::domain::problem::FileProblem;

fn partner_center() -> Profile {
    Profile::find("partner-center").unwrap()
}

fn choices() -> Choices {
    let newest = HashMap::from([("G1".into(), jiff::civil::date(2025, 6, 25))]);
    Choices { newest, ..Choices::default() }
}

fn seat_change() -> Value {
    json!({
        "partnerId": "7b0c9e52-1f7e-4a53-9a31-2f6c0f1f8a10",
        "customerId": "org:2F4A7D10-93c5-4c0b-b1d7-5c5e0a6a1b22",
        "customerName": "Northwind Dental Group LLC",
        "customerDomainName": "NorthwindDental.onmicrosoft.com",
        "invoiceNumber": "G1", "orderId": "6dc5c039750a", "orderDate": "2025-06-20T08:30:00.0000000Z",
        "productId": "CFQ7TTC0LDPB", "skuId": "0001", "availabilityId": "CFQ7TTC0K59S",
        "skuName": "Microsoft 365 Business Standard", "productName": "Microsoft 365",
        "chargeType": "addQuantity", "unitPrice": 12.5, "quantity": 12, "subtotal": "140.00",
        "taxTotal": 0, "totalForCustomer": "140.00", "currency": "USD",
        "priceAdjustmentDescription": "[\"Price for given billing period\"]",
        "subscriptionId": "284b0ff0-0e74-4f65-cb23-f8ad95867994",
        "chargeStartDate": "2025-06-20", "chargeEndDate": "2025-07-17T00:00:00",
        "effectiveUnitPrice": "11.666667", "billableQuantity": 12, "billingFrequency": "Monthly",
        "pcToBCExchangeRateDate": "0001-01-01T00:00:00", "productQualifiers": ["AddOn"],
        "referenceId": "12D33E18-061e-4040-ad77-fcd77c1a9943",
    })
}

fn map(profile: &Profile, record: &Value) -> Result<Mapped, Vec<FileProblem>> {
    let mut problems = Problems::default();
    match Mapper::new(profile, choices()).record(1, record, &mut problems) {
        Fate::Line(mapped) => Ok(*mapped),
        Fate::LeftOut => panic!("left out"),
        Fate::Refused => Err(problems.finish().unwrap_err().problems),
    }
}

#[test]
fn a_record_becomes_a_line_with_what_stands_beside_it() {
    let mapped = map(&partner_center(), &seat_change()).unwrap();
    let line = mapped.line;
    assert!(mapped.identity.is_some() && line.line_id.is_none());
    assert_eq!(&*line.organization_id, "2F4A7D10-93c5-4c0b-b1d7-5c5e0a6a1b22");
    assert_eq!(line.invoice_date, jiff::civil::date(2025, 6, 30));
    assert_eq!(&*line.offer_id, "CFQ7TTC0LDPB:0001");
    assert_eq!(line.charge_type, ChargeType::Correction);
    assert_eq!(line.charge_end, Some(jiff::civil::date(2025, 7, 17)));
    assert_eq!(line.unit_price, None);
    assert_eq!(line.unit_cost.map(|c| c.to_string()).as_deref(), Some("11.666667"));
    assert_eq!(line.total.to_string(), "140.00");
    let extra = line.extra.unwrap();
    assert!(extra.cost_only);
    assert_eq!(extra.event_id.as_deref(), Some("12d33e18-061e-4040-ad77-fcd77c1a9943"));
    assert_eq!(extra.organization_domain.as_deref(), Some("northwinddental.onmicrosoft.com"));
    assert_eq!(&*extra.offer_keys[0], "CFQ7TTC0LDPB:0001:CFQ7TTC0K59S");
    let raw: Value = serde_json::from_str(line.raw.as_deref().unwrap()).unwrap();
    assert_eq!(raw["productQualifiers"], json!(["AddOn"]));
    assert_eq!(raw.get("skuName"), None, "what a field shows is not kept twice");
}

#[test]
fn wording_and_spelling_do_not_make_another_line() {
    let profile = partner_center();
    let identity = |record: &Value| map(&profile, record).unwrap().identity;
    let first = identity(&seat_change());
    for (name, value) in [
        ("customerId", json!("2f4a7d10-93c5-4c0b-b1d7-5c5e0a6a1b22")),
        ("priceAdjustmentDescription", json!("[\"reordered\"]")),
        ("customerName", json!("Renamed")),
        ("chargeType", json!("AddQuantity")),
        ("subtotal", json!(140)),
        ("unitPrice", json!("12.500")),
        ("orderDate", json!("2025-06-20")),
        ("chargeEndDate", json!("2025-07-17T00:00:00Z")),
    ] {
        let mut other = seat_change();
        other[name] = value;
        assert_eq!(identity(&other), first, "{name}");
    }
    for (name, value) in [
        ("subtotal", json!("-140.00")),
        ("referenceId", json!("another")),
        ("meterDescription", json!("tier 2")),
        ("chargeStartDate", json!("2025-06-21")),
    ] {
        let mut other = seat_change();
        other[name] = value;
        assert_ne!(identity(&other), first, "{name}");
    }
}

#[test]
fn what_cannot_be_told_is_refused_with_its_column() {
    for (name, value, code) in [
        ("subtotal", json!(""), "missing-value"),
        ("subtotal", json!("12,50"), "not-a-number"),
        ("chargeType", json!("teleport"), "unknown-charge-type"),
        ("chargeStartDate", json!("20.06.2025"), "not-a-date"),
        ("currency", json!("Dollar"), "not-a-currency"),
        ("chargeEndDate", json!("2025-06-01"), "end-before-start"),
        ("customerName", json!({"a": 1}), "wrong-type"),
        ("invoiceNumber", json!("G9"), "missing-value"),
    ] {
        let mut record = seat_change();
        record[name] = value;
        let problems = map(&partner_center(), &record).unwrap_err();
        assert_eq!(problems[0].code, code, "{name}: {problems:#?}");
        assert_eq!(problems[0].row, Some(1));
        assert!(problems[0].column.is_some() && !problems[0].remedy.is_empty());
    }
}

#[test]
fn a_profile_with_a_mistake_is_named_with_line_and_nearest_word() {
    for (text, message, remedy) in [
        ("name = \"x\"\n[fiels]\n", "line 2: the key fiels is not known", "did you mean fields"),
        (
            "name = \"x\"\n[fields]\ntotal = { colum = \"a\" }\n",
            "line 3: the key colum is not known",
            "did you mean column",
        ),
        ("name = \"x\"\n[fields]\ntotl = \"a\"\n", "\"totl\" is not known", "did you mean total"),
        ("name = \"x\"\n[fields]\n", "fields.invoice_number", "template"),
        ("name = [", "line 1", ""),
    ] {
        let problem = Profile::parse("own.toml", text).unwrap_err();
        assert_eq!(problem.code, "bad-profile");
        assert!(problem.message.contains(message), "{problem}");
        assert!(problem.remedy.contains(remedy), "{problem}");
    }
    let problem = Profile::find("partner-centre").unwrap_err();
    assert!(problem.remedy.contains("\"partner-center\""), "{problem}");
}

#[test]
fn shipped_profiles_are_good_and_named_as_their_files() {
    for one in shipped() {
        let profile = Profile::parse(one.name, one.text).unwrap();
        assert_eq!(profile.name, one.name);
        assert!(!profile.title.is_empty());
    }
}

#[test]
fn whole_months_tell_what_an_end_date_is() {
    let pax8 = "name = \"x\"\n[dates]\nend = \"detect\"\n[fields]\ninvoice_number = \"i\"\n\
        invoice_date = { constant = \"2025-06-30\" }\norganization_id = \"i\"\n\
        organization_name = \"i\"\noffer_id = \"i\"\noffer_name = \"i\"\n\
        charge_type = { constant = \"CycleFee\" }\ncharge_start_date = \"s\"\n\
        charge_end_date = \"e\"\nquantity = { constant = \"1\" }\ntotal = { constant = \"1\" }\n\
        currency = { constant = \"USD\" }\n";
    let profile = Profile::parse("x", pax8).unwrap();
    for (start, end, last) in [
        ("2019-04-01", "2019-05-01", Some("2019-04-30")),
        ("2025-02-01", "2025-02-28", Some("2025-02-28")),
        ("2025-06-15", "2025-07-15", Some("2025-07-14")),
        ("2025-06-15", "2026-06-14", Some("2026-06-14")),
        ("2025-06-11", "2025-06-30", Some("2025-06-30")),
        ("2025-06-11", "2025-07-01", Some("2025-06-30")),
        ("2025-06-11", "2025-06-11", Some("2025-06-11")),
        ("2025-06-11", "2025-06-20", None),
    ] {
        let mapped = map(&profile, &json!({"i": "G1", "s": start, "e": end}));
        match last {
            Some(last) => {
                let end = mapped.unwrap().line.charge_end.unwrap();
                assert_eq!(end.to_string(), last, "{start} to {end}");
            }
            None => assert_eq!(mapped.unwrap_err()[0].code, "end-undecided"),
        }
    }
}

#[test]
fn the_sum_of_an_invoice_is_held_against_its_total() {
    let text = shipped()[0].text.replace("[overlap]", "[control]\ncolumn = \"grand\"\n[overlap]");
    let profile = Profile::parse("x", &text).unwrap();
    for (told, code) in [("280", None), ("281", Some("control-total"))] {
        let mut record = seat_change();
        record["grand"] = json!(told);
        let mut problems = Problems::default();
        let mut mapper = Mapper::new(&profile, choices());
        for row in 1..=2 {
            assert!(matches!(mapper.record(row, &record, &mut problems), Fate::Line(_)));
        }
        mapper.finish(&mut problems);
        let found = problems.finish().err().map(|r| r.problems[0].code.clone());
        assert_eq!(found.as_deref(), code);
    }
}
