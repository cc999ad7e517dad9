//! Edits, bulk updates, undo and redo.

use super::super::Tab;
use super::super::edit::{BulkPreview, Change, Edited};
use super::super::effect::Effect;
use super::super::layer::Layer;
use super::super::layer::picker::{Choice, Chosen};
use super::super::message::Answer;
use super::super::sample::{on, press, tell, type_text};
use crate::domain::edit::Edit;
use crate::domain::problem::{Problem, ProblemKind};
use crate::tui::model::Model;

fn inverse() -> Vec<Edit> {
    vec![Edit::Excluded { source: "platform".into(), organization: "org-0".into(), excluded: true }]
}

/// Answers the newest edit.
fn made(model: &mut Model, effects: &[Effect], rows: u64) -> Vec<Effect> {
    let ticket = effects
        .iter()
        .find_map(|e| match e {
            Effect::Change { ticket, .. } | Effect::Edit { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .expect("an edit was asked for");
    tell(
        model,
        Answer::Edited { ticket, result: Ok(Edited { rows, frozen: 0, inverse: inverse() }) },
    )
}

fn toast(model: &Model) -> &str {
    model.toast.as_ref().map_or("", |t| t.text.as_str())
}

fn changes(effects: &[Effect]) -> Vec<Change> {
    let all = effects.iter().filter_map(|e| match e {
        Effect::Change { changes, .. } => Some(changes.clone()),
        _ => None,
    });
    all.flatten().collect()
}

#[test]
fn a_wrong_suggestion_is_rejected_in_the_grid() {
    let mut model = on(Tab::Organizations, 80, 24);
    let effects = press(&mut model, "W");
    assert_eq!(changes(&effects), [Change::RejectSuggested]);
    made(&mut model, &effects, 1);
    assert!(toast(&model).contains("reject the suggestion"), "{}", toast(&model));
}

#[test]
fn every_edit_can_be_taken_back_and_made_again() {
    let mut model = on(Tab::Organizations, 80, 24);
    let effects = press(&mut model, "x");
    assert_eq!(changes(&effects), [Change::Excluded(true)]);
    made(&mut model, &effects, 1);
    assert!(toast(&model).contains("u takes it back"), "{}", toast(&model));
    let effects = press(&mut model, "a");
    assert_eq!(changes(&effects), [Change::Suggested]);
    made(&mut model, &effects, 1);

    let effects = press(&mut model, "u");
    made(&mut model, &effects, 1);
    assert_eq!(toast(&model), "taken back: accept the suggestion of the organization");
    assert_eq!(model.history.last(), Some("Excluded from Sync: Yes"));
    let effects = press(&mut model, "U");
    made(&mut model, &effects, 1);
    assert_eq!(toast(&model), "made again: accept the suggestion of the organization");
    for _ in 0..2 {
        let effects = press(&mut model, "u");
        made(&mut model, &effects, 1);
    }
    press(&mut model, "u");
    assert_eq!(toast(&model), "nothing to undo");
}

#[test]
fn a_new_edit_ends_the_line_of_redo() {
    let mut model = on(Tab::Organizations, 80, 24);
    let effects = press(&mut model, "x");
    made(&mut model, &effects, 1);
    let effects = press(&mut model, "u");
    made(&mut model, &effects, 1);
    assert!(model.history.next().is_some());
    let effects = press(&mut model, "x");
    made(&mut model, &effects, 1);
    assert_eq!(model.history.next(), None);
    press(&mut model, "Ctrl-R");
    assert_eq!(toast(&model), "nothing to redo");
}

#[test]
fn an_edit_that_failed_can_be_tried_again_and_undo_is_not_lost() {
    let mut model = on(Tab::Organizations, 80, 24);
    let effects = press(&mut model, "x");
    made(&mut model, &effects, 1);
    let effects = press(&mut model, "u");
    let Some(Effect::Edit { ticket, .. }) = effects.first() else { panic!("{effects:?}") };
    let problem = Problem::new(ProblemKind::Fault, "store", "the disk is full", "make room");
    tell(&mut model, Answer::Edited { ticket: *ticket, result: Err(problem) });
    assert!(toast(&model).contains("make room"));
    assert_eq!(model.history.last(), Some("Excluded from Sync: Yes"), "it can be undone later");
}

/// What a picker's newest question is answered with.
fn found(effects: &[Effect], id: i64, name: &str) -> Answer {
    let generation = effects
        .iter()
        .rev()
        .find_map(|e| match e {
            Effect::Choices { generation, .. } => Some(*generation),
            _ => None,
        })
        .expect("the picker searches");
    let choice = Choice {
        score: Some(92),
        reason: "the same rare words".into(),
        ..Choice::plain(Chosen::Id(id), name, "Berlin")
    };
    Answer::Choices { generation, choices: vec![choice], total: 120 }
}

#[test]
fn a_fast_enter_takes_what_was_typed_and_not_what_stood_there_before() {
    let mut model = on(Tab::Organizations, 80, 24);
    let effects = press(&mut model, "m");
    tell(&mut model, found(&effects, 7, "Contoso Limited"));
    let typed = type_text(&mut model, "fabrikam");
    assert_eq!(changes(&press(&mut model, "Enter")), [], "the answer is not there yet");
    let effects = tell(&mut model, found(&typed, 9, "Fabrikam, Inc."));
    assert_eq!(changes(&effects), [Change::Company(Some(9))]);
    assert!(model.layers.is_empty());
}

#[test]
fn who_looks_at_the_list_again_has_not_chosen() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "m");
    let typed = type_text(&mut model, "fabri");
    press(&mut model, "Enter Down");
    let effects = tell(&mut model, found(&typed, 9, "Fabrikam, Inc."));
    assert_eq!(changes(&effects), []);
    assert_eq!(changes(&press(&mut model, "Enter")), [Change::Company(Some(9))]);
}

#[test]
fn a_bulk_update_says_how_many_rows_change_before_it_changes_them() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "Space Space b");
    let effects = press(&mut model, "j Enter");
    let Some(Effect::Preview { generation, target, changes: asked }) = effects.first() else {
        panic!("{effects:?}");
    };
    assert_eq!((target.count(), asked.as_slice()), (2, &[Change::Excluded(false)][..]));
    let preview = BulkPreview { changes: 1, same: 1, frozen: 0, examples: vec![] };
    tell(&mut model, Answer::Preview { generation: generation - 1, result: Ok(preview.clone()) });
    let Some(Layer::Bulk(bulk)) = model.top() else { panic!("it stays open") };
    assert!(bulk.preview.is_none(), "an answer to an older question");
    tell(&mut model, Answer::Preview { generation: *generation, result: Ok(preview) });
    let effects = press(&mut model, "j Enter");
    assert_eq!(changes(&effects), [Change::Excluded(false)]);
    assert!(model.layers.is_empty());
}

