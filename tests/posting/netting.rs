//! Several lines as one addition, and prices by rule, against the PSA: each line once and to the
//! cent in every mode, whatever comes later, is lost, or goes wrong.

use addendum::config::Settings;
use addendum::domain::status::PsaStatus;
use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Kind, Recorded, Rule};
use rust_decimal::Decimal;

use crate::bench::{Bench, options};
use crate::seat_changes::{Part, bill};

const MODES: [&str; 3] = ["per-line", "net-per-event", "net-per-subscription-month"];
const ORGANIZATIONS: usize = 4;

fn set(bench: &Bench, key: &str, value: &str) {
    let profile = bench.worker.profile();
    let changes = [(key.to_owned(), Some(value.into()))];
    Settings::write(&profile.paths.settings, "default", &changes).unwrap();
    profile.reread_settings().unwrap();
}

async fn load(bench: &mut Bench, parts: &[Part]) -> Decimal {
    let (csv, sum) = bill(&bench.sandbox, ORGANIZATIONS, parts);
    bench.load(&csv).await;
    bench.map().await;
    sum
}

async fn bench(mode: &str) -> Bench {
    let mut bench = Bench::new(options()).await;
    set(&bench, "billing.posting", mode);
    bench.pull().await;
    load(&mut bench, &[Part::Early]).await;
    bench
}

fn additions(bench: &Bench) -> usize {
    bench.sandbox.inspect().all_marked().len()
}

fn billed(bench: &Bench) -> Decimal {
    bench.sandbox.inspect().marked_total()
}

fn writes(bench: &Bench) -> usize {
    bench.sandbox.count(Recorded::is_write)
}

