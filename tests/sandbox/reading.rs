//! Who may come in, lists, pages, conditions, rights.

use addendum::sandbox::{Kind, Rule};

use super::*;

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
    for path in ["/procurement/catalog", "/company/contacts", "/company/companies"] {
        let count = async |condition: &str| -> i64 {
            let path = format!("{path}/count?conditions=lastUpdated {condition}");
            psa.json(&path).await["count"].as_i64().unwrap()
        };
        assert!(count("> [2001-01-01T00:00:00Z]").await > 100, "{path}");
        assert_eq!(count("> [2101-01-01T00:00:00Z]").await, 0, "{path}");
    }
    psa.sandbox.faults().add(Rule::new(Kind::IgnoreFilters)).unwrap();
    assert_eq!(list("conditions=id=1").await.len(), all.len());
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
