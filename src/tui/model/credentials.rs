//! The Credentials tab: a form, the connection test, the permissions.

use super::effect::{Draft, Effect, Hidden};
use super::layer::confirm::{Confirm, Deed, Typed};
use super::layer::prompt::Asked;
use super::layer::{Layer, reading};
use super::settings::{Setting, SettingsView};
use super::toast::Toast;
use super::{Model, texts};
use crate::connectwise::{CheckState, PermissionCheck, SystemInfo};
use crate::domain::problem::Problem;
use crate::tui::commands::Command as C;
use crate::tui::field::Field;
use crate::vault::SecretPlace;
use crate::worker::job::Job;

/// The fields of the form, in order.
pub const FIELDS: [(&str, &str); 6] = [
    ("Site", "region or host of your login page, such as na.myconnectwise.net"),
    ("Company ID", "the company name that you type when you sign in"),
    ("Client ID", "the integration's client id from the ConnectWise developer site"),
    ("Public Key", "of an API member: System, Members, API Members, API Keys"),
    ("Private Key", "shown once by ConnectWise when the keys are made; never shown here"),
    ("Source Secret", "token of the billing source, where it asks for one; else leave it empty"),
];

/// The form.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The fields.
    pub fields: [Field; 6],
    /// The field under the cursor; behind the fields, the permission.
    pub at: usize,
    /// Whether it has the keyboard.
    pub editing: bool,
    /// What the last test said.
    pub tested: Option<Result<SystemInfo, Problem>>,
    /// Whether a test is under way.
    pub testing: bool,
    /// The permissions, once checked.
    pub checks: Option<Vec<PermissionCheck>>,
}

impl Default for Credentials {
    fn default() -> Self {
        Self {
            fields: [
                Field::default(),
                Field::default(),
                Field::default(),
                Field::secret(),
                Field::secret(),
                Field::secret(),
            ],
            at: 0,
            editing: false,
            tested: None,
            testing: false,
            checks: None,
        }
    }
}

impl Credentials {
    /// The field under the cursor.
    pub fn current_field(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.at)
    }

    /// The permission under the cursor.
    pub fn check(&self) -> Option<&PermissionCheck> {
        self.checks.as_ref()?.get(self.at.checked_sub(FIELDS.len())?)
    }

    /// What the form holds.
    fn draft(&self) -> Draft {
        let text = |i: usize| self.fields[i].text().trim().to_owned();
        let hidden = |i: usize| Some(text(i)).filter(|t| !t.is_empty()).map(|t| Hidden::new(&t));
        Draft {
            site: text(0),
            company_id: text(1),
            client_id: text(2),
            public: hidden(3),
            private: hidden(4),
            source: hidden(5),
            passphrase: None,
        }
    }
}

impl Model {
    /// Commands of the Credentials tab.
    pub(super) fn run_on_credentials(&mut self, command: C) -> Vec<Effect> {
        let form = &mut self.credentials;
        let last = FIELDS.len() - 1;
        // Behind the fields come the permissions, where they are known.
        let end = if form.editing { last } else { last + form.checks.as_ref().map_or(0, Vec::len) };
        match command {
            C::Down | C::NextField => form.at = (form.at + 1).min(end),
            C::Up | C::PreviousField => form.at = form.at.saturating_sub(1),
            C::First => form.at = 0,
            C::Last => form.at = end,
            C::PageDown | C::HalfDown => form.at = (form.at + 5).min(end),
            C::PageUp | C::HalfUp => form.at = form.at.saturating_sub(5),
            C::Open => match form.check().map(check_text) {
                Some(text) => self.read("Permission", text),
                None => form.editing = true,
            },
            C::Accept => {
                if form.at == last {
                    form.editing = false;
                } else {
                    form.at += 1;
                }
            }
            C::TestConnection => {
                form.editing = false;
                form.testing = true;
                form.tested = None;
                return vec![Effect::Test(Box::new(form.draft()))];
            }
            C::Verify => return self.submit(Job::Verify),
            C::Save => return self.save_credentials(),
            C::HowToObtain => self.read("How to obtain API keys", texts::how_to_obtain()),
            C::DeleteIntegration => self.ask_delete(),
            _ => {}
        }
        vec![]
    }

    fn save_credentials(&mut self) -> Vec<Effect> {
        self.credentials.editing = false;
        let draft = self.credentials.draft();
        let saved = self.settings.as_ref().map(|v| v.settings.connectwise.clone());
        let missing = [
            ("site", draft.site.is_empty()),
            ("company id", draft.company_id.is_empty()),
            ("client id", draft.client_id.is_empty()),
            ("public key", draft.public.is_none() && !self.has_key(|v| v.public)),
            ("private key", draft.private.is_none() && !self.has_key(|v| v.private)),
        ];
        let missing: Vec<&str> =
            missing.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
        if !missing.is_empty() {
            self.toast(Toast::warning(format!("still missing: {}", missing.join(", "))));
        }
        let changed = saved.is_none_or(|c| {
            (c.site, c.company_id, c.client_id)
                != (draft.site.clone(), draft.company_id.clone(), draft.client_id.clone())
        });
        let mut effects = Vec::new();
        if changed {
            let text = |key: &str, value: &str| {
                (format!("connectwise.{key}"), Some(Setting::Text(value.to_owned())))
            };
            effects.push(Effect::Save {
                what: "credentials".into(),
                changes: vec![
                    text("site", &draft.site),
                    text("company_id", &draft.company_id),
                    text("client_id", &draft.client_id),
                ],
            });
        }
        if draft.public.is_some() || draft.private.is_some() || draft.source.is_some() {
            effects.push(Effect::KeepKeys(Box::new(draft)));
        }
        if effects.is_empty() && missing.is_empty() {
            self.toast(Toast::note("saved already: nothing has changed"));
        }
        effects
    }

