//! The missing cents of a line (`residual = "rounding-line"`) follow its addition and never stand
//! alone.

use addendum::config::Settings;
use addendum::domain::journal::EntryState;
use addendum::domain::status::PsaStatus;
use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Kind, Rule};
use addendum::worker::job::{Job, Outcome};
use rust_decimal::Decimal;

use crate::bench::{Bench, one_time_bill, options};

/// One line of 2 x 10.00 whose total is 20.01, mapped.
async fn bench() -> Bench {
    let mut bench = Bench::new(options()).await;
    let profile = bench.worker.profile();
    let residual = [("billing.residual".to_owned(), Some("rounding-line".into()))];
    Settings::write(&profile.paths.settings, "default", &residual).unwrap();
    profile.reread_settings().unwrap();
    bench.pull().await;
    let bill = one_time_bill(&bench.sandbox, 1, 1).replace("20.00", "20.01");
    bench.load(&bill).await;
    bench.map().await;
    bench
}

fn refusal() -> Rule {
    Rule::new(Kind::ServerError).on("POST", "/additions").times(1).answering(400, ErrorBody::Json)
}

async fn status(bench: &Bench) -> PsaStatus {
    let store = bench.worker.profile().store.clone();
    store.plan_input(&bench.scope()).await.unwrap().lines[0].psa_status
}

#[tokio::test(flavor = "multi_thread")]
async fn cents_are_not_sent_when_their_addition_was_refused() {
    let mut bench = bench().await;
    bench.sandbox.faults().add(refusal()).unwrap();
    let summary = bench.sync().await;
    let codes: Vec<&str> = summary.report.errors.iter().map(|e| &*e.problem.code).collect();
    assert_eq!(codes, ["psa-refused"]);
    assert_eq!(summary.report.run.counts.failed, 1, "one line failed, not two");
    assert_eq!(bench.sandbox.inspect().all_marked().len(), 0, "no cents stand alone");
    assert_eq!(status(&bench).await, PsaStatus::Error);
    let store = bench.worker.profile().store.clone();
    let entries = store.entries(summary.report.run.id).await.unwrap();
    assert!(matches!(entries[0].state, EntryState::Failed { .. }), "{entries:#?}");
    assert!(matches!(entries[1].state, EntryState::Dropped), "{entries:#?}");

    let scope = bench.scope();
    assert_eq!(bench.retry(scope).await.unwrap().report.errors, []);
    assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(2_001, 2));
    bench.each_once();
}

#[tokio::test(flavor = "multi_thread")]
async fn cents_that_were_refused_are_posted_by_the_next_sync_or_the_runs_retry() {
    for retried in [false, true] {
        let mut bench = bench().await;
        bench.sandbox.faults().add(refusal().after(1)).unwrap();
        let summary = bench.sync().await;
        assert_eq!(summary.report.errors.len(), 1, "{:?}", summary.report.errors);
        assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(20, 0));
        assert_eq!(status(&bench).await, PsaStatus::Synced);
        let scope = bench.scope();
        let again = if retried {
            let run = Some(summary.report.run.id);
            match bench.run(Job::Retry { run, scope }).await.unwrap() {
                Outcome::Synced(summary) => *summary,
                other => panic!("{other:?}"),
            }
        } else {
            bench.sync().await
        };
        assert_eq!((again.report.run.counts.create, again.report.errors.len()), (1, 0));
        assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(2_001, 2));
        bench.each_once();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_its_agreement_fails_once_for_both() {
    let mut bench = bench().await;
    for agreement in bench.sandbox.inspect().agreements() {
        bench.sandbox.inspect().edit_agreement(agreement.id, |a| a.cancelled = true);
    }
    bench.pull().await;
    let refuse = Rule::new(Kind::ServerError).on("POST", "*/agreements").times(1);
    bench.sandbox.faults().add(refuse.answering(400, ErrorBody::Json)).unwrap();
    let summary = bench.sync().await;
    let lines: Vec<&str> = summary.report.errors.iter().map(|e| &*e.line).collect();
    let of_the_line = lines.iter().filter(|l| **l == "B00000").count();
    assert_eq!(of_the_line, 1, "{lines:?}");
    bench.sync().await;
    assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(2_001, 2));
    bench.each_once();
}
