//! The sandbox's answers against ConnectWise's own description of them.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

mod openapi_schema;

use addendum::sandbox::{Sandbox, SandboxOptions};
use jiff::civil::date;
use openapi_schema::Description;
use reqwest::Method;
use serde_json::{Value, json};

struct Checked {
    sandbox: Sandbox,
    http: reqwest::Client,
    description: Description,
    problems: Vec<String>,
    checked: usize,
}

impl Checked {
    async fn start(description: Description) -> Self {
        let options = SandboxOptions {
            today: Some(date(2026, 11, 21)),
            addition_fields: vec!["Addendum ID".into(), "Cost Centre".into()],
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, http, description, problems: Vec::new(), checked: 0 }
    }

    /// Sends a request and checks its answer.
    async fn call(&mut self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/v4_6_release/apis/3.0{path}", self.sandbox.site());
        let user = format!("{}+{}", self.sandbox.company_id(), self.sandbox.public_key());
        let mut request = self
            .http
            .request(method.clone(), url)
            .basic_auth(user, Some(self.sandbox.private_key()))
            .header("clientId", self.sandbox.client_id());
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let value: Option<Value> =
            (!text.is_empty()).then(|| serde_json::from_str(&text).expect("an answer is JSON"));
        assert!(status < 300, "{method} {path}: {status} {text}");
        let bare = path.split('?').next().unwrap_or_default();
        match self.description.operation(method.as_str(), bare) {
            None => self.problems.push(format!("{method} {bare} is not described")),
            Some(operation) => self.problems.extend(operation.answer(status, value.as_ref())),
        }
        self.checked += 1;
        value.unwrap_or_default()
    }

    async fn get(&mut self, path: &str) -> Value {
        self.call(Method::GET, path, None).await
    }
}

#[tokio::test]
async fn every_answer_is_as_described() {
    let Some(description) = Description::find("every_answer_is_as_described") else { return };
    let mut psa = Checked::start(description).await;
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
        let rows = psa.get(&format!("{path}?pageSize=1000")).await;
        psa.get(&format!("{path}/count")).await;
        psa.get(&format!("{path}/{}", rows[0]["id"])).await;
    }
    psa.get("/system/info").await;
    psa.get("/system/mySecurity").await;
    psa.get("/system/mySecurity/customizeItems/").await;

    let agreements = psa.sandbox.inspect().agreements();
    for agreement in agreements.iter().map(|a| a.id).collect::<Vec<_>>() {
        psa.get(&format!("/finance/agreements/{agreement}/additions?pageSize=1000")).await;
    }
    let path = format!("/finance/agreements/{}/additions", agreements[0].id);
    let body = json!({"product": {"id": 400}, "quantity": 3, "unitPrice": 12.34,
        "billCustomer": "Billable", "effectiveDate": "2026-11-01T00:00:00Z",
        "cancelledDate": "2026-11-30T00:00:00Z", "serialNumber": "AD-1",
        "customFields": [{"id": 11, "value": "AD-1"}]});
    let made = psa.call(Method::POST, &path, Some(body.clone())).await;
    let one = format!("{path}/{}", made["id"]);
    psa.get(&one).await;
    psa.get(&format!("{path}/count")).await;
    let patch = json!([{"op": "replace", "path": "quantity", "value": 1.5}]);
    psa.call(Method::PATCH, &one, Some(patch)).await;
    psa.call(Method::PUT, &one, Some(body)).await;
    psa.call(Method::DELETE, &one, None).await;

    let body = json!({"name": "New", "type": {"id": 1}, "company": {"id": 20},
        "contact": {"id": 5000}, "startDate": "2026-11-01T00:00:00Z",
        "billStartDate": "2026-11-01T00:00:00Z", "noEndingDateFlag": true});
    let made = psa.call(Method::POST, "/finance/agreements", Some(body)).await;
    let one = format!("/finance/agreements/{}", made["id"]);
    let patch = json!([{"op": "replace", "path": "agreementStatus", "value": "Inactive"}]);
    let whole = psa.call(Method::PATCH, &one, Some(patch)).await;
    psa.call(Method::PUT, &one, Some(whole)).await;
    psa.call(Method::DELETE, &one, None).await;

    assert!(psa.problems.is_empty(), "{:#?}", &psa.problems[..psa.problems.len().min(30)]);
    assert!(psa.checked > 150, "{}", psa.checked);
    println!("{} answers checked", psa.checked);
}

#[tokio::test]
async fn refusals_are_as_described() {
    let Some(description) = Description::find("refusals_are_as_described") else { return };
    let psa = Checked::start(description).await;
    let url = format!("{}/v4_6_release/apis/3.0/system/info", psa.sandbox.site());
    let refused: Value = psa.http.get(url).send().await.unwrap().json().await.unwrap();
    let mut names: Vec<&String> = refused.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["code", "errors", "message"]);
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let Some(description) = Description::find("the_checker_finds_what_is_wrong") else { return };
    let one = description.operation("GET", "/finance/agreements/1/additions/2").unwrap();
    assert_eq!(one.template, "/finance/agreements/{parentId}/additions/{id}");
    let good = json!({"product": {"id": 1}, "billCustomer": "Billable"});
    assert!(one.answer(200, Some(&good)).is_empty());
    for bad in [
        json!({"product": {"id": 1}}),
        json!({"product": {"id": "1"}, "billCustomer": "Billable"}),
        json!({"product": {"id": 1}, "billCustomer": "Yes"}),
        json!({"product": {"id": 1}, "billCustomer": "Billable", "colour": 1}),
        json!({"product": {"id": 1}, "billCustomer": "Billable", "cancelledDate": null}),
        json!({"product": {"id": 1}, "billCustomer": "Billable", "cancelledDate": "2026-11-01"}),
        json!({"product": {"id": 1}, "billCustomer": "Billable", "serialNumber": "x".repeat(51)}),
        json!({"product": {"id": 1}, "billCustomer": "Billable", "quantity": "1"}),
        json!([]),
    ] {
        assert!(!one.answer(200, Some(&bad)).is_empty(), "{bad}");
    }
    assert!(!one.answer(201, Some(&good)).is_empty());
    assert!(!one.answer(200, None).is_empty());
    assert!(description.operation("GET", "/finance/agreement").is_none());
    let list = description.operation("GET", "/finance/agreements/types").unwrap();
    assert_eq!(list.template, "/finance/agreements/types");
    let query = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];
    assert!(list.request(&query("pageSize", "1000"), None).is_empty());
    assert!(!list.request(&query("pageSize", "many"), None).is_empty());
    assert!(!list.request(&query("pagesize", "1"), None).is_empty());
    assert!(!list.request(&[], Some(&good)).is_empty());
    let post = description.operation("POST", "/finance/agreements/1/additions").unwrap();
    assert!(post.request(&[], Some(&good)).is_empty());
    assert!(!post.request(&[], Some(&json!({"billCustomer": "Billable"}))).is_empty());
    let patch = description.operation("PATCH", "/finance/agreements/1/additions/2").unwrap();
    let operations = json!([{"op": "replace", "path": "quantity", "value": 1}]);
    assert!(patch.request(&[], Some(&operations)).is_empty());
    assert!(!patch.request(&[], Some(&operations[0])).is_empty());
}
