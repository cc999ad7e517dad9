//! Seeded simulations: whatever the network and the PSA do, the end is that of a run without
//! faults: the same markers, each once, with the same money.

use addendum::domain::status::PsaStatus;
use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Kind, Rule, SandboxOptions};

use crate::bench::{Bench, options};

fn small() -> SandboxOptions {
    SandboxOptions { lines: 60, companies: 20, ..options() }
}

/// Syncs and retries until nothing is left to do.
async fn until_done(bench: &mut Bench) {
    for round in 0.. {
        assert!(round < 40, "it does not come to an end");
        let scope = bench.scope();
        let _ = bench.try_sync(scope).await;
        let scope = bench.scope();
        let _ = bench.retry(scope).await;
        let input = bench.worker.profile().store.plan_input(&bench.scope()).await.unwrap();
        if input.lines.iter().all(|l| l.psa_status == PsaStatus::Synced) {
            return;
        }
    }
}

async fn clean() -> Vec<String> {
    let mut bench = Bench::ready(small()).await;
    let summary = bench.sync().await;
    assert_eq!(summary.report.errors, []);
    let state = bench.state();
    assert!(!state.is_empty());
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_fault_ends_like_a_clean_run() {
    let clean = clean().await;
    let write = |kind| Rule::new(kind).on("POST", "/additions").chance(0.3);
    let cases: Vec<(&str, Vec<Rule>)> = vec![
        ("reset before", vec![write(Kind::ResetBeforeCommit)]),
        ("reset after", vec![write(Kind::ResetAfterCommit)]),
        ("server error", vec![write(Kind::ServerError).answering(503, ErrorBody::Html)]),
        (
            "server error after",
            vec![write(Kind::ServerErrorAfterCommit).answering(500, ErrorBody::Empty)],
        ),
        ("truncated", vec![write(Kind::Truncate)]),
        ("throttled", vec![write(Kind::Throttle).retry_after(0)]),
        (
            "reset after, and lists lag",
            vec![
                write(Kind::ResetAfterCommit),
                Rule::new(Kind::ListLag).on("GET", "/additions").lasting(600),
            ],
        ),
        (
            "updates are reset",
            vec![
                Rule::new(Kind::ResetAfterCommit).on("PATCH", "/additions").chance(0.4),
                Rule::new(Kind::ResetBeforeCommit).on("PATCH", "/additions").chance(0.3),
            ],
        ),
        ("reads fail", vec![Rule::new(Kind::ServerError).on("GET", "/additions").times(6)]),
    ];
    for (name, rules) in cases {
        let mut bench = Bench::ready(small()).await;
        for rule in rules {
            bench.sandbox.faults().add(rule).unwrap();
        }
        until_done(&mut bench).await;
        assert!(!bench.sandbox.faults().fired().is_empty(), "{name}: nothing went wrong");
        bench.each_once();
        assert_eq!(bench.state(), clean, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn seeded_mixtures_of_faults_end_like_a_clean_run() {
    let clean = clean().await;
    let kinds = [
        Kind::ResetBeforeCommit,
        Kind::ResetAfterCommit,
        Kind::ServerError,
        Kind::ServerErrorAfterCommit,
        Kind::Truncate,
        Kind::Throttle,
    ];
    for seed in 0..6 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bench = Bench::ready(small()).await;
        for _ in 0..3 {
            let kind = kinds[random.usize(..kinds.len())];
            let rule = Rule::new(kind)
                .on(["POST", "PATCH", "GET"][random.usize(..3)], "/additions")
                .chance(0.05 + 0.25 * random.f64())
                .retry_after(0);
            bench.sandbox.faults().add(rule).unwrap();
        }
        if random.bool() {
            let lag = Rule::new(Kind::ListLag).on("GET", "/additions").lasting(random.u64(1..700));
            bench.sandbox.faults().add(lag).unwrap();
        }
        let faults = bench.sandbox.faults().current();
        until_done(&mut bench).await;
        bench.each_once();
        assert_eq!(bench.state(), clean, "seed {seed}: {faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_of_a_new_agreement_makes_no_second_one() {
    for kind in [Kind::ResetAfterCommit, Kind::ResetBeforeCommit, Kind::ServerErrorAfterCommit] {
        let mut bench = Bench::ready(small()).await;
        // Somebody ended the agreements of two companies, so new ones are needed.
        let agreements = bench.sandbox.inspect().agreements();
        let type_id = agreements[0].type_id;
        let mut companies: Vec<i64> = Vec::new();
        for a in bench.sandbox.inspect().agreements() {
            let lines = bench.sandbox.sample().mapping_csv();
            let mapped = lines.lines().any(|l| l.contains(&format!(",{},", a.company_id)));
            if a.type_id == type_id && mapped && companies.len() < 2 {
                companies.push(a.company_id);
                bench.sandbox.inspect().edit_agreement(a.id, |a| a.cancelled = true);
            }
        }
        assert_eq!(companies.len(), 2);
        bench.pull().await;
        bench.sandbox.faults().add(Rule::new(kind).on("POST", "*/agreements").times(1)).unwrap();
        until_done(&mut bench).await;
        assert_eq!(bench.sandbox.faults().fired().get(&kind), Some(&1));
        bench.each_once();
        for company in companies {
            let active: Vec<_> = bench
                .sandbox
                .inspect()
                .agreements_of(company)
                .into_iter()
                .filter(|a| a.type_id == type_id && !a.cancelled)
                .collect();
            assert_eq!(active.len(), 1, "{kind:?}: {active:?}");
        }
    }
}

/// A role that may not see a setup table gets an empty list or a refusal, and a gateway in trouble
/// sends a page: none of them says that the field for markers is gone.
#[tokio::test]
async fn custom_fields_that_a_pull_cannot_see_stay_known() {
    let fields = vec!["Addendum ID".into(), "Cost Centre".into()];
    let mut bench = Bench::new(SandboxOptions { addition_fields: fields, ..small() }).await;
    bench.pull().await;
    let known = bench.worker.profile().store.custom_fields().await.unwrap();
    assert_eq!(known.len(), 2);
    let table = "/system/userDefinedFields";
    let page = Rule { body: ErrorBody::Html, status: Some(404), ..Rule::new(Kind::ServerError) };
    for rule in [Rule::new(Kind::Forbidden), page] {
        bench.sandbox.faults().add(rule.on("GET", table)).unwrap();
        bench.pull().await;
        assert_eq!(bench.worker.profile().store.custom_fields().await.unwrap(), known);
        bench.sandbox.faults().clear();
    }
    bench.sandbox.faults().hide(&["Custom Fields"]).unwrap();
    bench.pull().await;
    assert_eq!(bench.worker.profile().store.custom_fields().await.unwrap(), known);
}
