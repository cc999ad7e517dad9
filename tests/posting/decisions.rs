//! Keep, restore or adopt what reconcile found.

use addendum::domain::decision::Verdict;
use addendum::sandbox::Recorded;
use addendum::worker::job::{Job, JobError, Outcome};
use jiff::ToSpan;
use rust_decimal::Decimal;

use crate::bench::{Bench, one_time_bill, options, send_again};

/// One month is posted, and somebody changed the price of one addition in the PSA. Gives its marker
/// and number.
async fn drifted() -> (Bench, String, i64) {
    let mut bench = Bench::new(options()).await;
    bench.pull().await;
    let [before, _] = bench.sandbox.sample().periods();
    bench.load_periods(&[before]).await;
    bench.map().await;
    assert_eq!(bench.sync().await.report.errors, []);
    let one = bench.sandbox.inspect().all_marked().remove(0);
    bench.sandbox.inspect().edit_addition(one.id, |a| a.unit_price += Decimal::ONE);
    let found = bench.reconcile().await;
    assert_eq!(found.findings.drifted.len(), 1);
    assert!(!found.is_proven());
    bench.sandbox.forget_requests();
    (bench, one.serial_number.unwrap(), one.id)
}

#[track_caller]
fn writes(bench: &Bench) -> usize {
    bench.sandbox.count(Recorded::is_write)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_not_told_again_until_it_changes() {
    let (mut bench, marker, id) = drifted().await;
    let line = bench.reconcile().await.findings.drifted[0].lines[0].clone();
    let there = bench.sandbox.inspect().addition(id).unwrap();
    let kept = bench.decide(&[(&line, Verdict::Keep)]).await;
    assert!(kept.decided.iter().all(|d| d.problem.is_none() && d.marker == marker));
    assert_eq!(kept.findings.drifted, []);
    assert_eq!(kept.findings.kept.len(), 1);
    assert!(kept.is_proven(), "a decision explains the difference to the cent: {kept:?}");
    assert!(kept.findings.proven.iter().any(|p| p.decided == there.quantity));
    assert_eq!(writes(&bench), 0);
    assert_eq!(bench.sandbox.inspect().addition(id).unwrap(), there);
    assert!(bench.reconcile().await.is_proven());
    // Changed once more, it is told again.
    bench.sandbox.inspect().edit_addition(id, |a| a.unit_price += Decimal::ONE);
    let again = bench.reconcile().await;
    assert_eq!(again.findings.drifted.len(), 1);
    assert!(!again.is_proven());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_carries_an_unknown_marker_is_told_and_can_only_be_kept() {
    let (mut bench, _, id) = drifted().await;
    let stranger = format!("AD-{}", "A2".repeat(16));
    let there = bench.sandbox.inspect().all_marked();
    let other = there.iter().find(|a| a.id != id).expect("several additions");
    bench.sandbox.inspect().edit_addition(other.id, |a| a.serial_number = Some(stranger.clone()));
    let device = there.iter().find(|a| ![id, other.id].contains(&a.id)).expect("several");
    bench.sandbox.inspect().edit_addition(device.id, |a| a.serial_number = Some("AD-4711".into()));

    let found = bench.reconcile().await.findings;
    assert_eq!(found.missing.len(), 2);
    let [unknown] = found.unknown.as_slice() else { panic!("{:?}", found.unknown) };
    assert_eq!((&*unknown.marker, unknown.addition_id), (&*stranger, Some(other.id)));
    let amount = unknown.fields.iter().find(|f| f.field == "extPrice").unwrap();
    let billed: Decimal = amount.psa.as_deref().unwrap().parse().unwrap();
    assert_eq!(billed, other.ext_price());
    let elsewhere = bench.sandbox.sample().periods()[1];
    let later = bench.run(Job::Reconcile(vec![elsewhere])).await.unwrap();
    let Outcome::Reconciled(later) = later else { panic!("{later:?}") };
    assert_eq!(later.findings.unknown, [], "it is of another month");

    for verdict in [Verdict::Adopt, Verdict::Restore] {
        let refused = bench.decide(&[(&stranger, verdict)]).await;
        assert_eq!(refused.decided[0].problem.as_ref().unwrap().code, "not-ours");
    }
    let kept = bench.decide(&[(&stranger, Verdict::Keep)]).await.findings;
    assert_eq!((kept.unknown.len(), kept.kept.len()), (0, 1));
    assert_eq!(writes(&bench), 0);
    bench.sandbox.inspect().edit_addition(other.id, |a| a.quantity += Decimal::ONE);
    assert_eq!(bench.reconcile().await.findings.unknown.len(), 1, "it has changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_adopted_counts_as_posted_and_nothing_is_written() {
    let (mut bench, marker, id) = drifted().await;
    let there = bench.sandbox.inspect().addition(id).unwrap();
    let adopted = bench.decide(&[(&marker, Verdict::Adopt)]).await;
    assert!(adopted.is_proven(), "{adopted:?}");
    assert_eq!(adopted.findings.drifted, []);
    assert_eq!(writes(&bench), 0);
    let own = bench.worker.profile().store.own_additions().await.unwrap();
    let own = own.into_iter().find(|a| *a.marker == *marker).unwrap();
    assert_eq!(own.fields.unit_price, there.unit_price);
    // The next month goes on from there, and nobody's drift stands in its way.
    bench.load_sample().await;
    assert_eq!(bench.sync().await.report.errors, []);
    bench.each_once();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_as_it_was_posted() {
    let (mut bench, marker, id) = drifted().await;
    let other = bench
        .sandbox
        .inspect()
        .all_marked()
        .into_iter()
        .find(|a| a.id != id)
        .expect("several additions");
    let deleted = other.serial_number.clone().unwrap();
    bench.sandbox.inspect().delete_addition(other.id);
    let verdicts = [(marker.as_str(), Verdict::Restore), (deleted.as_str(), Verdict::Restore)];
    let restored = bench.decide(&verdicts).await;
    assert!(restored.decided.iter().all(|d| d.problem.is_none()), "{:?}", restored.decided);
    assert!(restored.is_proven(), "{restored:?}");
    assert_eq!(restored.findings.kept, []);
    assert_eq!(writes(&bench), 2);
    let run = restored.restored.unwrap().run;
    assert_eq!((run.counts.create, run.counts.update), (1, 1));
    bench.each_once();
    let again = bench.sandbox.inspect().marked(&deleted).remove(0);
    assert_eq!((again.unit_price, again.quantity), (other.unit_price, other.quantity));
    // The lines stayed what they are: nothing is posted again.
    let after = bench.sync().await.report.run.counts;
    assert_eq!((after.create, after.update), (0, 0));
    let whole = bench.worker.profile().store.check_audit(None).await.unwrap();
    assert!(whole.is_whole(), "{whole:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_invoiced_is_never_altered_and_an_unknown_name_does_nothing() {
    let (mut bench, marker, id) = drifted().await;
    let there = bench.sandbox.inspect().addition(id).unwrap();
    let next = there.effective.first_of_month().checked_add(1.month()).unwrap();
    bench.sandbox.inspect().invoice_until(there.agreement_id, next);
    let refused = bench.decide(&[(&marker, Verdict::Restore)]).await;
    let problem = refused.decided[0].problem.clone().unwrap();
    assert_eq!(problem.code, "invoiced");
    assert_eq!(writes(&bench), 0);
    assert_eq!(bench.sandbox.inspect().addition(id).unwrap(), there);
    assert_eq!(refused.findings.drifted.len(), 1, "it is still told");

    let verdicts = vec![("nobody".to_owned(), Verdict::Keep), (marker.clone(), Verdict::Keep)];
    let unknown = bench.run(Job::Decide { periods: vec![], verdicts }).await.unwrap_err();
    assert!(matches!(unknown, JobError::Problem(p) if p.code == "no-such-finding"));
    assert_eq!(bench.reconcile().await.findings.kept, []);

    // A deleted one can be left deleted.
    bench.sandbox.inspect().delete_addition(id);
    let kept = bench.decide(&[(&marker, Verdict::Keep)]).await;
    assert!(kept.is_proven(), "{kept:?}");
    assert_eq!(bench.sync().await.report.run.counts.create, 0);
    assert!(bench.sandbox.inspect().marked(&marker).is_empty());
}

/// One line is posted, and the network has delivered its request twice. Gives the bench, the marker,
/// the addition that is known and the copy.
async fn doubled() -> (Bench, String, i64, i64) {
    let mut bench = Bench::new(options()).await;
    bench.pull().await;
    let bill = one_time_bill(&bench.sandbox, 1, 1);
    bench.load(&bill).await;
    bench.map().await;
    assert_eq!(bench.sync().await.report.errors, []);
    let posted = bench.sandbox.inspect().all_marked().remove(0);
    send_again(&bench.sandbox, &posted).await;
    let marker = posted.serial_number.unwrap();
    let copies = bench.sandbox.inspect().marked(&marker);
    let copy = copies.iter().find(|a| a.id != posted.id).unwrap().id;
    bench.sandbox.forget_requests();
    (bench, marker, posted.id, copy)
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_a_doubled_marker_deletes_the_copies_of_what_is_known() {
    let (mut bench, marker, known, copy) = doubled().await;
    assert_eq!(bench.reconcile().await.findings.doubled.len(), 1);
    let done = bench.decide(&[(&marker, Verdict::Restore)]).await;
    assert_eq!(done.decided.iter().filter_map(|d| d.problem.as_ref()).next(), None);
    assert!(done.is_proven(), "{done:?}");
    assert_eq!(writes(&bench), 1);
    let left: Vec<i64> = bench.sandbox.inspect().marked(&marker).iter().map(|a| a.id).collect();
    assert_eq!(left, [known]);
    assert!(bench.sandbox.inspect().addition(copy).is_none());
    // The line rests on the one that stayed, and a run finds nothing to do.
    bench.sandbox.forget_requests();
    assert_eq!(bench.sync().await.report.errors, []);
    assert_eq!(writes(&bench), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoiced_copy_is_not_deleted() {
    let (mut bench, marker, known, copy) = doubled().await;
    let there = bench.sandbox.inspect().addition(known).unwrap();
    let next = there.effective.first_of_month().checked_add(1.month()).unwrap();
    bench.sandbox.inspect().invoice_until(there.agreement_id, next);
    let done = bench.decide(&[(&marker, Verdict::Restore)]).await;
    let codes: Vec<_> =
        done.decided.iter().filter_map(|d| Some(&*d.problem.as_ref()?.code)).collect();
    assert_eq!(codes, ["invoiced"]);
    assert_eq!(writes(&bench), 0);
    assert!(bench.sandbox.inspect().addition(copy).is_some());
}
