//! Every request that the PSA client can make, checked against ConnectWise's own description:
//! method, path, query and body. The client talks to a small server that records and answers
//! plausibly.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

mod openapi_schema;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use addendum::connectwise::{AdditionChange, ApiKeys, Client, Connection};
use addendum::domain::addition::AdditionFields;
use addendum::domain::plan::AgreementFields;
use addendum::domain::psa::{CustomField, MarkerPlace};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::date;
use openapi_schema::Description;
use serde_json::{Value, json};

const BASE: &str = "/v4_6_release/apis/3.0";

#[derive(Debug, Clone)]
struct Request {
    method: String,
    path: String,
    address: usize,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Option<Value>,
}

type Log = Arc<Mutex<Vec<Request>>>;

/// How the recording server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It shows everything.
    Open,
    /// Half of the companies have no default contact.
    Lacking,
    /// It has no optional endpoint, and no company has a default contact.
    Bare,
}

async fn answer(
    State((log, manner)): State<(Log, Manner)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let body: Option<Value> = (!body.is_empty()).then(|| serde_json::from_slice(&body).unwrap());
    log.lock().unwrap().push(Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        address: "https://api-staging.connectwisedev.com".len() + uri.to_string().len(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: headers.clone(),
        body: body.clone(),
    });
    let Some(path) = uri.path().strip_prefix(BASE) else {
        return json_of(200, &json!({"Codebase": "v4_6_release/", "CompanyID": "acme"}));
    };
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let of = |name: &str| query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
    match (method.as_str(), manner) {
        ("DELETE", _) => return StatusCode::NO_CONTENT.into_response(),
        ("POST" | "PATCH", _) => return written(path, &body.unwrap_or_default()),
        (_, Manner::Bare) if optional(path) => {
            return json_of(404, &json!({"code": "NotFound", "message": "no such path"}));
        }
        _ => {}
    }
    if path.ends_with("/count") {
        return json_of(200, &json!({"count": 2_400}));
    }
    let start = of("page").or(of("pageId").map(|_| "2")).map_or(1, |p| p.parse::<i64>().unwrap());
    let rows: Vec<Value> = match path {
        "/company/companies" if start <= 3 => ids(start)
            .map(|id| {
                let has = manner == Manner::Open || manner == Manner::Lacking && id % 2 == 0;
                let contact = has.then(|| json!({"id": id, "name": "Ann"}));
                json!({"id": 2_000_000_000 + id, "identifier": "x", "name": "X", "defaultContact": contact})
            })
            .collect(),
        "/procurement/catalog" | "/finance/agreements" if start <= 3 => {
            ids(start).map(|id| json!({"id": id, "currency": {"id": 9, "name": "?"}})).collect()
        }
        "/finance/agreements/types" => vec![json!({"id": 1, "name": "T", "billTime": "Billable"})],
        "/finance/billingCycles" => vec![json!({"id": 1, "billingOptions": "Monthly"})],
        "/finance/currencies" => vec![json!({"id": 3, "currencyIdentifier": "EUR"})],
        "/system/userDefinedFields" => vec![json!({"id": 11, "caption": "Addendum ID"})],
        "/system/mySecurity" => Vec::new(),
        "/system/info" => return json_of(200, &json!({"version": "v2026.1"})),
        p if p.ends_with("/additions") && start == 1 => vec![addition(&json!({})); 1],
        p if p.contains("/additions/") => return json_of(200, &addition(&json!({}))),
        p if p.starts_with("/finance/agreements/") && !p.ends_with("s") => {
            return json_of(200, &json!({"id": 7}));
        }
        _ => Vec::new(),
    };
    let more = path.ends_with("/additions") && start == 1;
    let mut response = json_of(200, &Value::Array(rows));
    if more {
        let link = format!("<http://elsewhere.example{path}?pageSize=1000&pageId=5>; rel=\"next\"");
        response.headers_mut().insert(header::LINK, link.parse().unwrap());
    }
    response
}

