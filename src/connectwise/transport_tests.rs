//! Tries, pauses and what a lost answer is, against a server that misbehaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use jiff::civil::date;

use super::stage::{Play, Stage, connection, json, keys};
use super::{Client, PsaError};
use crate::domain::addition::AdditionFields;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::MarkerPlace;

const THROTTLED: &str = r#"{"error":"ConnectWiseAPI","message":"Too many requests."}"#;
const RECORD: &str = r#"{"id":5,"quantity":3.10,"serialNumber":"AD-1"}"#;

async fn create(client: &Client) -> Result<i64, PsaError> {
    let fields = AdditionFields {
        product_id: 10,
        quantity: "3.10".parse().unwrap(),
        unit_price: "0.1".parse().unwrap(),
        unit_cost: None,
        effective: date(2026, 11, 1),
        cancelled: None,
        invoice_description: "Mail".into(),
    };
    let made = client.create_addition(7, &fields, "AD-1", &MarkerPlace::SerialNumber).await;
    made.map(|live| live.id)
}

fn html(status: u16) -> Play {
    Play::Answer(status, vec![("content-type", "text/html".into())], "<html>busy</html>".into())
}

fn retry_after(value: &str) -> Play {
    Play::Answer(429, vec![("retry-after", value.to_owned())], THROTTLED.to_owned())
}

