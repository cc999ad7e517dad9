//! Work on files and on the audit journal: asked for, done by the desk, told.

use rust_decimal::Decimal;

use super::super::Tab;
use super::super::effect::Effect;
use super::super::grid::GridId;
use super::super::layer::Layer;
use super::super::message::Answer;
use super::super::sample::{eur, month, on, press, settings, tell, type_text};
use super::super::sample_posting::plan;
use super::super::sync::SyncView;
use super::super::tools::{Done, Tool};
use crate::domain::approval::{Approval, Matter};
use crate::domain::edit::Edit;
use crate::domain::journal::RunId;
use crate::domain::mapping::MappingKind;
use crate::domain::policy::Scope;
use crate::domain::problem::{FileProblem, FileRefusal};
use crate::domain::unload::Unloaded;
use crate::matching::Kind;
use crate::tui::commands::Command;
use crate::tui::model::Model;
use crate::tui::model::message::Message;
use crate::tui::model::update::update;
use crate::worker::job::{Job, JobError};
use crate::worker::mapping_file::MappingChange;
use crate::worker::plan_file::Saved;

/// The work that is asked for, with its number.
#[track_caller]
fn used(effects: Vec<Effect>) -> (u64, Tool) {
    match effects.into_iter().next() {
        Some(Effect::Use { ticket, tool }) => (ticket, tool),
        other => panic!("no work: {other:?}"),
    }
}

fn done(model: &mut Model, ticket: u64, done: Done) -> Vec<Effect> {
    tell(model, Answer::Used { ticket, result: Ok(done) })
}

fn run(model: &mut Model, command: Command) -> Vec<Effect> {
    update(model, Message::Run(command))
}

fn said(model: &Model) -> &str {
    model.toast.as_ref().map_or("", |t| t.text.as_str())
}

fn changes(count: usize) -> Vec<MappingChange> {
    let change = |n| MappingChange {
        kind: MappingKind::Organization,
        source: "s".into(),
        platform_id: format!("o{n}").into(),
        platform_name: if n == 0 { "Con\u{1b}toso".into() } else { "".into() },
        field: "companies",
        from: "none".into(),
        to: "7 Contoso Ltd".into(),
    };
    (0..count).map(change).collect()
}

#[test]
fn a_mapping_file_is_shown_before_it_is_taken_and_can_be_taken_back() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "I");
    let (ticket, tool) = used(press(&mut model, "Enter"));
    let path = "mappings.csv".to_owned();
    assert_eq!(tool, Tool::ReadMappings { path: path.clone() });
    assert!(model.jobs.running.iter().any(|j| j.ticket == ticket), "it is shown as under way");

    let changes = changes(9);
    done(&mut model, ticket, Done::MappingsRead { path: path.clone(), changes: changes.clone() });
    let Some(Layer::Confirm(question)) = model.top() else { panic!("no question") };
    assert_eq!(question.lines[0], "Con\u{fffd}toso: companies from none to 7 Contoso Ltd");
    assert_eq!(question.lines.last().map(String::as_str), Some("and 3 more"));
    assert_eq!(press(&mut model, "n"), [], "all of it is shown, and the question stays");
    let Some(Layer::Reading(all)) = model.top() else { panic!("no list") };
    assert_eq!(all.lines.len(), 9);
    press(&mut model, "Esc");

    let (ticket, tool) = used(press(&mut model, "y"));
    assert_eq!(tool, Tool::TakeMappings { path, changes });
    let inverse =
        vec![Edit::Excluded { source: "s".into(), organization: "o1".into(), excluded: true }];
    let effects = done(&mut model, ticket, Done::MappingsTaken { changed: 9, inverse });
    assert!(effects.contains(&Effect::Stale { records: false }), "{effects:?}");
    assert!(said(&model).starts_with("9 values changed"), "{}", said(&model));
    assert!(matches!(press(&mut model, "u")[..], [Effect::Edit { .. }]));
}

