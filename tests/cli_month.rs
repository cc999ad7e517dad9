//! A month from plan to proof: plan, sync, reconcile, retry, undo.

mod support;

use addendum::sandbox::{Kind, Rule};
use serde_json::Value;
use support::{Bench, equation_closes, has_fields, is_money, is_time};

const COUNTS: [&str; 7] =
    ["create", "update", "cancel", "unchanged", "skipped_unmapped", "skipped_excluded", "failed"];

fn writes(bench: &Bench) -> usize {
    bench.sandbox.count(|r| r.is_write() && r.path.contains("/finance/agreements"))
}

#[test]
fn a_plan_works_offline_and_writes_nothing() {
    let bench = Bench::ready();
    bench.sandbox.forget_requests();
    let plan = bench.home.json(0, &["plan"]);
    assert_eq!(bench.sandbox.requests().len(), 0, "a plan needs no network");
    has_fields(
        &plan,
        &[
            "run", "today", "periods", "counts", "money", "errors", "actions", "notices", "basis",
            "scope",
        ],
    );
    has_fields(&plan["counts"], &COUNTS);
    equation_closes(&plan["money"]);
    let actions = plan["actions"].as_array().expect("actions");
    assert!(!actions.is_empty());
    for action in actions {
        has_fields(
            action,
            &[
                "id",
                "kind",
                "company_id",
                "company",
                "agreement",
                "agreement_name",
                "marker",
                "lines",
                "period",
                "before",
                "after",
                "amount",
                "currency",
                "reasons",
            ],
        );
        is_money(&action["amount"]);
        if let Some(marker) = action["marker"].as_str() {
            assert!(marker.starts_with("AD-") && marker.len() <= 50, "{marker}");
        }
    }
    let text = bench.home.run(&["plan"]).exits(0);
    assert!(text.stdout.lines().all(|l| l.chars().count() <= 80), "{}", text.stdout);
    assert!(text.stdout.contains("next: `addendum sync`"));
    // The same state gives the same plan.
    assert_eq!(bench.home.json(0, &["plan"])["run"], plan["run"]);
}

#[test]
fn a_sync_posts_everything_once_and_the_proof_closes_to_the_cent() {
    let bench = Bench::ready();
    let plan = bench.home.json(0, &["plan"]);
    let run = bench.home.json(0, &["sync", "--yes"]);
    has_fields(&run, &["run", "state", "periods", "started", "ended", "counts", "money", "errors"]);
    has_fields(&run["counts"], &COUNTS);
    assert_eq!((&run["run"], &run["state"]), (&"1".into(), &"done".into()));
    assert_eq!(run["counts"]["create"], plan["counts"]["create"]);
    assert_eq!(run["errors"], serde_json::json!([]));
    is_time(&run["started"]);
    is_time(&run["ended"]);
    equation_closes(&run["money"]);

    let proof = bench.home.json(0, &["reconcile"]);
    has_fields(
        &proof,
        &["periods", "proven", "missing", "doubled", "drifted", "psa", "money", "equation"],
    );
    assert_eq!(proof["proven"], true);
    equation_closes(&proof["money"]);
    for row in proof["psa"].as_array().expect("psa") {
        is_money(&row["posted"]);
        assert_eq!(row["posted"], row["psa"]);
    }
    for row in proof["equation"].as_array().expect("equation") {
        has_fields(
            row,
            &["organization", "organization_name", "period", "currency", "source", "holds"],
        );
    }
    let text = bench.home.run(&["reconcile"]).exits(0);
    assert!(text.stdout.contains("Proven to the cent"), "{}", text.stdout);

    // The second sync has nothing to do.
    bench.sandbox.forget_requests();
    let again = bench.home.json(0, &["sync", "--yes"]);
    assert_eq!(writes(&bench), 0);
    assert_eq!((&again["counts"]["create"], &again["counts"]["update"]), (&0.into(), &0.into()));
    let status = bench.home.json(0, &["status", "--check"]);
    assert_eq!(status["psa_status"]["Not Synced"], 0);
    is_time(&status["times"]["sync"]);
    let logs = bench.home.json(0, &["logs"]);
    let entries = logs["entries"].as_array().expect("entries");
    assert!(!entries.is_empty());
    for entry in entries {
        has_fields(entry, &["id", "at", "level", "title", "details", "run", "line"]);
        is_time(&entry["at"]);
    }
    assert!(
        !bench.home.run(&["logs", "--level", "info", "--since", "1d"]).exits(0).stdout.is_empty()
    );
    let future = bench.home.json(0, &["logs", "--since", "2999-01-01"]);
    assert_eq!(future["entries"], serde_json::json!([]));
}

