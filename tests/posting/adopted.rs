//! What was posted once stands in ConnectWise, unknown here, and bills another amount than its line.

use addendum::domain::decision::Verdict;
use addendum::domain::exchange::Request;
use addendum::domain::journal::{RunKind, Step};
use addendum::sandbox::records::Addition;
use addendum::worker::job::{Job, Outcome, SyncSummary};
use rust_decimal::Decimal;

use crate::bench::{Bench, one_time_bill, options, send_again};

/// One line is posted. Gives its bill and its addition.
async fn one_posted() -> (Bench, String, Addition) {
    let mut bench = Bench::new(options()).await;
    bench.pull().await;
    let bill = one_time_bill(&bench.sandbox, 1, 1);
    bench.load(&bill).await;
    bench.map().await;
    assert_eq!(codes(&bench.sync().await), [""; 0]);
    let posted = bench.sandbox.inspect().all_marked().remove(0);
    assert_eq!((posted.quantity, posted.unit_price), (Decimal::TWO, Decimal::TEN));
    (bench, bill, posted)
}

fn codes(summary: &SyncSummary) -> Vec<&str> {
    summary.report.errors.iter().map(|e| &*e.problem.code).collect()
}

/// The source corrects the price of the line.
fn corrected(bill: &str) -> String {
    let corrected = bill.replace("10.00,20.00", "12.50,25.00");
    assert_ne!(corrected, bill);
    corrected
}

/// One line is posted, the store is lost, and the source has corrected the line since.
async fn lost_and_corrected() -> (Bench, Addition) {
    let (mut bench, bill, posted) = one_posted().await;
    bench.lose_store().await;
    bench.pull().await;
    bench.load(&corrected(&bill)).await;
    bench.map().await;
    (bench, posted)
}

fn billed(bench: &Bench) -> Vec<Decimal> {
    bench.sandbox.inspect().all_marked().iter().map(|a| a.unit_price).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_our_own_request_that_comes_late_follows_the_corrected_line() {
    let (mut bench, bill, posted) = one_posted().await;
    let run = bench.worker.profile().store.runs(1).await.unwrap().remove(0).id;
    bench.undo(run).await.unwrap();
    assert_eq!(billed(&bench), []);

    // Something on the way delivers the request once more.
    send_again(&bench.sandbox, &posted).await;

    bench.load(&corrected(&bill)).await;
    let summary = bench.sync().await;
    assert_eq!(codes(&summary), [""; 0]);
    assert_eq!(billed(&bench), [Decimal::new(1250, 2)]);
    let proof = bench.reconcile().await.findings;
    assert_eq!((proof.missing, proof.doubled, proof.drifted), (vec![], vec![], vec![]));
    assert!(proof.proven.iter().all(|p| p.posted == p.psa), "{:?}", proof.proven);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_that_nobody_here_asked_for_is_told_and_overwritten_only_when_told_to() {
    let (mut bench, posted) = lost_and_corrected().await;
    let summary = bench.sync().await;
    assert_eq!(codes(&summary), ["stands-otherwise"]);
    assert_eq!(billed(&bench), [posted.unit_price]);
    let drifted = bench.reconcile().await.findings.drifted;
    let [found] = drifted.as_slice() else { panic!("{drifted:?}") };
    let [field] = found.fields.as_slice() else { panic!("{:?}", found.fields) };
    assert_eq!(field.field, "unitPrice");
    assert_eq!(
        (field.posted.as_deref(), field.psa.as_deref()),
        (Some("12.5"), Some("10")),
        "{field:?}"
    );

    let marker = posted.serial_number.unwrap();
    bench.decide(&[(&*marker, Verdict::Restore)]).await;
    assert_eq!(billed(&bench), [Decimal::new(1250, 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_overwrites_drift_has_the_line_billed_at_once() {
    let (mut bench, _) = lost_and_corrected().await;
    let mut scope = bench.scope();
    scope.overwrite_drift = true;
    let summary = bench.try_sync(scope).await.unwrap();
    assert_eq!(codes(&summary), [""; 0]);
    assert_eq!(billed(&bench), [Decimal::new(1250, 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_never_left_is_not_taken_for_made() {
    let (mut bench, posted) = lost_and_corrected().await;
    let mut scope = bench.scope();
    scope.overwrite_drift = true;
    let Outcome::Planned(plan) = bench.run(Job::Plan(scope.clone())).await.unwrap() else {
        panic!("a plan")
    };
    // A run finds the addition, marks that it is to be changed, and dies before that is sent.
    let store = bench.worker.profile().store.clone();
    let run = store.begin_run(RunKind::Sync, &[], None).await.unwrap();
    let entry = store.intend(run, plan.actions).await.unwrap()[0];
    let path = format!("/finance/agreements/{}/additions/{}", posted.agreement_id, posted.id);
    let request = Request { method: "PATCH".into(), path, body: None };
    let (at, request) = (store.now(), Some(Box::new(request)));
    store.record(vec![Step::Requested { entry, at, request }]).await.unwrap();
    assert_eq!(store.last_method(entry).await.unwrap().as_deref(), Some("PATCH"));

    let summary = bench.try_sync(scope).await.unwrap();
    assert_eq!(codes(&summary), [""; 0]);
    assert_eq!(billed(&bench), [Decimal::new(1250, 2)]);
    assert!(bench.reconcile().await.is_proven());
}
