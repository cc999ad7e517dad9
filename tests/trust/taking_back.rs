//! `addendum undo` where it must refuse, and the credits that it proposes and posts with `--credit`.

use std::collections::BTreeSet;

use addendum::sandbox::Recorded;
use addendum::sandbox::records::Addition;
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Bench, equation_closes, is_money};

/// One month is posted, and ConnectWise has invoiced all of it. Gives what is there, and the first
/// day that is not invoiced.
fn invoiced() -> (Bench, Vec<Addition>, Date) {
    let bench = Bench::posted();
    let all = bench.sandbox.inspect().all_marked();
    let last = all.iter().map(|a| a.effective).max().unwrap();
    let next = last.first_of_month().checked_add(1.month()).unwrap();
    for agreement in all.iter().map(|a| a.agreement_id).collect::<BTreeSet<_>>() {
        bench.sandbox.inspect().invoice_until(agreement, next);
    }
    bench.sandbox.forget_requests();
    (bench, all, next)
}

#[track_caller]
fn writes(bench: &Bench) -> usize {
    bench.sandbox.count(Recorded::is_write)
}

fn left(document: &Value) -> Vec<Value> {
    document["left"].as_array().unwrap().clone()
}

#[test]
fn what_is_invoiced_stays_with_its_reason_and_a_credit_is_proposed() {
    let (bench, all, next) = invoiced();
    let undo = bench.home.json(3, &["undo", "1"]);
    assert_eq!(writes(&bench), 0, "an invoiced record is never altered or deleted");
    assert_eq!(bench.sandbox.inspect().all_marked(), all);
    equation_closes(&undo["money"]);
    let left = left(&undo);
    assert_eq!(left.len(), all.len(), "each addition is told of");
    let mut credited = Decimal::ZERO;
    for one in &left {
        assert_eq!(one["code"], "invoiced", "{one:#}");
        assert!(one["message"].as_str().unwrap().contains(&next.to_string()), "{one:#}");
        assert!(one["remedy"].as_str().unwrap().contains("--credit"), "{one:#}");
        let of = &bench.sandbox.inspect().marked(one["what"].as_str().unwrap())[0];
        let amount = addendum::domain::money::cents(of.quantity * of.unit_price);
        if amount.is_zero() {
            assert_eq!(one["credit"], Value::Null, "nothing is to be credited");
            continue;
        }
        let credit = &one["credit"];
        is_money(&credit["amount"]);
        assert_eq!(credit["amount"].as_str().unwrap().parse::<Decimal>().unwrap(), -amount);
        assert_eq!(credit["agreement_id"], of.agreement_id);
        assert_eq!((&credit["from"], &credit["posted"]), (&json!(next), &json!(false)));
        credited += amount;
    }
    assert!(!credited.is_zero());
    let text = bench.home.run(&["undo", "1"]).exits(3).stdout;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("invoiced: ConnectWise has invoiced the addition on"), "{text}");
    assert!(flat.contains("remedy: post the credit with `addendum undo RUN --credit`"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 100), "{text}");
    assert!(text.contains("next: `addendum undo 1 --credit`"), "{text}");
    assert_eq!(writes(&bench), 0, "a proposal posts nothing");
}

#[test]
fn credits_are_posted_when_asked_for_each_once_and_to_the_cent() {
    let (bench, all, next) = invoiced();
    let proposed = left(&bench.home.json(3, &["undo", "1"]));
    let worth = proposed.iter().filter(|l| !l["credit"].is_null()).count();
    // Done once nothing is left open: what is worth nothing needs no credit, and says so.
    let open = proposed.len() - worth;
    let exit = if open == 0 { 0 } else { 3 };
    let credited = bench.home.json(exit, &["undo", "1", "--credit"]);
    assert_eq!(writes(&bench), worth);
    let inspect = bench.sandbox.inspect();
    for one in left(&credited).iter().filter(|l| !l["credit"].is_null()) {
        assert_eq!(one["credit"]["posted"], true, "{one:#}");
        let there = inspect.marked(one["credit"]["marker"].as_str().unwrap());
        let [credit] = there.as_slice() else { panic!("{one:#}: {there:?}") };
        let of = &inspect.marked(one["what"].as_str().unwrap())[0];
        let (added, taken) = (of.quantity * of.unit_price, credit.quantity * credit.unit_price);
        assert_eq!(addendum::domain::money::cents(added) + taken, Decimal::ZERO);
        assert_eq!((credit.effective, credit.agreement_id), (next, of.agreement_id));
        assert!(credit.cancelled.is_some(), "it bills one period");
    }
    for before in &all {
        assert_eq!(inspect.addition(before.id).as_ref(), Some(before), "left as it was");
    }
    let now = inspect.all_marked();

    // Asked once more, and after the store was lost, nothing is posted again.
    bench.sandbox.forget_requests();
    bench.home.json(exit, &["undo", "1", "--credit"]);
    assert_eq!(writes(&bench), 0);
    assert_eq!(bench.sandbox.inspect().all_marked(), now);
    let proof = bench.home.json(0, &["reconcile"]);
    assert_eq!((&proof["missing"], &proof["drifted"]), (&json!([]), &json!([])), "{proof:#}");
    assert_eq!(bench.home.json(0, &["audit", "verify"])["whole"], true);
}

#[test]
fn an_undo_says_why_there_is_nothing_for_it_to_take_back() {
    let bench = Bench::ready();
    bench.home.json(0, &["sync", "--yes"]);
    bench.home.json(0, &["sync", "--yes"]);
    let home = &bench.home;
    home.refused(2, "no-such-run", &["undo", "99"]);
    home.refused(2, "nothing-to-undo", &["undo", "2"]);
    home.json(0, &["undo", "1"]);
    home.refused(2, "already-undone", &["undo", "1"]);
    home.refused(2, "already-undone", &["undo", "1", "--credit"]);
    home.refused(2, "undo-of-undo", &["undo", "3"]);
}

#[test]
fn a_credit_has_an_approval_of_its_own() {
    let (bench, ..) = invoiced();
    let home = &bench.home;
    home.set(&[("billing.approval", "two-person".into())]);
    home.refused(2, "not-approved", &["undo", "1", "--credit"]);
    // Approving the undo is no word on credits.
    home.json(0, &["approve", "--undo", "1"]);
    home.refused(2, "not-approved", &["undo", "1", "--credit"]);
    assert_eq!(writes(&bench), 0);
}
