//! The Logs tab.

use super::super::Tab;
use super::super::effect::Effect;
use super::super::grid::GridId;
use super::super::layer::Layer;
use super::super::sample::{fill, logs, on, press, type_text};

#[test]
fn the_level_narrows_what_is_shown_and_comes_back_to_all() {
    let mut model = on(Tab::Logs, 80, 24);
    let mut totals = vec![];
    for _ in 0..3 {
        let effects = press(&mut model, "v");
        assert!(effects.iter().any(|e| e.view_of() == Some(GridId::Logs)), "{effects:?}");
        fill(&mut model, GridId::Logs, logs());
        totals.push((model.log_level.map(|l| l.as_str()), model.grid(GridId::Logs).total));
    }
    assert_eq!(totals, [(Some("WARNING"), 2), (Some("ERROR"), 1), (None, 3),]);
}

#[test]
fn the_level_and_the_search_hold_together() {
    let mut model = on(Tab::Logs, 80, 24);
    press(&mut model, "v v /");
    type_text(&mut model, "skipped");
    fill(&mut model, GridId::Logs, logs());
    assert_eq!(model.grid(GridId::Logs).total, 0);
    press(&mut model, "Enter v v");
    fill(&mut model, GridId::Logs, logs());
    assert_eq!(model.grid(GridId::Logs).total, 1);
}

#[test]
fn whoever_moves_stops_following_and_f_follows_again() {
    let mut model = on(Tab::Logs, 80, 24);
    assert!(model.follow);
    press(&mut model, "j");
    assert!(!model.follow, "an entry that is being read does not run away");
    let row = model.grid(GridId::Logs).cursor.clone();
    fill(&mut model, GridId::Logs, logs());
    assert_eq!(model.grid(GridId::Logs).cursor, row);
    press(&mut model, "f");
    assert!(model.follow);
    assert_eq!(model.grid(GridId::Logs).at, 0);
}

#[test]
fn details_have_the_answer_as_it_came_and_are_searched_and_copied() {
    let mut model = on(Tab::Logs, 80, 24);
    press(&mut model, "Enter");
    let Some(Layer::Reading(r)) = model.top() else { panic!("the details") };
    assert!(r.lines.iter().any(|l| l.text.contains("raw: {}")), "{:?}", r.lines);
    let effects = press(&mut model, "y y");
    assert!(
        effects.iter().any(|e| matches!(e, Effect::Copy { text, .. } if text.contains("raw: {}"))),
        "{effects:?}"
    );
    press(&mut model, "/");
    type_text(&mut model, "raw");
    press(&mut model, "Enter");
    let Some(Layer::Reading(r)) = model.top() else { panic!("still there") };
    assert_eq!(r.wanted, "raw");
    press(&mut model, "Esc");
    assert!(model.layers.is_empty());
}
