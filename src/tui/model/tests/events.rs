//! Lines that belong together, on the Invoices and the Sync tab.

use super::super::Tab;
use super::super::effect::Effect;
use super::super::events::EventRow;
use super::super::grid::GridId;
use super::super::layer::Layer;
use super::super::message::Answer;
use super::super::sample::{on, press, tell};
use super::super::sample_posting::planned;
use super::super::sync::SyncView;
use crate::worker::job::Job;

fn events() -> Vec<EventRow> {
    let lines = |keys: [&str; 2]| keys.map(|k| (k.to_owned(), format!("what {k} says"))).to_vec();
    vec![
        EventRow {
            title: "10 to 12 seats on 20 Jun, +18.81 EUR".into(),
            detail: "Contoso Limited: Microsoft 365 E3".into(),
            lines: lines(["L-1", "L-2"]),
        },
        EventRow {
            title: "12 to 8 seats on 22 Jun, -37.63 EUR".into(),
            detail: "Fabrikam, Inc.: Exchange Online".into(),
            lines: lines(["L-3", "L-4"]),
        },
    ]
}

#[test]
fn a_months_events_are_one_key_away_and_their_lines_another() {
    let mut model = on(Tab::Invoices, 80, 24);
    let month = model.grid(GridId::Invoices).period;
    assert_eq!(press(&mut model, "z"), [Effect::Events { period: month }]);
    tell(&mut model, Answer::Events(Ok(events())));
    let Some(Layer::Picker(picker)) = model.layers.last() else { panic!("{:?}", model.layers) };
    assert_eq!(picker.choices.len(), 2);
    press(&mut model, "Down Enter");
    let Some(Layer::Reading(read)) = model.layers.last() else { panic!("{:?}", model.layers) };
    let told: Vec<&str> = read.lines.iter().map(|l| l.text.as_str()).collect();
    assert!(told.contains(&"12 to 8 seats on 22 Jun, -37.63 EUR"), "{told:?}");
    assert!(told.contains(&"what L-4 says"), "{told:?}");
    press(&mut model, "Esc");
    assert!(model.layers.is_empty());
    // Nothing to fold is said, not shown as an empty list.
    tell(&mut model, Answer::Events(Ok(vec![])));
    assert!(model.layers.is_empty() && model.toast.is_some());
}

#[test]
fn a_plans_events_are_unfolded_and_folded_again() {
    let mut model = planned(80, 24);
    for on in [true, false] {
        let effects = press(&mut model, "z");
        assert_eq!(effects[0], Effect::Unfold(on));
        assert!(effects.iter().any(|e| e.view_of() == Some(GridId::Actions)), "{effects:?}");
        assert_eq!(model.sync.view, SyncView::Actions);
    }
}

#[test]
fn warnings_are_accepted_by_planning_again() {
    for accepted in [true, false] {
        let mut model = planned(80, 24);
        model.sync.scope.accept_warnings = !accepted;
        let effects = press(&mut model, "W");
        let asked = effects.iter().find_map(|e| match e {
            Effect::Submit { job: Job::Plan(scope), .. } => Some(scope.accept_warnings),
            _ => None,
        });
        assert_eq!(asked, Some(accepted));
        assert_eq!(model.scope_told().contains("warnings accepted"), accepted);
    }
}
