//! Lines that their source no longer has, and lines that a person drops: told, on record, and never
//! at the cost of what is posted.

use addendum::sandbox::records::Addition;
use jiff::ToSpan;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Bench, csv, equation_closes};

/// A one-time line on an invoice of its own, of an organization and offer of the sample, in its
/// older month.
fn stray(bench: &Bench, id: &str, invoice: &str, total: &str) -> String {
    let sample = bench.sandbox.sample();
    let month = sample.periods()[0];
    let like = sample.lines(month).next().unwrap();
    format!(
        "{id},{invoice},{day},Verified,{o},Name,,,,{f},Offer,,OneTimeFee,,{day},{day},1,{total},,{total},{c}",
        day = month.last_day(),
        o = like.organization_id,
        f = like.offer_id,
        c = like.currency,
    )
}

fn load(bench: &Bench, name: &str, rows: &[String]) -> Value {
    let file = bench.home.file(name, csv(rows));
    bench.home.json(0, &["load", "--from", &file])
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(|b| b["code"].as_str()).collect()
}

#[test]
fn an_invoice_that_was_voided_at_the_source_is_told_until_it_is_dropped_or_taken_back() {
    let bench = Bench::ready();
    let home = &bench.home;
    let month = bench.sandbox.sample().periods()[0].to_string();
    load(&bench, "x.csv", &[stray(&bench, "X-1", "INV-X", "12.00")]);
    let run = home.json(0, &["sync", "--yes"]);
    let posted = bench.sandbox.inspect().all_marked().len();
    load(&bench, "y.csv", &[stray(&bench, "Y-1", "INV-Y", "7.50")]);
    // A file may be a part of a month: it withdraws nothing.
    assert!(!codes(&home.json(0, &["status"])["blocks"]).contains(&"withdrawn"));

    let loaded = home.json(0, &["load"]);
    let withdrawn = loaded["withdrawn"].as_array().unwrap();
    assert_eq!(withdrawn.len(), 2, "{loaded:#}");
    for (one, line, invoice, amount, is_posted) in [
        (&withdrawn[0], "X-1", "INV-X", "12.00", true),
        (&withdrawn[1], "Y-1", "INV-Y", "7.50", false),
    ] {
        assert_eq!((&one["line"], &one["invoice"]), (&json!(line), &json!(invoice)));
        assert_eq!((&one["amount"], &one["posted"]), (&json!(amount), &json!(is_posted)));
    }
    let text = home.run(&["load"]).exits(0).stdout;
    assert!(text.contains("1  posted lines no longer at the source"), "{text}");
    let status = home.json(0, &["status"]);
    let told = codes(&status["blocks"]);
    assert!(told.contains(&"withdrawn-posted") && told.contains(&"withdrawn"), "{status:#}");
    let plan = home.json(0, &["plan"]);
    assert!(codes(&plan["notices"]).contains(&"withdrawn"), "{plan:#}");
    let warned = plan["warnings"].as_array().unwrap();
    let warned: Vec<_> = warned.iter().filter(|w| w["code"] == "withdrawn").collect();
    assert!(warned.len() == 1 && warned[0]["line"] == "Y-1", "{plan:#}");
    // Where the guard asks for consent, it is not posted without.
    home.set(&[("billing.guard.action", "consent".into())]);
    let plan = home.json(0, &["plan"]);
    assert_eq!(plan["errors"][0]["line"], "Y-1", "{plan:#}");
    home.set(&[("billing.guard.action", "warn".into())]);

    let args = ["unload", "--period", &month, "--invoice", "INV-Y", "--invoice", "INV-X"];
    let dropped = home.json(0, &args);
    assert_eq!((&dropped["lines"], &dropped["posted"]), (&json!(1), &json!(1)), "{dropped:#}");
    assert_eq!(dropped["money"][0]["amount"], "7.50");
    assert!(!codes(&home.json(0, &["plan"])["warnings"]).contains(&"withdrawn"));
    assert_eq!(bench.sandbox.inspect().all_marked().len(), posted, "what is posted stays");

    home.json(0, &["undo", run["run"].as_str().unwrap()]);
    let status = home.json(0, &["status"]);
    let told = codes(&status["blocks"]);
    assert!(told.contains(&"withdrawn") && !told.contains(&"withdrawn-posted"), "{status:#}");
    home.json(0, &["unload", "--period", &month, "--invoice", "INV-X"]);
    assert_eq!(home.json(0, &["load"])["withdrawn"], json!([]));
    home.json(0, &["sync", "--yes"]);
    assert_eq!(home.json(0, &["reconcile"])["proven"], true);
}

