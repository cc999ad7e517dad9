//! Taking runs back.

use addendum::domain::journal::{EntryState, RunKind, Step};
use addendum::domain::plan::{ActionKind, AgreementTarget};
use addendum::domain::problem::ProblemKind;
use addendum::domain::status::PsaStatus;
use addendum::sandbox::records::Agreement;
use addendum::sandbox::{Kind, Rule};
use addendum::worker::job::JobError;
use jiff::ToSpan;
use rust_decimal::Decimal;

use crate::bench::{Bench, options};

async fn statuses(bench: &Bench) -> (usize, usize) {
    let lines = bench.worker.profile().store.plan_input(&bench.scope()).await.unwrap().lines;
    let synced = lines.iter().filter(|l| l.psa_status == PsaStatus::Synced).count();
    let open = lines.iter().filter(|l| l.psa_status == PsaStatus::NotSynced).count();
    assert_eq!(synced + open, lines.len(), "no line is left in between");
    (synced, open)
}

/// A person ended the agreement of a mapped company, so that the next run makes one. Gives the old one.
async fn without_agreement(bench: &mut Bench) -> Agreement {
    let inspect = bench.sandbox.inspect();
    let mapping = bench.sandbox.sample().mapping_csv();
    let type_id = inspect.agreements()[0].type_id;
    let ended = inspect
        .agreements()
        .into_iter()
        .find(|a| a.type_id == type_id && mapping.contains(&format!(",{},", a.company_id)))
        .unwrap();
    inspect.edit_agreement(ended.id, |a| a.cancelled = true);
    bench.pull().await;
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_taken_back_whole_and_can_be_made_again() {
    let mut bench = Bench::ready(options()).await;
    let run = bench.sync().await.report.run;
    let state = bench.state();
    let (all, _) = statuses(&bench).await;
    let undone = bench.undo(run.id).await.unwrap();
    assert_eq!(undone.left, []);
    assert_eq!(undone.report.run.kind, RunKind::Undo);
    assert_eq!(undone.report.run.undoes, Some(run.id));
    assert_eq!(bench.state(), Vec::<String>::new());
    assert_eq!(statuses(&bench).await, (0, all));
    assert!(undone.equation.iter().all(|row| row.money.holds()));

    let twice = bench.undo(run.id).await.unwrap_err();
    assert!(matches!(twice, JobError::Problem(p) if p.code == "already-undone"));
    let of_undo = bench.undo(undone.report.run.id).await.unwrap_err();
    assert!(matches!(of_undo, JobError::Problem(p) if p.code == "undo-of-undo"
            && p.kind == ProblemKind::Refused));
    let again = bench.sync().await;
    assert_eq!(again.report.errors, []);
    assert_eq!(bench.state(), state);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_edited_or_invoiced_stays_with_its_reason() {
    let mut bench = Bench::ready(options()).await;
    let run = bench.sync().await.report.run;
    let all = bench.sandbox.inspect().all_marked();
    let edited = all[0].clone();
    let invoiced = all.iter().find(|a| a.agreement_id != edited.agreement_id).unwrap().clone();
    bench.sandbox.inspect().edit_addition(edited.id, |a| a.quantity += Decimal::ONE);
    let next = invoiced.effective.checked_add(1.month()).unwrap();
    bench.sandbox.inspect().invoice_until(invoiced.agreement_id, next);
    let undone = bench.undo(run.id).await.unwrap();
    let codes: Vec<&str> = undone.left.iter().map(|l| &*l.problem.code).collect();
    assert!(codes.contains(&"edited") && codes.contains(&"invoiced"), "{codes:?}");
    assert!(undone.left.iter().all(|l| !l.problem.remedy.is_empty()));
    let inspect = bench.sandbox.inspect();
    assert!(inspect.addition(edited.id).is_some());
    assert!(inspect.addition(invoiced.id).is_some());
    assert_eq!(inspect.all_marked().len(), undone.left.len());
    let (synced, open) = statuses(&bench).await;
    assert!(synced > 0 && open > 0);

    // Put right, the rest can be taken back too.
    inspect.edit_addition(edited.id, |a| *a = edited.clone());
    inspect.invoice_until(invoiced.agreement_id, invoiced.effective);
    let rest = bench.undo(run.id).await.unwrap();
    assert_eq!(rest.left, []);
    assert_eq!(bench.state(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_put_back_and_an_earlier_run_waits_for_the_later_one() {
    let mut bench = Bench::new(options()).await;
    bench.pull().await;
    let [before, this] = bench.sandbox.sample().periods();
    bench.load_periods(&[before]).await;
    bench.map().await;
    let first = bench.sync().await.report.run;
    bench.load_periods(&[this]).await;
    let second = bench.sync().await.report.run;
    let both = bench.state();
    assert!(second.counts.update > 0);

    let early = bench.undo(first.id).await.unwrap();
    assert!(!early.left.is_empty());
    let codes: Vec<&str> = early.left.iter().map(|l| &*l.problem.code).collect();
    assert!(codes.iter().all(|c| ["changed-by-later-run", "later-lines"].contains(c)), "{codes:?}");

    let late = bench.undo(second.id).await.unwrap();
    assert_eq!(late.left, []);
    let rest = bench.undo(first.id).await.unwrap();
    assert_eq!(rest.left, []);
    assert_eq!(bench.state(), Vec::<String>::new());

    let again = bench.sync().await;
    assert_eq!(again.report.errors, []);
    assert_eq!(bench.state(), both);
    bench.each_once();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_the_run_made_goes_when_nothing_else_is_on_it() {
    let mut bench = Bench::ready(options()).await;
    let ended = without_agreement(&mut bench).await;
    let summary = bench.sync().await;
    assert_eq!(summary.report.errors, []);
    assert_eq!(summary.report.run.counts.create_agreement, 1);
    let made: Vec<i64> = bench
        .sandbox
        .inspect()
        .agreements_of(ended.company_id)
        .into_iter()
        .filter(|a| a.type_id == ended.type_id && !a.cancelled)
        .map(|a| a.id)
        .collect();
    assert_eq!(made.len(), 1);
    let undone = bench.undo(summary.report.run.id).await.unwrap();
    assert_eq!(undone.left, []);
    let inspect = bench.sandbox.inspect();
    assert!(inspect.agreements().iter().all(|a| a.id != made[0]));
    let again = bench.sync().await;
    assert_eq!(again.report.errors, []);
    assert_eq!(again.report.run.counts.create_agreement, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_invoiced_is_credited_once_and_to_the_cent() {
    let mut bench = Bench::ready(options()).await;
    let run = bench.sync().await.report.run;
    let all = bench.sandbox.inspect().all_marked();
    // Everything is invoiced up to the month after the last start.
    let last = all.iter().map(|a| a.effective).max().unwrap();
    let next = last.first_of_month().checked_add(1.month()).unwrap();
    for agreement in all.iter().map(|a| a.agreement_id).collect::<std::collections::BTreeSet<_>>() {
        bench.sandbox.inspect().invoice_until(agreement, next);
    }
    let before = bench.state();
    let undone = bench.undo(run.id).await.unwrap();
    assert_eq!(bench.state(), before, "nothing that is invoiced is altered or deleted");
    let credits: Vec<_> = undone.left.iter().filter_map(|l| l.credit.clone()).collect();
    assert!(!credits.is_empty());
    assert!(credits.iter().all(|c| !c.posted && c.from == next), "{credits:?}");
    for left in undone.left.iter().filter(|l| l.credit.is_some()) {
        let of = bench.sandbox.inspect().marked(&left.what).remove(0);
        let credit = left.credit.as_ref().unwrap();
        let updated = all.iter().filter(|a| a.serial_number == of.serial_number).count() == 1;
        assert!(updated && credit.agreement_id == of.agreement_id);
    }

    bench.sandbox.forget_requests();
    let credited = bench.credit(run.id).await.unwrap();
    assert!(credited.left.iter().filter(|l| l.credit.is_some()).all(|l| l.is_credited()));
    let writes = bench.sandbox.count(addendum::sandbox::Recorded::is_write);
    assert_eq!(writes, credits.len());
    for credit in &credits {
        let there = bench.sandbox.inspect().marked(&credit.marker);
        assert_eq!(there.len(), 1, "{credit:?}");
        assert_eq!(there[0].quantity * there[0].unit_price, credit.amount);
        assert_eq!(there[0].effective, next);
        assert!(there[0].cancelled.is_some(), "it bills one period");
    }
    let now = bench.state();
    let untouched: Vec<_> = now.iter().filter(|s| before.contains(s)).collect();
    assert_eq!(untouched.len(), before.len(), "what is invoiced is as it was");

    // Again, and after the store was lost: each credit stands once.
    let again = bench.credit(run.id).await.unwrap();
    assert!(again.left.iter().filter(|l| l.credit.is_some()).all(|l| l.is_credited()));
    assert_eq!(bench.state(), now);
    bench.each_once();
    let proof = bench.reconcile().await;
    assert_eq!(proof.findings.drifted, []);
    assert_eq!(proof.findings.missing, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_created_charge_and_its_credit_come_to_nothing() {
    let mut bench = Bench::new(options()).await;
    bench.pull().await;
    let [before, _] = bench.sandbox.sample().periods();
    bench.load_periods(&[before]).await;
    bench.map().await;
    let run = bench.sync().await.report.run;
    let all = bench.sandbox.inspect().all_marked();
    let one = all[0].clone();
    let next = one.effective.first_of_month().checked_add(1.month()).unwrap();
    bench.sandbox.inspect().invoice_until(one.agreement_id, next);
    let credited = bench.credit(run.id).await.unwrap();
    let marker = one.serial_number.clone().unwrap();
    let left = credited.left.iter().find(|l| l.what == marker).expect("it is invoiced");
    let credit = left.credit.clone().expect("and credited");
    assert!(left.is_credited());
    assert_eq!(credit.amount, -addendum::domain::money::cents(one.quantity * one.unit_price));
    assert_eq!(bench.sandbox.inspect().addition(one.id).unwrap(), one);
    assert!(credited.equation.iter().all(|row| row.money.holds()));
    // What was not invoiced is taken back all the same.
    let rest = bench.sandbox.inspect().all_marked();
    assert!(rest.iter().all(|a| a.agreement_id == one.agreement_id), "{rest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_undo_deleted_is_posted_again_though_lists_still_show_it() {
    let mut bench = Bench::ready(options()).await;
    let run = bench.sync().await.report.run;
    let state = bench.state();
    bench.undo(run.id).await.unwrap();
    assert_eq!(bench.state(), Vec::<String>::new());
    let lag = Rule::new(Kind::ListLag).on("GET", "/additions").lasting(60_000);
    bench.sandbox.faults().add(lag).unwrap();
    let again = bench.sync().await;
    assert_eq!(again.report.errors, []);
    bench.each_once();
    assert_eq!(bench.state(), state);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_run_is_not_given_an_agreement_that_was_deleted_and_is_still_listed() {
    let mut bench = Bench::ready(options()).await;
    without_agreement(&mut bench).await;
    let first = bench.sync().await.report.run;
    assert_eq!(first.counts.create_agreement, 1);
    let store = bench.worker.profile().store.clone();
    let entries = store.entries(first.id).await.unwrap();
    let asked = entries.iter().find(|e| e.action.kind == ActionKind::CreateAgreement).unwrap();
    let asked = asked.action.clone();
    bench.undo(first.id).await.unwrap();

    // The same is asked for again, and the process dies before it is sent.
    let run = store.begin_run(RunKind::Sync, &[], None).await.unwrap();
    let intents = store.intend(run, vec![asked]).await.unwrap();
    let requested = Step::Requested { entry: intents[0], at: store.now(), request: None };
    store.record(vec![requested]).await.unwrap();
    let lag = Rule::new(Kind::ListLag).on("GET", "/agreements").lasting(60_000);
    bench.sandbox.faults().add(lag).unwrap();
    let again = bench.sync().await;
    assert_eq!(again.report.errors, []);
    assert_eq!(again.report.run.counts.create_agreement, 1);
    bench.each_once();
    assert_eq!(bench.state().len() as u64, again.report.run.counts.create);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addition_that_lists_do_not_show_yet_was_not_deleted_by_a_dead_undo() {
    let mut bench = Bench::ready(options()).await;
    let run = bench.sync().await.report.run;
    let state = bench.state();
    let store = bench.worker.profile().store.clone();
    let entries = store.entries(run.id).await.unwrap();
    let made = entries.into_iter().find_map(|e| match e.state {
        EntryState::Done(outcome) if e.action.kind == ActionKind::Create => {
            Some((e.action, outcome))
        }
        _ => None,
    });
    let (mut action, outcome) = made.unwrap();
    action.kind = ActionKind::Delete;
    action.agreement = AgreementTarget::Existing(outcome.agreement_id);
    action.addition_id = outcome.addition_id;
    (action.before, action.after) = (outcome.fields.map(Into::into), None);

    // The undo marks its request, and dies before it is sent.
    let undo = store.begin_run(RunKind::Undo, &[], Some(run.id)).await.unwrap();
    let intents = store.intend(undo, vec![action]).await.unwrap();
    let requested = Step::Requested { entry: intents[0], at: store.now(), request: None };
    store.record(vec![requested]).await.unwrap();
    let lag = Rule::new(Kind::ListLag).on("GET", "/additions").lasting(60_000);
    bench.sandbox.faults().add(lag).unwrap();
    let again = bench.sync().await;
    assert_eq!(again.report.errors, []);
    bench.each_once();
    assert_eq!(bench.state(), state);
}
