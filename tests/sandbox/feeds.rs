//! The distributors' feeds: who may come in, and that each tells the Platform's sample.

use addendum::sandbox::{BadData, Faults, Feed};
use rust_decimal::Decimal;

use super::*;

async fn token(psa: &Psa, feed: Feed) -> String {
    let mut parts = feed.secret().split(':');
    let (id, secret) = (parts.next().unwrap(), parts.next().unwrap());
    let url = psa.sandbox.feed_url(feed);
    let asked = match feed {
        Feed::Pax8 => psa.http.post(format!("{url}/token")).json(&json!({
            "client_id": id, "client_secret": secret, "audience": "https://api.pax8.com",
            "grant_type": "client_credentials",
        })),
        _ => psa
            .http
            .post(format!("{url}/auth/oidc/connect/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!(
                "client_id={id}&client_secret={secret}&grant_type=client_credentials&\
                 scope=distributor"
            )),
    };
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn get(psa: &Psa, feed: Feed, path: &str, token: &str) -> (u16, Value) {
    let mut call = psa.http.get(format!("{}{path}", psa.sandbox.feed_url(feed)));
    call = match feed {
        Feed::Pax8 => call.bearer_auth(token),
        Feed::AppXite => call.query(&[("sasKey", token)]),
        Feed::Sherweb => {
            call.bearer_auth(token).header("Ocp-Apim-Subscription-Key", "sandbox-subscription")
        }
        Feed::Arrow => call.header("apiKey", token),
    };
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

fn list<'v>(answer: &'v (u16, Value), path: &[&str]) -> &'v [Value] {
    assert_eq!(answer.0, 200, "{answer:?}");
    let found = path.iter().fold(&answer.1, |at, name| &at[*name]);
    found.as_array().unwrap_or_else(|| panic!("no list: {answer:?}"))
}

fn money(v: &Value) -> Decimal {
    v.to_string().parse().unwrap()
}

#[tokio::test]
async fn nobody_comes_in_without_the_secret() {
    let psa = Psa::start(options()).await;
    for (feed, path) in [
        (Feed::Pax8, "/invoices"),
        (Feed::AppXite, "/api/v2/reporting/requesters/x/invoices/headers"),
        (Feed::Sherweb, "/distributor/v1/billing/payable-charges"),
        (Feed::Arrow, "/billing/statements"),
    ] {
        assert_eq!(get(&psa, feed, path, "wrong").await.0, 401, "{feed:?}");
    }
}

#[tokio::test]
async fn each_feed_tells_the_sample_of_the_month() {
    let psa = Psa::start(options()).await;
    let [period, _] = psa.sandbox.sample().periods();
    let all: Vec<_> = psa.sandbox.sample().lines(period).collect();
    let posted: Vec<_> = all.iter().filter(|l| l.invoice_status.may_be_posted()).collect();
    let (first, last) = (period.first_day(), period.last_day());

    let pax8 = token(&psa, Feed::Pax8).await;
    let asked = format!("/invoices?invoiceDateRangeStart={first}&invoiceDateRangeEnd={last}");
    let invoices = get(&psa, Feed::Pax8, &format!("{asked}&size=200"), &pax8).await;
    let (mut items, mut totals) = (0, Decimal::ZERO);
    for invoice in list(&invoices, &["content"]) {
        if invoice["status"] != "Unpaid" {
            continue;
        }
        let path = format!("/invoices/{}/items?size=200", invoice["id"].as_str().unwrap());
        let page = get(&psa, Feed::Pax8, &path, &pax8).await;
        let page = list(&page, &["content"]);
        let due: Decimal = page.iter().map(|i| money(&i["amountDue"])).sum();
        assert_eq!(due, money(&invoice["total"]));
        items += page.len();
        totals += page.iter().map(|i| money(&i["total"])).sum::<Decimal>();
    }
    assert_eq!(items, all.len());
    assert_eq!(totals, all.iter().map(|l| l.total).sum::<Decimal>());

    let account = Feed::AppXite.account().unwrap();
    let path = format!(
        "/api/v2/reporting/requesters/{account}/invoices/rows?invoiceDateFrom={first}&\
         invoiceDateTill={last}"
    );
    let rows = get(&psa, Feed::AppXite, &path, Feed::AppXite.secret()).await;
    assert_eq!(list(&rows, &[]).len(), 2 * posted.len(), "incoming and outgoing");

    let sherweb = token(&psa, Feed::Sherweb).await;
    let path = format!("/distributor/v1/billing/payable-charges?date={first}");
    let charges = get(&psa, Feed::Sherweb, &path, &sherweb).await;
    let billed = list(&charges, &["charges"]).iter().filter(|c| c["isBilled"] == true);
    assert_eq!(billed.count(), posted.len());

    let path = format!("/billing/statements?reportPeriod={period}&per_page=1000");
    let statements = get(&psa, Feed::Arrow, &path, Feed::Arrow.secret()).await;
    let mut lines = 0;
    for statement in list(&statements, &["data", "billingStatements"]) {
        let reference = statement["reference"].as_str().unwrap();
        let path = format!("/billing/statements/{reference}/lines?per_page=1000");
        let page = get(&psa, Feed::Arrow, &path, Feed::Arrow.secret()).await;
        lines += list(&page, &["data", "billingStatementLines"]).len();
    }
    assert_eq!(lines, all.len());
}

#[tokio::test]
async fn bad_data_is_switched_while_it_runs() {
    let psa = Psa::start(options()).await;
    let bad = |bad_data| Faults { bad_data, ..Faults::default() };
    psa.sandbox.faults().set(bad(vec![BadData::ShortTokens])).unwrap();
    let pax8 = token(&psa, Feed::Pax8).await;
    for _ in 0..3 {
        assert_eq!(get(&psa, Feed::Pax8, "/companies", &pax8).await.0, 200);
    }
    assert_eq!(get(&psa, Feed::Pax8, "/companies", &pax8).await.0, 401);
    psa.sandbox.faults().set(bad(vec![BadData::HtmlPages])).unwrap();
    let pax8 = token(&psa, Feed::Pax8).await;
    assert_eq!(get(&psa, Feed::Pax8, "/companies", &pax8).await, (200, Value::Null));
    let faults = Faults::parse("bad_data = [\"missing-ids\", \"circular-pages\"]").unwrap();
    assert_eq!(faults.bad_data, [BadData::MissingIds, BadData::CircularPages]);
}
