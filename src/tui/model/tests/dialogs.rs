//! Palette, help, texts to read, words at the bottom.

use super::super::Tab;
use super::super::effect::Effect;
use super::super::layer::Layer;
use super::super::layer::reading::Text;
use super::super::message::Message;
use super::super::sample::{on, press, ready, type_text};
use super::super::sample_posting::end;
use super::super::update::update;
use crate::tui::commands::{TABLE, works_now};
use crate::tui::model::Model;
use crate::worker::forecast::Forecast;
use crate::worker::job::{Job, Outcome};

fn reading(model: &Model) -> &super::super::layer::reading::Reading {
    match model.top() {
        Some(Layer::Reading(r)) => r,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_palette_finds_a_command_by_parts_of_its_words_and_runs_it() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "Ctrl-P");
    type_text(&mut model, "bulk upd");
    press(&mut model, "Enter");
    assert!(matches!(model.top(), Some(Layer::Bulk(_))));
}

#[test]
fn a_command_that_does_not_work_here_says_where_it_does() {
    let mut model = ready(80, 24);
    press(&mut model, ":");
    type_text(&mut model, "carry out");
    press(&mut model, "Enter");
    let toast = model.toast.as_ref().map(|t| t.text.clone()).unwrap_or_default();
    assert!(toast.contains("Carry out"), "{toast}");
}

#[test]
fn help_lists_what_works_here_and_nothing_else() {
    for tab in Tab::ALL {
        let mut model = on(tab, 80, 24);
        let works: Vec<_> =
            TABLE.iter().filter(|e| works_now(&model, e.command)).map(|e| e.command).collect();
        press(&mut model, "?");
        let Some(Layer::Help(help)) = model.top() else { panic!("the help") };
        assert!(help.items.len() > 10);
        for item in &help.items {
            assert!(works.contains(&item.command), "{tab:?}: {:?}", item.command);
            assert!(!item.keys.is_empty());
        }
    }
}

#[test]
fn every_line_of_a_long_text_can_be_read() {
    for (width, height) in [(60, 15), (80, 24), (160, 50)] {
        let mut model = ready(width, height);
        let mut text = Text::default();
        for i in 0..90 {
            text.field(&format!("field {i}"), "word ".repeat(30));
        }
        text.line(format!("{}THE END", "x".repeat(3000)));
        model.read("long", text);
        press(&mut model, "G");
        let r = reading(&model);
        let rows = r.shape(width).rows;
        let seen = usize::from(height - 4 - 2);
        assert_eq!(r.top + seen, rows.len(), "{width}x{height}: the end is at the bottom");
        assert!(rows.last().unwrap().text.ends_with("THE END"));
        press(&mut model, "j");
        assert_eq!(reading(&model).top + seen, rows.len(), "no further, and not round");
        press(&mut model, "g PgDn");
        assert_eq!(reading(&model).top, seen, "a page is what is seen");
    }
}

#[test]
fn a_search_in_a_text_goes_to_the_line_and_on() {
    let mut model = ready(80, 24);
    let mut text = Text::default();
    for i in 0..200 {
        text.line(if i % 60 == 50 { format!("needle {i}") } else { format!("hay {i}") });
    }
    model.read("stack", text);
    press(&mut model, "/");
    type_text(&mut model, "needle");
    assert_eq!(reading(&model).top, 50);
    press(&mut model, "Enter n");
    assert_eq!(reading(&model).top, 110);
    press(&mut model, "N N");
    assert_eq!(reading(&model).top, 170, "round to the other end");
}

#[test]
fn words_at_the_bottom_go_by_themselves() {
    let mut model = ready(80, 24);
    press(&mut model, "u");
    assert!(model.toast.is_some());
    let later = model.next_deadline().unwrap();
    update(&mut model, Message::Clock(later));
    assert!(model.toast.is_none());
    assert_eq!(model.next_deadline(), None);
}

#[test]
fn all_figures_of_the_dashboard_can_be_read() {
    let mut model = ready(80, 24);
    press(&mut model, "d");
    let r = reading(&model);
    assert!(r.lines.iter().any(|l| l.text.contains("76995.61 EUR")), "{:?}", r.lines);
    assert!(r.lines.iter().any(|l| l.text == "it holds"));
}

#[test]
fn what_to_do_next_leads_there_and_shows_what_is_meant() {
    let mut model = ready(80, 24);
    press(&mut model, "j Enter");
    assert_eq!(model.tab, Tab::Organizations);
    let grid = model.grid(super::GridId::Organizations);
    assert_eq!(grid.bar.field.text(), "status:unmapped");
}

#[test]
fn a_paste_goes_into_the_field_and_never_becomes_commands() {
    let mut model = on(Tab::Organizations, 80, 24);
    let effects = update(&mut model, Message::Paste("xxDy\nx".into()));
    assert_eq!(effects, []);
    assert!(model.toast.is_some());
    press(&mut model, "/");
    update(&mut model, Message::Paste("contoso\n".into()));
    assert_eq!(model.grid(super::GridId::Organizations).bar.field.text(), "contoso");
}

#[test]
fn what_is_wrong_in_the_key_map_is_said_and_the_rest_holds() {
    use crate::tui::keys::KeyMap;
    use crate::tui::model::sample::fresh_with;
    let one = "[[bind]]\nkeys = \"x\"\nrun = \"grid.marc\"\nwhen = \"grid and plain\"\n";
    let model = fresh_with(KeyMap::with_user(Some(one)));
    let toast = model.toast.as_ref().map(|t| t.text.clone()).unwrap_or_default();
    assert!(toast.contains("keymap.toml line 1") && toast.contains("grid.mark"), "{toast}");

    let model = fresh_with(KeyMap::with_user(Some(&one.repeat(3))));
    let r = reading(&model);
    assert_eq!(r.lines.len(), 4, "{:?}", r.lines);
}

#[test]
fn a_forecast_is_asked_for_by_name_and_read() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "Ctrl-P");
    type_text(&mut model, "forecast");
    let effects = press(&mut model, "Enter");
    assert!(matches!(&effects[..], [Effect::Submit { job: Job::Forecast, .. }]), "{effects:?}");
    let left_out = [("not billed yet".to_owned(), 3)].into();
    end(&mut model, 1, Outcome::Forecast(Box::new(Forecast { lines: vec![], left_out })));
    let read = reading(&model);
    assert_eq!(read.title, "Forecast");
    let told = |text: &str| read.lines.iter().any(|l| l.text.contains(text));
    assert!(told("Nothing of this is loaded") && told("expects nothing to bill"));
    assert!(read.lines.iter().any(|l| l.label == "not billed yet" && l.text == "3"));
}
