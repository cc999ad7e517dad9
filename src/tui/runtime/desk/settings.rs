//! Settings, remembered layouts, months.

use super::{Inner, died, refused};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::tui::model::effect::Hidden;
use crate::tui::model::grid::GridId;
use crate::tui::model::message::Answer;
use crate::tui::model::settings::{Setting, SettingsView};
use crate::vault::{SecretName, SecretPlace};
use crate::worker::changes;

impl Inner {
    /// What is known of settings and credentials.
    pub(super) async fn settings_view(&self) -> Result<SettingsView, Problem> {
        let store = &self.profile.store;
        let types = store.agreement_types().await.map_err(refused)?;
        let pulled = !store.companies().await.map_err(refused)?.is_empty();
        let vault = self.profile.vault.clone();
        // A keyring may block on a question that nobody sees.
        let keys: Result<[Option<SecretPlace>; 3], Problem> =
            tokio::task::spawn_blocking(move || {
                let place = |name| vault.get(name).map(|found| found.map(|(_, place)| place));
                Ok([
                    place(SecretName::PublicKey)?,
                    place(SecretName::PrivateKey)?,
                    place(SecretName::SourceSecret)?,
                ])
            })
            .await
            .map_err(died)?;
        let ([public, private, source], vault) = match keys {
            Ok(places) => (places, None),
            Err(problem) => ([None; 3], Some(problem)),
        };
        let mut agreement_types: Vec<String> =
            types.into_iter().filter(|t| !t.inactive).map(|t| t.name).collect();
        agreement_types.sort();
        Ok(SettingsView {
            settings: self.profile.settings(),
            public,
            private,
            source,
            vault,
            agreement_types,
            pulled,
            file: self.profile.paths.settings.display().to_string(),
        })
    }

    /// Answers with settings and credentials. Views are made and told one after another: finding
    /// the keys takes its time, and an older view must not come behind a newer one.
    pub(super) async fn tell_settings(&self) {
        let _turn = self.viewing.lock().await;
        let answer = match self.settings_view().await {
            Ok(view) => Answer::Settings(Box::new(view)),
            Err(problem) => Answer::Failed(problem),
        };
        self.answer(answer).await;
    }

    /// Writes settings.
    pub(super) async fn save(&self, what: String, changes: Vec<(String, Option<Setting>)>) {
        let written = self.written(changes).await;
        let _turn = self.viewing.lock().await;
        let result = match written {
            Ok(()) => self.settings_view().await.map(Box::new),
            Err(problem) => Err(problem),
        };
        self.answer(Answer::Saved { what, result }).await;
    }

    /// Opens the encrypted file with a typed passphrase, for as long as the process lives.
    pub(super) async fn unlock(&self, passphrase: Hidden) {
        self.profile.vault.unlock(&passphrase.into_secret());
        self.profile.forget_client();
        self.tell_settings().await;
    }

    async fn written(&self, changes: Vec<(String, Option<Setting>)>) -> Result<(), Problem> {
        let changes: Vec<(String, Option<toml_edit::Value>)> = changes
            .into_iter()
            .map(|(key, value)| Ok((key, value.map(toml_value).transpose()?)))
            .collect::<Result<_, Problem>>()?;
        let profile = self.profile.clone();
        let told = tokio::task::spawn_blocking(move || {
            let file = &profile.paths.settings;
            let told = crate::config::Settings::write(file, &profile.name, &changes)?;
            profile.reread_settings()?;
            profile.forget_client();
            let named = changes.into_iter().zip(told);
            Ok::<_, Problem>(
                named
                    .filter(|(_, (old, new))| old != new)
                    .map(|((key, _), (old, new))| changes::Change {
                        what: format!("setting {key}"),
                        old: harmless(&old),
                        new: harmless(&new),
                    })
                    .collect::<Vec<_>>(),
            )
        })
        .await
        .map_err(died)??;
        changes::record_in(&self.profile.store, changes::TERMINAL_APP, &told).await;
        Ok(())
    }

    /// Answers with what is remembered for this profile.
    pub(super) async fn notes(&self) {
        let mut found = Vec::new();
        for name in GridId::ALL.map(GridId::note) {
            match self.profile.store.note(&name).await {
                Ok(Some(value)) => found.push((name, value)),
                Ok(None) => {}
                Err(e) => return self.answer(Answer::Failed(refused(e))).await,
            }
        }
        self.answer(Answer::Notes(found)).await;
    }

    /// Remembers something for this profile.
    pub(super) async fn keep_note(&self, name: String, value: Option<String>) {
        if let Err(e) = self.profile.store.set_note(&name, value).await {
            self.answer(Answer::Failed(refused(e))).await;
        }
    }

    /// Answers with the months that hold lines.
    pub(super) async fn periods(&self) {
        let answer = match self.profile.store.periods().await {
            Ok(periods) => Answer::Periods(periods, self.profile.this_month()),
            Err(e) => Answer::Failed(refused(e)),
        };
        self.answer(answer).await;
    }
}

/// A setting as the file holds it. A decimal is written as it was typed: it never passes through a
/// binary float of ours.
fn toml_value(setting: Setting) -> Result<toml_edit::Value, Problem> {
    Ok(match setting {
        Setting::Text(text) => text.into(),
        Setting::Flag(on) => on.into(),
        Setting::Number(n) => n.into(),
        Setting::Decimal(text) => {
            let text = if text.contains('.') { text } else { format!("{text}.0") };
            text.parse().map_err(|_| {
                Problem::new(
                    ProblemKind::Refused,
                    "not-a-number",
                    format!("{text:?} is no number"),
                    "write for example 0.8",
                )
            })?
        }
    })
}
