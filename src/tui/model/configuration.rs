//! The Configuration tab: every setting with its value and what it means, where it stands.

use super::effect::Effect;
use super::layer::picker::{Choice, Chosen, Purpose};
use super::layer::prompt::{Asked, TextKind};
use super::settings::{Gate, Setting, SettingsView};
use super::toast::Toast;
use super::{Model, texts};
use crate::domain::problem::Problem;
use crate::tui::commands::Command as C;
use crate::tui::field::Field;
use crate::worker::job::{Job, PullWhat};

mod connection;
mod items;
mod prices;

pub use items::items;
use items::on_off;

/// How a setting is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// One of the PSA's agreement types.
    AgreementType,
    /// One of these words, each with what it means.
    Words(&'static [(&'static str, &'static str)]),
    /// On or off.
    Flag(bool),
    /// A text.
    Text(TextKind),
}

/// Takes a line of the page: section, key, title, help, value, input.
type Add<'a> = &'a mut dyn FnMut(&'static str, &str, &str, &'static str, String, Input);

/// A line of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The heading that it stands under.
    pub section: &'static str,
    /// Its key in the file.
    pub key: String,
    /// Its name.
    pub title: String,
    /// What it means.
    pub help: &'static str,
    /// Its value now.
    pub value: String,
    /// How it is changed.
    pub input: Input,
}

/// The page.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// The settings as lines.
    pub items: Vec<Item>,
    /// The cursor.
    pub at: usize,
}

impl Model {
    /// Commands of the Configuration tab.
    pub(super) fn run_on_configuration(&mut self, command: C) -> Vec<Effect> {
        let last = self.configuration.items.len().saturating_sub(1);
        let page = usize::from(self.page_rows()).saturating_sub(4).max(1);
        let at = self.configuration.at;
        self.configuration.at = match command {
            C::Down => (at + 1).min(last),
            C::Up => at.saturating_sub(1),
            C::PageDown | C::HalfDown => (at + page).min(last),
            C::PageUp | C::HalfUp => at.saturating_sub(page),
            C::First => 0,
            C::Last => last,
            C::Open => return self.edit_setting(),
            C::Dictionary => {
                self.read("Dictionary", texts::dictionary());
                return vec![];
            }
            _ => at,
        };
        vec![]
    }

    /// Goes to a setting and edits it.
    pub(super) fn edit_setting_of(&mut self, key: &str) -> Vec<Effect> {
        let mut effects = self.go(super::Tab::Configuration);
        if let Some(at) = self.configuration.items.iter().position(|i| i.key == key) {
            self.configuration.at = at;
            effects.extend(self.edit_setting());
        }
        effects
    }

    fn edit_setting(&mut self) -> Vec<Effect> {
        let Some(item) = self.configuration.items.get(self.configuration.at).cloned() else {
            return vec![];
        };
        let (key, title) = (item.key, item.title);
        let now = Chosen::Word(item.value.clone());
        match item.input {
            Input::Flag(on) => vec![Effect::Save {
                what: format!("{title}: {}", on_off(!on)),
                changes: vec![(key, Some(Setting::Flag(!on)))],
            }],
            Input::Words(words) => {
                let list = words
                    .iter()
                    .map(|(w, means)| Choice::plain(Chosen::Word((*w).into()), *w, *means))
                    .collect();
                self.pick_from(title.clone(), list, &now, Purpose::Setting { key, title })
            }
            Input::AgreementType => {
                let types =
                    self.settings.as_ref().map(|v| v.agreement_types.clone()).unwrap_or_default();
                if types.is_empty() {
                    self.prompt(
                        title.clone(),
                        "its name in ConnectWise; r on the page fetches the PSA records to choose from",
                        Field::new(&item.value),
                        Asked::Setting { key, title, as_what: TextKind::Text },
                    );
                    return vec![];
                }
                let list = types
                    .into_iter()
                    .map(|t| Choice::plain(Chosen::Word(t.clone()), t, ""))
                    .collect();
                self.pick_from(title.clone(), list, &now, Purpose::Setting { key, title })
            }
            Input::Text(as_what) => {
                let field = Field::new(&item.value);
                self.prompt(
                    title.clone(),
                    item.help,
                    field,
                    Asked::Setting { key, title, as_what },
                );
                vec![]
            }
        }
    }

    /// Takes settings and what is known of the credentials.
    pub(super) fn take_settings(&mut self, view: SettingsView) -> Vec<Effect> {
        let before = self.gate();
        let first = self.settings.is_none();
        self.configuration.items = items(&view.settings);
        let last = self.configuration.items.len().saturating_sub(1);
        self.configuration.at = self.configuration.at.min(last);
        if !self.credentials.editing {
            let c = &view.settings.connectwise;
            for (field, text) in
                self.credentials.fields.iter_mut().zip([&c.site, &c.company_id, &c.client_id])
            {
                field.set(text);
            }
        }
        let pulled = view.pulled;
        self.settings = Some(view);
        self.ask_to_unlock();
        let now = self.gate();
        // Site and keys are kept apart, in either order: only now are all of them there. The
        // agreement types to choose from come with the records.
        let mut effects = vec![];
        if before == Some(Gate::Credentials) && now != before && !pulled {
            effects.extend(self.submit(Job::Pull(PullWhat::All)));
        }
        if first && self.tab == super::Tab::Dashboard && now.is_some() {
            return now.map(|g| self.go(g.leads_to())).unwrap_or_default();
        }
        if before.is_some() && now.is_none() {
            effects.extend(self.enter());
        }
        effects
    }

    /// Settings were written, or not.
    pub(super) fn saved(
        &mut self,
        what: &str,
        result: Result<Box<SettingsView>, Problem>,
    ) -> Vec<Effect> {
        match result {
            Ok(view) => {
                self.toast(Toast::note(format!("saved: {what}")));
                let mut effects = self.take_settings(*view);
                // Mappings wait for nothing of it, but prices do, and what a plan makes of a line.
                effects.extend(self.data_changed(false));
                effects
            }
            Err(problem) => {
                self.toast(Toast::problem(&problem));
                vec![]
            }
        }
    }
}
