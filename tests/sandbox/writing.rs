//! What may be written to additions and agreements.

use super::*;

#[tokio::test]
async fn an_addition_lives() {
    let psa = Psa::start(options()).await;
    let path = psa.additions();
    let (status, made) = psa.post(&path, addition()).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["extPrice"].to_string(), "37.02");
    assert_eq!(made["margin"].to_string(), "7.02");
    assert_eq!(made["billedQuantity"].to_string(), "3");
    assert_eq!(made["agreementStatus"], "Active");
    let one = format!("{path}/{}", made["id"]);

    let change = json!([{"op": "replace", "path": "quantity", "value": 5},
        {"op": "add", "path": "/cancelledDate", "value": "2026-11-30T00:00:00Z"}]);
    let (status, changed) = psa.patch(&one, change).await;
    assert_eq!((status, changed["extPrice"].to_string().as_str()), (200, "61.70"));
    assert_eq!(psa.json(&one).await["cancelledDate"], "2026-11-30T00:00:00Z");
    let (_, open) = psa.patch(&one, json!([{"op": "remove", "path": "cancelledDate"}])).await;
    assert!(open.get("cancelledDate").is_none());

    // A nested path answers 200 and changes nothing; an object is refused; so is a wrong case.
    let nested = json!([{"op": "replace", "path": "product/id", "value": 401}]);
    let (status, same) = psa.patch(&one, nested).await;
    assert_eq!((status, &same["product"]["id"]), (200, &json!(400)));
    let object = json!({"op": "replace", "path": "quantity", "value": 5});
    assert_eq!(psa.patch(&one, object).await.0, 400);
    let case = json!([{"op": "replace", "path": "Quantity", "value": 5}]);
    assert_eq!(psa.patch(&one, case).await.0, 400);

    // A new product takes its own price along, unless one is sent with it.
    let product = json!([{"op": "replace", "path": "product", "value": {"id": 401}}]);
    let (_, reset) = psa.patch(&one, product).await;
    assert_ne!(reset["unitPrice"], made["unitPrice"]);
    assert_ne!(reset["description"], made["description"]);
    assert_eq!(reset["quantity"], 5);
    let both = json!([{"op": "replace", "path": "product", "value": {"id": 402}},
        {"op": "replace", "path": "unitPrice", "value": 1.005}]);
    let (_, kept) = psa.patch(&one, both).await;
    assert_eq!(kept["unitPrice"].to_string(), "1.005");

    let (status, put) = psa.send(Method::PUT, &one, &addition()).await;
    assert_eq!((status, &put["product"]["id"]), (200, &json!(400)));
    let gone = psa.call(Method::DELETE, &one).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert_eq!(psa.get(&one).await.status(), 404);
}

#[tokio::test]
async fn defaults_come_from_the_catalog() {
    let psa = Psa::start(options()).await;
    let body = json!({"product": {"identifier": "NIM-MAIL-P1"}, "billCustomer": "Billable"});
    let (status, made) = psa.post(&psa.additions(), body).await;
    assert_eq!(status, 201, "{made}");
    let item = psa.json(&format!("/procurement/catalog/{}", made["product"]["id"])).await;
    assert_eq!(made["unitPrice"], item["price"]);
    assert_eq!(made["unitCost"], item["cost"]);
    assert_eq!(made["description"], item["description"]);
    assert_eq!(made["effectiveDate"], "2026-11-21T00:00:00Z");
}

#[tokio::test]
async fn what_an_addition_may_not_be() {
    let psa = Psa::start(options()).await;
    let path = psa.additions();
    let catalog = psa.sandbox.inspect().catalog();
    let bundle = catalog.iter().find(|p| p.class == "Bundle").unwrap().id;
    let idle = catalog.iter().find(|p| p.inactive && p.class != "Bundle").unwrap().id;
    let agreement = psa.sandbox.inspect().agreements()[0].clone();
    let early = agreement.bill_start.unwrap().yesterday().unwrap();
    let invoiced = agreement.next_invoice.unwrap().yesterday().unwrap();
    let cases: [(&str, Value, &str); 14] = [
        ("product", Value::Null, "MissingRequiredField"),
        ("billCustomer", Value::Null, "MissingRequiredField"),
        ("product", json!({"id": 1}), "NotFound"),
        ("product", json!({"id": bundle}), "InvalidField"),
        ("product", json!({"id": idle}), "InvalidField"),
        ("serialNumber", json!("x".repeat(51)), "MaxLengthField"),
        ("invoiceDescription", json!("x".repeat(6001)), "MaxLengthField"),
        ("effectiveDate", json!("2026-11-01T00:00:00.000Z"), "UnsupportedFormat"),
        ("effectiveDate", json!("2026-11-01T00:00:00"), "UnsupportedFormat"),
        ("effectiveDate", json!("2026-11-01T00:00:00+01:00"), "UnsupportedFormat"),
        ("effectiveDate", json!("2026-02-30T00:00:00Z"), "UnsupportedFormat"),
        ("effectiveDate", json!(format!("{early}T00:00:00Z")), "OutOfRange"),
        ("effectiveDate", json!(format!("{invoiced}T00:00:00Z")), "InvalidField"),
        ("cancelledDate", json!("2026-10-31T00:00:00Z"), "OutOfRange"),
    ];
    for (field, value, code) in cases {
        let mut body = addition();
        body[field] = value.clone();
        if value.is_null() {
            body.as_object_mut().unwrap().remove(field);
        }
        let (status, answer) = psa.post(&path, body).await;
        assert_eq!(status, 400, "{field} {value}");
        assert_eq!(answer["message"], "addition object is invalid", "{field} {value}");
        let found = items(&answer);
        assert!(found[0].0 == code && found[0].1.starts_with(field), "{field} {value}: {answer}");
    }
    for (field, value) in
        [("quantity", json!("3")), ("billCustomer", json!("Yes")), ("taxableFlag", json!(1))]
    {
        let mut body = addition();
        body[field] = value;
        let (status, answer) = psa.post(&path, body).await;
        assert_eq!(status, 400);
        assert!(answer["message"].as_str().unwrap().starts_with("Error converting value"));
    }
    let raw = psa.call(Method::POST, &path).header("content-type", "application/json");
    assert_eq!(raw.body("{").send().await.unwrap().status(), 400);
    let text = psa.call(Method::POST, &path).header("content-type", "text/plain");
    assert_eq!(text.body("{}").send().await.unwrap().status(), 415);
    let nowhere = psa.post("/finance/agreements/1/additions", addition()).await;
    assert_eq!(nowhere.0, 404);
    assert!(psa.sandbox.inspect().marked("AD-1").is_empty());
}

