//! Secrets: found in the environment, systemd credentials, the system keyring or an encrypted
//! file, in this order (design 4). They leave this room as `SecretString` only.

use secrecy::SecretString;

use crate::config::Paths;
use crate::domain::problem::Problem;

/// Which secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// ConnectWise public key.
    PublicKey,
    /// ConnectWise private key.
    PrivateKey,
    /// The billing source's secret.
    SourceSecret,
}

/// Where a secret was found or will be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretPlace {
    /// An environment variable.
    Environment,
    /// `$CREDENTIALS_DIRECTORY`.
    SystemdCredential,
    /// The system keyring.
    Keyring,
    /// The encrypted file.
    VaultFile,
}

/// The secrets of one profile.
#[derive(Clone)]
pub struct Vault {}

#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
impl Vault {
    /// A vault that looks at the real environment.
    pub fn new(paths: &Paths, profile: &str) -> Self {
        todo!()
    }
    /// The secret and where it was found.
    pub fn get(&self, name: SecretName) -> Result<Option<(SecretString, SecretPlace)>, Problem> {
        todo!()
    }
    /// Keeps a secret in the keyring, or in the encrypted file when there is no keyring (a
    /// passphrase must then be available; `passphrase` is one that was typed).
    pub fn set(
        &self,
        name: SecretName,
        value: &SecretString,
        passphrase: Option<&SecretString>,
    ) -> Result<SecretPlace, Problem> {
        todo!()
    }
    /// Forgets what is kept in keyring and file.
    pub fn delete(&self, name: SecretName) -> Result<(), Problem> {
        todo!()
    }
}
