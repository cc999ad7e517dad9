mod dialogs;
mod edits;
mod events;
mod grids;
mod logs;
mod marks;
mod posting;
mod setup;
mod tools;

use super::Tab;
use super::dashboard::DashboardData;
use super::edit::Edited;
use super::effect::{Effect, Hidden};
use super::grid::GridId;
use super::message::Answer;
use super::sample::{counting, fresh, on, press, ready, settings, tell, type_text};
use super::settings::Gate;
use crate::domain::edit::Edit;
use crate::domain::problem::{Problem, ProblemKind};
use crate::vault::SecretPlace;
use crate::worker::job::{Job, PullWhat};

#[test]
fn digits_open_the_tabs() {
    let mut model = ready(80, 24);
    for (key, tab) in [
        ("2", Tab::Credentials),
        ("3", Tab::Configuration),
        ("4", Tab::Organizations),
        ("5", Tab::Products),
        ("6", Tab::Invoices),
        ("7", Tab::Sync),
        ("8", Tab::Logs),
        ("1", Tab::Dashboard),
    ] {
        press(&mut model, key);
        assert_eq!(model.tab, tab, "{key}");
    }
}

#[test]
fn nothing_can_be_mapped_before_the_set_up() {
    let mut model = fresh(80, 24);
    tell(&mut model, Answer::Settings(Box::new(settings(false))));
    press(&mut model, "4");
    assert_eq!(model.front(), None, "the grid is closed, the page says where to go");
}

#[test]
fn figures_are_never_taken_back_while_the_lines_are_counted_again() {
    let mut model = counting(80, 24);
    assert!(model.dashboard.next().is_empty(), "nothing to choose before all of it is known");
    let known = model.dashboard.data.clone().unwrap();
    let generation = model.dashboard.generation;
    let mut answer = |data: DashboardData| -> usize {
        tell(&mut model, Answer::Dashboard { generation, data: Ok(Box::new(data)) });
        model.dashboard.next().len()
    };
    assert!(answer(DashboardData { counting: false, ..*known.clone() }) > 0);
    assert!(answer(*known) > 0);
}

#[test]
fn a_filter_is_asked_for_as_it_is_typed() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "/");
    let effects = type_text(&mut model, "north");
    assert!(model.grids[&GridId::Organizations].bar.editing);
    assert_eq!(model.grids[&GridId::Organizations].bar.field.text(), "north");
    assert!(effects.iter().any(|e| e.view_of() == Some(GridId::Organizations)), "{effects:?}");
}

#[test]
fn escape_backs_out_and_leaves_nothing_open() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, ":");
    assert_eq!(model.layers.len(), 1);
    press(&mut model, "Esc");
    assert!(model.layers.is_empty());
}

#[test]
fn leaving_is_an_effect() {
    let mut model = ready(80, 24);
    assert!(press(&mut model, "Ctrl-C").contains(&Effect::Quit));
}

/// The ticket of the one change that is asked for.
fn ticket_of(effects: &[Effect]) -> u64 {
    match effects {
        [Effect::Change { ticket, .. }] => *ticket,
        other => panic!("no single change: {other:?}"),
    }
}

#[test]
fn rows_that_a_filter_let_through_are_marked_no_more_once_they_have_changed() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "A");
    assert!(!model.grid(GridId::Organizations).marks.is_empty());
    let ticket = ticket_of(&press(&mut model, "x"));
    let inverse = vec![Edit::Excluded {
        source: "platform".into(),
        organization: "org-0".into(),
        excluded: false,
    }];
    tell(&mut model, Answer::Edited { ticket, result: Ok(Edited { rows: 1, frozen: 0, inverse }) });
    assert!(model.grid(GridId::Organizations).marks.is_empty(), "they would be marked unseen");
}

#[test]
fn what_to_do_next_is_done_to_the_rows_that_it_shows() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "Space");
    assert!(!model.grid(GridId::Invoices).marks.is_empty());
    press(&mut model, "1");
    assert_eq!(model.dashboard.next()[0].tab, Tab::Invoices);
    press(&mut model, "Enter");
    assert_eq!(model.tab, Tab::Invoices);
    assert!(model.grid(GridId::Invoices).marks.is_empty());
}

#[test]
fn records_are_fetched_when_the_last_of_site_and_keys_is_there() {
    let mut model = fresh(80, 24);
    tell(&mut model, Answer::Settings(Box::new(settings(false))));
    assert_eq!(model.gate(), Some(Gate::Credentials));
    let mut view = settings(true);
    view.pulled = false;
    view.private = None;
    let pulls = |effects: Vec<Effect>| {
        let pull = Job::Pull(PullWhat::All);
        effects.iter().any(|e| matches!(e, Effect::Submit { job, .. } if *job == pull))
    };
    assert!(!pulls(tell(&mut model, Answer::Settings(Box::new(view.clone())))));
    view.private = Some(SecretPlace::VaultFile);
    assert!(pulls(tell(&mut model, Answer::Settings(Box::new(view.clone())))));
    assert!(!pulls(tell(&mut model, Answer::Settings(Box::new(view)))));
}

#[test]
fn a_locked_secrets_file_is_opened_with_a_passphrase() {
    let mut model = fresh(80, 24);
    let mut view = settings(true);
    (view.public, view.private) = (None, None);
    let problem = Problem::new(ProblemKind::NotSetUp, "vault-locked", "it is locked", "open it");
    view.vault = Some(problem);
    tell(&mut model, Answer::Settings(Box::new(view.clone())));
    // It is asked once, however often the settings are told.
    tell(&mut model, Answer::Settings(Box::new(view)));
    assert_eq!(model.layers.len(), 1);
    type_text(&mut model, "correct horse");
    let effects = press(&mut model, "Enter");
    assert!(effects.contains(&Effect::Unlock(Hidden::new("correct horse"))), "{effects:?}");
    assert!(model.layers.is_empty());
}
