//! What follows from the steps of the journal for lines and additions.

use jiff::Timestamp;
use jiff::civil::date;

use super::{Fixture, Problem, action, begin, line, line_in, outcome, problem, settled};
use crate::domain::addition::Subject;
use crate::domain::edit::Edit;
use crate::domain::journal::{EntryId, EntryState, RunId, RunKind, RunState, Step};
use crate::domain::plan::{ActionKind, AgreementTarget, Counts};
use crate::domain::problem::ProblemKind;
use crate::domain::status::PsaStatus;

fn requested(entry: EntryId) -> Step {
    Step::Requested { entry, at: Timestamp::UNIX_EPOCH, request: None }
}

fn done(entry: EntryId, addition: i64) -> Step {
    Step::Done { entry, outcome: Box::new(outcome(addition)) }
}

impl Fixture {
    async fn status(&self, subscription: &str) -> PsaStatus {
        self.line(subscription).await.psa_status
    }

    /// Posts the line of a subscription in a run of its own.
    pub(super) async fn post(&self, subscription: &str, addition: i64) -> RunId {
        let line = self.line(subscription).await;
        let (run, entries) = begin(self, RunKind::Sync, None, vec![action(&line)]).await;
        self.store.record(vec![requested(entries[0])]).await.unwrap();
        self.store.record(vec![done(entries[0], addition)]).await.unwrap();
        self.store.finish_run(run, RunState::Done, Counts::default(), vec![]).await.unwrap();
        run
    }
}

#[tokio::test]
async fn a_write_takes_a_line_from_not_synced_over_posting_to_synced() {
    let mut f = Fixture::new().await;
    f.load(vec![line("s-1", "12.50")]).await;
    let before = f.line("s-1").await;
    let (run, entries) = begin(&f, RunKind::Sync, None, vec![action(&before)]).await;
    assert_eq!(f.status("s-1").await, PsaStatus::NotSynced, "an intent is no request");
    f.store.record(vec![requested(entries[0])]).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::Posting);
    f.reopen().await;
    let open = f.store.unresolved().await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].action.line_ids.as_slice(), [before.id], "numbers of lines come back");
    f.store.record(vec![done(entries[0], 77)]).await.unwrap();
    f.reopen().await;
    let after = f.line("s-1").await;
    assert_eq!(after.psa_status, PsaStatus::Synced);
    let posted = after.posted.expect("where it was posted");
    assert_eq!((posted.agreement_id, posted.addition_id), (9, 77));
    assert_eq!(posted.total, before.total);
    let own = f.store.own_additions().await.unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!((own[0].marker.clone(), own[0].shown), (posted.marker.clone(), before.period));
    assert_eq!(own[0].line, before.key);
    assert_eq!(f.store.lines_of(&posted.marker).await.unwrap().len(), 1);
    assert!(f.store.unresolved().await.unwrap().is_empty());
    assert!(matches!(f.store.entries(run).await.unwrap()[0].state, EntryState::Done(_)));
}

#[tokio::test]
async fn a_refusal_makes_the_line_an_error_until_it_is_posted() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1")]).await;
    let (_, entries) = begin(&f, RunKind::Sync, None, vec![action(&f.line("s-1").await)]).await;
    let failed = Step::Failed { entry: entries[0], problem: problem("no-contact") };
    f.store.record(vec![requested(entries[0]), failed]).await.unwrap();
    let line = f.line("s-1").await;
    assert_eq!(line.psa_status, PsaStatus::Error);
    assert_eq!(line.error.as_deref(), Some(&problem("no-contact")));
    f.post("s-1", 5).await;
    let line = f.line("s-1").await;
    assert_eq!((line.psa_status, line.error), (PsaStatus::Synced, None));
}

#[tokio::test]
async fn a_dropped_write_leaves_the_line_open() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1"), line("s-2", "2")]).await;
    let actions = vec![action(&f.line("s-1").await), action(&f.line("s-2").await)];
    let (run, entries) = begin(&f, RunKind::Sync, None, actions).await;
    f.store.record(vec![requested(entries[0])]).await.unwrap();
    f.store.record(vec![Step::Dropped { entry: entries[0] }]).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::NotSynced);
    assert_eq!(f.store.drop_dead_intents().await.unwrap(), 1, "the second was never sent");
    assert_eq!(f.store.run(run).await.unwrap().unwrap().state, RunState::Stopped);
    assert_eq!(f.store.drop_dead_intents().await.unwrap(), 0);
}

