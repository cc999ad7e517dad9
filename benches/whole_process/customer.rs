//! Customers of the sandbox, and the mapping that fits them.

use std::fmt::Write as _;

use addendum::sandbox::Sandbox;
use base64::Engine as _;
use serde_json::Value;

/// A customer with an agreement, and an item of the catalog.
pub struct Customer {
    pub company: i64,
    agreement: i64,
    pub currency: String,
    product: i64,
}

impl Customer {
    /// As many customers as asked for, each with one usable agreement of the default type.
    pub async fn pick(sandbox: &Sandbox, count: usize) -> Vec<Self> {
        let agreements = list(sandbox, "/finance/agreements").await;
        let companies = list(sandbox, "/company/companies").await;
        let usable: std::collections::BTreeSet<i64> = companies
            .iter()
            .filter(|c| c["deletedFlag"] != true)
            .filter_map(|c| c["id"].as_i64())
            .collect();
        let products = list(sandbox, "/procurement/catalog").await;
        let product = products
            .iter()
            .find(|p| p["inactiveFlag"] != true && p["productClass"] != "Bundle")
            .and_then(|p| p["id"].as_i64())
            .expect("the catalog has an item");
        let mut seen = std::collections::BTreeSet::new();
        let picked: Vec<Self> = agreements
            .iter()
            .filter(|a| {
                a["type"]["name"] == sandbox.agreement_type()
                    && a["agreementStatus"] == "Active"
                    && a["company"]["id"]
                        .as_i64()
                        .is_some_and(|c| usable.contains(&c) && seen.insert(c))
            })
            .take(count)
            .map(|a| Self {
                company: a["company"]["id"].as_i64().expect("a company"),
                agreement: a["id"].as_i64().expect("an id"),
                currency: a["currency"]["currencyCode"].as_str().unwrap_or("USD").to_owned(),
                product,
            })
            .collect();
        assert_eq!(picked.len(), count, "the sandbox has enough agreements");
        picked
    }
}

/// All rows of a collection.
async fn list(sandbox: &Sandbox, path: &str) -> Vec<Value> {
    let user = format!("{}+{}", sandbox.company_id(), sandbox.public_key());
    let basic = base64::engine::general_purpose::STANDARD
        .encode(format!("{user}:{}", sandbox.private_key()));
    let client = reqwest::Client::new();
    let mut rows = Vec::new();
    for page in 1.. {
        let url = format!("{}/v4_6_release/apis/3.0{path}", sandbox.site());
        let answer = client
            .get(url)
            .query(&[("pageSize", "1000"), ("page", &page.to_string())])
            .header("Authorization", format!("Basic {basic}"))
            .header("clientId", sandbox.client_id())
            .send()
            .await
            .expect("the sandbox answers");
        let some: Vec<Value> = answer.json().await.expect("a list");
        let last = some.len() < 1000;
        rows.extend(some);
        if last {
            break;
        }
    }
    rows
}

/// The mapping file of those customers.
pub fn mapping(customers: &[Customer]) -> String {
    let mut text = "kind,platform_id,platform_name,psa_id,psa_name,excluded\n".to_owned();
    for c in customers {
        writeln!(text, "organization,ORG-{0},Organization {0},{0},,no", c.company).expect("text");
        writeln!(text, "contract,CON-{},,{},,", c.company, c.agreement).expect("text");
    }
    writeln!(text, "offer,OFFER-1,Offer One,{},,", customers[0].product).expect("text");
    text
}
