//! Clicks on what was drawn, held against what they do.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::theme::{Depth, SHIPPED, Theme};
use super::{Look, draw, glyphs};
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::GridId;
use crate::tui::model::layer::Layer;
use crate::tui::model::message::{Message, Pointer};
use crate::tui::model::sample::{on, press, ready};
use crate::tui::model::sample_posting::planned;
use crate::tui::model::sync::SyncView;
use crate::tui::model::update::update;
use crate::tui::model::{Model, Tab};
use crate::worker::job::Job;

/// Draws, finds a text and clicks on its first letter.
fn click(model: &mut Model, text: &str) -> Vec<Effect> {
    let look = Look::new(Theme::read(SHIPPED[0], Depth::Sixteen).unwrap(), glyphs::PLAIN);
    let mut terminal = Terminal::new(TestBackend::new(model.width, model.height)).unwrap();
    terminal.draw(|frame| draw(model, &look, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    for y in 0..model.height {
        let cells: Vec<&str> = (0..model.width).map(|x| buffer[(x, y)].symbol()).collect();
        let found = (0..cells.len()).find(|x| cells[*x..].concat().starts_with(text));
        if let Some(x) = found {
            let x = x as u16;
            let pointer = look.spot_at(x, y).map_or(Pointer::Click { x, y }, Pointer::On);
            return update(model, Message::Pointer(pointer));
        }
    }
    panic!("{text} is nowhere on the screen");
}

#[test]
fn tabs_hints_and_headings() {
    let mut model = ready(80, 24);
    click(&mut model, "4 Orgs");
    assert_eq!(model.tab, Tab::Organizations);
    let mut model = on(Tab::Organizations, 80, 24);
    click(&mut model, "Mapping Status");
    let sort = &model.grid(GridId::Organizations).sort;
    assert_eq!(sort.iter().map(|k| k.column).collect::<Vec<_>>(), ["status"]);
    click(&mut model, "? Help");
    assert!(matches!(model.top(), Some(Layer::Help(_))));
    click(&mut model, "Esc Back");
    assert!(model.layers.is_empty());
}

#[test]
fn rows_and_cells_are_gone_to_first_and_opened_then() {
    let mut model = on(Tab::Organizations, 80, 24);
    click(&mut model, "88%? Suggested 2");
    assert_eq!(model.grid(GridId::Organizations).at, 2);
    assert!(model.layers.is_empty());
    click(&mut model, "88%? Suggested 2");
    assert!(matches!(model.top(), Some(Layer::Picker(_))));

    let mut model = ready(80, 24);
    click(&mut model, "Products > Map 1 offer");
    assert_eq!(model.tab, Tab::Dashboard);
    click(&mut model, "Products > Map 1 offer");
    assert_eq!(model.tab, Tab::Products);
}

#[test]
fn dialogs_take_clicks_and_what_is_behind_them_does_not() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "L");
    click(&mut model, "[x] Previous Month");
    click(&mut model, "[x] Previous Month");
    click(&mut model, "7 Sync");
    assert_eq!(model.tab, Tab::Invoices, "a dialog is in front");
    click(&mut model, "[ Load ]");
    let effects = click(&mut model, "[ Load ]");
    assert!(
        effects.iter().any(
            |e| matches!(e, Effect::Submit { job: Job::Load { periods, .. }, .. } if periods.len() == 1)
        ),
        "{effects:?}"
    );
}

#[test]
fn questions_are_answered_and_views_switched() {
    let mut model = planned(80, 24);
    click(&mut model, "Refused");
    assert_eq!(model.sync.view, SyncView::Refused);
    press(&mut model, "a");
    let effects = click(&mut model, "n Without the cancels");
    assert!(
        effects.iter().any(|e| matches!(
            e,
            Effect::Submit { job: Job::Sync { with_cancels: false, .. }, .. }
        )),
        "{effects:?}"
    );
    let mut model = planned(80, 24);
    press(&mut model, "a");
    let effects = click(&mut model, "y With the cancels");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Submit { job: Job::Sync { with_cancels: true, .. }, .. })),
        "{effects:?}"
    );
}

#[test]
fn the_tour_is_led_and_ended() {
    let mut model = ready(80, 24);
    model.begin_tour();
    click(&mut model, ". next step");
    assert_eq!(model.tour, Some(1));
    click(&mut model, "X ends the tour");
    assert_eq!(model.tour, None);
}