#[test]
fn a_credit_settles_what_was_invoiced_of_a_voided_invoice() {
    let bench = Bench::ready();
    let home = &bench.home;
    load(&bench, "x.csv", &[stray(&bench, "X-1", "INV-X", "12.00")]);
    let run = home.json(0, &["sync", "--yes", "--line", "X-1"]);
    let posted = bench.sandbox.inspect().all_marked().remove(0);
    let next = posted.effective.first_of_month().checked_add(1.month()).unwrap();
    bench.sandbox.inspect().invoice_until(posted.agreement_id, next);
    home.json(0, &["load"]);
    let told = |status: &Value| codes(&status["blocks"]).contains(&"withdrawn-posted");
    assert!(told(&home.json(0, &["status"])));

    let run = run["run"].as_str().unwrap();
    // It stays invoiced, and is left with its credit: once proposed, once posted.
    home.json(3, &["undo", run]);
    assert!(told(&home.json(0, &["status"])), "a credit that is only proposed settles nothing");
    home.json(0, &["undo", run, "--credit"]);
    let billed: Decimal =
        bench.sandbox.inspect().all_marked().iter().map(Addition::ext_price).sum();
    assert_eq!(billed, Decimal::ZERO);
    assert!(!told(&home.json(0, &["status"])));
}

#[test]
fn a_line_that_comes_again_is_not_withdrawn_any_more() {
    let bench = Bench::ready();
    let row = stray(&bench, "X-1", "INV-X", "12.00");
    load(&bench, "x.csv", std::slice::from_ref(&row));
    assert_eq!(bench.home.json(0, &["load"])["withdrawn"].as_array().unwrap().len(), 1);
    load(&bench, "x.csv", &[row]);
    assert!(!codes(&bench.home.json(0, &["status"])["blocks"]).contains(&"withdrawn"));
}

#[test]
fn what_is_not_posted_can_be_dropped_and_loaded_again() {
    let bench = Bench::ready();
    let home = &bench.home;
    let [before, this] = bench.sandbox.sample().periods().map(|p| p.to_string());
    home.json(0, &["sync", "--yes", "--period", &before]);
    let whole = home.json(0, &["status"])["money"].clone();
    let total = equation_closes(&whole);
    let posted = bench.sandbox.inspect().all_marked();

    let dry = home.json(0, &["unload", "--period", &this, "--period", &before, "--dry-run"]);
    assert!(dry["lines"].as_u64().unwrap() > 0 && dry["posted"].as_u64().unwrap() > 0, "{dry:#}");
    assert_eq!(home.json(0, &["status"])["money"], whole, "nothing is dropped yet");
    let none = home.json(0, &["unload", "--period", &this, "--source", "other"]);
    assert_eq!((&none["lines"], &none["elsewhere"]), (&json!(0), &dry["lines"]), "{none:#}");

    let dropped = home.json(0, &["unload", "--period", &this, "--period", &before]);
    assert_eq!((&dropped["lines"], &dropped["posted"]), (&dry["lines"], &dry["posted"]));
    let gone: Decimal = dropped["money"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["amount"].as_str().unwrap().parse::<Decimal>().unwrap())
        .sum();
    assert_eq!(equation_closes(&home.json(0, &["status"])["money"]), total - gone);
    let nothing = home.json(0, &["sync", "--yes"]);
    let counts = &nothing["counts"];
    let done = ["create", "update", "cancel"].map(|c| counts[c].as_u64().unwrap());
    assert_eq!(done, [0, 0, 0], "{nothing:#}");
    assert_eq!(bench.sandbox.inspect().all_marked(), posted);
    assert_eq!(home.json(0, &["reconcile"])["proven"], true);

    home.json(0, &["load"]);
    assert_eq!(home.json(0, &["status"])["money"], whole, "all of it is back, mappings included");
    home.json(0, &["sync", "--yes"]);
    assert_eq!(home.json(0, &["reconcile"])["proven"], true);
    assert_eq!(home.json(0, &["audit", "verify"])["whole"], true);
    let all = home.json(0, &["audit", "export"]);
    let record = all["records"].as_array().unwrap().iter().find(|r| r["kind"] == "unloaded");
    assert_eq!(record.unwrap()["body"]["lines"], dropped["lines"]);
    home.refused(2, "usage", &["unload"]);
}

#[test]
fn nothing_is_cancelled_because_of_what_was_dropped() {
    let bench = Bench::ready();
    let home = &bench.home;
    home.set(&[("billing.auto_cancel", "on".into()), ("billing.partial_share", 0.into())]);
    let [before, this] = bench.sandbox.sample().periods().map(|p| p.to_string());
    home.json(0, &["sync", "--yes", "--period", &before]);
    // A line stays in the month, so that it is not an empty one: one-time lines are posted.
    let plan = home.json(0, &["plan", "--period", &this]);
    let once = |a: &&Value| a["subject"]["kind"] == "line" && a["kind"] == "create";
    let one = plan["actions"].as_array().unwrap().iter().find(once).expect("a line posted once");
    let line = one["lines"][0].as_str().unwrap();
    home.json(0, &["sync", "--yes", "--line", line]);
    let dropped = home.json(0, &["unload", "--period", &this]);
    assert_eq!(dropped["posted"], 1, "{dropped:#}");
    let plan = home.json(0, &["plan"]);
    assert_eq!(plan["counts"]["cancel"], 0, "{plan:#}");
    assert!(codes(&plan["notices"]).contains(&"partial-period"), "{plan:#}");
}
