//! How runs stop, wait and are refused.

use addendum::domain::journal::RunState;
use addendum::domain::problem::ProblemKind;
use addendum::domain::status::PsaStatus;
use addendum::sandbox::{Kind, Rule};
use addendum::worker::Worker;
use addendum::worker::job::{Event, Job, JobError, Outcome};

use crate::bench::{Bench, options};

fn problem(error: JobError) -> addendum::domain::problem::Problem {
    match error {
        JobError::Problem(problem) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_rights_stop_the_run_and_keep_what_was_done() {
    let mut bench = Bench::ready(options()).await;
    bench
        .sandbox
        .faults()
        .add(Rule::new(Kind::Forbidden).on("POST", "/additions").after(20))
        .unwrap();
    let scope = bench.scope();
    let problem = problem(bench.try_sync(scope).await.unwrap_err());
    assert_eq!(problem.kind, ProblemKind::PsaRefused);
    let store = bench.worker.profile().store.clone();
    let run = store.runs(1).await.unwrap().remove(0);
    assert_eq!(run.state, RunState::Stopped);
    assert_eq!(run.counts.create, 20);
    let lines = store.plan_input(&bench.scope()).await.unwrap().lines;
    assert!(lines.iter().any(|l| l.psa_status == PsaStatus::Synced));
    assert!(lines.iter().all(|l| l.psa_status != PsaStatus::Posting));
    let synced = lines.iter().filter(|l| l.psa_status == PsaStatus::Synced).count();
    assert!(synced < lines.len());

    bench.sandbox.faults().clear();
    let summary = bench.sync().await;
    assert_eq!(summary.report.errors, []);
    bench.each_once();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_line_stops_no_other_and_its_answer_is_in_the_log() {
    let mut bench = Bench::ready(options()).await;
    bench
        .sandbox
        .faults()
        .add(
            Rule::new(Kind::ServerError)
                .on("POST", "/additions")
                .times(1)
                .answering(400, addendum::sandbox::faults::ErrorBody::Json),
        )
        .unwrap();
    let summary = bench.sync().await;
    // A later line of the same subscription cannot be posted either; nothing else is touched.
    let codes: Vec<&str> = summary.report.errors.iter().map(|e| &*e.problem.code).collect();
    assert_eq!(codes[0], "psa-refused", "{:?}", summary.report.errors);
    assert!(codes[1..].iter().all(|c| *c == "earlier-line-failed") && codes.len() <= 2);
    assert_eq!(summary.report.run.state, RunState::Done);
    assert_eq!(summary.report.run.counts.failed, codes.len() as u64);
    let failed = &summary.report.errors[0];
    let store = bench.worker.profile().store.clone();
    let logs =
        store.logs(addendum::store::LogQuery { limit: 1000, ..Default::default() }).await.unwrap();
    let entry = logs.iter().find(|e| e.line.as_deref() == Some(&*failed.line)).unwrap();
    assert!(entry.details.contains("answer: "), "{entry:?}");
    assert!(logs.iter().any(|e| e.title == "Sync started"));
    assert!(logs.iter().any(|e| e.title == "Sync completed"));

    let scope = bench.scope();
    let retried = bench.retry(scope).await.unwrap();
    assert_eq!(retried.report.errors, []);
    assert_eq!(retried.report.run.counts.create, 1);
    bench.each_once();
}

/// Submits a job and reads events until `until` accepts one.
async fn read_until(
    events: &mut tokio::sync::mpsc::Receiver<Event>,
    mut until: impl FnMut(&Event) -> bool,
) -> Event {
    loop {
        let event = events.recv().await.expect("the worker lives");
        if until(&event) {
            return event;
        }
    }
}

fn written(worker_event: &Event) -> bool {
    matches!(
        worker_event,
        Event::Run { event: addendum::sync::RunEvent::Progress { done, .. }, .. } if *done >= 5
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_ends_at_a_safe_point_and_the_next_one_finishes_it() {
    let mut bench = Bench::ready(options()).await;
    bench.sandbox.faults().latency(20);
    let mut events = bench.worker.events().unwrap();
    let scope = bench.scope();
    let handle = bench.worker.submit(Job::Sync { scope, plan: None, with_cancels: false });
    read_until(&mut events, written).await;
    handle.cancel.cancel();
    let Event::Ended { result, .. } =
        read_until(&mut events, |e| matches!(e, Event::Ended { .. })).await
    else {
        unreachable!()
    };
    let Ok(Outcome::Synced(summary)) = *result else { panic!("{result:?}") };
    assert_eq!(summary.report.run.state, RunState::Cancelled);
    let done = summary.report.run.counts.create;
    let total = bench.sandbox.inspect().all_marked().len() as u64;
    assert!(total >= 5 && done == total, "{done} of {total}");
    let store = bench.worker.profile().store.clone();
    assert!(store.unresolved().await.unwrap().is_empty());

    bench.worker = Worker::start(bench.worker.profile().clone());
    bench.sandbox.faults().clear();
    let summary = bench.sync().await;
    assert_eq!(summary.report.errors, []);
    bench.each_once();
    assert!(bench.sandbox.inspect().all_marked().len() as u64 > total);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_run_writes_nothing_until_it_goes_on() {
    let mut bench = Bench::ready(options()).await;
    bench.sandbox.faults().latency(20);
    let mut events = bench.worker.events().unwrap();
    let scope = bench.scope();
    let handle = bench.worker.submit(Job::Sync { scope, plan: None, with_cancels: false });
    read_until(&mut events, written).await;
    handle.pause.send(true).unwrap();
    // What is in flight ends; then the number of requests stands still.
    let mut seen = 0;
    let mut still = 0;
    while still < 10 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let now = bench.sandbox.requests().len();
        still = if now == seen { still + 1 } else { 0 };
        seen = now;
    }
    let marked = bench.sandbox.inspect().all_marked().len();
    handle.pause.send(false).unwrap();
    let Event::Ended { result, .. } =
        read_until(&mut events, |e| matches!(e, Event::Ended { .. })).await
    else {
        unreachable!()
    };
    assert!(matches!(*result, Ok(Outcome::Synced(ref s)) if s.report.run.state == RunState::Done));
    assert!(bench.sandbox.inspect().all_marked().len() > marked);
    bench.each_once();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_run_holds_the_profile() {
    let mut bench = Bench::ready(options()).await;
    bench.sandbox.faults().latency(20);
    let mut events = bench.worker.events().unwrap();
    let scope = bench.scope();
    bench.worker.submit(Job::Sync { scope: scope.clone(), plan: None, with_cancels: false });
    read_until(&mut events, written).await;
    // Another worker on the same files stands for another process.
    let mut other = Worker::start(bench.worker.profile().clone());
    let job = Job::Sync { scope, plan: None, with_cancels: false };
    let busy = problem(other.run(job, &mut |_| {}).await.unwrap_err());
    assert_eq!(busy.kind, ProblemKind::Busy);
    assert!(busy.message.contains("sync"), "{busy}");
    read_until(&mut events, |e| matches!(e, Event::Ended { .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_plan_is_refused_once_the_psa_has_changed() {
    let mut bench = Bench::new(options()).await;
    bench.pull().await;
    let [before, this] = bench.sandbox.sample().periods();
    bench.load_periods(&[before]).await;
    bench.map().await;
    bench.sync().await;
    bench.load_periods(&[this]).await;
    let plan = match bench.run(Job::Plan(bench.scope())).await.unwrap() {
        Outcome::Planned(plan) => plan,
        other => panic!("{other:?}"),
    };
    let update =
        plan.actions.iter().find(|a| a.kind == addendum::domain::plan::ActionKind::Update).unwrap();
    let id = update.addition_id.unwrap();
    let original = bench.sandbox.inspect().addition(id).unwrap();
    bench.sandbox.inspect().edit_addition(id, |a| a.quantity += rust_decimal::Decimal::ONE);
    bench.sandbox.forget_requests();
    let job = |plan: &addendum::domain::plan::Plan, scope| Job::Sync {
        scope,
        plan: Some(std::sync::Arc::new(plan.clone())),
        with_cancels: false,
    };
    let scope = bench.scope();
    let stale = problem(bench.run(job(&plan, scope)).await.unwrap_err());
    assert_eq!(stale.kind, ProblemKind::Stale);
    assert_eq!(bench.sandbox.count(addendum::sandbox::Recorded::is_write), 0);

    // Put back, it holds; and a plan that has been carried out does not hold any more.
    bench.sandbox.inspect().edit_addition(id, |a| a.quantity = original.quantity);
    let scope = bench.scope();
    let Outcome::Synced(summary) = bench.run(job(&plan, scope)).await.unwrap() else { panic!() };
    assert_eq!(summary.report.errors, []);
    let scope = bench.scope();
    let stale = problem(bench.run(job(&plan, scope)).await.unwrap_err());
    assert_eq!(stale.kind, ProblemKind::Stale);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_posted_before_it_is_set_up() {
    let mut bench = Bench::new(options()).await;
    addendum::config::Settings::write(
        &bench.worker.profile().paths.settings,
        "default",
        &[("billing.agreement_type".into(), Some("".into()))],
    )
    .unwrap();
    bench.worker.profile().reread_settings().unwrap();
    let scope = bench.scope();
    let error = problem(bench.try_sync(scope).await.unwrap_err());
    assert_eq!((error.kind, &*error.code), (ProblemKind::NotSetUp, "no-agreement-type"));
}