/// The PSA holds what the bill comes to, reconcile proves it, and nothing is left to do.
async fn at_rest(bench: &mut Bench, sum: Decimal, what: &str) {
    assert_eq!(billed(bench), sum, "{what}");
    bench.each_once();
    let proof = bench.reconcile().await;
    assert!(proof.is_proven(), "{what}: {proof:#?}");
    let before = writes(bench);
    let again = bench.sync().await;
    assert_eq!(again.report.errors, [], "{what}");
    assert_eq!(writes(bench), before, "{what}: a further sync writes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_posts_every_line_once_and_to_the_cent() {
    for (mode, each) in MODES.into_iter().zip([3, 2, 1]) {
        let mut bench = bench(mode).await;
        let (_, sum) = bill(&bench.sandbox, ORGANIZATIONS, &[Part::Early]);
        let summary = bench.sync().await;
        assert_eq!(summary.report.errors, [], "{mode}");
        assert!(summary.equation.iter().all(|r| r.money.holds()));
        assert_eq!(additions(&bench), each * ORGANIZATIONS, "{mode}");
        at_rest(&mut bench, sum, mode).await;
        if mode == "net-per-event" {
            let told = bench.sandbox.inspect().all_marked();
            let net =
                told.iter().filter(|a| a.invoice_description.contains("10 to 12 seats on 20"));
            assert_eq!(net.count(), ORGANIZATIONS);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_come_later_change_no_addition_and_are_not_lost() {
    for first in MODES {
        for then in MODES {
            let mut bench = bench(first).await;
            bench.sync().await;
            let before = bench.state();
            set(&bench, "billing.posting", then);
            let sum = load(&mut bench, &[Part::Early, Part::Late]).await;
            assert_eq!(bench.sync().await.report.errors, []);
            let after = bench.state();
            assert!(before.iter().all(|a| after.contains(a)), "{first} then {then}");
            assert!(after.len() > before.len());
            at_rest(&mut bench, sum, &format!("{first} then {then}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_disk_doubles_nothing_in_any_mode() {
    for first in MODES {
        for then in MODES {
            let what = format!("{first}, lost, then {then}");
            let mut bench = bench(first).await;
            bench.sync().await;
            let before = bench.state();
            bench.lose_store().await;
            set(&bench, "billing.posting", then);
            bench.pull().await;
            // More lines of the same events come with the very load that makes the store anew.
            let sum = load(&mut bench, &[Part::Early, Part::Late]).await;
            let one = bench.sync().await;
            let known = |code: &str| code == "rest-of-a-net";
            assert!(one.report.errors.iter().all(|e| known(&e.problem.code)), "{what}: {one:#?}");
            let two = bench.sync().await;
            assert_eq!(two.report.errors, [], "{what}");
            let after = bench.state();
            assert!(before.iter().all(|a| after.contains(a)), "{what}");
            at_rest(&mut bench, sum, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_for_other_lines_is_refused_and_not_doubled() {
    let mut bench = bench("net-per-subscription-month").await;
    bench.sync().await;
    let before = bench.state();
    bench.lose_store().await;
    set(&bench, "billing.posting", "per-line");
    bench.pull().await;
    // The bill has changed since: one leg is another line now.
    let (csv, _) = bill(&bench.sandbox, ORGANIZATIONS, &[Part::Early]);
    bench.load(&csv.replace("refund-", "other-")).await;
    bench.map().await;
    let summary = bench.sync().await;
    assert_eq!(summary.report.errors.len(), 3 * ORGANIZATIONS);
    assert!(summary.report.errors.iter().all(|e| e.problem.code == "in-unknown-net"));
    assert_eq!(bench.state(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_net_is_taken_back_and_posted_again() {
    let mut bench = bench("net-per-event").await;
    let (_, sum) = bill(&bench.sandbox, ORGANIZATIONS, &[Part::Early]);
    let run = bench.sync().await.report.run.id;
    let posted = bench.state();
    let undone = bench.undo(run).await.unwrap();
    assert_eq!(undone.left.len(), 0, "{undone:#?}");
    assert_eq!(additions(&bench), 0);
    assert_eq!(bench.sync().await.report.errors, []);
    assert_eq!(bench.state(), posted);
    at_rest(&mut bench, sum, "posted again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_net_fails_its_lines_and_is_retried() {
    let mut bench = bench("net-per-subscription-month").await;
    let (_, sum) = bill(&bench.sandbox, ORGANIZATIONS, &[Part::Early]);
    let refuse = Rule::new(Kind::ServerError).on("POST", "/additions").times(1);
    bench.sandbox.faults().add(refuse.answering(400, ErrorBody::Json)).unwrap();
    let summary = bench.sync().await;
    assert_eq!(summary.report.run.counts.failed, 3);
    let scope = bench.scope();
    let lines = bench.worker.profile().store.plan_input(&scope).await.unwrap().lines;
    assert_eq!(lines.iter().filter(|l| l.psa_status == PsaStatus::Error).count(), 3);
    assert_eq!(bench.retry(scope).await.unwrap().report.errors, []);
    at_rest(&mut bench, sum, "retried").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up_by_the_nets_marker() {
    let mut bench = bench("net-per-event").await;
    let (_, sum) = bill(&bench.sandbox, ORGANIZATIONS, &[Part::Early]);
    bench
        .sandbox
        .faults()
        .add(Rule::new(Kind::ResetAfterCommit).on("POST", "/additions").times(2))
        .unwrap();
    assert_eq!(bench.sync().await.report.errors, []);
    at_rest(&mut bench, sum, "lost answers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_leg_is_a_revision_and_changes_no_addition() {
    let mut bench = bench("net-per-event").await;
    bench.sync().await;
    let posted = bench.state();
    let (csv, _) = bill(&bench.sandbox, ORGANIZATIONS, &[Part::Early]);
    bench.load(&csv.replace("112.89", "113.89")).await;
    let summary = bench.sync().await;
    let revised: Decimal = summary.equation.iter().map(|r| r.money.revisions).sum();
    assert_eq!(revised, Decimal::ONE);
    assert!(summary.equation.iter().all(|r| r.money.holds()));
    assert_eq!(bench.state(), posted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_by_rule_is_what_the_psa_bills_and_stays() {
    for mode in MODES {
        let mut bench = bench(mode).await;
        set(&bench, "billing.price.rule", "markup 25%");
        let summary = bench.sync().await;
        assert_eq!(summary.report.errors, [], "{mode}");
        let proof = bench.reconcile().await;
        assert!(proof.is_proven(), "{mode}: {proof:#?}");
        let (sold, posted): (Decimal, Decimal) = proof
            .findings
            .proven
            .iter()
            .fold(Default::default(), |(s, p), row| (s + row.sold, p + row.posted));
        assert_eq!(sold, billed(&bench), "{mode}");
        assert_ne!(sold, posted, "{mode}");
        let source: Decimal = summary.equation.iter().map(|r| r.money.posted).sum();
        assert_eq!(posted, source, "the equation counts the source's money");
        set(&bench, "billing.price.rule", "markup 50%");
        at_rest(&mut bench, sold, mode).await;
    }
}
