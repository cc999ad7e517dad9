//! The sandbox over real HTTP, as a person with a script of their own would meet it.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

mod faults;
mod feeds;
mod reading;
mod serving;
mod writing;

use addendum::sandbox::{Sandbox, SandboxOptions};
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
