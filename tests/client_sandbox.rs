//! The PSA client against the sandbox, over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

use std::collections::HashSet;
use std::time::Duration;

use addendum::connectwise::{
    AdditionChange, ApiKeys, CheckState, Client, Connection, Feature, PsaError, marker_of,
};
use addendum::domain::addition::AdditionFields;
use addendum::domain::plan::AgreementFields;
use addendum::domain::psa::{Agreement, AgreementStatus, CustomField, MarkerPlace};
use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Faults, Kind, Rule, Sandbox, SandboxOptions};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 21);

fn options() -> SandboxOptions {
    SandboxOptions { today: Some(TODAY), ..SandboxOptions::default() }
}

fn connection(sandbox: &Sandbox) -> Connection {
    Connection {
        site: sandbox.site(),
        company_id: sandbox.company_id().to_owned(),
        client_id: sandbox.client_id().to_owned(),
        concurrency: 4,
        requests_per_minute: 0,
        timeout: Duration::from_secs(20),
        max_retries: 3,
        root_certificate: None,
    }
}

fn keys(sandbox: &Sandbox) -> ApiKeys {
    ApiKeys {
        public: sandbox.public_key().to_owned().into(),
        private: sandbox.private_key().to_owned().into(),
    }
}

async fn open(options: SandboxOptions) -> (Sandbox, Client) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = Client::new(&connection(&sandbox), keys(&sandbox), None).unwrap();
    (sandbox, client)
}

fn silent(_: u64) {}

fn fields(product_id: i64, start: Date) -> AdditionFields {
    AdditionFields {
        product_id,
        quantity: "3".parse().unwrap(),
        unit_price: "12.34".parse().unwrap(),
        unit_cost: Some("10.05".parse().unwrap()),
        effective: start,
        cancelled: None,
        invoice_description: "Caf\u{e9} \u{201c}Mail\u{201d} - Cycle Fee".into(),
    }
}

/// An active agreement to post on, its first open day, and a product.
async fn target(client: &Client) -> (Agreement, Date, i64) {
    let agreements = client.agreements(&silent).await.unwrap();
    let agreement = agreements
        .into_iter()
        .find(|a| a.status == AgreementStatus::Active && !a.prorates && a.end.is_none())
        .unwrap();
    let products = client.products(&silent).await.unwrap();
    let product = products.iter().find(|p| !p.inactive && p.class != "Bundle").unwrap().id;
    let start = agreement.next_invoice.or(agreement.bill_start).unwrap();
    (agreement, start, product)
}

fn rule(kind: Kind, method: &str) -> Rule {
    Rule { method: Some(method.into()), limit: Some(1), retry_after: 0, ..Rule::new(kind) }
}

#[tokio::test]
async fn everything_that_pull_needs_is_read() {
    let (sandbox, client) = open(options()).await;
    assert!(client.discover().await.unwrap().is_some());
    let info = client.system_info().await.unwrap();
    assert!(info.version.contains("2026"), "{info:?}");
    let companies = client.companies(&silent).await.unwrap();
    assert!(companies.len() >= 120);
    assert!(companies.iter().any(|c| c.contact.is_some() && c.domain.is_some()));
    let agreements = client.agreements(&silent).await.unwrap();
    assert!(agreements.iter().all(|a| a.type_id > 0 && a.company_id > 0));
    assert!(agreements.iter().any(|a| a.cycle.is_some() && a.currency.is_some()));
    let types = client.agreement_types().await.unwrap();
    let cloud = types.iter().find(|t| t.name == sandbox.agreement_type()).unwrap();
    assert!(!cloud.defaults.is_empty());
    let fields = client.addition_custom_fields().await.unwrap().unwrap();
    let captions: Vec<_> = fields.into_iter().map(|f| f.caption).collect();
    assert_eq!(captions, ["Cost Centre"]);
    let of_one = client.agreements_of(agreements[0].company_id).await.unwrap();
    assert!(of_one.iter().all(|a| a.company_id == agreements[0].company_id) && !of_one.is_empty());
    assert_eq!(client.agreement(agreements[0].id).await.unwrap(), agreements[0]);
}

