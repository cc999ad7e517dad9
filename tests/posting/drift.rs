//! What people did in the PSA since: changed, deleted, doubled; and what the store forgot.

use addendum::domain::line::Line;
use addendum::domain::period::Period;
use addendum::domain::status::PsaStatus;
use rust_decimal::Decimal;

use crate::bench::{Bench, options};

/// The first month is posted; the second one is loaded and will update what it left.
async fn between_months() -> (Bench, Period) {
    let mut bench = Bench::new(options()).await;
    bench.pull().await;
    let [before, this] = bench.sandbox.sample().periods();
    bench.load_periods(&[before]).await;
    bench.map().await;
    let first = bench.sync().await;
    assert_eq!(first.report.errors, []);
    (bench, this)
}

async fn lines(bench: &Bench) -> Vec<Line> {
    bench.worker.profile().store.plan_input(&bench.scope()).await.unwrap().lines
}

/// A marker whose addition the second month updates.
async fn to_be_updated(bench: &mut Bench, this: Period) -> (String, i64) {
    bench.load_periods(&[this]).await;
    let plan = match bench.run(addendum::worker::job::Job::Plan(bench.scope())).await.unwrap() {
        addendum::worker::job::Outcome::Planned(plan) => plan,
        other => panic!("{other:?}"),
    };
    let update = plan
        .actions
        .iter()
        .find(|a| a.kind == addendum::domain::plan::ActionKind::Update)
        .expect("the second month updates something");
    (update.marker.as_deref().unwrap().to_owned(), update.addition_id.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_hand_is_reported_and_overwritten_only_when_told_to() {
    let (mut bench, this) = between_months().await;
    let (marker, id) = to_be_updated(&mut bench, this).await;
    let odd = Decimal::new(77_777, 2);
    assert!(bench.sandbox.inspect().edit_addition(id, |a| a.unit_price = odd));
    let summary = bench.sync().await;
    let codes: Vec<&str> = summary.report.errors.iter().map(|e| &*e.problem.code).collect();
    assert_eq!(codes, ["drift"]);
    assert_eq!(bench.sandbox.inspect().addition(id).unwrap().unit_price, odd);
    let proof = bench.reconcile().await;
    assert_eq!(proof.findings.drifted.len(), 1);
    let found = &proof.findings.drifted[0];
    assert_eq!((found.marker.as_str(), found.addition_id), (marker.as_str(), Some(id)));
    assert_eq!(found.fields[0].field, "unitPrice");
    assert_eq!(found.fields[0].psa.as_deref(), Some("777.77"));

    let mut scope = bench.scope();
    scope.overwrite_drift = true;
    let retried = bench.retry(scope).await.unwrap();
    assert_eq!(retried.report.errors, []);
    assert_ne!(bench.sandbox.inspect().addition(id).unwrap().unit_price, odd);
    assert_eq!(bench.reconcile().await.findings.drifted, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_deleted_is_not_posted_again_unless_told_to() {
    let (mut bench, this) = between_months().await;
    let (marker, id) = to_be_updated(&mut bench, this).await;
    assert!(bench.sandbox.inspect().delete_addition(id));
    let summary = bench.sync().await;
    let codes: Vec<&str> = summary.report.errors.iter().map(|e| &*e.problem.code).collect();
    assert_eq!(codes, ["deleted-in-psa"]);
    assert!(bench.sandbox.inspect().marked(&marker).is_empty());
    let missing = bench.reconcile().await.findings.missing;
    assert_eq!(missing.iter().map(|f| f.marker.as_str()).collect::<Vec<_>>(), [marker.as_str()]);
    let scope = bench.scope();
    let again = bench.retry(scope).await.unwrap();
    assert_eq!(again.report.errors.len(), 1);
    assert!(bench.sandbox.inspect().marked(&marker).is_empty());

    let mut scope = bench.scope();
    scope.repost_deleted = true;
    let retried = bench.retry(scope).await.unwrap();
    assert_eq!(retried.report.errors, []);
    assert_eq!(bench.sandbox.inspect().marked(&marker).len(), 1);
    assert_eq!(bench.reconcile().await.findings.missing, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubled_marker_stops_its_line_and_nothing_else() {
    let (mut bench, this) = between_months().await;
    let (marker, id) = to_be_updated(&mut bench, this).await;
    // A person copies the addition, marker and all, over another one of the same agreement.
    let original = bench.sandbox.inspect().addition(id).unwrap();
    let other = bench
        .sandbox
        .inspect()
        .additions_of(original.agreement_id)
        .into_iter()
        .find(|a| a.serial_number.as_deref() != Some(marker.as_str()))
        .expect("an agreement with several additions");
    bench.sandbox.inspect().edit_addition(other.id, |a| a.serial_number = Some(marker.clone()));
    let summary = bench.sync().await;
    assert!(summary.report.errors.iter().any(|e| e.problem.code == "doubled"));
    assert_eq!(bench.sandbox.inspect().addition(id).unwrap(), original);
    let doubled = bench.reconcile().await.findings.doubled;
    assert_eq!(doubled.iter().map(|f| f.marker.as_str()).collect::<Vec<_>>(), [marker.as_str()]);
}

/// Something on the way delivers a request twice: the PSA bills both, and no run is about the first.
#[tokio::test(flavor = "multi_thread")]
async fn a_doubled_marker_is_told_by_any_run_that_writes_on_its_agreement() {
    let (mut bench, this) = between_months().await;
    let first: Vec<String> =
        bench.sandbox.inspect().all_marked().into_iter().filter_map(|a| a.serial_number).collect();
    bench.load_periods(&[this]).await;
    let plan = match bench.run(addendum::worker::job::Job::Plan(bench.scope())).await.unwrap() {
        addendum::worker::job::Outcome::Planned(plan) => plan,
        other => panic!("{other:?}"),
    };
    let planned = |m: &str| plan.actions.iter().any(|a| a.marker.as_deref() == Some(m));
    let written = |id: i64| {
        plan.actions
            .iter()
            .any(|a| a.agreement == addendum::domain::plan::AgreementTarget::Existing(id))
    };
    let inspect = bench.sandbox.inspect();
    // One that the plan leaves alone, beside one that stands for nothing of ours or is left alone.
    let (mine, copy) = first
        .iter()
        .filter(|m| !planned(m))
        .filter_map(|m| Some((m, inspect.marked(m).into_iter().next()?)))
        .filter(|(_, a)| written(a.agreement_id))
        .find_map(|(m, a)| {
            let others = inspect.additions_of(a.agreement_id);
            let free = |s: &str| s != m && !planned(s);
            let copy = others.iter().find(|o| o.serial_number.as_deref().is_none_or(free))?;
            Some((m.clone(), copy.id))
        })
        .expect("an agreement with two additions that this month leaves alone");
    inspect.edit_addition(copy, |a| a.serial_number = Some(mine.clone()));
    let summary = bench.sync().await;
    let told: Vec<(&str, &str)> =
        summary.report.errors.iter().map(|e| (&*e.line, &*e.problem.code)).collect();
    assert_eq!(told, [(mine.as_str(), "doubled")]);
    assert_eq!(summary.report.run.counts.failed, 0);
    let doubled = bench.reconcile().await.findings.doubled;
    assert_eq!(doubled.iter().map(|f| f.marker.as_str()).collect::<Vec<_>>(), [mine.as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_store_double_bills_nobody() {
    let mut bench = Bench::ready(options()).await;
    let first = bench.sync().await;
    assert_eq!(first.report.errors, []);
    let state = bench.state();
    bench.lose_store().await;
    bench.pull().await;
    bench.load_sample().await;
    bench.map().await;
    bench.sandbox.forget_requests();
    let again = bench.sync().await;
    assert_eq!(again.report.errors, []);
    assert_eq!(again.report.run.counts.create, 0);
    assert_eq!(bench.sandbox.count(addendum::sandbox::Recorded::is_write), 0);
    assert_eq!(bench.state(), state);
    assert!(lines(&bench).await.iter().all(|l| l.psa_status == PsaStatus::Synced));
    let proof = bench.reconcile().await;
    assert_eq!(proof.findings.missing, []);
    assert_eq!(proof.findings.drifted, []);
    for row in proof.findings.proven {
        assert_eq!(row.posted, row.psa);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_store_that_knows_only_the_second_month_keeps_the_first_ones_dates() {
    let (mut bench, this) = between_months().await;
    let (marker, id) = to_be_updated(&mut bench, this).await;
    let before = bench.sandbox.inspect().addition(id).unwrap();
    bench.lose_store().await;
    bench.pull().await;
    bench.load_periods(&[this]).await;
    bench.map().await;
    let summary = bench.sync().await;
    assert_eq!(summary.report.errors, []);
    bench.each_once();
    let after = bench.sandbox.inspect().marked(&marker);
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].id, id);
    assert_eq!(after[0].effective, before.effective);
    assert_ne!(
        (after[0].quantity, after[0].unit_price),
        (before.quantity, before.unit_price),
        "the newest line brings it up to date"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_store_finds_an_ended_subscription_and_begins_its_next_life() {
    for both_months in [false, true] {
        let (mut bench, this) = between_months().await;
        let [before, _] = bench.sandbox.sample().periods();
        let (marker, id) = to_be_updated(&mut bench, this).await;
        // It was cancelled at the end of the first month, and the second one bills it again.
        let end = Some(before.last_day());
        assert!(bench.sandbox.inspect().edit_addition(id, |a| a.cancelled = end));
        let ended = bench.sandbox.inspect().addition(id).unwrap();
        bench.lose_store().await;
        bench.pull().await;
        if both_months {
            bench.load_sample().await;
        } else {
            bench.load_periods(&[this]).await;
        }
        bench.map().await;
        for _ in 0..2 {
            assert_eq!(bench.sync().await.report.errors, []);
        }
        bench.each_once();
        let inspect = bench.sandbox.inspect();
        assert_eq!(
            inspect.marked(&marker),
            std::slice::from_ref(&ended),
            "the old life stays as it is"
        );
        let lives: Vec<_> = inspect
            .additions_of(ended.agreement_id)
            .into_iter()
            .filter(|a| {
                a.id != id
                    && a.product_id == ended.product_id
                    && a.invoice_description == ended.invoice_description
            })
            .collect();
        assert_eq!(lives.len(), 1, "{lives:#?}");
        assert_eq!(lives[0].effective, this.first_day());
        assert_eq!(lives[0].cancelled, None);
        assert!(lines(&bench).await.iter().all(|l| l.psa_status == PsaStatus::Synced));
        bench.sandbox.forget_requests();
        bench.sync().await;
        assert_eq!(bench.sandbox.requests().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addition_on_another_agreement_is_found_before_it_counts_as_missing() {
    let (mut bench, _) = between_months().await;
    let one = bench.sandbox.inspect().all_marked().remove(0);
    let company = bench
        .sandbox
        .inspect()
        .agreements()
        .into_iter()
        .find(|a| a.id == one.agreement_id)
        .unwrap()
        .company_id;
    let marker = one.serial_number.clone().unwrap();
    // A person moves it: enters it anew on another agreement of the company, and deletes it here.
    let Some(other) = bench
        .sandbox
        .inspect()
        .agreements_of(company)
        .into_iter()
        .find(|a| a.id != one.agreement_id)
    else {
        let host = bench
            .sandbox
            .inspect()
            .agreements()
            .into_iter()
            .find(|a| a.company_id != company)
            .unwrap();
        // No second agreement: another company's becomes this company's.
        bench.sandbox.inspect().edit_agreement(host.id, |a| a.company_id = company);
        move_to(&bench, &one, host.id);
        return found_elsewhere(&mut bench, &marker, one.agreement_id, host.id).await;
    };
    move_to(&bench, &one, other.id);
    found_elsewhere(&mut bench, &marker, one.agreement_id, other.id).await;
}

fn move_to(bench: &Bench, one: &addendum::sandbox::records::Addition, agreement: i64) {
    bench.sandbox.inspect().delete_addition(one.id);
    let host = bench.sandbox.inspect().additions_of(agreement).into_iter().next();
    match host {
        Some(host) => {
            let (id, copy) = (host.id, one.clone());
            bench.sandbox.inspect().edit_addition(id, |a| {
                let agreement_id = a.agreement_id;
                *a = addendum::sandbox::records::Addition { id, agreement_id, ..copy };
            });
        }
        None => panic!("the other agreement has an addition to overwrite"),
    }
}

async fn found_elsewhere(bench: &mut Bench, marker: &str, from: i64, to: i64) {
    let findings = bench.reconcile().await.findings;
    assert!(findings.missing.iter().all(|f| f.marker != marker), "{findings:?}");
    let moved = findings.drifted.iter().find(|f| f.marker == marker).expect("it is reported");
    let field = moved.fields.iter().find(|f| f.field == "agreementId").unwrap();
    assert_eq!(field.posted.as_deref(), Some(from.to_string().as_str()));
    assert_eq!(field.psa.as_deref(), Some(to.to_string().as_str()));
}
