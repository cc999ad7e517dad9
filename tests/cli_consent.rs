//! What is done only when told to: cancels, overwriting what a person changed, posting again what a
//! person deleted.

#[path = "support/seat_changes.rs"]
mod seat_changes;
mod support;

use seat_changes::{Part, bill};
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

#[test]
fn what_the_guard_warns_of_is_told_and_posted_only_when_accepted() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.set(&[("billing.guard.action", "consent".into())]);
    home.json(0, &["pull"]);
    let (csv, _) = bill(&bench.sandbox, 2, &[Part::Early]);
    let file = home.file("seats.csv", csv);
    home.json(0, &["load", "--from", &file]);
    bench.map();
    // Usage is billed for less than it costs; the legs of the seat changes are not.
    let run = home.json(3, &["sync", "--yes"]);
    let errors = run["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 2, "{run:#}");
    for e in errors {
        assert_eq!(e["code"], "below-cost");
        assert!(e["remedy"].as_str().is_some_and(|r| r.contains("--accept-warnings")), "{e:#}");
    }
    assert_eq!(run["counts"]["create"], 4);
    let plan = home.json(0, &["plan", "--accept-warnings"]);
    assert_eq!(plan["warnings"].as_array().map(Vec::len), Some(2));
    assert_eq!(plan["warnings"][0]["code"], "below-cost");
    let run = home.json(0, &["retry", "--accept-warnings"]);
    assert_eq!((&run["errors"], &run["counts"]["create"]), (&serde_json::json!([]), &2.into()));
    support::equation_closes(&run["money"]);
}

#[test]
fn events_are_told_as_one_and_prices_come_from_a_file() {
    let bench = Bench::tidy();
    let home = &bench.home;
    home.json(0, &["pull"]);
    let (csv, sum) = bill(&bench.sandbox, 2, &[Part::Early]);
    let file = home.file("seats.csv", csv);
    home.json(0, &["load", "--from", &file]);
    bench.map();
    let plan = home.json(0, &["plan"]);
    let events = plan["events"].as_array().expect("events");
    assert_eq!(events.len(), 2, "{plan:#}");
    let text = events[0]["text"].as_str().expect("a text");
    assert!(text.starts_with("10 to 12 seats on 20 "), "{text}");
    assert_eq!(events[0]["lines"].as_array().map(Vec::len), Some(2));
    let folded = home.run(&["plan"]).exits(0).stdout;
    assert!(folded.contains("2 lines") && folded.contains("10 to 12 seats"), "{folded}");
    let unfolded = home.run(&["plan", "--unfold"]).exits(0).stdout;
    assert!(!unfolded.contains("2 lines") && !unfolded.contains("10 to 12 seats"), "{unfolded}");

    let organization = bench.sandbox.sample().lines(bench.sandbox.sample().periods()[1]);
    let organization = organization.into_iter().next().expect("a line").organization_id;
    let rules = format!("organization_id,offer_id,rule\n,,markup 25%\n{organization},,add 1.50\n");
    let prices = home.file("prices.csv", rules);
    home.set(&[("billing.price.file", prices.as_str().into())]);
    let plan = home.json(0, &["plan"]);
    let sold = |row: &Value, part: &str| -> rust_decimal::Decimal {
        row[part].as_str().and_then(|s| s.parse().ok()).expect("money")
    };
    let sales = plan["sales"].as_array().expect("sales");
    for row in sales {
        assert_eq!(sold(row, "sold") - sold(row, "cost"), sold(row, "margin"), "{row:#}");
    }
    assert!(plan["actions"].as_array().expect("actions").iter().all(|a| a["sold"].is_array()));
    let text = home.run(&["plan"]).exits(0).stdout;
    assert!(text.contains("Sold for") && text.contains("=Margin"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    let run = home.json(0, &["sync", "--yes"]);
    assert_eq!(support::equation_closes(&run["money"]), sum, "the source's money is counted");
    let proof = home.json(0, &["reconcile"]);
    assert_eq!(proof["proven"], true, "{proof:#}");
    let asked: rust_decimal::Decimal =
        proof["psa"].as_array().expect("rows").iter().map(|r| sold(r, "sold")).sum();
    assert_eq!(bench.sandbox.inspect().marked_total(), asked);
    assert_eq!(sales.iter().map(|r| sold(r, "sold")).sum::<rust_decimal::Decimal>(), asked);

    // A file that cannot be is refused with its line, before anything is planned.
    home.file("prices.csv", "organization_id,offer_id,rule\n,,plus 3\n");
    let refused = home.refused(2, "price-file", &["plan"]);
    assert!(refused["message"].as_str().is_some_and(|m| m.contains("line 2")), "{refused:#}");
}