#[tokio::test]
async fn a_line_of_two_additions_is_synced_when_both_are_there() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "10.01")]).await;
    let line = f.line("s-1").await;
    let mut cents = action(&line);
    cents.marker = Some("AD-cents".into());
    cents.subject = Some(Subject::Rounding { source: line.source.clone(), key: line.key.clone() });
    let (_, entries) = begin(&f, RunKind::Sync, None, vec![action(&line), cents.clone()]).await;
    f.store.record(vec![requested(entries[0]), done(entries[0], 1)]).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::Posting, "its cents are still to come");
    let failed = Step::Failed { entry: entries[1], problem: problem("refused") };
    f.store.record(vec![requested(entries[1]), failed]).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::Error);
    let (_, again) = begin(&f, RunKind::Retry, None, vec![cents]).await;
    f.store.record(vec![requested(again[0]), done(again[0], 2)]).await.unwrap();
    let line = f.line("s-1").await;
    assert_eq!(line.psa_status, PsaStatus::Synced);
    assert_eq!(line.posted.unwrap().addition_id, 1, "it stands on its own addition");
}

#[tokio::test]
async fn undoing_a_creation_forgets_the_addition_and_opens_its_lines() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1"), line_in(date(2026, 12, 1), "s-2", "1")]).await;
    let run = f.post("s-1", 5).await;
    let marker = f.line("s-1").await.posted.unwrap().marker;
    f.store.settle(run, vec![settled(&f.line("s-2").await, &marker)]).await.unwrap();
    assert_eq!(f.status("s-2").await, PsaStatus::Synced);
    assert_eq!(f.store.own_additions().await.unwrap()[0].shown.to_string(), "2026-12");

    let mut delete = action(&f.line("s-1").await);
    delete.kind = ActionKind::Delete;
    let (_, entries) = begin(&f, RunKind::Undo, Some(run), vec![delete.clone()]).await;
    f.store.record(vec![requested(entries[0])]).await.unwrap();
    let failed = Step::Failed { entry: entries[0], problem: problem("refused") };
    f.store.record(vec![failed]).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::Synced, "a refused undo leaves it posted");

    let (_, entries) = begin(&f, RunKind::Undo, Some(run), vec![delete]).await;
    f.store.record(vec![requested(entries[0])]).await.unwrap();
    f.store.record(vec![done(entries[0], 5)]).await.unwrap();
    for subscription in ["s-1", "s-2"] {
        let line = f.line(subscription).await;
        assert_eq!((line.psa_status, line.posted), (PsaStatus::NotSynced, None));
    }
    assert_eq!(f.store.own_additions().await.unwrap(), []);
}

#[tokio::test]
async fn undoing_an_update_shows_the_previous_line_again() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1")]).await;
    f.post("s-1", 5).await;
    let first = f.line("s-1").await;
    f.load(vec![line_in(date(2026, 12, 1), "s-9", "2")]).await;
    let mut update = action(&f.line("s-9").await);
    update.kind = ActionKind::Update;
    update.marker = Some(first.posted.clone().unwrap().marker);
    let (run, entries) = begin(&f, RunKind::Sync, None, vec![update.clone()]).await;
    f.store.record(vec![requested(entries[0]), done(entries[0], 5)]).await.unwrap();
    let own = f.store.own_additions().await.unwrap().remove(0);
    assert_eq!((own.shown.to_string().as_str(), &own.line), ("2026-12", &f.line("s-9").await.key));

    let (_, entries) = begin(&f, RunKind::Undo, Some(run), vec![update]).await;
    f.store.record(vec![requested(entries[0]), done(entries[0], 5)]).await.unwrap();
    let own = f.store.own_additions().await.unwrap().remove(0);
    assert_eq!((own.shown, own.line), (first.period, first.key));
    assert_eq!(f.status("s-9").await, PsaStatus::NotSynced);
    assert_eq!(f.status("s-1").await, PsaStatus::Synced);
}

#[tokio::test]
async fn a_posted_line_is_revised_and_never_altered() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "10")]).await;
    let run = f.post("s-1", 5).await;
    let posted = f.line("s-1").await;
    let report = f.load(vec![line("s-1", "12")]).await;
    assert_eq!((report.added, report.replaced, report.absent), (0, 0, 0));
    let r = &report.revisions[0];
    assert_eq!((r.posted.to_string(), r.source.to_string()), ("10".into(), "12".into()));
    assert_eq!((r.difference.to_string().as_str(), &r.line), ("2", &posted.key));
    let revised = f.line("s-1").await;
    assert_eq!((revised.total, &revised.key), (posted.total, &posted.key));
    assert_eq!(revised.source_total().to_string(), "12");
    assert_eq!(&*revised.revision.as_ref().unwrap().line.offer_name, "Seats");
    let groups = f.store.totals(&[]).await.unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].source_total.to_string(), "12");
    assert_eq!(groups[0].posted_total.to_string(), "10");

    let again = f.load(vec![line("s-1", "12")]).await;
    assert_eq!((again.added, again.absent, again.revisions.len()), (0, 0, 1), "told again");
    assert_eq!(f.line("s-1").await, revised);
    let third = f.load(vec![line("s-1", "13")]).await;
    assert_eq!((third.added, third.absent, third.revisions.len()), (0, 0, 1));
    let back = f.load(vec![line("s-1", "10")]).await;
    assert_eq!((back.unchanged, back.revisions.len()), (1, 0), "the posted content is back");
    assert_eq!(f.line("s-1").await, posted);

    f.load(vec![line("s-1", "12")]).await;
    let mut delete = action(&posted);
    delete.kind = ActionKind::Delete;
    let (_, entries) = begin(&f, RunKind::Undo, Some(run), vec![delete]).await;
    f.store.record(vec![requested(entries[0]), done(entries[0], 5)]).await.unwrap();
    let open = f.line("s-1").await;
    assert_eq!((open.total.to_string().as_str(), &open.revision), ("12", &None));
    assert_eq!(f.store.line_by_key(&open.key).await.unwrap().map(|l| l.id), Some(posted.id));
    let same = f.load(vec![line("s-1", "12")]).await;
    assert_eq!((same.unchanged, same.added), (1, 0));
}