#[tokio::test]
async fn invoiced_periods_are_closed_unless_the_agreement_prorates() {
    let psa = Psa::start(options()).await;
    let path = psa.additions();
    let (_, made) = psa.post(&path, addition()).await;
    psa.sandbox.inspect().invoice_until(psa.agreement(), date(2026, 12, 1));
    let (status, answer) = psa.post(&path, addition()).await;
    assert_eq!(status, 400);
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("Next Invoice Date"));
    // What is there can still be changed as long as its start stays.
    let quantity = json!([{"op": "replace", "path": "quantity", "value": 9}]);
    assert_eq!(psa.patch(&format!("{path}/{}", made["id"]), quantity).await.0, 200);
    psa.sandbox.inspect().edit_agreement(psa.agreement(), |a| a.prorates = true);
    let mut middle = addition();
    middle["effectiveDate"] = json!("2026-11-16T00:00:00Z");
    let (status, prorated) = psa.post(&path, middle).await;
    assert_eq!((status, prorated["proratePrice"].to_string().as_str()), (201, "6.17"));
}

#[tokio::test]
async fn custom_fields_are_written_whole() {
    let fields = vec!["Addendum ID".to_owned(), "Cost Centre".to_owned()];
    let psa = Psa::start(SandboxOptions { addition_fields: fields, ..options() }).await;
    let defined = psa.json("/system/userDefinedFields?conditions=caption='Addendum ID'").await;
    let id = defined[0]["id"].as_i64().unwrap();
    let mut body = addition();
    body["customFields"] = json!([{"id": id, "value": "AD-9"}, {"id": id + 1, "value": "7"}]);
    let (_, made) = psa.post(&psa.additions(), body).await;
    assert_eq!(made["customFields"][0]["caption"], "Addendum ID");
    assert_eq!(made["customFields"][1]["value"], "7");
    let one = format!("{}/{}", psa.additions(), made["id"]);
    let query = "customFieldConditions=caption='Addendum ID' and value='AD-9'";
    let found = psa.json(&format!("{}?{query}", psa.additions())).await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    let only = json!([{"op": "replace", "path": "customFields",
        "value": [{"id": id, "value": "AD-10"}]}]);
    let (_, changed) = psa.patch(&one, only).await;
    assert_eq!(changed["customFields"][0]["value"], "AD-10");
    assert!(changed["customFields"][1].get("value").is_none());
}

#[tokio::test]
async fn agreements_are_made_from_their_type() {
    let psa = Psa::start(options()).await;
    let body = json!({"name": "New", "type": {"name": "Managed Cloud"}, "company": {"id": 20},
        "contact": {"id": 5000}, "startDate": "2026-11-01T00:00:00Z"});
    let (status, made) = psa.post("/finance/agreements", body.clone()).await;
    assert_eq!(status, 201, "{made}");
    // Left to ConnectWise, the billing start drifts.
    assert_eq!(made["billStartDate"], "2026-11-02T00:00:00Z");
    assert_eq!(made["billingCycle"]["name"], "Monthly");
    assert_eq!(made["location"]["id"], 2);
    assert_eq!(made["agreementStatus"], "Active");
    let one = format!("/finance/agreements/{}", made["id"]);
    let idle = json!([{"op": "replace", "path": "agreementStatus", "value": "Inactive"}]);
    assert_eq!(psa.patch(&one, idle).await.1["agreementStatus"], "Inactive");
    assert_eq!(psa.call(Method::DELETE, &one).send().await.unwrap().status(), 204);

    for (field, value, code) in [
        ("name", Value::Null, "MissingRequiredField"),
        ("contact", Value::Null, "MissingRequiredField"),
        ("name", json!("x".repeat(101)), "MaxLengthField"),
        ("contact", json!({"id": 5002}), "NotFound"),
        ("company", json!({"id": 33}), "NotFound"),
        ("type", json!({"name": "Managed Clouds"}), "NotFound"),
        ("type", json!({"id": 6}), "InvalidField"),
        ("currency", json!({"currencyCode": "XXX"}), "NotFound"),
        ("endDate", json!("2026-10-01"), "OutOfRange"),
    ] {
        let mut body = body.clone();
        if value.is_null() {
            body.as_object_mut().unwrap().remove(field);
        } else {
            body[field] = value.clone();
        }
        let (status, answer) = psa.post("/finance/agreements", body).await;
        assert_eq!(status, 400, "{field} {value}");
        assert_eq!(items(&answer)[0].0, code, "{field} {value}: {answer}");
    }
}