#[test]
fn one_line_can_be_synced_alone() {
    let bench = Bench::ready();
    let plan = bench.home.json(0, &["plan"]);
    let line = plan["actions"]
        .as_array()
        .expect("actions")
        .iter()
        .find(|a| a["kind"] == "create")
        .and_then(|a| a["lines"][0].as_str())
        .expect("a line")
        .to_owned();
    let run = bench.home.json(0, &["sync", "--yes", "--line", &line]);
    assert_eq!(run["counts"]["create"], 1);
    assert_eq!(bench.sandbox.inspect().all_marked().len(), 1);
    let status = bench.home.json(0, &["status"]);
    assert_eq!(status["psa_status"]["Synced"], 1);
    bench.home.json(2, &["sync", "--line", "no-such-line"]);
}

#[test]
fn failed_lines_are_exit_3_and_retried_from_their_present_values() {
    let bench = Bench::ready();
    let mut rule = Rule::new(Kind::ServerError);
    rule.status = Some(400);
    rule.method = Some("POST".into());
    rule.path = Some("*/additions".into());
    rule.limit = Some(2);
    bench.sandbox.faults().add(rule).expect("a good rule");
    let run = bench.home.json(3, &["sync", "--yes"]);
    let errors = run["errors"].as_array().expect("errors");
    assert!(!errors.is_empty(), "{run:#}");
    for error in errors {
        has_fields(error, &["line", "code", "message", "remedy"]);
    }
    equation_closes(&run["money"]);
    bench.home.json(3, &["status", "--check"]);
    let text = bench.home.run(&["logs", "--level", "error"]).exits(0);
    assert!(text.stdout.contains("ERROR"), "{}", text.stdout);

    bench.home.refused(2, "no-such-run", &["retry", "--run", "999"]);
    let id = run["run"].as_str().expect("a run").to_owned();
    let again = bench.home.json(0, &["retry", "--run", &id]);
    has_fields(&again, &["run", "counts", "money", "errors"]);
    assert_eq!(again["errors"], serde_json::json!([]));
    let rest = bench.home.json(0, &["sync", "--yes"]);
    assert_eq!(rest["errors"], serde_json::json!([]));
    assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
}

#[test]
fn what_a_person_changed_is_drift_until_told_to_overwrite() {
    let bench = Bench::ready();
    bench.home.json(0, &["sync", "--yes"]);
    let inspect = bench.sandbox.inspect();
    let all = inspect.all_marked();
    let (edited, deleted) = (all[0].id, all[1].id);
    assert!(inspect.edit_addition(edited, |a| a.quantity += rust_decimal::Decimal::ONE));
    assert!(inspect.delete_addition(deleted));
    let found = bench.home.json(3, &["reconcile"]);
    assert_eq!(found["proven"], false);
    let fields = ["lines", "marker", "agreement_id", "addition_id", "fields"];
    for (list, id) in [("drifted", edited), ("missing", deleted)] {
        let list = found[list].as_array().expect("a list");
        assert_eq!(list.len(), 1, "{found:#}");
        has_fields(&list[0], &fields);
        assert!(list[0]["addition_id"].is_null() || list[0]["addition_id"] == id);
    }
    for field in found["drifted"][0]["fields"].as_array().expect("fields") {
        has_fields(field, &["field", "posted", "psa", "source"]);
    }
    assert_eq!(found["doubled"], serde_json::json!([]));
    assert!(bench.home.run(&["reconcile"]).exits(3).stdout.contains("Not proven"));
}

