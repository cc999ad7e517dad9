//! The PSA client: transport (authorization, retry, rate), paging, conditions, records, endpoints,
//! permissions. It speaks ConnectWise's REST API and gives the domain's nouns.

mod call;
mod cause;
pub mod conditions;
mod discovery;
mod endpoints;
mod headers;
mod link;
mod numbers;
mod paging;
mod patch;
mod pause;
mod permissions;
mod rate;
mod records;
mod refusal;
mod rights;
pub mod site;
mod traffic;
mod transport;
pub mod wire;
mod write;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::marker;
use crate::domain::problem::Problem;
use crate::domain::psa::MarkerPlace;
use headers::Identity;
use records::agreement::Tables;
pub use rights::Feature;
use transport::Transport;
pub use write::Write;

/// The two API keys.
#[derive(Clone)]
pub struct ApiKeys {
    /// Public key.
    pub public: SecretString,
    /// Private key.
    pub private: SecretString,
}

/// Where and how to connect: `[connectwise]` of the settings (design 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Host or URL as the user pasted it.
    pub site: String,
    /// The login company.
    pub company_id: String,
    /// The integration's GUID.
    pub client_id: String,
    /// Requests in flight.
    pub concurrency: usize,
    /// Requests a minute; 0: no limit of ours.
    pub requests_per_minute: u32,
    /// For one request.
    pub timeout: Duration,
    /// Tries after the first.
    pub max_retries: u32,
    /// A PEM file of root certificates that are trusted beside the system's.
    pub root_certificate: Option<PathBuf>,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum PsaError {
    /// The PSA answered with a refusal. Nothing was written.
    #[error("{problem}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Code, message and remedy, ConnectWise's own words included.
        problem: Problem,
        /// The answer as it came, shortened, for the log.
        raw: String,
    },
    /// No usable answer: the request may or may not have been carried out.
    #[error("{problem}")]
    Lost {
        /// What happened.
        problem: Problem,
    },
    /// The request surely did not arrive (no connection, a setting is wrong).
    #[error("{problem}")]
    NotSent {
        /// What happened.
        problem: Problem,
    },
}

impl PsaError {
    /// The problem, for people.
    pub fn problem(&self) -> &Problem {
        match self {
            Self::Refused { problem, .. } | Self::Lost { problem } | Self::NotSent { problem } => {
                problem
            }
        }
    }
}

/// What the client is doing right now, for screens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests sent so far, tries included.
    pub sent: u64,
    /// Requests in flight.
    pub in_flight: u32,
    /// Tries beyond the first.
    pub retries: u64,
    /// Times that the PSA told us to slow down.
    pub throttled: u64,
    /// Until when everybody waits, in milliseconds from now; 0: nobody waits.
    pub paused_ms: u64,
}

/// `GET /system/info` and `companyinfo` together.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct SystemInfo {
    /// The API's base address in use.
    pub base: String,
    /// The PSA's version.
    pub version: String,
    /// Its time zone.
    pub time_zone: Option<String>,
}

/// One row of `verify` (design 7).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PermissionCheck {
    /// ConnectWise's module.
    pub module: String,
    /// The permission in it.
    pub permission: String,
    /// Such as `Inquire All`.
    pub level: String,
    /// What the role has.
    pub found: String,
    /// How it stands.
    pub state: CheckState,
    /// What breaks without it.
    pub needed_for: String,
    /// How to grant it.
    pub remedy: String,
}

/// How a permission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// Granted.
    Ok,
    /// Missing.
    Missing,
    /// Cannot be proven without writing.
    Unproven,
}

/// A field of an addition to change; the rest stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdditionChange {
    /// The fields wanted.
    pub to: AdditionFields,
    /// The fields as they are.
    pub from: AdditionFields,
}

/// The client; cheap to clone, all clones share rate, concurrency and pause.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    /// What references mean, as far as it was read.
    tables: Mutex<Tables>,
    /// Whether the PSA shows its currencies; unset: nobody asked.
    currencies_shown: OnceLock<bool>,
}

/// Shows the address only: no key and no client id.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.transport().base_address())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client that has not talked to anybody yet. `code_base` is what [`Client::discover`] told
    /// an earlier client; without it `v4_6_release` is used.
    ///
    /// # Errors
    /// The site cannot be used, or a credential is missing.
    pub fn new(
        connection: &Connection,
        keys: ApiKeys,
        code_base: Option<String>,
    ) -> Result<Self, Problem> {
        Ok(Self::around(Self::transport_of(connection, &keys, code_base, None)?))
    }

    /// As [`Client::new`], with a wire, a clock and chance from outside.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn over(
        connection: &Connection,
        keys: &ApiKeys,
        code_base: Option<String>,
        outside: wire::Outside,
    ) -> Result<Self, Problem> {
        Ok(Self::around(Self::transport_of(connection, keys, code_base, Some(outside))?))
    }

    fn transport_of(
        connection: &Connection,
        keys: &ApiKeys,
        code_base: Option<String>,
        outside: Option<wire::Outside>,
    ) -> Result<Transport, Problem> {
        let identity = Identity::new(connection, keys)?;
        let known = code_base.as_deref().and_then(site::code_base);
        let code_base = known.unwrap_or_else(|| site::DEFAULT_CODE_BASE.to_owned());
        Transport::new(connection, identity, code_base, outside)
    }

    fn around(transport: Transport) -> Self {
        let inner = Inner {
            transport,
            tables: Mutex::new(Tables::default()),
            currencies_shown: OnceLock::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What it is doing.
    pub fn traffic(&self) -> watch::Receiver<Traffic> {
        self.transport().counters.watch()
    }

    /// `companyinfo`: tells a mistyped company id from bad keys, and learns the code base, which
    /// this client and its clones use from now on. Returns the code base to remember; a PSA
    /// without the endpoint gives `None`.
    ///
    /// # Errors
    /// The company id is unknown (`unknown-company`), or the host cannot be reached.
    pub async fn discover(&self) -> Result<Option<String>, PsaError> {
        let found = self.transport().ask_code_base().await?;
        if let Some(code_base) = &found {
            self.transport().use_code_base(code_base);
        }
        Ok(found)
    }

    fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.inner.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn currencies_shown(&self) -> Option<bool> {
        self.inner.currencies_shown.get().copied()
    }

    fn set_currencies_shown(&self, shown: bool) {
        // Somebody who asked at the same time got the same answer.
        let _ = self.inner.currencies_shown.set(shown);
    }
}

/// The marker of an addition, wherever it stands: the named place first, then the other, since
/// `billing.identity` may have been changed after it was posted.
pub fn marker_of<'a>(addition: &'a LiveAddition, place: &MarkerPlace) -> Option<&'a str> {
    let marked = |text: &&str| text.starts_with(marker::PREFIX);
    let serial = || addition.serial_number.as_deref().map(str::trim).filter(marked);
    let field =
        |caption: &str| addition.custom_fields.get(caption).map(|v| v.trim()).filter(marked);
    let any = || addition.custom_fields.values().map(|v| v.trim()).find(marked);
    match place {
        MarkerPlace::SerialNumber => serial().or_else(any),
        MarkerPlace::CustomField(named) => field(&named.caption).or_else(serial).or_else(any),
    }
}

#[cfg(test)]
mod paging_tests;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod transport_tests;