#[test]
fn a_bulk_update_without_a_value_changes_nothing() {
    let mut model = on(Tab::Invoices, 80, 24);
    let effects = press(&mut model, "A b G Enter");
    assert_eq!(changes(&effects), []);
    assert_eq!(toast(&model), "choose at least one value");
    assert_eq!(model.layers.len(), 1, "the dialog stays");
}

#[test]
fn a_wrong_date_is_named_and_a_right_one_is_taken() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "e s");
    for _ in 0..10 {
        press(&mut model, "Backspace");
    }
    type_text(&mut model, "2026-02-30");
    press(&mut model, "Enter");
    let Some(Layer::Prompt(p)) = model.top() else { panic!("it stays open") };
    assert!(p.problem.as_deref().is_some_and(|t| t.contains("YYYY-MM-DD")));
    press(&mut model, "Backspace Backspace");
    type_text(&mut model, "28");
    let effects = press(&mut model, "Enter");
    assert_eq!(changes(&effects), [Change::Start("2026-02-28".parse().unwrap())]);
}

#[test]
fn an_empty_end_is_an_open_end() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "e e");
    for _ in 0..10 {
        press(&mut model, "Backspace");
    }
    assert_eq!(changes(&press(&mut model, "Enter")), [Change::End(None)]);
}

#[test]
fn a_posted_line_is_not_edited() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "j j e a");
    assert!(model.layers.is_empty());
    assert!(toast(&model).contains("posted"), "{}", toast(&model));
}

#[test]
fn enter_edits_the_cell_that_can_be_edited_and_opens_the_row_elsewhere() {
    let mut model = on(Tab::Invoices, 160, 50);
    press(&mut model, "Enter");
    assert!(matches!(model.top(), Some(Layer::Reading(_))));
    press(&mut model, "Esc l l l l l l l Enter");
    assert!(matches!(model.top(), Some(Layer::Picker(_))), "the company");
    press(&mut model, "Esc l l l Enter");
    assert!(matches!(model.top(), Some(Layer::Prompt(_))), "the start");
}

#[test]
fn the_month_is_switched_and_loaded() {
    use crate::worker::job::Job;
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "[");
    assert_eq!(
        model.grid(super::GridId::Invoices).period,
        Some(super::super::sample::month("2026-09"))
    );
    press(&mut model, "[");
    assert!(toast(&model).contains("L loads invoices"));
    let effects = press(&mut model, "L Up Up Space Down Down Enter");
    let submitted = effects.iter().find_map(|e| match e {
        Effect::Submit { job: Job::Load { periods, .. }, .. } => Some(periods.clone()),
        _ => None,
    });
    assert_eq!(
        submitted,
        Some(vec![super::super::sample::month("2026-10")]),
        "only the previous month"
    );
}

#[test]
fn what_was_mapped_automatically_is_taken_back_like_any_edit() {
    use super::super::sample_posting::end;
    use crate::worker::job::Outcome;
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "M");
    end(&mut model, 1, Outcome::Matched { accepted: 1, open: 2, inverse: inverse() });
    assert!(toast(&model).starts_with("1 mapped by name; 2 are left"), "{}", toast(&model));
    let effects = press(&mut model, "u");
    let Some(Effect::Edit { edits, .. }) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(**edits, inverse());
    made(&mut model, &effects, 1);
    assert_eq!(toast(&model), "taken back: map automatically");
}