/// What a write does with each kind of answer: how often it is sent, and what comes back.
#[tokio::test]
async fn a_write_is_sent_once_unless_it_surely_was_not_made() {
    let busy = r#"{"code":"ConnectWiseApi","message":"A timeout has occured. Please try again."}"#;
    let bad = r#"{"code":"ConnectWiseApi","message":"Error converting value 1"}"#;
    for (play, code, lost) in [
        (Play::Reset, "connection-broken", true),
        (Play::BreakOff(RECORD.into()), "connection-broken", true),
        (json(201, "{\"id\":5,"), "not-json", true),
        (json(201, ""), "not-json", true),
        (json(201, "[]"), "unexpected-answer", true),
        (json(201, "{}"), "unexpected-answer", true),
        (html(200), "not-json", true),
        (html(502), "psa-busy", true),
        (json(503, ""), "psa-busy", true),
        (json(500, busy), "psa-busy", true),
        (json(500, bad), "bad-value", false),
        (
            json(400, r#"{"code":"InvalidObject","message":"addition object is invalid"}"#),
            "psa-refused",
            false,
        ),
        (html(403), "no-permission", false),
        (json(404, ""), "not-in-psa", false),
        (json(409, ""), "already-exists", false),
    ] {
        let told = format!("{play:?}");
        let stage = Stage::new(move |_, _| play.clone()).await;
        let error = create(&stage.client(3)).await.unwrap_err();
        assert_eq!(matches!(error, PsaError::Lost { .. }), lost, "{told}: {error:?}");
        assert_eq!(error.problem().code, code, "{told}");
        assert_eq!(stage.seen().len(), 1, "{told}");
    }
}

#[tokio::test]
async fn a_write_without_an_answer_in_time_is_lost() {
    let stage = Stage::new(|_, _| Play::Silence).await;
    let client = stage.client_with(|c| c.timeout = Duration::from_millis(150), None);
    let error = create(&client).await.unwrap_err();
    assert!(matches!(error, PsaError::Lost { .. }), "{error:?}");
    assert_eq!(error.problem().code, "timeout");
    assert_eq!(stage.seen().len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_never_made_is_tried_again_and_is_no_lost_answer() {
    // A port that was just free: nobody listens there.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut transport = Client::transport_of(&connection(&site), &keys(), None, None).unwrap();
    transport.hurry();
    let client = Client::around(transport);
    let error = create(&client).await.unwrap_err();
    assert!(matches!(error, PsaError::NotSent { .. }), "{error:?}");
    assert_eq!(error.problem().code, "no-connection");
    let traffic = client.traffic().borrow().clone();
    assert_eq!((traffic.sent, traffic.retries, traffic.in_flight), (4, 3, 0));
}

#[tokio::test]
async fn a_read_is_tried_again_as_often_as_the_settings_say() {
    for play in [
        Play::Reset,
        Play::BreakOff("[]  ".into()),
        html(200),
        html(503),
        json(500, ""),
        json(200, "["),
    ] {
        let told = format!("{play:?}");
        let again = play.clone();
        let stage = Stage::new(move |_, _| again.clone()).await;
        let error = stage.client(2).addition(7, 5).await.unwrap_err();
        assert!(matches!(error, PsaError::Lost { .. }), "{told}: {error:?}");
        assert_eq!(stage.seen().len(), 3, "{told}");

        let stage =
            Stage::new(move |_, n| if n < 2 { play.clone() } else { json(200, RECORD) }).await;
        let client = stage.client(2);
        let read = client.addition(7, 5).await.unwrap_or_else(|e| panic!("{told}: {e}"));
        assert_eq!(read.fields.quantity.to_string(), "3.10");
        assert_eq!(client.traffic().borrow().retries, 2, "{told}");
    }
}

#[tokio::test]
async fn a_refused_read_is_not_tried_again() {
    for status in [400, 401, 403, 404, 405, 422] {
        let stage = Stage::new(move |_, _| json(status, "{}")).await;
        let error = stage.client(5).addition(7, 5).await.unwrap_err();
        assert!(matches!(error, PsaError::Refused { status: s, .. } if s == status), "{error:?}");
        assert_eq!(stage.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_throttled_write_is_sent_again_because_it_was_refused() {
    let stage = Stage::new(|_, n| if n < 2 { retry_after("0") } else { json(201, RECORD) }).await;
    let client = stage.client(3);
    assert_eq!(create(&client).await.unwrap(), 5);
    let traffic = client.traffic().borrow().clone();
    assert_eq!((traffic.sent, traffic.throttled), (3, 2));

    let stage = Stage::new(|_, _| retry_after("0")).await;
    let error = create(&stage.client(3)).await.unwrap_err();
    assert!(matches!(error, PsaError::Refused { status: 429, .. }), "{error:?}");
    assert_eq!(error.problem().code, "throttled");
    assert_eq!(stage.seen().len(), 4);
}

#[tokio::test]
async fn what_may_no_longer_be_sent_after_a_pause_is_not_sent() {
    let stage = Stage::new(|_, _| retry_after("0")).await;
    let client = stage.client(3);
    let write = client.addition_deletion(7, 5);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let may = move || {
        let first = count.fetch_add(1, Ordering::Relaxed) == 0;
        let problem = Problem::new(ProblemKind::Busy, "run-elsewhere", "taken over", "wait");
        async move { if first { Ok(()) } else { Err(problem) } }.boxed()
    };
    let (result, answer) = write.send_while(&client, may).await;
    let error = result.unwrap_err();
    assert!(matches!(error, PsaError::NotSent { .. }), "{error:?}");
    assert_eq!((error.problem().code.as_ref(), answer.status), ("run-elsewhere", None));
    assert_eq!((stage.seen().len(), asked.load(Ordering::Relaxed)), (1, 2));
}

#[tokio::test]
async fn one_429_stops_every_clone() {
    let stage =
        Stage::new(|_, n| if n == 0 { retry_after("600") } else { json(200, RECORD) }).await;
    let first = stage.client(3);
    let told = tokio::spawn({
        let client = first.clone();
        async move { client.addition(7, 5).await }
    });
    let mut traffic = first.traffic();
    traffic.wait_for(|t| t.throttled == 1).await.unwrap();
    assert!(traffic.borrow().paused_ms > 599_000, "{traffic:?}");
    // The other clone must not send: it is polled, and the only request stays the first.
    let mut other = Box::pin({
        let client = first.clone();
        async move { client.addition(7, 6).await }
    });
    for _ in 0..50 {
        assert!(futures_util::poll!(&mut other).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.seen().len(), 1);
    assert_eq!(first.traffic().borrow().sent, 1);
    told.abort();
}

#[tokio::test]
async fn no_more_than_the_set_number_is_in_flight() {
    let stage = Stage::new(|_, _| Play::Silence).await;
    let client = stage.client_with(|c| c.concurrency = 3, None);
    let all: Vec<_> = (0..10)
        .map(|id| {
            let client = client.clone();
            tokio::spawn(async move { client.addition(7, id).await })
        })
        .collect();
    let mut traffic = client.traffic();
    traffic.wait_for(|t| t.in_flight == 3).await.unwrap();
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!((traffic.borrow().sent, traffic.borrow().in_flight), (3, 3));
    all.into_iter().for_each(|t| t.abort());
    // What is dropped is no longer counted.
    traffic.wait_for(|t| t.in_flight == 0).await.unwrap();
}

#[tokio::test]
async fn a_refused_version_is_asked_for_without_it_once_for_each_endpoint() {
    let stage = Stage::new(|seen, _| {
        let pinned = seen.header("accept").unwrap().contains("version=");
        if pinned {
            json(415, r#"{"code":"x","message":"unsupported"}"#)
        } else {
            json(200, RECORD)
        }
    })
    .await;
    let client = stage.client(0);
    client.addition(7, 5).await.unwrap();
    client.addition(8, 6).await.unwrap();
    assert_eq!(create(&client).await.unwrap(), 5);
    let asked: Vec<_> = stage.seen().iter().map(|s| s.header("accept").unwrap().len()).collect();
    let (pinned, plain) = (asked[0], asked[1]);
    assert!(pinned > plain);
    assert_eq!(asked, [pinned, plain, plain, pinned, plain]);
}

#[tokio::test]
async fn a_moved_code_base_is_found_once_and_kept() {
    let stage = Stage::new(|seen, _| {
        if seen.target == "/login/companyinfo/acme" {
            assert!(seen.header("authorization").is_none() && seen.header("clientid").is_none());
            json(200, r#"{"Codebase":"v2026_2/","SiteUrl":"elsewhere.example"}"#)
        } else if seen.target.starts_with("/v4_6_release/") {
            json(200, RECORD)
        } else {
            html(404)
        }
    })
    .await;
    let client = stage.client_with(|_| {}, Some("v2026_1/"));
    assert!(format!("{client:?}").contains("v2026_1"));
    client.addition(7, 5).await.unwrap();
    client.addition(7, 5).await.unwrap();
    let targets: Vec<_> = stage.seen().into_iter().map(|s| s.target).collect();
    let path = "apis/3.0/finance/agreements/7/additions/5";
    assert_eq!(
        targets,
        [
            format!("/v2026_1/{path}"),
            "/login/companyinfo/acme".to_owned(),
            format!("/v4_6_release/{path}"),
            format!("/v4_6_release/{path}"),
        ]
    );
}

#[tokio::test]
async fn a_record_that_is_gone_stays_gone_and_is_looked_into_once() {
    let stage = Stage::new(|seen, _| {
        if seen.target.starts_with("/login") {
            json(200, r#"{"Codebase":"v2026_1/"}"#)
        } else {
            json(404, "")
        }
    })
    .await;
    let client = stage.client_with(|_| {}, Some("v2026_1/"));
    for _ in 0..3 {
        let error = client.addition(7, 5).await.unwrap_err();
        assert!(matches!(error, PsaError::Refused { status: 404, .. }), "{error:?}");
    }
    assert_eq!(stage.seen().iter().filter(|s| s.target.starts_with("/login")).count(), 1);
    assert!(format!("{client:?}").contains("v2026_1"), "{client:?}");
    // Under the code base that never moves nothing is looked for.
    let stage = Stage::new(|_, _| json(404, "")).await;
    stage.client(0).addition(7, 5).await.unwrap_err();
    assert_eq!(stage.seen().len(), 1);
}

#[tokio::test]
async fn discovery_knows_unknown_companies_from_missing_endpoints() {
    for (play, found) in [
        (json(200, r#"{"Codebase":"v2026_2/"}"#), Ok(Some("v4_6_release"))),
        (json(200, r#"{"Codebase":"../../x"}"#), Ok(None)),
        (json(200, "{}"), Ok(None)),
        (json(200, "[1]"), Ok(None)),
        (json(404, ""), Ok(None)),
        (html(200), Ok(None)),
        (json(200, "null"), Err("unknown-company")),
        (json(503, ""), Err("psa-busy")),
    ] {
        let told = format!("{play:?}");
        let stage = Stage::new(move |_, _| play.clone()).await;
        let answer = stage.client(0).discover().await;
        let answer = answer.map_err(|e| e.problem().code.to_string());
        assert_eq!(
            answer.as_ref().map(Option::as_deref),
            found.map_err(str::to_owned).as_ref().copied(),
            "{told}"
        );
    }
}

#[tokio::test]
async fn redirects_are_not_followed_with_keys_in_hand() {
    let elsewhere = Stage::new(|_, _| json(200, RECORD)).await;
    let target = format!("{}/x", elsewhere.site);
    let stage = Stage::new(move |_, _| {
        Play::Answer(302, vec![("location", target.clone())], String::new())
    })
    .await;
    let error = stage.client(2).addition(7, 5).await.unwrap_err();
    assert_eq!(error.problem().code, "redirected");
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn no_error_shows_a_key() {
    // "acme+Pub1ic:S3cr3t" in base 64.
    let coded = "YWNtZStQdWIxaWM6UzNjcjN0";
    for play in [Play::Reset, html(500), json(401, "{}"), json(400, "{}"), json(200, "x")] {
        let stage = Stage::new(move |_, _| play.clone()).await;
        let client = stage.client(0);
        let error = create(&client).await.unwrap_err();
        assert_eq!(stage.seen()[0].header("authorization"), Some(&*format!("Basic {coded}")));
        for text in [format!("{error} {error:?}"), format!("{client:?}")] {
            for secret in [coded, "S3cr3t", "Pub1ic", "Cl1ent"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn bodies_carry_decimals_digit_for_digit_and_a_charset() {
    let stage = Stage::new(|_, _| json(201, RECORD)).await;
    create(&stage.client(0)).await.unwrap();
    let seen = stage.seen().remove(0);
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.header("content-type"), Some("application/json; charset=utf-8"));
    assert!(seen.body.contains(r#""quantity":3.10,"#), "{}", seen.body);
    assert!(seen.body.contains(r#""effectiveDate":"2026-11-01T00:00:00Z""#), "{}", seen.body);
}