#[test]
fn a_run_is_taken_back_but_for_what_is_invoiced_or_edited() {
    let bench = Bench::ready();
    let run = bench.home.json(0, &["sync", "--yes"]);
    let id = run["run"].as_str().expect("a run").to_owned();
    let inspect = bench.sandbox.inspect();
    let edited = inspect.all_marked()[0].id;
    inspect.edit_addition(edited, |a| a.quantity += rust_decimal::Decimal::ONE);
    let undo = bench.home.json(3, &["undo", &id]);
    has_fields(&undo, &["run", "undoes", "counts", "money", "errors", "left"]);
    assert_eq!(undo["undoes"], run["run"]);
    let left = undo["left"].as_array().expect("left");
    assert!(!left.is_empty());
    for one in left {
        has_fields(one, &["what", "code", "message", "remedy"]);
    }
    assert_eq!(inspect.all_marked().iter().map(|a| a.id).collect::<Vec<_>>(), [edited]);
    let status = bench.home.json(0, &["status"]);
    assert!(status["psa_status"]["Not Synced"].as_u64().is_some_and(|n| n > 0));
    equation_closes(&status["money"]);
    bench.home.json(2, &["undo", "999"]);
}

#[test]
fn an_untouched_run_is_taken_back_whole_and_can_be_posted_again() {
    let bench = Bench::ready();
    bench.home.json(0, &["sync", "--yes"]);
    let before = bench.sandbox.inspect().marked_total();
    bench.home.json(0, &["undo", "1"]);
    assert!(bench.sandbox.inspect().all_marked().is_empty());
    bench.home.json(0, &["sync", "--yes"]);
    assert_eq!(bench.sandbox.inspect().marked_total(), before);
    assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
}

/// Rights withdrawn in the middle concern every line: the run stops with exit 5.
#[test]
fn a_refusal_that_concerns_every_line_is_exit_5() {
    let bench = Bench::ready();
    let mut env = bench.home.env.clone();
    env.retain(|(name, _)| name != "ADDENDUM_CW_PRIVATE_KEY");
    let mut command = bench.home.command(&["sync", "--yes", "--json"]);
    command.env("ADDENDUM_CW_PRIVATE_KEY", "wrongKEYwrong");
    let out = command.output().expect("it runs");
    assert_eq!(out.status.code(), Some(5), "{out:?}");
    let document: Value = serde_json::from_slice(&out.stdout).expect("one document");
    assert_eq!(document["schema"], "addendum/error/1");
    // Nothing was posted, and nothing is stuck.
    assert!(bench.sandbox.inspect().all_marked().is_empty());
    assert_eq!(bench.home.json(0, &["sync", "--yes"])["state"], "done");
}

#[test]
fn status_names_the_runs_that_undo_and_retry_ask_for() {
    let bench = Bench::ready();
    assert_eq!(bench.home.json(0, &["status"])["runs"], serde_json::json!([]));
    bench.home.json(0, &["sync", "--yes"]);
    bench.home.json(0, &["undo", "1"]);
    let status = bench.home.json(0, &["status"]);
    let runs = status["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 2);
    for run in runs {
        has_fields(run, &["run", "kind", "undoes", "state", "started", "ended", "counts"]);
    }
    assert_eq!((&runs[0]["run"], &runs[0]["undoes"]), (&"2".into(), &"1".into()));
    assert_eq!((&runs[1]["kind"], &status["last_run"]), (&"sync".into(), &runs[0]));
    let text = bench.home.run(&["status"]).exits(0).stdout;
    assert!(text.contains("run 1 ") && text.contains("undo of run 1, done"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
}
