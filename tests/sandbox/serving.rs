//! The Platform, and the listening itself.

use addendum::domain::period::Period;

use super::*;

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

#[tokio::test]
async fn addresses_have_a_longest_length() {
    let psa = Psa::start(options()).await;
    let ids = vec!["1"; 4000].join(",");
    let long = psa.get(&format!("/company/companies?conditions=id in ({ids})&pageSize=1")).await;
    assert_ne!(long.status(), 414, "8,000 characters are still taken");
    let ids = vec!["1"; 6000].join(",");
    let long = psa.get(&format!("/company/companies?conditions=id in ({ids})&pageSize=1")).await;
    assert_eq!(long.status(), 414);
}