#[tokio::test]
async fn an_addition_lives_from_create_to_delete() {
    let (sandbox, client) = open(options()).await;
    let (agreement, start, product) = target(&client).await;
    let place = MarkerPlace::SerialNumber;
    let asked = fields(product, start);
    let made = client.create_addition(agreement.id, &asked, "AD-TEST", &place).await.unwrap();
    assert_eq!(made.fields, asked);
    assert_eq!(marker_of(&made, &place), Some("AD-TEST"));
    assert_eq!(made.ext_price.unwrap().normalize().to_string(), "37.02");
    let listed = client.additions(agreement.id).await.unwrap();
    assert!(listed.iter().any(|a| a.id == made.id && marker_of(a, &place) == Some("AD-TEST")));

    let mut to = asked.clone();
    to.quantity = "4".parse().unwrap();
    to.cancelled = Some(start.last_of_month());
    let change = AdditionChange { to: to.clone(), from: asked };
    let now = client.change_addition(agreement.id, made.id, &change).await.unwrap();
    assert_eq!(now.fields, to);
    let mut open_again = to.clone();
    open_again.cancelled = None;
    let change = AdditionChange { to: open_again.clone(), from: to };
    match client.change_addition(agreement.id, made.id, &change).await {
        Ok(now) => assert_eq!(now.fields, open_again),
        Err(e) => assert_eq!(e.problem().code, "answer-differs", "{e}"),
    }
    client.delete_addition(agreement.id, made.id).await.unwrap();
    let gone = client.addition(agreement.id, made.id).await.unwrap_err();
    assert!(matches!(gone, PsaError::Refused { status: 404, .. }), "{gone}");
    assert_eq!(sandbox.count(|r| r.method == "POST"), 1);
}

#[tokio::test]
async fn a_new_agreement_is_made_in_its_currency() {
    let (_sandbox, client) = open(options()).await;
    let companies = client.companies(&silent).await.unwrap();
    let company =
        companies.iter().find(|c| c.contact.is_some() && !c.deleted && c.status == "Active");
    let company = company.unwrap();
    let types = client.agreement_types().await.unwrap();
    let kind = types.iter().find(|t| t.name == "Managed Cloud").unwrap();
    let wanted = AgreementFields {
        name: "Managed Cloud - GBP".into(),
        type_id: kind.id,
        company_id: company.id,
        contact_id: company.contact.as_ref().unwrap().id,
        start: date(2026, 11, 1),
        currency: "GBP".parse().unwrap(),
        location_id: kind.location.as_ref().map(|l| l.id),
        department_id: kind.department.as_ref().map(|d| d.id),
        billing_cycle_id: kind.billing_cycle.as_ref().map(|c| c.id),
        defaults: kind.defaults.clone(),
    };
    let made = client.create_agreement(&wanted).await.unwrap();
    assert_eq!(made.currency.unwrap().as_str(), "GBP");
    assert_eq!((made.start, made.bill_start), (Some(wanted.start), Some(wanted.start)));
    assert_eq!(client.agreement(made.id).await.unwrap().company_id, company.id);
    client.delete_agreement(made.id).await.unwrap();
}