fn optional(path: &str) -> bool {
    path.starts_with("/system/")
        || path == "/finance/billingCycles"
        || path == "/finance/currencies"
}

fn ids(page: i64) -> std::ops::RangeInclusive<i64> {
    (page - 1) * 1_000 + 1..=(page * 1_000).min(2_400)
}

fn addition(over: &Value) -> Value {
    let mut all = json!({
        "id": 5, "product": {"id": 10}, "quantity": 3, "unitPrice": 1.5, "unitCost": 1,
        "billCustomer": "Billable", "effectiveDate": "2026-11-01T00:00:00Z",
        "cancelledDate": "2026-11-30T00:00:00Z", "invoiceDescription": "Mail",
    });
    for (name, value) in over.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    all
}

fn written(path: &str, body: &Value) -> Response {
    let mut record = addition(&json!({}));
    match body {
        Value::Array(operations) => {
            for o in operations {
                let name = o["path"].as_str().unwrap();
                record[name] = o["value"].clone();
            }
        }
        other => record = addition(other),
    }
    if path == "/finance/agreements" {
        record = json!({"id": 7, "name": body["name"]});
    }
    json_of(200, &record)
}

fn json_of(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

async fn recorder(manner: Manner) -> (Log, Client) {
    let log = Log::default();
    let app = Router::new().fallback(answer).with_state((Arc::clone(&log), manner));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connection = Connection {
        site: format!("http://{}", listener.local_addr().unwrap()),
        company_id: "acme".into(),
        client_id: "5a4db0c5-0000-4000-8000-000000000001".into(),
        concurrency: 4,
        requests_per_minute: 0,
        timeout: Duration::from_secs(30),
        max_retries: 0,
        root_certificate: None,
    };
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let keys = ApiKeys { public: "pub".to_owned().into(), private: "priv".to_owned().into() };
    (log, Client::new(&connection, keys, None).unwrap())
}

fn fields() -> AdditionFields {
    AdditionFields {
        product_id: 10,
        quantity: "3".parse().unwrap(),
        unit_price: "1.5".parse().unwrap(),
        unit_cost: Some("1".parse().unwrap()),
        effective: date(2026, 11, 1),
        cancelled: Some(date(2026, 11, 30)),
        invoice_description: "Mail".into(),
    }
}

/// Everything that the client can do.
async fn everything(client: &Client) {
    let silent = |_: u64| {};
    client.discover().await.unwrap();
    client.system_info().await.unwrap();
    client.permissions(&addendum::connectwise::Feature::ALL).await.unwrap();
    client.companies(&silent).await.unwrap();
    client.products(&silent).await.unwrap();
    client.agreements(&silent).await.unwrap();
    client.agreement_types().await.unwrap();
    client.addition_custom_fields().await.unwrap();
    client.agreement(7).await.unwrap();
    client.agreements_of(2_000_000_001).await.unwrap();
    client.additions(7).await.unwrap();
    client.addition(7, 5).await.unwrap();
    let agreement = AgreementFields {
        name: "A".repeat(100),
        type_id: 1,
        company_id: 2,
        contact_id: 3,
        start: date(2026, 11, 1),
        currency: "EUR".parse().unwrap(),
        location_id: Some(4),
        department_id: Some(5),
        billing_cycle_id: Some(6),
        defaults: [
            ("employeeCompRate", "Actual"),
            ("employeeCompNotExceed", "Billing"),
            ("invoicingCycle", "CalendarYear"),
            ("billTime", "DoNotBill"),
            ("billExpenses", "NoCharge"),
            ("billProducts", "Billable"),
            ("somethingElse", "x"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into(),
    };
    client.create_agreement(&agreement).await.unwrap();
    client.delete_agreement(7).await.unwrap();
    let marker = format!("AD-{}", "X".repeat(47));
    let field = CustomField { id: 11, caption: "Addendum ID".into() };
    let mut open = fields();
    open.cancelled = None;
    open.unit_cost = None;
    open.quantity = "-0.000001".parse().unwrap();
    open.invoice_description = "\u{fc}".repeat(6_000);
    for place in [MarkerPlace::SerialNumber, MarkerPlace::CustomField(field)] {
        client.create_addition(7, &fields(), &marker, &place).await.unwrap();
        client.create_addition(7, &open, &marker, &place).await.unwrap();
    }
    let mut other = fields();
    other.product_id = 11;
    other.quantity = "79228162514264337593543950335".parse().unwrap();
    other.unit_price = "-0.0000000001".parse().unwrap();
    other.effective = date(2026, 10, 1);
    other.cancelled = None;
    other.invoice_description = "Other".into();
    for (from, to) in [(fields(), other.clone()), (other, fields())] {
        client.change_addition(7, 5, &AdditionChange { to, from }).await.unwrap();
    }
    client.change_addition(7, 5, &AdditionChange { to: fields(), from: fields() }).await.unwrap();
    client.delete_addition(7, 5).await.unwrap();
}

/// A patch as the record that it makes: the description leaves its values untyped.
fn patched(operations: &Value) -> Value {
    let mut record = json!({"product": {"id": 1}, "billCustomer": "Billable"});
    for o in operations.as_array().expect("a patch is an array") {
        let (op, path) = (o["op"].as_str().unwrap(), o["path"].as_str().unwrap());
        assert!(!path.contains('/'), "{path}");
        match op {
            "replace" => record[path] = o["value"].clone(),
            "remove" => assert!(o.get("value").is_none(), "{o}"),
            other => panic!("{other} is no operation"),
        }
    }
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_as_connectwise_describes_it() {
    let Some(description) = Description::find("every_request_is_as_connectwise_describes_it")
    else {
        return;
    };
    let mut templates = std::collections::BTreeSet::new();
    for manner in [Manner::Open, Manner::Lacking, Manner::Bare] {
        let (log, client) = recorder(manner).await;
        everything(&client).await;
        let requests = log.lock().unwrap().clone();
        for r in &requests {
            assert!(r.address < 2_000, "{} characters: {}", r.address, r.path);
            let Some(path) = r.path.strip_prefix(BASE) else {
                assert_eq!(r.path, "/login/companyinfo/acme");
                assert!(r.headers.get("authorization").is_none());
                continue;
            };
            let operation = description
                .operation(&r.method, path)
                .unwrap_or_else(|| panic!("{} {path} is not described", r.method));
            templates.insert(format!("{} {}", r.method, operation.template));
            let problems = operation.request(&r.query, r.body.as_ref());
            assert!(problems.is_empty(), "{} {path}: {problems:#?}\n{:?}", r.method, r.body);
            if r.method == "PATCH" {
                let record = patched(r.body.as_ref().unwrap());
                let whole = description.operation("PUT", path).unwrap();
                let problems = whole.request(&[], Some(&record));
                assert!(problems.is_empty(), "{problems:#?}");
            }
            let text = |name: &str| r.headers.get(name).map(|v| v.to_str().unwrap());
            assert_eq!(text("clientid"), Some("5a4db0c5-0000-4000-8000-000000000001"));
            assert_eq!(text("authorization"), Some("Basic YWNtZStwdWI6cHJpdg=="));
            assert!(text("accept").unwrap().starts_with("application/vnd.connectwise.com+json"));
            let kind = r.body.as_ref().map(|_| "application/json; charset=utf-8");
            assert_eq!(text("content-type"), kind);
        }
    }
    let templates: Vec<_> = templates.into_iter().collect();
    println!("{} operations are used: {templates:#?}", templates.len());
    assert_eq!(templates.len(), 22, "{templates:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_psa_without_optional_endpoints_is_enough() {
    let (log, client) = recorder(Manner::Bare).await;
    everything(&client).await;
    let companies = client.companies(&|_| {}).await.unwrap();
    assert_eq!(companies.len(), 2_400);
    let asked = log.lock().unwrap();
    assert!(asked.iter().any(|r| r.path.ends_with("/company/contacts")));
}