#[test]
fn a_file_that_says_nothing_new_or_is_refused_changes_nothing() {
    let mut model = on(Tab::Products, 80, 24);
    press(&mut model, "I");
    let (ticket, _) = used(press(&mut model, "Enter"));
    let nothing = Done::MappingsRead { path: "m.csv".into(), changes: vec![] };
    assert_eq!(done(&mut model, ticket, nothing), []);
    assert!(model.layers.is_empty() && said(&model).contains("already"), "{}", said(&model));

    press(&mut model, "I");
    let (ticket, _) = used(press(&mut model, "Enter"));
    let mut refusal = FileRefusal::default();
    refusal.push(FileProblem {
        file: "m.csv".into(),
        row: Some(7),
        column: Some("psa_id".into()),
        code: "no-such-company".into(),
        message: "there is no company 9".into(),
        remedy: "pull companies".into(),
    });
    tell(&mut model, Answer::Used { ticket, result: Err(JobError::Refused(refusal)) });
    let Some(Layer::Reading(told)) = model.top() else { panic!("the places are not told") };
    assert!(told.lines.iter().any(|l| l.text.contains("row 7")), "{:?}", told.lines);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_that_is_agreed_to() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "O");
    let (ticket, tool) = used(press(&mut model, "Enter"));
    let path = "mappings.csv".to_owned();
    assert_eq!(tool, Tool::WriteMappings { path: path.clone(), replace: false });
    let instead = Tool::WriteMappings { path: path.clone(), replace: true };
    done(&mut model, ticket, Done::IsThere { path, instead: Box::new(instead.clone()) });
    let (ticket, tool) = used(press(&mut model, "y"));
    assert_eq!(tool, instead);
    done(&mut model, ticket, Done::Written { path: "mappings.csv".into(), rows: 12 });
    assert_eq!(said(&model), "12 rows written to mappings.csv");
}

#[test]
fn a_saved_plan_is_opened_and_carried_out_as_it_is() {
    let mut model = on(Tab::Sync, 80, 24);
    let mut view = settings(true);
    let mut with = (*view.settings).clone();
    with.approval = Approval::TwoPerson;
    view.settings = std::sync::Arc::new(with);
    tell(&mut model, Answer::Settings(Box::new(view)));
    press(&mut model, "f");
    type_text(&mut model, "plan.json");
    let (ticket, tool) = used(press(&mut model, "Enter"));
    assert_eq!(tool, Tool::ReadPlan { path: "plan.json".into(), approve: false });
    let mut saved = plan();
    saved.file = Some("abc".into());
    saved.cancels_need_consent = false;
    let scope = Scope { today: Some(saved.today), ..Scope::default() };
    let read = Box::new(Saved { plan: saved.clone(), scope });
    done(
        &mut model,
        ticket,
        Done::PlanRead { path: "plan.json".into(), saved: read, approve: false },
    );
    assert_eq!(model.sync.view, SyncView::Companies);
    assert_eq!(model.scope_told(), "saved in plan.json");

    // What was loaded meanwhile is the worker's to see: the plan is approved as it is.
    model.sync.stale = true;
    assert_eq!(press(&mut model, "a"), [], "it asks");
    let effects = press(&mut model, "y");
    let job = effects.iter().find_map(|e| match e {
        Effect::Submit { job: Job::Sync { plan: Some(plan), .. }, .. } => Some(plan),
        _ => None,
    });
    assert_eq!(job.map(|p| p.file.clone()), Some(Some("abc".into())), "{effects:?}");
}

#[test]
fn a_plan_is_approved_after_a_look_and_stays_open_when_it_is_not() {
    let mut model = on(Tab::Dashboard, 80, 24);
    run(&mut model, Command::ApprovePlan);
    type_text(&mut model, "plan.json");
    let (ticket, tool) = used(press(&mut model, "Enter"));
    assert_eq!(tool, Tool::ReadPlan { path: "plan.json".into(), approve: true });
    let read = |read: &Saved| Done::PlanRead {
        path: "plan.json".into(),
        saved: Box::new(read.clone()),
        approve: true,
    };
    let it = Saved { plan: plan_with_file(), scope: Scope::default() };
    done(&mut model, ticket, read(&it));
    let Some(Layer::Confirm(question)) = model.top() else { panic!("no question") };
    assert!(question.lines[0].starts_with("plan.json, made by eve"), "{:?}", question.lines);
    assert!(!question.lines[0].contains('\u{202e}'));
    press(&mut model, "Esc");
    assert_eq!(model.tab, Tab::Sync);
    assert!(model.sync.plan.is_some(), "it can be read");

    // The file is known by now: Enter takes it again.
    run(&mut model, Command::ApprovePlan);
    let (ticket, _) = used(press(&mut model, "Enter"));
    done(&mut model, ticket, read(&it));
    let (ticket, tool) = used(press(&mut model, "y"));
    assert!(matches!(tool, Tool::Approve { matter: Matter::Plan(ref d), .. } if d == "abc"));
    let approved = Done::Approved { what: "plan p".into(), who: "ada (uid 1)".into() };
    done(&mut model, ticket, approved);
    assert_eq!(said(&model), "ada (uid 1) approves plan p");
}

