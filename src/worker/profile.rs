//! One profile, opened: its settings, paths, store, secrets and client. Everything a job needs.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::labour::Labour;
use super::lease::{InFolder, Leases};
use super::person::who;
use crate::config::{ConnectWiseSettings, Paths, Settings};
use crate::connectwise::{ApiKeys, Client, Connection};
use crate::domain::clock::Clock;
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::store::Store;
use crate::sync::fault;
use crate::vault::{SecretName, Vault};

/// One profile, opened; cheap to clone, all clones share settings and client.
#[derive(Clone)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Where its files are.
    pub paths: Arc<Paths>,
    /// Its store.
    pub store: Store,
    /// Its secrets.
    pub vault: Vault,
    /// What the time is; the machine's clock unless somebody gives another one.
    pub clock: Clock,
    /// What keeps its runs apart: a file in its data folder unless somebody gives another lease.
    pub leases: Arc<dyn Leases>,
    /// Where what takes long is worked out.
    pub labour: Labour,
    /// Who acts: the system user unless somebody names another one.
    pub person: Arc<str>,
    settings: Arc<RwLock<Arc<Settings>>>,
    client: Arc<Mutex<Option<(ConnectWiseSettings, Client)>>>,
}

/// Which parts of the credentials are there, for a set-up screen. Holds no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credentials {
    /// `connectwise.site`, `company_id` and `client_id` are set.
    pub settings: bool,
    /// Both API keys were found.
    pub keys: bool,
}

impl Profile {
    /// Reads the settings and opens the store, which is created when there is none.
    ///
    /// # Errors
    /// Settings that cannot be read, a store that cannot be opened.
    pub async fn open(paths: Paths, name: &str) -> Result<Self, Problem> {
        let settings = Settings::read(&paths.settings, name)?;
        let store = Store::open(&paths.store).await.map_err(fault)?;
        store.acting_as(who());
        let vault = Vault::new(&paths, name);
        Ok(Self::from_parts(name, paths, settings, store, vault))
    }

    /// A profile from parts that are open already.
    pub fn from_parts(
        name: &str,
        paths: impl Into<Arc<Paths>>,
        settings: Settings,
        store: Store,
        vault: Vault,
    ) -> Self {
        let paths = paths.into();
        let leases = Arc::new(InFolder(paths.data_dir.clone()));
        Self {
            name: name.to_owned(),
            paths,
            store,
            vault,
            clock: Clock::system(),
            leases,
            labour: Labour::default(),
            person: who().into(),
            settings: Arc::new(RwLock::new(Arc::new(settings))),
            client: Arc::new(Mutex::new(None)),
        }
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the settings file again, after it was written or before a scheduled run.
    ///
    /// # Errors
    /// The file is refused; the settings stay as they were.
    pub fn reread_settings(&self) -> Result<Arc<Settings>, Problem> {
        let settings = Arc::new(Settings::read(&self.paths.settings, &self.name)?);
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&settings);
        Ok(settings)
    }

