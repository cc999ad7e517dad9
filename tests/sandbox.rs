//! The sandbox over real HTTP, as a person with a script of their own would meet it.

use addendum::domain::period::Period;
use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Faults, Kind, Rule, Sandbox, SandboxOptions};
use jiff::civil::{Date, date};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

const TODAY: Date = date(2026, 11, 21);

fn options() -> SandboxOptions {
    SandboxOptions { today: Some(TODAY), ..SandboxOptions::default() }
}

struct Psa {
    sandbox: Sandbox,
    http: reqwest::Client,
}

impl Psa {
    async fn start(options: SandboxOptions) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox: Sandbox::start(options).await.unwrap(), http }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v4_6_release/apis/3.0{path}", self.sandbox.site())
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let user = format!("{}+{}", self.sandbox.company_id(), self.sandbox.public_key());
        self.http
            .request(method, self.url(path))
            .basic_auth(user, Some(self.sandbox.private_key()))
            .header("clientId", self.sandbox.client_id())
    }

    async fn get(&self, path: &str) -> Response {
        self.call(Method::GET, path).send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.call(method, path).json(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, &body).await
    }

    async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::PATCH, path, &body).await
    }

    /// The first customer's ordinary agreement.
    fn agreement(&self) -> i64 {
        self.sandbox.inspect().agreements()[0].id
    }

    fn additions(&self) -> String {
        format!("/finance/agreements/{}/additions", self.agreement())
    }
}

fn addition() -> Value {
    json!({"product": {"id": 400}, "quantity": 3, "unitPrice": 12.34, "unitCost": 10,
        "billCustomer": "Billable", "effectiveDate": "2026-11-01T00:00:00Z",
        "serialNumber": "AD-1"})
}

/// Codes and fields of a refusal's items.
fn items(body: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let list = body["errors"].as_array().cloned().unwrap_or_default();
    list.iter().map(|i| (text(&i["code"]), text(&i["field"]))).collect()
}

#[tokio::test]
async fn who_may_come_in() {
    let psa = Psa::start(options()).await;
    let site = psa.sandbox.site();
    let known = psa.http.get(format!("{site}/login/companyinfo/sandbox")).send().await.unwrap();
    assert_eq!(known.json::<Value>().await.unwrap()["CompanyID"], "sandbox");
    let unknown = psa.http.get(format!("{site}/login/companyinfo/other")).send().await.unwrap();
    assert_eq!(unknown.status(), 200);
    assert_eq!(unknown.text().await.unwrap(), "null");

    let bare = psa.http.get(psa.url("/system/info")).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert!(bare.headers().contains_key("x-cw-request-id"));
    assert_eq!(bare.json::<Value>().await.unwrap()["code"], "Unauthorized");
    let wrong = psa.http.get(psa.url("/system/info")).basic_auth("sandbox+x", Some("y"));
    assert_eq!(wrong.send().await.unwrap().status(), 401);
    let user = format!("sandbox+{}", psa.sandbox.public_key());
    let no_client =
        psa.http.get(psa.url("/system/info")).basic_auth(user, Some(psa.sandbox.private_key()));
    let no_client = no_client.send().await.unwrap();
    assert_eq!(no_client.status(), 401);
    assert!(no_client.text().await.unwrap().contains("clientId"));

    let info = psa.get("/system/info").await;
    assert_eq!(info.headers()["api-current-version"], "2026.4");
    assert_eq!(info.status(), 200);
    assert_eq!(psa.get("/no/such/path").await.status(), 404);
    assert_eq!(psa.send(Method::POST, "/system/info", &json!({})).await.0, 405);
}