    fn has_key(&self, of: impl Fn(&SettingsView) -> Option<SecretPlace>) -> bool {
        self.settings.as_ref().is_some_and(|v| of(v).is_some())
    }

    /// Keeps the typed keys, with a passphrase where the vault asked for one.
    pub(super) fn keep_keys(&mut self, passphrase: Option<&str>) -> Vec<Effect> {
        let mut draft = self.credentials.draft();
        draft.passphrase = passphrase.map(Hidden::new);
        vec![Effect::KeepKeys(Box::new(draft))]
    }

    /// Asks for the passphrase when the keys are in the encrypted file and nothing opens it.
    pub(super) fn ask_to_unlock(&mut self) {
        let Some(problem) = self.settings.as_ref().and_then(|v| v.vault.clone()) else { return };
        let asking = |l: &Layer| matches!(l, Layer::Prompt(p) if p.asked == Asked::Unlock);
        if ["vault-locked", "vault-passphrase"].contains(&problem.code.as_ref())
            && !self.layers.iter().any(asking)
        {
            self.prompt(
                "Passphrase of the encrypted secrets file",
                problem.message,
                Field::secret(),
                Asked::Unlock,
            );
        }
    }

    /// Keys were kept, or not.
    pub(super) fn keys_kept(&mut self, result: Result<Vec<SecretPlace>, Problem>) -> Vec<Effect> {
        match result {
            Ok(places) => {
                let mut words: Vec<&str> = places.iter().map(|p| place_word(*p)).collect();
                words.dedup();
                self.toast(Toast::note(format!("keys kept in {}", words.join(", "))));
                for field in &mut self.credentials.fields[3..] {
                    *field = Field::secret();
                }
                vec![Effect::Settings]
            }
            Err(problem) if problem.code.contains("passphrase") => {
                // Nothing was typed yet that could be wrong: what it is for is said first.
                let hint = format!(
                    "{}. Choose one: it locks the keys in a file, and Addendum asks for it \
                     whenever it starts.",
                    problem.message
                );
                self.prompt(
                    "Passphrase for the encrypted secrets file",
                    hint,
                    Field::secret(),
                    Asked::Passphrase,
                );
                vec![]
            }
            Err(problem) => {
                self.toast(Toast::problem(&problem));
                vec![]
            }
        }
    }

    /// The connection was tried.
    pub(super) fn tested(&mut self, result: Result<SystemInfo, Problem>) -> Vec<Effect> {
        self.credentials.testing = false;
        self.toast(match &result {
            Ok(info) => Toast::note(format!("connected: ConnectWise {}", info.version)),
            Err(problem) => Toast::problem(problem),
        });
        self.credentials.tested = Some(result);
        vec![]
    }

    /// The permissions were checked.
    pub(super) fn verified(&mut self, checks: Vec<PermissionCheck>) {
        let missing = checks.iter().filter(|c| c.state == CheckState::Missing).count();
        self.toast(if missing == 0 {
            Toast::note("every permission that is needed is there")
        } else {
            let are = if missing == 1 { "permission is" } else { "permissions are" };
            Toast::warning(format!("{missing} {are} missing: Enter says what to grant"))
        });
        // The table is what was asked for, and in it what is missing.
        let first = checks.iter().position(|c| c.state == CheckState::Missing).unwrap_or(0);
        self.credentials.checks = Some(checks);
        self.credentials.at = FIELDS.len() + first;
    }

    fn ask_delete(&mut self) {
        let word = self.profile.clone();
        self.layers.push(Layer::Confirm(Confirm {
            title: "Delete integration".into(),
            lines: vec![
                format!("This deletes of profile {word}, on this machine:"),
                "- the credentials; the settings file stays".into(),
                "- all mappings, the copy of PSA records, invoice lines".into(),
                "- the history of runs and the System Logs".into(),
                "Nothing is deleted in ConnectWise. There is no way back.".into(),
                format!("Type {word} and press Enter:"),
            ],
            yes: "Delete".into(),
            deed: Deed::DeleteIntegration,
            otherwise: None,
            typed: Some(Typed { word, field: Field::default() }),
        }));
    }

    /// The integration was deleted, or not.
    pub(super) fn deleted(&mut self, result: Result<(), Problem>) -> Vec<Effect> {
        match result {
            Ok(()) => {
                self.credentials = Credentials::default();
                self.toast(Toast::note("the integration is deleted; nothing changed in the PSA"));
                let mut effects = self.data_changed(true);
                effects.extend([Effect::Settings, Effect::Periods]);
                effects
            }
            Err(problem) => {
                self.toast(Toast::problem(&problem));
                vec![]
            }
        }
    }
}

/// Where a secret is, for people.
pub fn place_word(place: SecretPlace) -> &'static str {
    match place {
        SecretPlace::Environment => "an environment variable",
        SecretPlace::SystemdCredential => "a systemd credential",
        SecretPlace::Keyring => "the system keyring",
        SecretPlace::VaultFile => "the encrypted file",
    }
}

/// The permissions as a text, for the details of one.
fn check_text(check: &PermissionCheck) -> reading::Text {
    let mut text = reading::Text::default();
    text.field("Module", &check.module);
    text.field("Permission", &check.permission);
    text.field("Level", &check.level);
    text.field("Found", &check.found);
    text.field("Needed for", &check.needed_for);
    text.field("Remedy", &check.remedy);
    text
}
