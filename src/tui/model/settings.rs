//! What the screens know of settings and credentials, and which pages wait for them.

use std::sync::Arc;

use super::Model;
use super::Tab;
use crate::config::Settings;
use crate::domain::problem::Problem;
use crate::vault::SecretPlace;

/// A value for the settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// A text.
    Text(String),
    /// On or off.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A decimal number, as written.
    Decimal(String),
}

/// What is known of settings and credentials.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsView {
    /// The settings.
    pub settings: Arc<Settings>,
    /// Where the public key was found.
    pub public: Option<SecretPlace>,
    /// Where the private key was found.
    pub private: Option<SecretPlace>,
    /// Where the billing source's secret was found; a source that is a file needs none.
    pub source: Option<SecretPlace>,
    /// Why the keys could not be looked for.
    pub vault: Option<Problem>,
    /// Names of the agreement types in the local copy, active ones.
    pub agreement_types: Vec<String>,
    /// Whether any PSA record is in the local copy.
    pub pulled: bool,
    /// The settings file, for people.
    pub file: String,
}

/// What is missing before the other tabs can be used (domain.md 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Site, company, client id or keys.
    Credentials,
    /// The agreement type.
    AgreementType,
}

/// The words of domain.md 1.3 for the second gate.
pub const AGREEMENT_TYPE_BANNER: &str = "To complete the integration setup, please navigate to \
    the Configuration tab and select an Agreement Type. Dashboard, mapping, and synchronization \
    features will remain unavailable until this step is completed.";

/// The same for the first gate.
pub const CREDENTIALS_BANNER: &str = "To begin, please enter the ConnectWise credentials in the \
    Credentials tab. Dashboard, mapping, and synchronization features will remain unavailable \
    until they are saved.";

impl Model {
    /// What is missing; `None` also while nothing is known yet.
    pub fn gate(&self) -> Option<Gate> {
        let view = self.settings.as_ref()?;
        let c = &view.settings.connectwise;
        let filled = |s: &str| !s.trim().is_empty();
        if !(filled(&c.site) && filled(&c.company_id) && filled(&c.client_id))
            || view.public.is_none()
            || view.private.is_none()
        {
            return Some(Gate::Credentials);
        }
        let chosen = view.settings.policy.agreement_type.as_deref().is_some_and(filled);
        (!chosen).then_some(Gate::AgreementType)
    }

    /// What keeps this tab closed, if anything does.
    pub fn closed(&self, tab: Tab) -> Option<Gate> {
        match tab {
            Tab::Credentials | Tab::Configuration | Tab::Logs => None,
            _ => self.gate(),
        }
    }
}

impl Gate {
    /// What is said.
    pub fn banner(self) -> &'static str {
        match self {
            Self::Credentials => CREDENTIALS_BANNER,
            Self::AgreementType => AGREEMENT_TYPE_BANNER,
        }
    }

    /// Where it leads.
    pub fn leads_to(self) -> Tab {
        match self {
            Self::Credentials => Tab::Credentials,
            Self::AgreementType => Tab::Configuration,
        }
    }
}
