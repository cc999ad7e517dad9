//! Credentials, permissions, configuration, and what is closed until they are there.

use super::super::Tab;
use super::super::effect::{Effect, Hidden};
use super::super::layer::Layer;
use super::super::message::Answer;
use super::super::sample::{checks, fresh, on, press, ready, settings, tell, type_text};
use super::super::sample_posting::end;
use super::super::settings::{Gate, Setting};
use crate::tui::model::Model;
use crate::worker::job::Outcome;

fn toast(model: &Model) -> &str {
    model.toast.as_ref().map_or("", |t| t.text.as_str())
}

#[test]
fn until_it_is_set_up_other_tabs_say_so_and_lead_there() {
    let mut model = fresh(80, 24);
    tell(&mut model, Answer::Settings(Box::new(settings(false))));
    assert_eq!((model.tab, model.gate()), (Tab::Credentials, Some(Gate::Credentials)));
    for key in ["1", "4", "5", "6", "7"] {
        press(&mut model, key);
        assert_eq!(model.closed(model.tab), Some(Gate::Credentials), "{key}");
        assert_eq!(press(&mut model, "m a x b p"), [], "nothing works there");
        press(&mut model, "Enter");
        assert_eq!(model.tab, Tab::Credentials, "{key}");
    }
    press(&mut model, "8");
    assert_eq!(model.closed(model.tab), None, "the logs are there from the start");

    let mut view = settings(true);
    let mut without = (*view.settings).clone();
    without.policy.agreement_type = None;
    view.settings = std::sync::Arc::new(without);
    tell(&mut model, Answer::Settings(Box::new(view)));
    press(&mut model, "6 Enter");
    assert_eq!((model.tab, model.gate()), (Tab::Configuration, Some(Gate::AgreementType)));
    tell(&mut model, Answer::Settings(Box::new(settings(true))));
    press(&mut model, "6");
    assert!(model.front().is_some());
}

#[test]
fn keys_are_typed_hidden_and_handed_on_once() {
    let mut model = on(Tab::Credentials, 80, 24);
    press(&mut model, "j j j Enter");
    type_text(&mut model, "public");
    press(&mut model, "Enter");
    type_text(&mut model, "secret");
    let effects = press(&mut model, "Ctrl-S");
    let Some(Effect::KeepKeys(draft)) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(draft.private, Some(Hidden::new("secret")));
    assert!(!format!("{effects:?} {:?}", model.credentials).contains("secret"));
    tell(&mut model, Answer::KeysKept(Ok(vec![crate::vault::SecretPlace::Keyring])));
    assert!(model.credentials.fields.iter().skip(3).all(|f| f.is_empty()));
    assert!(toast(&model).contains("system keyring"));
}

#[test]
fn what_is_missing_of_the_credentials_is_named() {
    let mut model = fresh(80, 24);
    tell(&mut model, Answer::Settings(Box::new(settings(false))));
    press(&mut model, "s");
    let all = "still missing: site, company id, client id, public key, private key";
    assert_eq!(toast(&model), all);
}

#[test]
fn the_profile_is_deleted_only_when_its_name_was_typed() {
    let mut model = on(Tab::Credentials, 80, 24);
    press(&mut model, "D");
    assert_eq!(press(&mut model, "Enter"), []);
    type_text(&mut model, "Default");
    assert_eq!(press(&mut model, "Enter"), [], "the name is another one");
    assert!(toast(&model).contains("type default"));
    for _ in 0..7 {
        press(&mut model, "Backspace");
    }
    type_text(&mut model, "default");
    assert_eq!(press(&mut model, "Enter"), [Effect::DeleteIntegration]);
    press(&mut model, "D Esc");
    assert!(model.layers.is_empty());
}

#[test]
fn a_permission_opens_to_all_that_is_known_of_it() {
    let mut model = on(Tab::Credentials, 80, 24);
    press(&mut model, "v");
    end(&mut model, 1, Outcome::Verified(checks()));
    assert!(toast(&model).contains("1 permission is missing"), "{}", toast(&model));
    press(&mut model, "Enter");
    let Some(Layer::Reading(r)) = model.top() else { panic!("its details") };
    for (label, text) in [
        ("Module", "Finance"),
        ("Level", "Add, Edit, Inquire All"),
        ("Needed for", "posting additions"),
        ("Remedy", "System > Security Roles: give the role Finance > Agreements"),
    ] {
        assert!(r.lines.iter().any(|l| l.label == label && l.text == text), "{label}");
    }
    press(&mut model, "Esc G");
    assert_eq!(model.credentials.check().map(|c| c.permission.as_str()), Some("Agreement Types"));
    press(&mut model, "g Enter");
    assert!(model.credentials.editing, "the fields are still there");
}

#[test]
fn settings_are_chosen_typed_and_switched() {
    let mut model = ready(80, 24);
    press(&mut model, "3 Enter");
    type_text(&mut model, "services");
    let saved = |effects: &[Effect]| match effects {
        [Effect::Save { changes, .. }] => changes.clone(),
        other => panic!("{other:?}"),
    };
    let text = |s: &str| Some(Setting::Text(s.into()));
    let effects = press(&mut model, "Enter");
    assert_eq!(saved(&effects), [("billing.agreement_type".into(), text("Managed Services"))]);
    press(&mut model, "j j j j Enter");
    press(&mut model, "Backspace");
    type_text(&mut model, "x");
    assert_eq!(press(&mut model, "Enter"), [], "no number");
    press(&mut model, "Backspace 4");
    let effects = press(&mut model, "Enter");
    assert_eq!(saved(&effects), [("billing.price_decimals".into(), Some(Setting::Number(4)))]);
    let at = model.configuration.items.iter().position(|i| i.key == "billing.daily_sync").unwrap();
    model.configuration.at = at;
    let effects = press(&mut model, "Enter");
    assert_eq!(saved(&effects), [("billing.daily_sync".into(), Some(Setting::Flag(true)))]);
}

#[test]
fn every_setting_has_its_line_and_its_word() {
    let model = on(Tab::Configuration, 80, 24);
    let items = &model.configuration.items;
    for item in items {
        assert!(item.help.ends_with('.'), "{}", item.key);
    }
    // These have a page of their own.
    let elsewhere = ["connectwise.site", "connectwise.company_id", "connectwise.client_id"];
    let keys = crate::config::known_keys().into_iter().filter(|k| !elsewhere.contains(&&**k));
    for key in keys {
        assert_eq!(items.iter().filter(|i| i.key == key).count(), 1, "{key}");
    }
}
