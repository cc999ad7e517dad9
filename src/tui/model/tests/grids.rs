//! Columns, sort and filter of a grid.

use super::super::Tab;
use super::super::effect::Effect;
use super::super::grid::{GridId, Layout};
use super::super::message::Answer;
use super::super::sample::{fill, fresh, line, on, press, ready, settings, tell, type_text};
use crate::tui::model::Model;

const ORGANIZATIONS: GridId = GridId::Organizations;

fn shown(model: &Model, grid: GridId) -> Vec<&'static str> {
    model.grid(grid).layout.shown().map(|c| c.spec(grid).name).collect()
}

/// The newest note that was asked for.
fn note(effects: &[Effect]) -> (String, String) {
    effects
        .iter()
        .rev()
        .find_map(|e| match e {
            Effect::Note { name, value: Some(value) } => Some((name.clone(), value.clone())),
            _ => None,
        })
        .expect("the columns are remembered")
}

#[test]
fn columns_are_hidden_moved_resized_and_frozen_and_come_back_as_they_were() {
    let mut model = on(Tab::Organizations, 160, 50);
    let shipped = shown(&model, ORGANIZATIONS);
    // The cursor begins on the second column: wider, frozen with the first, one to the right.
    let mut effects = press(&mut model, "> > F }");
    // The third one goes.
    effects.extend(press(&mut model, "h -"));
    effects.extend(press(&mut model, "s"));
    let (name, value) = note(&effects);
    assert_eq!(name, ORGANIZATIONS.note());
    let mine = model.grid(ORGANIZATIONS).layout.clone();
    assert_eq!(mine.frozen, 2);
    assert_ne!(shown(&model, ORGANIZATIONS), shipped);

    let mut later = ready(80, 24);
    tell(&mut later, Answer::Notes(vec![(name, value)]));
    assert_eq!(later.grid(ORGANIZATIONS).layout, mine);
    assert_eq!(later.grid(ORGANIZATIONS).sort, model.grid(ORGANIZATIONS).sort);
    assert_eq!(later.grid(GridId::Invoices).layout, Layout::shipped(GridId::Invoices));
}

#[test]
fn a_note_that_cannot_be_read_gives_the_shipped_columns() {
    let mut model = ready(80, 24);
    for note in ["", "{}", "[1,2]", "{\"columns\":[[\"gone\",9,true]],\"frozen\":9}"] {
        tell(&mut model, Answer::Notes(vec![(ORGANIZATIONS.note(), note.into())]));
        let layout = &model.grid(ORGANIZATIONS).layout;
        assert_eq!(layout.columns, Layout::shipped(ORGANIZATIONS).columns, "{note}");
        assert!(layout.frozen <= layout.shown().count(), "{note}");
    }
}

#[test]
fn the_columns_dialog_does_the_same_and_remembers_when_it_is_closed() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "c j Space J");
    assert!(!shown(&model, ORGANIZATIONS).contains(&"excluded"));
    let effects = press(&mut model, "Esc");
    assert!(note(&effects).1.contains("[\"excluded\",8,false]"), "{effects:?}");
    press(&mut model, "c R Enter");
    assert_eq!(model.grid(ORGANIZATIONS).layout, Layout::shipped(ORGANIZATIONS));
}

#[test]
fn the_last_column_cannot_be_hidden() {
    let mut model = on(Tab::Organizations, 80, 24);
    for _ in 0..40 {
        press(&mut model, "-");
    }
    assert_eq!(shown(&model, ORGANIZATIONS).len(), 1);
}

#[test]
fn frozen_columns_stay_when_the_rest_scrolls() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "$");
    let grid = model.grid(GridId::Invoices);
    let drawn: Vec<usize> =
        grid.visible_columns(model.grid_width()).iter().map(|(nth, _)| *nth).collect();
    assert_eq!(drawn.first(), Some(&0), "the frozen one");
    assert!(drawn.contains(&grid.column), "the one under the cursor: {drawn:?}");
    assert!(!drawn.contains(&1), "scrolled out: {drawn:?}");
    press(&mut model, "0");
    assert_eq!(model.grid(GridId::Invoices).left, 0);
}

#[test]
fn a_number_is_never_cut() {
    for width in 60..=200 {
        let model = on(Tab::Invoices, width, 24);
        let grid = model.grid(GridId::Invoices);
        let specs: Vec<_> = grid.layout.shown().collect();
        for (nth, drawn) in grid.visible_columns(model.grid_width()) {
            let right = specs[nth].spec(GridId::Invoices).right;
            assert!(!right || drawn >= specs[nth].width, "{nth} at {width} columns");
        }
    }
}

#[test]
fn sorting_takes_several_levels_and_a_third_press_ends_it() {
    let mut model = on(Tab::Organizations, 160, 50);
    press(&mut model, "0 s l S S");
    let keys = |model: &Model| -> Vec<(&'static str, bool)> {
        model.grid(ORGANIZATIONS).sort.iter().map(|k| (k.column, k.descending)).collect()
    };
    assert_eq!(keys(&model), [("organization", false), ("company", true)]);
    press(&mut model, "S");
    assert_eq!(keys(&model), [("organization", false)]);
    press(&mut model, "0 s s");
    assert_eq!(keys(&model), []);
}

