//! The PSA client: transport (authorization, retry, rate), paging, conditions, records, endpoints,
//! permissions. It speaks ConnectWise's REST API and gives the domain's nouns.

use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::plan::AgreementFields;
use crate::domain::problem::Problem;
use crate::domain::psa::{Agreement, AgreementType, Company, CustomField, MarkerPlace, Product};

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
pub struct Client {}

#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
impl Client {
    /// A client that has not talked to anybody yet. `code_base` is what [`Client::discover`] told
    /// an earlier client; without it `v4_6_release` is used.
    pub fn new(
        connection: &Connection,
        keys: ApiKeys,
        code_base: Option<String>,
    ) -> Result<Self, Problem> {
        todo!()
    }
    /// What it is doing.
    pub fn traffic(&self) -> watch::Receiver<Traffic> {
        todo!()
    }
    /// `companyinfo`: tells a mistyped company id from bad keys, and learns host and code base.
    /// Returns the code base to remember; a PSA without the endpoint gives `None`.
    pub async fn discover(&self) -> Result<Option<String>, PsaError> {
        todo!()
    }
    /// `GET /system/info`: one authenticated call.
    pub async fn system_info(&self) -> Result<SystemInfo, PsaError> {
        todo!()
    }
    /// All rights in one pass.
    pub async fn permissions(&self) -> Result<Vec<PermissionCheck>, PsaError> {
        todo!()
    }

    /// All companies with the contact that an agreement would be made with.
    pub async fn companies(
        &self,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Vec<Company>, PsaError> {
        todo!()
    }
    /// The catalog.
    pub async fn products(
        &self,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Vec<Product>, PsaError> {
        todo!()
    }
    /// All agreements, their billing cycles resolved.
    pub async fn agreements(
        &self,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Vec<Agreement>, PsaError> {
        todo!()
    }
    /// Agreement types.
    pub async fn agreement_types(&self) -> Result<Vec<AgreementType>, PsaError> {
        todo!()
    }
    /// Custom fields on agreement additions; empty where the role may not see them.
    pub async fn addition_custom_fields(&self) -> Result<Vec<CustomField>, PsaError> {
        todo!()
    }

    /// One agreement.
    pub async fn agreement(&self, id: i64) -> Result<Agreement, PsaError> {
        todo!()
    }
    /// All agreements of a company, filtered again here.
    pub async fn agreements_of(&self, company: i64) -> Result<Vec<Agreement>, PsaError> {
        todo!()
    }
    /// Sends once; a lost answer is the caller's to look up.
    pub async fn create_agreement(&self, fields: &AgreementFields) -> Result<Agreement, PsaError> {
        todo!()
    }
    /// Sends once.
    pub async fn delete_agreement(&self, id: i64) -> Result<(), PsaError> {
        todo!()
    }

    /// All additions of an agreement, at the full page size.
    pub async fn additions(&self, agreement: i64) -> Result<Vec<LiveAddition>, PsaError> {
        todo!()
    }
    /// One addition.
    pub async fn addition(&self, agreement: i64, id: i64) -> Result<LiveAddition, PsaError> {
        todo!()
    }
    /// Sends once; a lost answer is the caller's to look up.
    pub async fn create_addition(
        &self,
        agreement: i64,
        fields: &AdditionFields,
        marker: &str,
        place: &MarkerPlace,
    ) -> Result<LiveAddition, PsaError> {
        todo!()
    }
    /// Sends once; the answer is compared with what was asked.
    pub async fn change_addition(
        &self,
        agreement: i64,
        id: i64,
        change: &AdditionChange,
    ) -> Result<LiveAddition, PsaError> {
        todo!()
    }
    /// Sends once.
    pub async fn delete_addition(&self, agreement: i64, id: i64) -> Result<(), PsaError> {
        todo!()
    }
}

/// The marker of an addition, wherever it stands: the named place first, then the other.
#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
pub fn marker_of<'a>(addition: &'a LiveAddition, place: &MarkerPlace) -> Option<&'a str> {
    todo!()
}
