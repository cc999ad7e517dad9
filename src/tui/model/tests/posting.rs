//! The Sync tab: plan, run, proof, past runs.

use super::super::Tab;
use super::super::effect::Effect;
use super::super::grid::GridId;
use super::super::layer::Layer;
use super::super::message::Message;
use super::super::sample::{fill, on, press, type_text};
use super::super::sample_posting::{end, finding, plan, planned, proof, run_rows, summary, take};
use super::super::sync::SyncView;
use super::super::update::update;
use crate::domain::journal::RunId;
use crate::domain::problem::{Problem, ProblemKind};
use crate::tui::commands::Command;
use crate::tui::model::Model;
use crate::worker::job::{Event, Job, JobError, JobId, Outcome};

fn job(effects: &[Effect]) -> Option<&Job> {
    effects.iter().find_map(|e| match e {
        Effect::Submit { job, .. } => Some(job),
        _ => None,
    })
}

fn toast(model: &Model) -> &str {
    model.toast.as_ref().map_or("", |t| t.text.as_str())
}

#[test]
fn a_plan_comes_before_anything_is_written_and_cancels_want_consent() {
    for (key, with_cancels) in [("y", true), ("n", false)] {
        let mut model = planned(80, 24);
        assert_eq!(press(&mut model, "a"), [], "it asks first");
        let effects = press(&mut model, key);
        let Some(Job::Sync { plan: Some(told), with_cancels: with, .. }) = job(&effects) else {
            panic!("{effects:?}");
        };
        assert_eq!((**told == plan(), *with), (true, with_cancels), "{key}");
        assert_eq!(model.sync.view, SyncView::Progress);
    }
    let mut model = planned(80, 24);
    assert_eq!(press(&mut model, "a Esc"), [], "neither");
}

#[test]
fn a_plan_that_no_longer_holds_is_made_anew_instead_of_carried_out() {
    let mut model = planned(80, 24);
    model.sync.stale = true;
    let effects = press(&mut model, "a");
    assert!(matches!(job(&effects), Some(Job::Plan(_))), "{effects:?}");
    assert!(model.layers.is_empty());
}

#[test]
fn a_plan_that_no_longer_held_is_shown_anew_and_not_carried_out() {
    let mut model = planned(80, 24);
    press(&mut model, "a y");
    take(&mut model, 2);
    let problem =
        Problem::new(ProblemKind::Stale, "plan-stale", "lines have changed", "plan again");
    let result = Box::new(Err(JobError::Problem(problem)));
    let effects = update(&mut model, Message::Worker(Event::Ended { job: JobId(2), result }));
    assert!(matches!(job(&effects), Some(Job::Plan(_))), "{effects:?}");
    end(&mut model, 3, Outcome::Planned(Box::new(plan())));
    assert!(toast(&model).contains("nothing was written"), "{}", toast(&model));
    assert_eq!((model.sync.view, model.sync.stale), (SyncView::Companies, false));
    assert!(model.sync.broken.is_none() && model.jobs.running.is_empty());
}

#[test]
fn a_plan_of_some_lines_stays_one_until_it_is_carried_out() {
    let mut model = planned(80, 24);
    let lines = vec!["canonical/L-1".to_owned()];
    let mut some = plan();
    some.only_lines.clone_from(&lines);
    model.sync.plan = Some(std::sync::Arc::new(some));
    model.sync.scope_text = "one line".into();
    model.sync.stale = true;
    let effects = press(&mut model, "a");
    let Some(Job::Plan(scope)) = job(&effects) else { panic!("{effects:?}") };
    assert_eq!(scope.lines, lines);

    let mut model = planned(80, 24);
    model.sync.scope_text = "one line".into();
    press(&mut model, "1");
    let at = model.dashboard.next().iter().position(|n| n.run == Some(Command::MakePlan));
    model.dashboard.at = at.unwrap();
    let effects = press(&mut model, "Enter");
    let Some(Job::Plan(scope)) = job(&effects) else { panic!("{effects:?}") };
    assert!(scope.lines.is_empty() && scope.periods.is_empty());
    assert_eq!(model.sync.scope_text, "everything loaded");
}

#[test]
fn a_company_opens_to_its_actions_and_an_action_to_its_fields() {
    let mut model = planned(80, 24);
    press(&mut model, "Enter");
    assert_eq!(model.sync.view, SyncView::Actions);
    let text = model.grid(GridId::Actions).bar.field.text().to_owned();
    assert_eq!(text, "company=\"Contoso Limited\" currency=EUR");
    fill(&mut model, GridId::Actions, super::super::sample_posting::plan_rows(GridId::Actions));
    assert_eq!(model.grid(GridId::Actions).total, 3);
    press(&mut model, "j Enter");
    let Some(Layer::Reading(r)) = model.top() else { panic!("the details") };
    assert!(r.lines.iter().any(|l| l.text == "12.00 -> 12.50"), "{:?}", r.lines);
}

#[test]
fn a_run_is_held_goes_on_and_is_cancelled_at_a_safe_point() {
    let mut model = planned(80, 24);
    press(&mut model, "a y");
    take(&mut model, 5);
    assert_eq!(press(&mut model, "p"), [Effect::Pause(JobId(5), true)]);
    assert_eq!(press(&mut model, "p"), [Effect::Pause(JobId(5), false)]);
    assert_eq!(press(&mut model, "Ctrl-X"), [Effect::Cancel(JobId(5))]);
    let result = Box::new(Err(JobError::Cancelled));
    update(&mut model, Message::Worker(Event::Ended { job: JobId(5), result }));
    assert!(model.jobs.running.is_empty());
    assert!(toast(&model).contains("safe point"));
}