#[test]
fn a_half_typed_filter_keeps_the_rows_and_a_wrong_one_is_named() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "/");
    let effects = type_text(&mut model, "status:");
    assert_eq!(effects.iter().filter(|e| e.view_of().is_some()).count(), 7, "at every key");
    let before = model.grid(GridId::Invoices).bar.filter.clone();
    assert!(before.is_empty(), "a column without a value says nothing yet");
    type_text(&mut model, "error amount>many");
    let bar = &model.grid(GridId::Invoices).bar;
    assert_eq!(bar.filter.terms.len(), 1);
    assert_eq!(bar.problems.len(), 1);
    press(&mut model, "Enter");
    assert!(!model.grid(GridId::Invoices).bar.editing, "Enter keeps it");
    press(&mut model, "Esc");
    assert!(model.grid(GridId::Invoices).bar.filter.is_empty(), "Esc drops it");
}

#[test]
fn the_value_of_a_cell_becomes_a_filter_and_goes_again() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "0 =");
    assert_eq!(model.grid(ORGANIZATIONS).bar.field.text(), "organization=\"Contoso Ltd\"");
    press(&mut model, "Backspace");
    assert!(model.grid(ORGANIZATIONS).bar.filter.is_empty());
}

#[test]
fn the_cursor_stays_on_its_row_when_rows_are_sorted_and_filtered() {
    let rows: Vec<_> = (0..200).map(line).collect();
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "PgDn j");
    let id = model.grid(GridId::Invoices).cursor.clone();
    press(&mut model, "s s");
    fill(&mut model, GridId::Invoices, rows.clone());
    assert_eq!(model.grid(GridId::Invoices).cursor, id);
    press(&mut model, "/");
    type_text(&mut model, "status:synced");
    fill(&mut model, GridId::Invoices, rows);
    assert_eq!(model.grid(GridId::Invoices).total, 50);
}

#[test]
fn export_asks_for_a_file_and_writes_what_is_shown() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "/");
    type_text(&mut model, "contoso");
    press(&mut model, "Enter E");
    let effects = press(&mut model, "Enter");
    let Some(Effect::Export { query, columns, path }) = effects.first() else {
        panic!("{effects:?}");
    };
    assert_eq!(query.filter.terms.len(), 1);
    assert_eq!(columns.first(), Some(&"organization"));
    assert_eq!(path.as_deref(), Some("organizations.csv"));
}

#[test]
fn an_empty_grid_says_what_to_do_and_survives_every_key() {
    for tab in [Tab::Organizations, Tab::Products, Tab::Invoices, Tab::Sync, Tab::Logs] {
        let mut model = on(tab, 80, 24);
        let grid = model.front().expect("the tab shows a grid");
        fill(&mut model, grid, vec![]);
        for key in "j k g G PgDn h l 0 $ n N s S Space V V Z A d y m = Enter".split(' ') {
            press(&mut model, key);
            press(&mut model, "Esc");
        }
        assert_eq!(model.grid(grid).total, 0);
    }
}

#[test]
fn answers_to_older_questions_are_not_taken() {
    let mut model = on(Tab::Organizations, 80, 24);
    let old = model.grid_mut(ORGANIZATIONS).renew();
    let new = model.grid_mut(ORGANIZATIONS).renew();
    assert!(old.generation < new.generation);
    let problem = crate::domain::problem::Problem::new(
        crate::domain::problem::ProblemKind::Fault,
        "store",
        "the store cannot be read",
        "look at the disk",
    );
    tell(&mut model, Answer::NoRows { grid: ORGANIZATIONS, generation: old.generation, problem });
    assert!(model.grid(ORGANIZATIONS).problem.is_none());
}

#[test]
fn columns_of_a_profile_come_before_anything_is_set_up() {
    let mut model = fresh(80, 24);
    tell(&mut model, Answer::Settings(Box::new(settings(false))));
    tell(&mut model, Answer::Notes(vec![]));
    assert_eq!(model.grid(ORGANIZATIONS).layout, Layout::shipped(ORGANIZATIONS));
}

#[test]
fn a_wide_screen_is_used_for_long_texts_but_not_against_who_sized_a_column() {
    let wide = |model: &Model| {
        let grid = model.grid(ORGANIZATIONS);
        grid.visible_columns(model.grid_width())
    };
    let mut model = on(Tab::Organizations, 200, 50);
    let before = wide(&model);
    assert!(before[0].1 > 24 && before[1].1 > 24, "{before:?}");
    let all: u16 = before.iter().map(|(_, w)| w + 1).sum();
    assert!(all <= 199, "{before:?}");
    press(&mut model, "0 <");
    let after = wide(&model);
    assert_eq!(after[0].1, 22, "as it was made");
    assert!(after[1].1 >= before[1].1, "the others have the room");
}
