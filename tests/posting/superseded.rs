//! Two lines of one subscription in one run, and the older one fails: status, plan and equation say
//! the same of it.

use addendum::config::Settings;
use addendum::domain::edit::Edit;
use addendum::domain::line::Line;
use addendum::domain::problem::ProblemKind;
use addendum::domain::status::PsaStatus;
use addendum::flows::by_currency;
use addendum::sandbox::faults::ErrorBody;
use addendum::sandbox::{Kind, Rule};
use addendum::worker::job::{Job, JobError, Outcome};
use addendum::worker::overview::overview;
use rust_decimal::Decimal;

use crate::bench::{Bench, options};

/// A bill of one subscription of the sample: month, unit price and total of each line; quantity 2.
fn bill(bench: &Bench, lines: &[(&str, &str, &str)]) -> String {
    let sample = bench.sandbox.sample();
    let l = sample
        .lines(sample.periods()[0])
        .find(|l| l.charge_type.is_recurring() && l.subscription_id.is_some())
        .expect("the sample has subscriptions");
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "line_id",
        "invoice_number",
        "invoice_date",
        "organization_id",
        "organization_name",
        "subscription_id",
        "offer_id",
        "offer_name",
        "charge_type",
        "billing_cycle",
        "charge_start_date",
        "quantity",
        "unit_price",
        "total",
        "currency",
    ])
    .unwrap();
    for (month, price, total) in lines {
        let day = format!("{month}-01");
        csv.write_record([
            month,
            &*format!("INV-{month}"),
            &day,
            &l.organization_id,
            &l.organization_name,
            "one-subscription",
            &l.offer_id,
            &l.offer_name,
            "CycleFee",
            "Monthly",
            &day,
            "2",
            price,
            total,
            l.currency.as_str(),
        ])
        .unwrap();
    }
    String::from_utf8(csv.into_inner().unwrap()).unwrap()
}

async fn bench(residual: &'static str, lines: &[(&str, &str, &str)]) -> Bench {
    let mut bench = Bench::new(options()).await;
    set_residual(&bench, residual);
    bench.pull().await;
    let bill = bill(&bench, lines);
    bench.load(&bill).await;
    bench.map().await;
    bench
}

fn set_residual(bench: &Bench, residual: &'static str) {
    let profile = bench.worker.profile();
    let change = [("billing.residual".to_owned(), Some(residual.into()))];
    Settings::write(&profile.paths.settings, "default", &change).unwrap();
    profile.reread_settings().unwrap();
}

async fn line(bench: &Bench, key: &str) -> Line {
    let store = bench.worker.profile().store.clone();
    store.line_by_key(key).await.unwrap().expect("the line")
}

