//! `addendum reconcile --keep`, `--restore` and `--adopt`: what a person decides about an addition
//! that is not as it was posted, and what nobody may decide.

use addendum::sandbox::Recorded;
use addendum::sandbox::records::Addition;
use jiff::ToSpan;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::Bench;

/// One month is posted, and somebody raised the price of one addition in the PSA. Gives its number,
/// its marker and one of its lines.
fn drifted() -> (Bench, i64, String, String) {
    let bench = Bench::posted();
    let one = bench.sandbox.inspect().all_marked().remove(0);
    bench.sandbox.inspect().edit_addition(one.id, |a| a.unit_price += Decimal::ONE);
    let found = bench.home.json(3, &["reconcile"]);
    assert_eq!(found["decided"], json!([]));
    let [finding] = found["drifted"].as_array().unwrap().as_slice() else { panic!("{found:#}") };
    assert_eq!(finding["marker"], one.serial_number.as_deref().unwrap());
    let line = finding["lines"][0].as_str().unwrap().to_owned();
    bench.sandbox.forget_requests();
    (bench, one.id, one.serial_number.unwrap(), line)
}

#[track_caller]
fn writes(bench: &Bench) -> usize {
    bench.sandbox.count(Recorded::is_write)
}

#[track_caller]
fn decided(document: &Value, marker: &str, verdict: &str) {
    assert_eq!(
        document["decided"],
        json!([{ "marker": marker, "verdict": verdict, "problem": null }]),
        "{document:#}"
    );
}

#[test]
fn what_is_kept_is_proven_and_told_again_only_once_it_changes() {
    let (bench, id, marker, line) = drifted();
    let there = bench.sandbox.inspect().addition(id).unwrap();
    let kept = bench.home.json(0, &["reconcile", "--keep", &line]);
    decided(&kept, &marker, "keep");
    assert_eq!((&kept["drifted"], kept["kept"].as_array().unwrap().len()), (&json!([]), 1));
    assert_eq!(kept["proven"], true);
    assert_eq!(writes(&bench), 0);
    assert_eq!(bench.sandbox.inspect().addition(id).unwrap(), there);
    let text = bench.home.run(&["reconcile"]).exits(0).stdout;
    assert!(text.contains("Left as somebody decided: 1"), "{text}");

    bench.sandbox.inspect().edit_addition(id, |a| a.unit_price += Decimal::ONE);
    let again = bench.home.json(3, &["reconcile"]);
    assert_eq!(again["drifted"].as_array().unwrap().len(), 1, "{again:#}");
}

#[test]
fn what_is_adopted_counts_as_posted_and_the_next_month_goes_on_from_there() {
    let (bench, id, marker, _) = drifted();
    let there = bench.sandbox.inspect().addition(id).unwrap();
    let adopted = bench.home.json(0, &["reconcile", "--adopt", &marker]);
    decided(&adopted, &marker, "adopt");
    assert_eq!((&adopted["proven"], &adopted["drifted"]), (&json!(true), &json!([])));
    assert_eq!(writes(&bench), 0);
    assert_eq!(bench.sandbox.inspect().addition(id).unwrap(), there);
    bench.home.json(0, &["load"]);
    let run = bench.home.json(0, &["sync", "--yes"]);
    assert_eq!(run["errors"], json!([]));
    assert_eq!(bench.home.json(0, &["reconcile"])["proven"], true);
}

#[test]
fn what_is_restored_is_as_it_was_posted_and_on_record() {
    let (bench, id, marker, line) = drifted();
    let other = bench.sandbox.inspect().all_marked().into_iter().find(|a| a.id != id).unwrap();
    let gone = other.serial_number.clone().unwrap();
    bench.sandbox.inspect().delete_addition(other.id);
    let restored = bench.home.json(0, &["reconcile", "--restore", &line, "--restore", &gone]);
    assert_eq!(restored["proven"], true, "{restored:#}");
    assert_eq!(writes(&bench), 2);
    let now = bench.sandbox.inspect();
    let (back, price) = (now.marked(&gone), now.marked(&marker)[0].unit_price);
    assert_eq!(back.len(), 1);
    assert_eq!((back[0].quantity, back[0].unit_price), (other.quantity, other.unit_price));
    assert_eq!(price, now.addition(id).unwrap().unit_price);

    let run = restored["restored"].as_str().unwrap();
    let status = bench.home.json(0, &["status"]);
    let kind = |r: &&Value| r["run"] == run;
    let runs = status["runs"].as_array().unwrap();
    assert_eq!(runs.iter().find(kind).unwrap()["kind"], "restore");
    // The lines stayed Synced: nothing is posted again, and the restoring is not taken back.
    let after = bench.home.json(0, &["sync", "--yes"]);
    assert_eq!((&after["counts"]["create"], &after["counts"]["update"]), (&json!(0), &json!(0)));
    bench.home.refused(2, "undo-of-restore", &["undo", run]);
    assert_eq!(bench.home.json(0, &["audit", "verify"])["whole"], true);
}