fn plan_with_file() -> crate::domain::plan::Plan {
    let mut saved = plan();
    (saved.file, saved.made_by) = (Some("abc".into()), Some("eve\u{202e} (uid 7)".into()));
    saved
}

#[test]
fn taking_a_run_back_is_approved_for_the_run_under_the_cursor() {
    let mut model = on(Tab::Sync, 80, 24);
    model.ask_approval_of(Command::ApproveCredit, RunId(12));
    let (_, tool) = used(press(&mut model, "y"));
    let Tool::Approve { matter, what } = tool else { panic!("{tool:?}") };
    assert_eq!((matter, what.as_str()), (Matter::Credit(RunId(12)), "the credit for run 12"));
}

#[test]
fn a_head_is_looked_at_before_the_journal_is_and_a_check_can_be_given_up() {
    let mut model = on(Tab::Logs, 80, 24);
    press(&mut model, "a");
    type_text(&mut model, "not a head");
    assert_eq!(press(&mut model, "Enter"), []);
    let Some(Layer::Prompt(p)) = model.top() else { panic!("it goes on without it") };
    assert!(p.problem.as_ref().is_some_and(|p| p.contains("no head")), "{:?}", p.problem);
    press(&mut model, "Esc");
    press(&mut model, "a");
    let (ticket, tool) = used(press(&mut model, "Enter"));
    assert_eq!(tool, Tool::CheckAudit { head: None });
    assert_eq!(press(&mut model, "Ctrl-X"), [Effect::GiveUp { ticket }]);
    assert!(model.jobs.running.is_empty());
    // Its answer may be on its way already.
    let late = Done::Written { path: "late".into(), rows: 1 };
    assert_eq!(done(&mut model, ticket, late), []);
    assert!(!said(&model).contains("late"));
}

#[test]
fn an_export_of_the_journal_asks_since_when() {
    let mut model = on(Tab::Logs, 80, 24);
    press(&mut model, "x Enter");
    type_text(&mut model, "soon");
    assert_eq!(press(&mut model, "Enter"), [], "that is no time");
    press(&mut model, "Ctrl-U");
    type_text(&mut model, "2026-11-21");
    let (_, tool) = used(press(&mut model, "Enter"));
    let since = "2026-11-21T00:00:00Z".parse().ok();
    assert_eq!(tool, Tool::WriteAudit { path: "audit.jsonl".into(), since, replace: false });
}

#[test]
fn a_bill_is_looked_at_with_the_profile_of_the_settings_unless_another_is_named() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "C");
    assert_eq!(press(&mut model, "Enter"), [], "a file, please");
    type_text(&mut model, "~/march.csv");
    press(&mut model, "Enter");
    let (_, tool) = used(press(&mut model, "Enter"));
    let (path, profile) = ("~/march.csv".to_owned(), "canonical".to_owned());
    assert_eq!(tool, Tool::CheckBill { path, profile });
}

#[test]
fn files_are_loaded_together() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "L Down Enter");
    type_text(&mut model, "a.csv; b.csv;");
    let effects = press(&mut model, "Enter");
    let Some(Effect::Submit { job: Job::Load { files, periods }, .. }) = effects.first() else {
        panic!("{effects:?}");
    };
    assert_eq!(
        files.iter().map(|f| f.to_str()).collect::<Vec<_>>(),
        [Some("a.csv"), Some("b.csv")]
    );
    assert!(periods.is_empty(), "every month in them");
}