#[test]
fn leaving_while_it_runs_asks_and_waits_for_the_safe_point() {
    let mut model = planned(80, 24);
    press(&mut model, "a y");
    take(&mut model, 5);
    assert_eq!(press(&mut model, "q"), []);
    assert!(matches!(model.top(), Some(Layer::Confirm(_))));
    assert_eq!(press(&mut model, "y"), [Effect::Cancel(JobId(5))]);
    let result = Box::new(Err(JobError::Cancelled));
    let effects = update(&mut model, Message::Worker(Event::Ended { job: JobId(5), result }));
    assert!(effects.contains(&Effect::Quit), "{effects:?}");
}

#[test]
fn what_stopped_a_run_is_said_with_its_remedy() {
    let mut model = planned(80, 24);
    press(&mut model, "a y");
    let mut summary = summary(0);
    let problem = Problem::new(ProblemKind::PsaRefused, "keys", "the keys are refused", "new keys");
    summary.report.stopped = Some(problem);
    end(&mut model, 5, Outcome::Synced(Box::new(summary)));
    assert_eq!(toast(&model), "the keys are refused -> new keys");
}

#[test]
fn failed_lines_are_kept_with_their_remedy_and_scroll() {
    let mut model = planned(80, 24);
    press(&mut model, "a y");
    let mut summary = summary(4);
    summary.report.errors[0].problem.message = "something else".into();
    end(&mut model, 5, Outcome::Synced(Box::new(summary)));
    assert_eq!(model.jobs.problems.len(), 4);
    let causes = model.jobs.causes();
    let told: Vec<(&str, usize)> = causes.iter().map(|(p, more)| (&*p.line, *more)).collect();
    assert_eq!(told, [("L-000003", 2), ("L-000000", 0)], "one cause is told once");
    press(&mut model, "j j k");
    assert_eq!(model.sync.top, 1);
    assert!(matches!(model.sync.view, SyncView::Progress));
}

#[test]
fn only_a_proof_is_called_one() {
    let says = |posted: &str, psa: &str, drifted: bool| {
        let mut model = on(Tab::Sync, 80, 24);
        press(&mut model, "r");
        let found = if drifted { vec![finding()] } else { vec![] };
        end(&mut model, 1, Outcome::Reconciled(Box::new(proof(posted, psa, found))));
        assert_eq!(model.sync.view, SyncView::Findings);
        toast(&model).to_owned()
    };
    assert!(says("1.00", "1.00", false).starts_with("reconciled"));
    assert_eq!(says("1.00", "1.01", false), "not proven: the sums differ");
    assert_eq!(says("1.00", "1.00", true), "not proven: 1 changed by a person");
}

#[test]
fn past_runs_are_reconciled_retried_and_taken_back() {
    let mut model = on(Tab::Sync, 80, 24);
    press(&mut model, "v");
    assert_eq!(model.sync.view, SyncView::Runs);
    fill(&mut model, GridId::Runs, run_rows());
    let effects = press(&mut model, "r");
    let Some(Job::Reconcile(periods)) = job(&effects) else { panic!("{effects:?}") };
    assert_eq!(periods.len(), 1, "the months of the run");
    model.jobs.running.clear();
    let effects = press(&mut model, "t y");
    assert!(matches!(job(&effects), Some(Job::Retry { run: Some(RunId(3)), .. })), "{effects:?}");
    model.jobs.running.clear();
    assert_eq!(model.sync.view, SyncView::Progress);
    press(&mut model, "v j u");
    assert_eq!(model.sync.view, SyncView::Runs);
    let effects = press(&mut model, "y");
    assert!(matches!(job(&effects), Some(Job::Undo(RunId(2)))), "{effects:?}");
}

#[test]
fn drift_is_overwritten_only_when_told_to_and_the_question_says_so() {
    let mut model = planned(80, 24);
    let effects = press(&mut model, "o");
    let Some(Job::Plan(scope)) = job(&effects) else { panic!("{effects:?}") };
    assert!(scope.overwrite_drift && !scope.repost_deleted);
    end(&mut model, 2, Outcome::Planned(Box::new(plan())));
    fill(&mut model, GridId::Companies, super::super::sample_posting::plan_rows(GridId::Companies));
    press(&mut model, "a");
    let Some(Layer::Confirm(c)) = model.top() else { panic!("it asks") };
    assert!(c.lines.iter().any(|l| l.contains("overwritten")), "{:?}", c.lines);
    let effects = press(&mut model, "y");
    let Some(Job::Sync { scope, .. }) = job(&effects) else { panic!("{effects:?}") };
    assert!(scope.overwrite_drift);
}

#[test]
fn the_lines_of_the_invoices_tab_are_planned_one_marked_or_all() {
    let mut model = on(Tab::Invoices, 80, 24);
    let effects = press(&mut model, "Space Space P m");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::SubmitPlanFor { target, .. } if target.count() == 2)),
        "{effects:?}"
    );
    let mut model = on(Tab::Invoices, 80, 24);
    let effects = press(&mut model, "P l");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::SubmitPlanFor { target, .. } if target.count() == 1)),
        "{effects:?}"
    );
    let mut model = on(Tab::Invoices, 80, 24);
    let effects = press(&mut model, "P a");
    let Some(Job::Plan(scope)) = job(&effects) else { panic!("{effects:?}") };
    assert_eq!(scope.periods.len(), 1);
    assert_eq!(model.tab, Tab::Sync);
}

#[test]
fn a_job_is_not_begun_twice() {
    let mut model = on(Tab::Organizations, 80, 24);
    assert!(job(&press(&mut model, "r")).is_some());
    assert_eq!(press(&mut model, "r"), []);
    assert!(toast(&model).contains("running already"));
    press(&mut model, ":");
    type_text(&mut model, "x");
    assert_eq!(model.layers.len(), 1, "the rest goes on working");
}