#[test]
fn an_invoiced_record_is_never_altered_whatever_is_decided() {
    let (bench, id, marker, line) = drifted();
    let there = bench.sandbox.inspect().addition(id).unwrap();
    let next = there.effective.first_of_month().checked_add(1.month()).unwrap();
    bench.sandbox.inspect().invoice_until(there.agreement_id, next);
    let found = bench.home.json(3, &["reconcile"]);
    assert_eq!(found["drifted"][0]["invoiced"], true, "{found:#}");
    let refused = bench.home.json(3, &["reconcile", "--restore", &line]);
    assert_eq!(refused["decided"][0]["marker"], marker.as_str());
    let problem = &refused["decided"][0]["problem"];
    assert_eq!(problem["code"], "invoiced");
    assert!(problem["remedy"].as_str().unwrap().contains("keep or adopt"), "{problem}");
    assert_eq!(refused["restored"], Value::Null);
    assert_eq!(refused["drifted"].as_array().unwrap().len(), 1, "it is still told");
    let text = bench.home.run(&["reconcile", "--restore", &line]).exits(3).stdout;
    assert!(text.contains("not done: ") && text.contains("remedy: "), "{text}");
    // Neither does a sync that may overwrite what people changed.
    let synced = bench.home.run(&["sync", "--yes", "--overwrite-drift", "--json"]);
    assert!([0, 3].contains(&synced.exit), "{synced:?}");
    assert_eq!(writes(&bench), 0);
    assert_eq!(bench.sandbox.inspect().addition(id).unwrap(), there);
    // Left or taken over it can be: neither writes.
    decided(&bench.home.json(0, &["reconcile", "--adopt", &line]), &marker, "adopt");
    assert_eq!(writes(&bench), 0);
}

#[test]
fn a_marker_that_stands_twice_is_for_a_person_to_put_right() {
    let (bench, id, marker, _) = drifted();
    let inspect = bench.sandbox.inspect();
    let there = inspect.addition(id).unwrap();
    let same = |a: &Addition| a.agreement_id == there.agreement_id;
    let all = inspect.all_marked();
    let other = all.iter().find(|a| a.id != id && same(a)).or(all.iter().find(|a| a.id != id));
    let other = other.unwrap().clone();
    inspect.edit_addition(other.id, |a| a.serial_number = Some(marker.clone()));
    let found = bench.home.json(3, &["reconcile"]);
    assert_eq!(found["doubled"].as_array().map(Vec::len), Some(1), "{found:#}");
    // Which one counts cannot be adopted, and what Addendum never asked for is not deleted.
    for (verdict, code) in [("--restore", "not-a-copy"), ("--adopt", "doubled")] {
        let refused = bench.home.json(3, &["reconcile", verdict, &marker]);
        assert_eq!(refused["decided"][0]["problem"]["code"], code, "{refused:#}");
    }
    assert_eq!(writes(&bench), 0);
}

#[test]
fn an_unknown_name_two_verdicts_on_one_or_two_persons_decide_nothing() {
    let (bench, _, marker, line) = drifted();
    let home = &bench.home;
    home.refused(2, "no-such-finding", &["reconcile", "--keep", "nobody", "--keep", &marker]);
    home.refused(2, "usage", &["reconcile", "--keep", &line, "--restore", &line]);
    assert_eq!(home.json(3, &["reconcile"])["kept"], json!([]), "nothing was decided");
    home.set(&[("billing.approval", "two-person".into())]);
    home.refused(2, "approval-needed", &["reconcile", "--restore", &marker]);
    assert_eq!(writes(&bench), 0);
}