#[test]
fn without_a_location_the_load_dialog_leads_to_a_file() {
    let mut model = on(Tab::Invoices, 80, 24);
    let mut view = settings(true);
    let mut with = (*view.settings).clone();
    with.source.location = None;
    view.settings = std::sync::Arc::new(with);
    tell(&mut model, Answer::Settings(Box::new(view)));
    press(&mut model, "L Enter");
    let Some(Layer::Prompt(p)) = model.top() else { panic!("it asks for a file") };
    assert_eq!(p.title, "Load from a file");
    press(&mut model, "Esc L Up Enter");
    assert_eq!(model.tab, Tab::Configuration);
    let Some(Layer::Prompt(p)) = model.top() else { panic!("it asks for the location") };
    assert_eq!(p.title, "Location");
}

#[test]
fn lines_that_are_not_posted_are_dropped_after_a_look() {
    let mut model = on(Tab::Invoices, 80, 24);
    model.grid_mut(GridId::Invoices).period = None;
    assert_eq!(run(&mut model, Command::Unload), [], "which month is not known");
    assert!(said(&model).contains("show the month"), "{}", said(&model));
    let period = month("2026-11");
    model.grid_mut(GridId::Invoices).period = Some(period);
    let (ticket, tool) = used(run(&mut model, Command::Unload));
    assert_eq!(tool, Tool::FindUnposted { period });
    let nothing = Unloaded { posted: 4, ..Unloaded::default() };
    done(&mut model, ticket, Done::Unposted { period, found: nothing });
    assert!(model.layers.is_empty() && said(&model).contains("4 are posted"), "{}", said(&model));

    let (ticket, _) = used(run(&mut model, Command::Unload));
    let money = [(eur(), Decimal::new(1250, 2))].into_iter().collect();
    let found = Unloaded { lines: 3, money, chosen: 1, ..Unloaded::default() };
    done(&mut model, ticket, Done::Unposted { period, found: found.clone() });
    let Some(Layer::Confirm(question)) = model.top() else { panic!("no question") };
    assert_eq!(question.lines[0], "3 lines of 2026-11 are dropped: 12.50 EUR.");
    assert!(question.lines[1].starts_with("1 of them"), "{:?}", question.lines);
    let (ticket, tool) = used(press(&mut model, "y"));
    assert_eq!(tool, Tool::Unload { period });
    let effects = done(&mut model, ticket, Done::Unloaded(found));
    assert!(effects.contains(&Effect::Periods), "{effects:?}");
    assert_eq!(said(&model), "3 lines dropped");
}

#[test]
fn names_are_matched_as_those_of_the_tab() {
    for (tab, of) in [(Tab::Products, Kind::Offer), (Tab::Dashboard, Kind::Organization)] {
        let mut model = on(tab, 80, 24);
        run(&mut model, Command::MatchLists);
        type_text(&mut model, "pairs.csv");
        press(&mut model, "Enter");
        let (ticket, tool) = used(press(&mut model, "Enter"));
        let catalog = "pairs.csv".to_owned();
        assert_eq!(tool, Tool::MatchLists { kind: of, catalog, queries: None });
        done(&mut model, ticket, Done::Pairs(vec![("A".into(), "B".into(), 0.5)]));
        let Some(Layer::Reading(told)) = model.top() else { panic!("nothing to read") };
        assert_eq!((told.lines[0].label.as_str(), told.lines[0].text.as_str()), (" 50%", "A = B"));
    }
}

#[test]
fn a_source_profile_can_be_read() {
    let mut model = on(Tab::Configuration, 80, 24);
    run(&mut model, Command::SourceProfiles);
    let Some(Layer::Picker(p)) = model.top() else { panic!("no list") };
    assert!(p.choices.iter().any(|c| c.title == "template-http"), "{:?}", p.choices);
    type_text(&mut model, "pax8");
    press(&mut model, "Enter");
    let Some(Layer::Reading(told)) = model.top() else { panic!("nothing to read") };
    assert!(told.lines.iter().any(|l| l.text.contains("[http]")), "{:?}", told.lines);
}
