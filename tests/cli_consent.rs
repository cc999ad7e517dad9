//! What is done only when told to: cancels, overwriting what a person changed, posting again what a
//! person deleted.

mod support;

use serde_json::Value;
use support::Bench;

/// A bench whose first month is posted and whose second is loaded.
fn between_months() -> (Bench, [String; 2]) {
    let bench = Bench::ready();
    let periods = bench.sandbox.sample().periods().map(|p| p.to_string());
    bench.home.json(0, &["sync", "--yes", "--period", &periods[0]]);
    (bench, periods)
}

/// The first planned update: its line and its addition.
#[track_caller]
fn an_update(plan: &Value) -> (String, i64) {
    let update = plan["actions"]
        .as_array()
        .and_then(|a| a.iter().find(|a| a["kind"] == "update"))
        .unwrap_or_else(|| panic!("no update is planned: {plan:#}"));
    let line = update["lines"][0].as_str().expect("a line").to_owned();
    (line, update["addition_id"].as_i64().expect("an addition"))
}

#[track_caller]
fn only_error(run: &Value, code: &str, line: &str) {
    let errors = run["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{run:#}");
    assert_eq!((&errors[0]["code"], &errors[0]["line"]), (&code.into(), &line.into()), "{run:#}");
    assert!(errors[0]["remedy"].as_str().is_some_and(|r| !r.is_empty()), "{run:#}");
}

#[test]
fn what_a_person_changed_is_overwritten_only_when_told_to() {
    let (bench, periods) = between_months();
    let home = &bench.home;
    let file = home.path().join("plan.json").display().to_string();
    let plan = home.json(0, &["plan", "--period", &periods[1], "--out", &file]);
    let (line, addition) = an_update(&plan);
    let inspect = bench.sandbox.inspect();
    assert!(inspect.edit_addition(addition, |a| a.quantity += rust_decimal::Decimal::TEN));
    // A saved plan rests on the addition as it was.
    bench.sandbox.forget_requests();
    let stale = home.refused(7, "stale-plan", &["sync", "--plan", &file]);
    let message = stale["message"].as_str().unwrap_or_default();
    assert!(message.contains("addition"), "{message}");
    assert_eq!(bench.sandbox.count(|r| r.is_write()), 0);

    let run = home.json(3, &["sync", "--yes"]);
    only_error(&run, "drift", &line);
    assert_eq!(home.json(3, &["reconcile"])["drifted"].as_array().map(Vec::len), Some(1));
    let run = home.json(0, &["retry", "--overwrite-drift"]);
    assert_eq!(run["counts"]["update"], 1);
    assert_eq!(home.json(0, &["reconcile"])["proven"], true);
}

#[test]
fn what_a_person_deleted_is_posted_again_only_when_told_to() {
    let (bench, periods) = between_months();
    let home = &bench.home;
    let plan = home.json(0, &["plan", "--period", &periods[1]]);
    let (line, addition) = an_update(&plan);
    assert!(bench.sandbox.inspect().delete_addition(addition));
    let run = home.json(3, &["sync", "--yes"]);
    only_error(&run, "deleted-in-psa", &line);
    let run = home.json(0, &["retry", "--repost-deleted"]);
    assert_eq!(run["errors"], serde_json::json!([]));
    assert_eq!(home.json(0, &["status"])["psa_status"]["Error"], 0);
}

#[test]
fn cancels_wait_for_consent_and_are_reported_without_it() {
    let bench = Bench::tidy();
    let home = &bench.home;
    let sample = bench.sandbox.sample();
    let periods = sample.periods();
    home.json(0, &["pull"]);
    home.json(0, &["load", "--period", &periods[0].to_string()]);
    bench.map();
    home.json(0, &["sync", "--yes"]);
    // The second month lacks one subscription that the first one has, and not much money with it.
    let before = home.json(0, &["plan"]);
    assert_eq!(before["counts"]["cancel"], 0, "{before:#}");
    let mut bytes = Vec::new();
    sample.write_csv(&[periods[1]], &mut bytes).expect("CSV");
    let second = String::from_utf8(bytes).expect("UTF-8");
    let posted = bench.sandbox.inspect().all_marked().len();
    let lines: Vec<_> = sample.lines(periods[1]).collect();
    let total: rust_decimal::Decimal = lines.iter().map(|l| l.total).sum();
    let gone = lines
        .iter()
        .filter(|l| l.charge_type.is_recurring())
        .filter_map(|l| l.subscription_id.as_deref().map(|s| (s, l)))
        .find(|(s, l)| {
            let own: rust_decimal::Decimal = lines
                .iter()
                .filter(|o| o.subscription_id.as_deref() == Some(*s))
                .map(|o| o.total)
                .sum();
            let organization = |o: &&addendum::domain::line::CanonicalLine| {
                o.organization_id == l.organization_id && o.subscription_id.as_deref() != Some(*s)
            };
            own * rust_decimal::Decimal::TEN < total
                && lines.iter().any(|o| organization(&o))
                && sample.lines(periods[0]).any(|o| {
                    o.subscription_id.as_deref() == Some(*s) && o.charge_type.is_recurring()
                })
        })
        .map(|(s, _)| s.to_owned())
        .expect("a small subscription that both months bill");
    let kept: String =
        second.lines().filter(|l| !l.contains(&gone)).map(|l| format!("{l}\n")).collect();
    let file = home.file("second.csv", kept);
    home.json(0, &["load", "--from", &file]);

    let plan = home.json(0, &["plan"]);
    assert_eq!(plan["cancels_need_consent"], true, "{plan:#}");
    let cancels = plan["counts"]["cancel"].as_u64().expect("a count");
    assert!(cancels >= 1);
    let cancelled = |bench: &Bench| {
        let all = bench.sandbox.inspect().all_marked();
        assert!(all.len() >= posted);
        all.iter().filter(|a| a.cancelled.is_some()).count()
    };
    let ended_before = cancelled(&bench);
    // Standard input is no terminal and nobody said yes: left out, and said.
    let run = home.json(0, &["sync"]);
    assert_eq!(run["cancels_waiting"], cancels);
    assert_eq!(run["counts"]["cancel"], 0);
    let text = home.run(&["sync"]).exits(0);
    assert!(text.stdout.contains("wait for consent"), "{}", text.stdout);
    let ended = cancelled(&bench);
    let run = home.json(0, &["sync", "--yes"]);
    assert_eq!((&run["counts"]["cancel"], &run["cancels_waiting"]), (&cancels.into(), &0.into()));
    assert_eq!(cancelled(&bench) as u64, ended as u64 + cancels, "{ended_before} before");
    assert_eq!(home.json(0, &["plan"])["counts"]["cancel"], 0);
}