fn codes(summary: &addendum::worker::job::SyncSummary) -> Vec<&str> {
    summary.report.errors.iter().map(|e| &*e.problem.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_line_that_a_later_one_superseded_waits_everywhere() {
    let months = [("2026-09", "10", "20.01"), ("2026-10", "10", "20")];
    let mut bench = bench("refuse", &months).await;
    let summary = bench.sync().await;
    assert_eq!(codes(&summary), ["residual"]);
    let older = line(&bench, "2026-09").await;
    assert_eq!((older.psa_status, older.error), (PsaStatus::NotSynced, None));
    assert_eq!(line(&bench, "2026-10").await.psa_status, PsaStatus::Synced);

    let open = Decimal::new(2_001, 2);
    let row = by_currency(&summary.equation)[0];
    assert_eq!((row.failed, row.open, row.posted), (Decimal::ZERO, open, Decimal::new(20, 0)));
    let kept = bench.worker.profile().store.runs(1).await.unwrap().remove(0);
    assert_eq!(kept.money, [row], "the run is kept with the same equation");
    let view = overview(bench.worker.profile(), Some(true)).await.unwrap();
    assert_eq!((view.psa["Error"], view.psa["Not Synced"], view.psa["Synced"]), (0, 1, 1));
    assert_eq!((view.money[0].failed, view.money[0].open), (Decimal::ZERO, open));
    assert!(view.blocks.iter().all(|b| b.code != "failed"), "{:?}", view.blocks);
    let Outcome::Planned(plan) = bench.run(Job::Plan(bench.scope())).await.unwrap() else {
        panic!("no plan")
    };
    assert_eq!((plan.counts.waiting, plan.counts.failed, plan.actions.len()), (1, 0, 0));
    assert_eq!((plan.money[0].failed, plan.money[0].open), (Decimal::ZERO, open));
    assert_eq!(plan.notices[0].code, "superseded");

    // The choice that it has.
    set_residual(&bench, "collapse");
    let store = bench.worker.profile().store.clone();
    store.edit(vec![Edit::LinePostOnce { line: older.id, post_once: true }]).await.unwrap();
    assert_eq!(codes(&bench.sync().await), Vec::<&str>::new());
    assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(4_001, 2));
    bench.each_once();
}

/// Once an addition shows a later line, nobody asks for the cents of an earlier one any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_line_waits_for_the_cents_of_an_earlier_one_that_the_psa_refused() {
    for (price, total) in [("11", "22"), ("10", "20")] {
        let months = [("2026-09", "10", "20.01"), ("2026-10", price, total)];
        let mut bench = bench("rounding-line", &months).await;
        let refuse = Rule::new(Kind::ServerError).on("POST", "/additions").after(1).times(1);
        bench.sandbox.faults().add(refuse.answering(400, ErrorBody::Json)).unwrap();
        assert_eq!(codes(&bench.sync().await), ["psa-refused", "earlier-line-failed"]);
        assert_eq!(line(&bench, "2026-09").await.psa_status, PsaStatus::Synced);
        assert_ne!(line(&bench, "2026-10").await.psa_status, PsaStatus::Synced, "at {price}");
        assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(20, 0));

        assert_eq!(codes(&bench.sync().await), Vec::<&str>::new());
        assert_eq!(line(&bench, "2026-10").await.psa_status, PsaStatus::Synced, "at {price}");
        let billed = total.parse::<Decimal>().unwrap() + Decimal::new(1, 2);
        assert_eq!(bench.sandbox.inspect().marked_total(), billed);
        bench.each_once();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_line_waits_for_an_earlier_one_that_the_psa_refused() {
    let mut bench = bench("refuse", &[("2026-09", "10", "20")]).await;
    assert_eq!(codes(&bench.sync().await), Vec::<&str>::new());
    let bill = bill(&bench, &[("2026-10", "11", "22"), ("2026-11", "12", "24")]);
    bench.load(&bill).await;
    let refuse = Rule::new(Kind::ServerError).on("PATCH", "/additions").times(1);
    bench.sandbox.faults().add(refuse.answering(400, ErrorBody::Json)).unwrap();
    let summary = bench.sync().await;
    assert_eq!(codes(&summary), ["psa-refused", "earlier-line-failed"]);
    for key in ["2026-10", "2026-11"] {
        assert_eq!(line(&bench, key).await.psa_status, PsaStatus::Error, "{key}");
    }
    let row = by_currency(&summary.equation)[0];
    assert_eq!((row.failed, row.open), (Decimal::new(46, 0), Decimal::ZERO));
    let scope = bench.scope();
    assert_eq!(codes(&bench.retry(scope).await.unwrap()), Vec::<&str>::new());
    assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(24, 0));
    bench.each_once();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cents_of_a_line_that_an_undo_has_to_leave_stay_with_it() {
    let months = [("2026-09", "10", "20.01"), ("2026-10", "11", "22")];
    let mut bench = bench("rounding-line", &months[..1]).await;
    let first = bench.sync().await.report.run.id;
    let newest = bill(&bench, &months);
    bench.load(&newest).await;
    assert_eq!(codes(&bench.sync().await), [""; 0]);
    let posted = bench.sandbox.inspect().all_marked();
    assert_eq!(posted.len(), 2, "the subscription, and a cent of September");

    let undone = bench.undo(first).await.unwrap();
    let left: Vec<&str> = undone.left.iter().map(|l| &*l.problem.code).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.contains(&"line-stays"), "{left:?}");
    assert_eq!(bench.sandbox.inspect().all_marked(), posted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ends_before_the_cents_of_a_line_leaves_the_later_one_open() {
    // October needs no write: the addition of September stands for it too.
    let months = [("2026-09", "10", "20.01"), ("2026-10", "10", "20")];
    let mut bench = bench("rounding-line", &months).await;
    // The subscription is posted, and from the cents on every request is forbidden.
    let forbidden = Rule::new(Kind::Forbidden).on("POST", "/additions").after(1).times(1);
    bench.sandbox.faults().add(forbidden).unwrap();
    let scope = bench.scope();
    let stopped = bench.try_sync(scope).await.unwrap_err();
    assert!(
        matches!(&stopped, JobError::Problem(p) if p.kind == ProblemKind::PsaRefused),
        "{stopped}"
    );
    assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(20, 0));

    assert_eq!(codes(&bench.sync().await), [""; 0]);
    assert_eq!(bench.sandbox.inspect().marked_total(), Decimal::new(2_001, 2));
    assert_eq!(line(&bench, "2026-10").await.psa_status, PsaStatus::Synced);
    bench.each_once();
}