#[tokio::test]
async fn a_marker_may_live_in_a_custom_field() {
    let mut o = options();
    o.addition_fields.push("Addendum ID".into());
    let (_sandbox, client) = open(o).await;
    let (agreement, start, product) = target(&client).await;
    let all = client.addition_custom_fields().await.unwrap().unwrap();
    let field: CustomField = all.into_iter().find(|f| f.caption == "Addendum ID").unwrap();
    let place = MarkerPlace::CustomField(field);
    let made = client
        .create_addition(agreement.id, &fields(product, start), "AD-FIELD", &place)
        .await
        .unwrap();
    assert_eq!(marker_of(&made, &place), Some("AD-FIELD"));
    assert_eq!(marker_of(&made, &MarkerPlace::SerialNumber), Some("AD-FIELD"));
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_sent_once() {
    for kind in [Kind::ResetAfterCommit, Kind::Truncate, Kind::ServerErrorAfterCommit] {
        for body in [ErrorBody::Html, ErrorBody::Json] {
            let (sandbox, client) = open(options()).await;
            let (agreement, start, product) = target(&client).await;
            let mut lose = rule(kind, "POST");
            lose.body = body;
            sandbox.faults().set(Faults { rules: vec![lose], ..Faults::default() }).unwrap();
            let place = MarkerPlace::SerialNumber;
            let answer = client
                .create_addition(agreement.id, &fields(product, start), "AD-LOST", &place)
                .await;
            assert!(matches!(answer, Err(PsaError::Lost { .. })), "{kind:?} {answer:?}");
            assert_eq!(sandbox.count(|r| r.method == "POST"), 1, "{kind:?}");
            let there = client.additions(agreement.id).await.unwrap();
            let own = there.iter().filter(|a| marker_of(a, &place) == Some("AD-LOST")).count();
            assert_eq!(own, 1, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn reads_survive_resets_broken_bodies_and_busy_servers() {
    for kind in [Kind::ResetBeforeCommit, Kind::Truncate, Kind::ServerError] {
        for body in [ErrorBody::Html, ErrorBody::Json, ErrorBody::Empty] {
            let (sandbox, client) = open(options()).await;
            let mut fault = rule(kind, "GET");
            fault.body = body;
            sandbox.faults().set(Faults { rules: vec![fault], ..Faults::default() }).unwrap();
            client.agreement_types().await.unwrap_or_else(|e| panic!("{kind:?} {body:?}: {e}"));
            assert_eq!(sandbox.count(|_| true), 2, "{kind:?} {body:?}");
            assert_eq!(client.traffic().borrow().retries, 1);
        }
    }
}

#[tokio::test]
async fn a_throttled_write_is_sent_again_after_the_pause() {
    let (sandbox, client) = open(options()).await;
    let (agreement, start, product) = target(&client).await;
    sandbox
        .faults()
        .set(Faults { rules: vec![rule(Kind::Throttle, "POST")], ..Faults::default() })
        .unwrap();
    let place = MarkerPlace::SerialNumber;
    client.create_addition(agreement.id, &fields(product, start), "AD-429", &place).await.unwrap();
    let traffic = client.traffic().borrow().clone();
    assert_eq!((traffic.throttled, traffic.paused_ms), (1, 0));
    assert_eq!(sandbox.count(|r| r.method == "POST"), 2);
}

#[tokio::test]
async fn a_change_that_was_not_made_is_told() {
    let (sandbox, client) = open(options()).await;
    let (agreement, start, product) = target(&client).await;
    let place = MarkerPlace::SerialNumber;
    let from = fields(product, start);
    let made = client.create_addition(agreement.id, &from, "AD-NOOP", &place).await.unwrap();
    sandbox
        .faults()
        .set(Faults { rules: vec![rule(Kind::PatchIgnored, "PATCH")], ..Faults::default() })
        .unwrap();
    let mut to = from.clone();
    to.quantity = "9".parse().unwrap();
    let change = AdditionChange { to, from };
    let error = client.change_addition(agreement.id, made.id, &change).await.unwrap_err();
    assert_eq!(error.problem().code, "answer-differs");
    assert!(error.problem().message.contains("asked 9, has 3"), "{error}");
}

#[tokio::test]
async fn filters_that_are_ignored_are_applied_here() {
    let (sandbox, client) = open(options()).await;
    let all = client.agreements(&silent).await.unwrap();
    let fault = Rule { limit: None, ..rule(Kind::IgnoreFilters, "GET") };
    sandbox.faults().set(Faults { rules: vec![fault], ..Faults::default() }).unwrap();
    let of_one = client.agreements_of(all[0].company_id).await.unwrap();
    assert!(of_one.iter().all(|a| a.company_id == all[0].company_id));
    assert!(!of_one.is_empty() && of_one.len() < all.len());
}

#[tokio::test]
async fn rights_are_read_and_a_missing_one_is_named() {
    let (sandbox, client) = open(options()).await;
    let checks = client.permissions(&Feature::ALL).await.unwrap();
    assert!(checks.iter().all(|c| c.state == CheckState::Ok), "{checks:#?}");
    let withdrawn = vec!["Finance/Agreements/Add".to_owned(), "Companies/Contacts=My".to_owned()];
    sandbox.faults().set(Faults { withdrawn, ..Faults::default() }).unwrap();
    let missing: HashSet<_> = client
        .permissions(&Feature::ALL)
        .await
        .unwrap()
        .into_iter()
        .filter(|c| c.state == CheckState::Missing)
        .map(|c| format!("{} {}", c.permission, c.level))
        .collect();
    let wanted = ["Agreements Add All".to_owned(), "Contacts Inquire All".to_owned()];
    assert_eq!(missing, HashSet::from(wanted));
    let (agreement, start, product) = target(&client).await;
    let place = MarkerPlace::SerialNumber;
    let error = client
        .create_addition(agreement.id, &fields(product, start), "AD-NO", &place)
        .await
        .unwrap_err();
    assert_eq!(error.problem().code, "no-permission");
    assert!(error.problem().remedy.contains("Agreements > Add"), "{error}");
}

#[tokio::test]
async fn wrong_credentials_are_told_apart_and_never_shown() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let right = connection(&sandbox);
    let mut company = right.clone();
    company.company_id = "acne".into();
    let error = Client::new(&company, keys(&sandbox), None).unwrap().discover().await.unwrap_err();
    assert_eq!(error.problem().code, "unknown-company");
    let mut client_id = right.clone();
    client_id.client_id = "11111111-0000-4000-8000-000000000001".into();
    let client = Client::new(&client_id, keys(&sandbox), None).unwrap();
    assert_eq!(client.system_info().await.unwrap_err().problem().code, "bad-client-id");
    let bad =
        ApiKeys { public: "NobodyPublic".to_owned().into(), private: "Hush1234".to_owned().into() };
    let client = Client::new(&right, bad, None).unwrap();
    let error = client.system_info().await.unwrap_err();
    assert_eq!(error.problem().code, "bad-keys");
    for shown in [format!("{client:?}"), format!("{error:?}"), error.to_string()] {
        for secret in ["Hush1234", "NobodyPublic", "SHVzaD"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[tokio::test]
async fn big_collections_come_in_full_pages_several_in_flight() {
    let mut o = options();
    o.companies = 5_200;
    let (sandbox, client) = open(o).await;
    sandbox.faults().set(Faults { latency_ms: 60, ..Faults::default() }).unwrap();
    let mut traffic = client.traffic();
    let most = tokio::spawn(async move {
        let mut most = 0;
        while traffic.changed().await.is_ok() {
            most = most.max(traffic.borrow_and_update().in_flight);
        }
        most
    });
    let companies = client.companies(&silent).await.unwrap();
    drop(client);
    assert!(most.await.unwrap() >= 3);
    let numbers: HashSet<i64> = companies.iter().map(|c| c.id).collect();
    assert_eq!(numbers.len(), companies.len());
    assert!(companies.len() >= 5_200);
    let pages = sandbox.requests();
    let pages: Vec<_> = pages.iter().filter(|r| r.path.ends_with("/company/companies")).collect();
    assert_eq!(pages.len(), companies.len().div_ceil(1_000));
    assert!(pages.iter().all(|r| r.query.contains("pageSize=1000")));
}
