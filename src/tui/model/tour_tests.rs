use super::{STEPS, read};
use crate::tui::commands::Command;
use crate::tui::keys::Condition;
use crate::tui::model::sample::{fresh, on, press, ready};
use crate::tui::model::sample_posting::{end, plan, proof, summary, take};
use crate::tui::model::{Model, Tab};
use crate::worker::job::Outcome;

fn touring(width: u16, height: u16) -> Model {
    let mut model = ready(width, height);
    model.begin_tour();
    model
}

#[test]
fn the_shipped_tour_is_sound() {
    assert_eq!(STEPS.len(), 7);
    for step in STEPS.iter() {
        for id in step.text.split(['{', '}']).skip(1).step_by(2) {
            assert!(Command::by_id(id).is_some(), "{id} is no command: {}", step.text);
        }
        assert_ne!(step.until, Condition::Always, "{} would end at once", step.title);
    }
    assert!(
        read("[[step]]\ntab = \"tab.nowhere\"\ntitle = \"\"\ntext = \"\"\nuntil = \"\"").is_err()
    );
    assert!(
        read("[[step]]\ntab = \"tab.logs\"\ntitle = \"\"\ntext = \"\"\nuntil = \"gird\"").is_err()
    );
}

#[test]
fn every_step_fits_the_smallest_terminal_and_leaves_room_for_the_page() {
    for (width, height) in [(60, 15), (80, 24), (160, 50)] {
        let mut model = touring(width, height);
        for at in 0..STEPS.len() {
            model.tour = Some(at as u8);
            model.tab = STEPS[at].tab;
            let told = model.tour_box().unwrap();
            assert!(told.lines.len() <= 4, "{width}x{height}: {told:?}");
            assert!(!told.lines.join(" ").contains(['{', '}']), "{told:?}");
            assert!(model.page_rows() >= 5, "{width}x{height}: {}", model.page_rows());
        }
    }
}

#[test]
fn doing_what_a_step_says_leads_to_the_next() {
    let mut model = touring(80, 24);
    press(&mut model, "4");
    assert_eq!(model.tour, Some(1));
    press(&mut model, "6");
    assert_eq!(model.tour, Some(2));
    press(&mut model, "8");
    assert_eq!(model.tour, Some(2), "another tab is no progress, and no harm");
    let told = model.tour_box().unwrap().lines.join(" ");
    assert_eq!(told, "The tour goes on in Invoices: press [6].");
}

#[test]
fn next_leads_through_all_steps_and_out() {
    let mut model = touring(80, 24);
    for at in 1..STEPS.len() {
        press(&mut model, ".");
        assert_eq!((model.tour, model.tab), (Some(at as u8), STEPS[at].tab));
    }
    press(&mut model, ".");
    assert_eq!(model.tour, None);
    assert!(model.toast.is_some(), "the end is said");
}

#[test]
fn one_key_ends_it_and_the_page_has_its_rows_back() {
    for key in ["X", "F10"] {
        let mut model = touring(80, 24);
        assert!(model.page_rows() < 20);
        press(&mut model, key);
        assert_eq!((model.tour, model.page_rows()), (None, 20), "{key}");
    }
    // From within a dialog too.
    let mut model = touring(80, 24);
    press(&mut model, "? F10");
    assert_eq!(model.tour, None);
}

#[test]
fn its_keys_mean_nothing_without_it_and_letters_are_typed_into_texts() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, ". X");
    assert_eq!(model.tour, None);
    model.begin_tour();
    press(&mut model, "/ X .");
    assert_eq!(model.tour, Some(1), "the step that leads to this tab is done, no other");
    assert_eq!(fresh(80, 24).tour, None);
}

#[test]
fn it_follows_a_month_end_to_its_proof() {
    let mut model = touring(80, 24);
    press(&mut model, "4 6 P a");
    assert_eq!(model.tab, Tab::Sync);
    assert_eq!(model.tour, Some(2), "the plan is not there yet");
    end(&mut model, 1, Outcome::Planned(Box::new(plan())));
    assert_eq!(model.tour, Some(3));
    press(&mut model, "a y");
    take(&mut model, 2);
    assert_eq!(model.tour, Some(3), "it runs");
    end(&mut model, 2, Outcome::Synced(Box::new(summary(0))));
    assert_eq!(model.tour, Some(4));
    press(&mut model, "r");
    end(&mut model, 3, Outcome::Reconciled(Box::new(proof("1.00", "1.00", vec![]))));
    assert_eq!(model.tour, Some(5));
    press(&mut model, "8");
    assert_eq!(model.tour, Some(6));
    press(&mut model, "1");
    assert_eq!(model.tour, None);
}
