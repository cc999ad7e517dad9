//! Keys into the vault, the connection test with what the form holds, the end of an integration.

use std::time::Duration;

use secrecy::SecretString;

use super::{Inner, died};
use crate::connectwise::{ApiKeys, Client, Connection, SystemInfo};
use crate::domain::problem::{Problem, ProblemKind};
use crate::tui::model::effect::{Draft, Hidden};
use crate::tui::model::message::Answer;
use crate::vault::{SecretName, SecretPlace};
use crate::worker::changes::{self, Change};

impl Inner {
    /// Keeps the typed keys.
    pub(super) async fn keep_keys(&self, draft: Draft) {
        let vault = self.profile.vault.clone();
        let told: Vec<Change> = [
            ("public key", draft.public.is_some()),
            ("private key", draft.private.is_some()),
            ("source's secret", draft.source.is_some()),
        ]
        .into_iter()
        .filter(|(_, typed)| *typed)
        .map(|(what, _)| Change { what: what.into(), old: "another".into(), new: "typed".into() })
        .collect();
        let kept = tokio::task::spawn_blocking(move || {
            let passphrase = draft.passphrase.map(Hidden::into_secret);
            let mut places: Vec<SecretPlace> = Vec::new();
            for (name, key) in [
                (SecretName::PublicKey, draft.public),
                (SecretName::PrivateKey, draft.private),
                (SecretName::SourceSecret, draft.source),
            ] {
                if let Some(key) = key {
                    places.push(vault.set(name, &key.into_secret(), passphrase.as_ref())?);
                }
            }
            Ok(places)
        })
        .await
        .map_err(died)
        .and_then(|r| r);
        self.profile.forget_client();
        if kept.is_ok() {
            changes::record_in(&self.profile.store, changes::TERMINAL_APP, &told).await;
        }
        self.answer(Answer::KeysKept(kept)).await;
    }

    /// Tries the connection with what the form holds.
    pub(super) async fn test(&self, draft: Draft) {
        let tested = self.tested(draft).await;
        self.answer(Answer::Tested(tested)).await;
    }

    async fn tested(&self, draft: Draft) -> Result<SystemInfo, Problem> {
        let settings = self.profile.settings();
        let kept = &settings.connectwise;
        let connection = Connection {
            site: draft.site,
            company_id: draft.company_id,
            client_id: draft.client_id,
            concurrency: kept.concurrency,
            requests_per_minute: kept.requests_per_minute,
            timeout: Duration::from_secs(kept.timeout_seconds),
            // A person waits for the answer.
            max_retries: kept.max_retries.min(1),
            root_certificate: kept.root_certificate.clone(),
        };
        let keys = ApiKeys {
            public: self.key(SecretName::PublicKey, draft.public).await?,
            private: self.key(SecretName::PrivateKey, draft.private).await?,
        };
        let client = Client::new(&connection, keys.clone(), None)?;
        let base = client.discover().await.map_err(|e| e.problem().clone())?;
        let client = match base {
            Some(base) => Client::new(&connection, keys, Some(base))?,
            None => client,
        };
        client.system_info().await.map_err(|e| e.problem().clone())
    }

    /// A typed key, else the kept one.
    async fn key(&self, name: SecretName, typed: Option<Hidden>) -> Result<SecretString, Problem> {
        if let Some(key) = typed {
            return Ok(key.into_secret());
        }
        let vault = self.profile.vault.clone();
        let found = tokio::task::spawn_blocking(move || vault.get(name)).await.map_err(died)??;
        found.map(|(key, _)| key).ok_or_else(|| {
            Problem::new(
                ProblemKind::NotSetUp,
                "no-key",
                "an API key is missing",
                "type both keys into the form",
            )
        })
    }

    /// Deletes credentials, mappings, the local copy and the history of this profile.
    pub(super) async fn delete_integration(&self) {
        let deleted = self.deleted().await;
        self.tables.forget(true);
        self.answer(Answer::Deleted(deleted)).await;
    }

    async fn deleted(&self) -> Result<(), Problem> {
        let profile = self.profile.clone();
        // A daemon would bring the profile back to life at night.
        let _schedule =
            crate::worker::Lease::schedule(&profile.paths.data_dir, "delete-integration")?;
        let lease = crate::worker::Lease::take(&profile.paths.data_dir, "delete-integration")?;
        let vault = profile.vault.clone();
        tokio::task::spawn_blocking(move || {
            for name in SecretName::ALL {
                vault.delete(name)?;
            }
            Ok::<(), Problem>(())
        })
        .await
        .map_err(died)??;
        profile.store.clone().remove().await.map_err(|e| e.problem())?;
        drop(lease);
        Ok(())
    }
}