#[tokio::test]
async fn every_list_can_be_counted_and_read_one_by_one() {
    let psa = Psa::start(options()).await;
    for path in [
        "/company/companies",
        "/company/companies/statuses",
        "/company/companies/types",
        "/company/companies/20/sites",
        "/company/contacts",
        "/finance/agreements",
        "/finance/agreements/types",
        "/finance/billingCycles",
        "/finance/billingTerms",
        "/finance/currencies",
        "/procurement/catalog",
        "/system/userDefinedFields",
        "/system/locations",
        "/system/departments",
    ] {
        let rows = psa.json(&format!("{path}?pageSize=1000")).await;
        let rows = rows.as_array().unwrap();
        assert!(!rows.is_empty(), "{path}");
        let count = psa.json(&format!("{path}/count")).await;
        assert_eq!(count["count"], rows.len(), "{path}");
        let one = psa.json(&format!("{path}/{}", rows[0]["id"])).await;
        assert_eq!(one, rows[0], "{path}");
        assert_eq!(psa.get(&format!("{path}/999999999")).await.status(), 404, "{path}");
    }
    assert!(!psa.json("/system/mySecurity").await.as_array().unwrap().is_empty());
    assert!(!psa.json("/system/mySecurity/customizeItems/").await.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn pages_follow_each_other_by_link() {
    let psa = Psa::start(options()).await;
    let first = psa.get("/company/companies").await;
    let link = first.headers()["link"].to_str().unwrap().to_owned();
    assert!(link.contains("rel=\"next\"") && link.contains("rel=\"last\""), "{link}");
    assert_eq!(first.json::<Value>().await.unwrap().as_array().unwrap().len(), 25);
    // 120 companies: the fifth page is the last, and full pages end without a next, too.
    let last = psa.get("/company/companies?page=5").await;
    assert!(!last.headers()["link"].to_str().unwrap().contains("next"));
    assert_eq!(last.json::<Value>().await.unwrap().as_array().unwrap().len(), 20);
    let full = psa.get("/company/companies?page=2&pageSize=60").await;
    assert!(!full.headers()["link"].to_str().unwrap().contains("next"));

    let mut seen = Vec::new();
    let mut next = Some(psa.url("/company/companies?pageSize=50&fields=id"));
    while let Some(url) = next {
        let user = format!("sandbox+{}", psa.sandbox.public_key());
        let request = psa
            .http
            .get(url)
            .basic_auth(user, Some(psa.sandbox.private_key()))
            .header("clientId", psa.sandbox.client_id())
            .header("pagination-type", "forward-only");
        let page = request.send().await.unwrap();
        next = page.headers().get("link").map(|l| {
            let l = l.to_str().unwrap();
            assert!(l.ends_with(">; rel=\"next\"") && l.contains("pageId="), "{l}");
            l[1..l.find('>').unwrap()].to_owned()
        });
        let rows: Vec<Value> = page.json().await.unwrap();
        assert!(rows.iter().all(|r| r.as_object().unwrap().len() == 1));
        seen.extend(rows.iter().map(|r| r["id"].as_i64().unwrap()));
    }
    assert_eq!(seen.len(), 120);
    assert!(seen.windows(2).all(|w| w[0] < w[1]));
    for bad in ["page=0", "page=x", "pageSize=0", "pageSize=-1", "pageId=x"] {
        assert_eq!(psa.get(&format!("/company/companies?{bad}")).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn conditions_order_and_fields() {
    let psa = Psa::start(options()).await;
    let list = async |query: &str| -> Vec<Value> {
        let path = format!("/finance/agreements?pageSize=1000&{query}");
        psa.json(&path).await.as_array().unwrap().clone()
    };
    let all = list("").await;
    let cloud =
        list("conditions=type/name%3D%22managed cloud%22 and agreementStatus='Active'").await;
    assert!(!cloud.is_empty() && cloud.len() < all.len());
    assert!(cloud.iter().all(|a| a["type"]["name"] == "Managed Cloud"));
    let some = list("conditions=company/id in (20,21)&fields=id,company/id&orderBy=id desc").await;
    assert!(some.len() >= 2);
    assert!(some.iter().all(|a| a["company"].as_object().unwrap().len() == 1));
    assert!(some.windows(2).all(|w| w[0]["id"].as_i64() > w[1]["id"].as_i64()));
    for bad in ["conditions=id", "conditions=colour='red'", "orderBy=id sideways"] {
        let answer = psa.get(&format!("/finance/agreements?{bad}")).await;
        assert_eq!(answer.status(), 400, "{bad}");
    }
    let types = psa.json("/company/companies/count?childConditions=types/name='Client'").await;
    assert_eq!(types["count"], 120);
    psa.sandbox.faults().add(Rule::new(Kind::IgnoreFilters)).unwrap();
    assert_eq!(list("conditions=id=1").await.len(), all.len());
}

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

#[tokio::test]
async fn rights_can_be_withdrawn() {
    let psa = Psa::start(options()).await;
    psa.sandbox.faults().withdraw(&["Finance/Agreements/Add", "System/Table Setup"]).unwrap();
    let (status, answer) = psa.post(&psa.additions(), addition()).await;
    assert_eq!((status, &answer["code"]), (403, &json!("Security")));
    assert!(!answer["message"].as_str().unwrap().contains("Agreement"));
    assert_eq!(psa.get("/finance/agreements/types").await.status(), 403);
    assert_eq!(psa.get(&psa.additions()).await.status(), 200);
    let rows = psa.json("/system/mySecurity?pageSize=100").await;
    let row = |name: &str| -> Value {
        let mut rows = rows.as_array().unwrap().iter();
        rows.find(|r| r["moduleFunctionName"] == name).unwrap().clone()
    };
    assert_eq!(row("Agreements")["addLevel"], "None");
    assert_eq!(row("Agreements")["editLevel"], "All");
    assert_eq!(row("Table Setup")["inquireLevel"], "None");
    psa.sandbox.faults().withdraw(&["Finance/Agreements/Inquire=My"]).unwrap();
    assert_eq!(psa.json("/finance/agreements").await, json!([]));
    assert!(psa.sandbox.faults().withdraw(&["Finance/Agreement"]).is_err());
}

#[tokio::test]
async fn connections_are_reset_before_and_after_the_write() {
    let psa = Psa::start(options()).await;
    let faults = psa.sandbox.faults();
    faults.add(Rule::new(Kind::ResetBeforeCommit).on("POST", "*/additions").times(1)).unwrap();
    let lost = psa.call(Method::POST, &psa.additions()).json(&addition()).send().await;
    assert!(lost.is_err());
    assert!(psa.sandbox.inspect().marked("AD-1").is_empty());
    faults.clear();
    faults.add(Rule::new(Kind::ResetAfterCommit).on("POST", "*/additions").times(1)).unwrap();
    let lost = psa.call(Method::POST, &psa.additions()).json(&addition()).send().await;
    assert!(lost.is_err());
    assert_eq!(psa.sandbox.inspect().marked("AD-1").len(), 1);
    assert_eq!(psa.post(&psa.additions(), addition()).await.0, 201);
    let log = psa.sandbox.requests();
    assert_eq!(log.iter().filter(|r| r.reset).count(), 2);
    assert_eq!(log.iter().filter(|r| r.is_write()).count(), 3);
    assert_eq!(log[0].agreement(), Some(psa.agreement()));
}

#[tokio::test]
async fn answers_are_spoiled_in_other_ways() {
    let psa = Psa::start(options()).await;
    let faults = psa.sandbox.faults();
    faults.add(Rule::new(Kind::Truncate).times(1)).unwrap();
    let answer = psa.get("/company/companies").await;
    assert!(answer.text().await.is_err());
    faults.clear();
    faults.add(Rule::new(Kind::Trickle).lasting(1).times(1)).unwrap();
    assert_eq!(psa.json("/finance/currencies").await.as_array().unwrap().len(), 4);
    faults.clear();
    faults.add(Rule::new(Kind::Throttle).retry_after(7).times(1)).unwrap();
    let slow = psa.get("/system/info").await;
    assert_eq!(slow.status(), 429);
    assert_eq!(slow.headers()["retry-after"], "7");
    assert_eq!(slow.json::<Value>().await.unwrap()["error"], "ConnectWiseAPI");
    for (body, kind) in [
        (ErrorBody::Json, "application/json"),
        (ErrorBody::Html, "text/html"),
        (ErrorBody::Empty, ""),
    ] {
        faults.clear();
        faults.add(Rule::new(Kind::ServerError).answering(503, body)).unwrap();
        let answer = psa.get("/system/info").await;
        assert_eq!(answer.status(), 503);
        let found = answer.headers().get("content-type").map_or("", |v| v.to_str().unwrap());
        assert!(found.starts_with(kind), "{found}");
    }
    faults.clear();
    faults.add(Rule::new(Kind::ServerErrorAfterCommit).on("POST", "/additions")).unwrap();
    assert_eq!(psa.post(&psa.additions(), addition()).await.0, 500);
    assert_eq!(psa.sandbox.inspect().marked("AD-1").len(), 1);
    faults.clear();
    faults.add(Rule::new(Kind::PatchIgnored)).unwrap();
    let id = psa.sandbox.inspect().marked("AD-1")[0].id;
    let quantity = json!([{"op": "replace", "path": "quantity", "value": 9}]);
    let (status, same) = psa.patch(&format!("{}/{id}", psa.additions()), quantity).await;
    assert_eq!((status, &same["quantity"]), (200, &json!(3)));
}

#[tokio::test]
async fn too_many_requests_in_a_minute_are_throttled() {
    let psa = Psa::start(options()).await;
    let faults = psa.sandbox.faults();
    faults.set(Faults { requests_per_minute: 2, ..Faults::default() }).unwrap();
    assert_eq!(psa.get("/system/info").await.status(), 200);
    assert_eq!(psa.get("/system/info").await.status(), 200);
    let third = psa.get("/system/info").await;
    assert_eq!(third.status(), 429);
    let wait: u64 = third.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((50..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn lists_lag_behind_writes_but_reading_by_id_does_not() {
    let psa = Psa::start(options()).await;
    let path = psa.additions();
    let before = psa.json(&path).await;
    psa.sandbox.faults().add(Rule::new(Kind::ListLag).lasting(600_000)).unwrap();
    let (_, made) = psa.post(&path, addition()).await;
    assert_eq!(psa.json(&path).await, before);
    let count = psa.json(&format!("{path}/count")).await;
    assert_eq!(count["count"], before.as_array().unwrap().len());
    assert_eq!(psa.get(&format!("{path}/{}", made["id"])).await.status(), 200);
    let body = json!({"name": "New", "type": {"id": 1}, "company": {"id": 20},
        "contact": {"id": 5000}});
    let agreements = psa.json("/finance/agreements/count").await;
    assert_eq!(psa.post("/finance/agreements", body).await.0, 201);
    assert_eq!(psa.json("/finance/agreements/count").await, agreements);
    psa.sandbox.faults().clear();
    assert_ne!(psa.json(&path).await, before);
    assert_ne!(psa.json("/finance/agreements/count").await, agreements);
}

#[tokio::test]
async fn faults_are_switched_over_http_and_bad_ones_refused() {
    let psa = Psa::start(options()).await;
    let url = format!("{}/sandbox/faults", psa.sandbox.site());
    let text = "latency_ms = 1\n[[rules]]\nkind = \"throttle\"\nlimit = 1\n";
    assert_eq!(psa.http.put(&url).body(text).send().await.unwrap().status(), 200);
    assert_eq!(psa.get("/system/info").await.status(), 429);
    assert_eq!(psa.get("/system/info").await.status(), 200);
    assert_eq!(psa.sandbox.faults().fired()[&Kind::Throttle], 1);
    let bad = psa.http.put(&url).body("{\"latency\": 1}").send().await.unwrap();
    assert_eq!(bad.status(), 400);
    assert_eq!(psa.http.put(&url).body("{}").send().await.unwrap().status(), 200);
    let shown: Faults = psa.http.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(shown, Faults::default());
    // Requests of the sandbox's own are not logged.
    assert_eq!(psa.sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_request_is_not_taken_back_by_hanging_up() {
    let psa = Psa::start(options()).await;
    psa.sandbox.faults().latency(200);
    let request = psa.call(Method::POST, &psa.additions()).json(&addition());
    let impatient = request.timeout(std::time::Duration::from_millis(30)).send().await;
    assert!(impatient.is_err());
    let inspect = psa.sandbox.inspect();
    let arrived = async {
        while inspect.marked("AD-1").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), arrived).await.unwrap();
}

#[tokio::test]
async fn the_platform_bills_two_months() {
    let psa = Psa::start(SandboxOptions { lines: 5000, ..options() }).await;
    let url = format!("{}/invoice-lines?period=2026-10", psa.sandbox.platform_url());
    assert_eq!(psa.http.get(&url).send().await.unwrap().status(), 401);
    let mut lines = Vec::new();
    let mut next = Some(url);
    while let Some(url) = next {
        let request = psa.http.get(url).bearer_auth(psa.sandbox.source_secret());
        let page = request.send().await.unwrap();
        assert_eq!(page.status(), 200);
        next = page.headers().get("link").and_then(|l| {
            let l = l.to_str().unwrap();
            let (target, _) = l.split_once(">; rel=\"next\"")?;
            Some(target.trim_start_matches('<').to_owned())
        });
        let text = page.text().await.unwrap();
        lines.extend(text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()));
    }
    let period: Period = "2026-10".parse().unwrap();
    assert_eq!(lines.len(), psa.sandbox.sample().count(period));
    assert!(lines.iter().all(|l| l["invoice_date"].as_str().unwrap().starts_with("2026-10")));
    for bad in ["", "?period=2026", "?period=2026-10&page=0"] {
        let url = format!("{}/invoice-lines{bad}", psa.sandbox.platform_url());
        let answer = psa.http.get(url).bearer_auth(psa.sandbox.source_secret()).send().await;
        assert_eq!(answer.unwrap().status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_stops() {
    let anywhere = SandboxOptions { listen: "0.0.0.0:0".parse().unwrap(), ..options() };
    let refused = Sandbox::start(anywhere).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    let psa = Psa::start(options()).await;
    assert_eq!(psa.get("/system/info").await.status(), 200);
    let (address, http) = (psa.sandbox.address(), psa.http.clone());
    psa.sandbox.stop().await;
    assert!(http.get(format!("http://{address}/")).send().await.is_err());
    // The port is free again.
    let again = Sandbox::start(SandboxOptions { listen: address, ..options() }).await.unwrap();
    assert_eq!(again.address(), address);
}
