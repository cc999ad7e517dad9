use super::Tab;
use super::effect::Effect;
use super::grid::GridId;
use super::message::Answer;
use super::sample::{fresh, on, press, ready, settings, tell, type_text};

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
