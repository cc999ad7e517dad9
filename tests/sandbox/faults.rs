//! Faults, as a client meets them.

use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Faults, Kind, Rule};

use super::*;

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