    /// Forgets the client, after the credentials were changed.
    pub fn forget_client(&self) {
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Uses this client for as long as the settings stay: for a demo and for tests, whose keys are
    /// in no vault.
    pub fn use_client(&self, client: Client) {
        let settings = self.settings().connectwise.clone();
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = Some((settings, client));
    }

    /// Today in the profile's time zone (design 4, `billing.timezone`).
    pub fn today(&self) -> Date {
        today_in(&self.settings().timezone, self.clock.now())
    }

    /// This month in the profile's time zone.
    pub fn this_month(&self) -> Period {
        Period::of(self.today())
    }

    /// Which parts of the credentials are there. Looks into the vault: not for a screen's thread.
    ///
    /// # Errors
    /// The vault cannot be read.
    pub fn credentials(&self) -> Result<Credentials, Problem> {
        let settings = self.settings();
        let c = &settings.connectwise;
        let filled = |s: &str| !s.trim().is_empty();
        Ok(Credentials {
            settings: filled(&c.site) && filled(&c.company_id) && filled(&c.client_id),
            keys: self.vault.get(SecretName::PublicKey)?.is_some()
                && self.vault.get(SecretName::PrivateKey)?.is_some(),
        })
    }

    /// The client. All jobs share one, and with it its rate and its concurrency, until settings or
    /// credentials change. The code base that the PSA told once is remembered in the store, so that
    /// a run costs no request for it.
    ///
    /// # Errors
    /// [`ProblemKind::NotSetUp`] when settings or keys are missing, and what `companyinfo` said.
    pub async fn client(&self) -> Result<Client, Problem> {
        let settings = self.settings();
        let wanted = &settings.connectwise;
        {
            let kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((settings, client)) = &*kept
                && settings == wanted
            {
                return Ok(client.clone());
            }
        }
        let keys = self.keys(wanted).await?;
        let connection = Connection {
            site: wanted.site.trim().to_owned(),
            company_id: wanted.company_id.trim().to_owned(),
            client_id: wanted.client_id.trim().to_owned(),
            concurrency: wanted.concurrency,
            requests_per_minute: wanted.requests_per_minute,
            timeout: Duration::from_secs(wanted.timeout_seconds),
            max_retries: wanted.max_retries,
            root_certificate: wanted.root_certificate.clone(),
        };
        let note = self.code_base_note();
        let known = self.store.note(&note).await.map_err(fault)?;
        let client = if let Some(code_base) = known {
            Client::new(&connection, keys, Some(code_base).filter(|c| !c.is_empty()))?
        } else {
            let first = Client::new(&connection, keys.clone(), None)?;
            let found = first.discover().await.map_err(|e| e.problem().clone())?;
            let kept = found.clone().unwrap_or_default();
            self.store.set_note(&note, Some(kept)).await.map_err(fault)?;
            if found.is_some() { Client::new(&connection, keys, found)? } else { first }
        };
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((wanted.clone(), client.clone()));
        Ok(client)
    }

    /// Forgets client and code base, so that the next call finds both anew (`credentials test`).
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn discover_again(&self) -> Result<(), Problem> {
        self.forget_client();
        self.store.set_note(&self.code_base_note(), None).await.map_err(fault)
    }

    fn code_base_note(&self) -> String {
        let settings = self.settings();
        let c = &settings.connectwise;
        format!("code-base {} {}", c.site.trim(), c.company_id.trim())
    }

    async fn keys(&self, settings: &ConnectWiseSettings) -> Result<ApiKeys, Problem> {
        for (name, value) in [
            ("connectwise.site", &settings.site),
            ("connectwise.company_id", &settings.company_id),
            ("connectwise.client_id", &settings.client_id),
        ] {
            if value.trim().is_empty() {
                return Err(Problem::new(
                    ProblemKind::NotSetUp,
                    "no-credentials",
                    format!("ConnectWise is not set up: {name} is empty"),
                    "run `addendum credentials set --site HOST --company-id COMPANY --client-id GUID`",
                ));
            }
        }
        let public = self.secret(SecretName::PublicKey).await?;
        let private = self.secret(SecretName::PrivateKey).await?;
        match (public, private) {
            (Some(public), Some(private)) => Ok(ApiKeys { public, private }),
            (public, _) => Err(Problem::new(
                ProblemKind::NotSetUp,
                "no-credentials",
                format!(
                    "ConnectWise is not set up: the {} key was not found",
                    if public.is_none() { "public" } else { "private" }
                ),
                "run `addendum credentials set`, or set ADDENDUM_CW_PUBLIC_KEY and \
                 ADDENDUM_CW_PRIVATE_KEY",
            )),
        }
    }

    /// A secret; the search may block on a keyring, so it has a thread of its own.
    pub(super) async fn secret(&self, name: SecretName) -> Result<Option<SecretString>, Problem> {
        let vault = self.vault.clone();
        tokio::task::spawn_blocking(move || vault.get(name))
            .await
            .map_err(|e| {
                Problem::new(ProblemKind::Fault, "vault-died", e.to_string(), "report this")
            })?
            .map(|found| found.map(|(secret, _)| secret))
    }

    /// The agreement type must be chosen before anything is posted (design 4).
    ///
    /// # Errors
    /// [`ProblemKind::NotSetUp`] when it is not.
    pub fn need_agreement_type(&self) -> Result<(), Problem> {
        let settings = self.settings();
        if settings.policy.agreement_type.as_deref().is_some_and(|t| !t.trim().is_empty()) {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::NotSetUp,
            "no-agreement-type",
            "no agreement type is chosen, so nothing can be posted",
            "set billing.agreement_type in config.toml to the name of an agreement type of your PSA",
        ))
    }
}

/// The day that a moment belongs to in a time zone; a zone that the machine does not know is UTC
/// (the settings refuse unknown names when they are read).
fn today_in(timezone: &str, at: Timestamp) -> Date {
    at.to_zoned(TimeZone::get(timezone).unwrap_or(TimeZone::UTC)).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_the_profiles_own_day() {
        let at: Timestamp = "2026-11-30T23:30:00Z".parse().unwrap();
        assert_eq!(today_in("UTC", at).to_string(), "2026-11-30");
        assert_eq!(today_in("Europe/Riga", at).to_string(), "2026-12-01");
        assert_eq!(today_in("no such zone", at).to_string(), "2026-11-30");
    }
}