#[tokio::test]
async fn the_plan_refuses_open_lines_only() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1"), line("s-2", "2")]).await;
    let _ = f.post("s-1", 5).await;
    let refuse = |l: &crate::domain::line::Line| crate::domain::plan::LineProblem {
        line: l.key.clone(),
        line_id: None,
        problem: problem("ambiguous"),
    };
    let problems = vec![refuse(&f.line("s-1").await), refuse(&f.line("s-2").await)];
    f.store.refuse_lines(problems).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::Synced);
    assert_eq!(f.status("s-2").await, PsaStatus::Error);
}

#[tokio::test]
async fn edits_of_a_posted_line_are_refused_and_nothing_of_the_list_is_made() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1"), line("s-2", "2")]).await;
    f.post("s-1", 5).await;
    let (posted, open) = (f.line("s-1").await.id, f.line("s-2").await.id);
    let edits = vec![
        Edit::LineCompany { line: open, company: Some(4) },
        Edit::LineCompany { line: posted, company: Some(4) },
    ];
    let problem = f.store.edit(edits).await.unwrap_err().problem();
    assert_eq!((problem.code.as_ref(), problem.kind), ("line-synced", ProblemKind::Refused));
    assert_eq!(f.line("s-2").await.choice.company, None);
}

#[tokio::test]
async fn a_saved_plans_lines_are_found_by_key() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1")]).await;
    let mut saved = action(&f.line("s-1").await);
    saved.line_ids.clear();
    saved.agreement = AgreementTarget::Existing(9);
    let (_, entries) = begin(&f, RunKind::Sync, None, vec![saved]).await;
    f.store.record(vec![requested(entries[0])]).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::Posting);
}

#[tokio::test]
async fn two_runs_on_one_store_do_not_both_write() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "12.50"), line("s-2", "1.00")]).await;
    let (one, two) = (f.line("s-1").await, f.line("s-2").await);
    let (_, entries) = begin(&f, RunKind::Sync, None, vec![action(&one), action(&two)]).await;
    f.store.record(vec![requested(entries[0])]).await.unwrap();
    let other = f.store.begin_run(RunKind::Sync, &[], None).await.unwrap();
    let refused = f.store.intend(other, vec![action(&two)]).await.unwrap_err();
    assert_eq!(refused.problem().kind, ProblemKind::Busy);

    // The other one takes the first for dead.
    f.store.record(vec![Step::Dropped { entry: entries[0] }]).await.unwrap();
    assert_eq!(f.store.drop_dead_intents().await.unwrap(), 1);
    f.store.intend(other, vec![action(&two)]).await.unwrap();
    for entry in entries {
        let refused = f.store.record(vec![requested(entry)]).await.unwrap_err();
        assert_eq!(refused.problem().code, "run-elsewhere");
    }
    assert_eq!(f.status("s-1").await, PsaStatus::NotSynced);
}

#[tokio::test]
async fn what_was_found_out_later_of_an_entry_does_not_replace_what_is_known() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "12.50")]).await;
    let one = f.line("s-1").await;
    let (_, dead) = begin(&f, RunKind::Sync, None, vec![action(&one)]).await;
    f.store.record(vec![requested(dead[0])]).await.unwrap();

    // Another run looked, found nothing, and posted the line.
    f.store.resolve(Step::Dropped { entry: dead[0] }).await.unwrap();
    f.store.drop_dead_intents().await.unwrap();
    f.post("s-1", 8).await;

    // One that looked at the same time sees the addition only now.
    f.store.resolve(done(dead[0], 7)).await.unwrap();
    let own = f.store.own_additions().await.unwrap();
    assert_eq!(own.iter().map(|o| o.addition_id).collect::<Vec<_>>(), [8]);
    let failed = Problem::new(ProblemKind::Incomplete, "drift", "it was changed", "keep it");
    f.store.resolve(Step::Failed { entry: dead[0], problem: failed }).await.unwrap();
    assert_eq!(f.status("s-1").await, PsaStatus::Synced);
}
