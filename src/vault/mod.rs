//! Secrets: found in the environment, systemd credentials, the system keyring or an encrypted
//! file, in this order (design 4). They leave this room as `SecretString` only.

mod environment;
mod file;
mod keyring;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use crate::config::Paths;
use crate::domain::problem::{Problem, ProblemKind};
use environment::{Environment, Passphrase};
use file::VaultFile;
use keyring::{Ring, RingError};

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

impl SecretName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PublicKey, Self::PrivateKey, Self::SourceSecret];

    /// The name used in the keyring and the encrypted file; behind `addendum-` it is the name of
    /// the systemd credential.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PublicKey => "public-key",
            Self::PrivateKey => "private-key",
            Self::SourceSecret => "source-secret",
        }
    }

    /// The environment variable (design 4).
    pub fn variable(self) -> &'static str {
        match self {
            Self::PublicKey => "ADDENDUM_CW_PUBLIC_KEY",
            Self::PrivateKey => "ADDENDUM_CW_PRIVATE_KEY",
            Self::SourceSecret => "ADDENDUM_SOURCE_SECRET",
        }
    }
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
pub struct Vault {
    environment: Environment,
    ring: Arc<dyn Ring>,
    /// The profile's prefix of entries in the keyring.
    prefix: Arc<str>,
    file: VaultFile,
    /// A passphrase that was typed in this process.
    typed: Arc<Mutex<Option<Passphrase>>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("file", &self.file.path()).finish_non_exhaustive()
    }
}

impl Vault {
    /// A vault that looks at the real environment.
    pub fn new(paths: &Paths, profile: &str) -> Self {
        // The keyring belongs to the account, so another home must not share its entries: a
        // demonstration would overwrite the real keys.
        let usual = Paths::find(None, profile).is_ok_and(|p| p.vault == paths.vault);
        let prefix = if usual {
            profile.to_owned()
        } else {
            let digest = blake3::hash(paths.vault.as_os_str().as_encoded_bytes());
            format!("{profile}@{}", &digest.to_hex()[..16])
        };
        Self::with(
            Environment::real(),
            keyring::system(),
            prefix,
            paths.vault.clone(),
            profile.to_owned(),
        )
    }

    fn with(
        environment: Environment,
        ring: Arc<dyn Ring>,
        prefix: String,
        file: PathBuf,
        profile: String,
    ) -> Self {
        Self {
            environment,
            ring,
            prefix: prefix.into(),
            file: VaultFile::new(file, profile),
            typed: Arc::default(),
        }
    }

    /// Remembers a typed passphrase of the encrypted file for as long as the process lives.
    pub fn unlock(&self, passphrase: &SecretString) {
        *self.typed.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Passphrase::from_secret(passphrase));
    }

    /// The secret and where it was found.
    ///
    /// # Errors
    ///
    /// `vault-locked` when the encrypted file holds it and there is no passphrase,
    /// `vault-passphrase` when it is the wrong one, `vault-damaged`, `secret-unreadable`, and
    /// `keyring-locked` when the keyring does not answer and nothing else holds the secret.
    pub fn get(&self, name: SecretName) -> Result<Option<(SecretString, SecretPlace)>, Problem> {
        if let Some(secret) = self.environment.secret(name)? {
            return Ok(Some((secret, SecretPlace::Environment)));
        }
        if let Some(secret) = self.environment.credential(&credential_name(name))? {
            return Ok(Some((secret.into_secret()?, SecretPlace::SystemdCredential)));
        }
        let ring = self.ring.get(&self.entry(name));
        if let Ok(Some(secret)) = ring {
            return Ok(Some((secret, SecretPlace::Keyring)));
        }
        if self.file.holds(name)? {
            let passphrase = self.passphrase()?.ok_or_else(|| {
                Problem::new(
                    ProblemKind::NotSetUp,
                    "vault-locked",
                    format!("the {} is in the encrypted file, which is locked", name.as_str()),
                    "type the passphrase, or give it in ADDENDUM_VAULT_PASSPHRASE, the credential \
                     addendum-vault-passphrase, or a file named by ADDENDUM_VAULT_KEY_FILE",
                )
            })?;
            let found = self.file.get(name, &passphrase)?;
            return Ok(found.map(|s| (s, SecretPlace::VaultFile)));
        }
        match ring {
            // A source often has no secret; a keyring that sleeps must not stop it.
            Err(RingError::Locked) if name != SecretName::SourceSecret => Err(Problem::new(
                ProblemKind::NotSetUp,
                "keyring-locked",
                format!("the system keyring did not give the {}", name.as_str()),
                "unlock the keyring and try again, or run addendum credentials set",
            )),
            _ => Ok(None),
        }
    }

    /// Keeps a secret in the keyring, or in the encrypted file when there is no keyring (a
    /// passphrase must then be available; `passphrase` is one that was typed). Where a passphrase
    /// is set up outside (environment, credential, key file), the encrypted file was chosen and
    /// takes the secret.
    ///
    /// # Errors
    ///
    /// `vault-needs-passphrase`, `vault-passphrase` (not the one that the file was made with),
    /// `vault-not-written`, `bad-secret`.
    pub fn set(
        &self,
        name: SecretName,
        value: &SecretString,
        passphrase: Option<&SecretString>,
    ) -> Result<SecretPlace, Problem> {
        environment::check(name.as_str(), value)?;
        let outside = self.environment.passphrase()?;
        if outside.is_none() && self.ring.set(&self.entry(name), value).is_ok() {
            // Nothing may be left that could come back when the keyring is away.
            self.file.delete(name)?;
            return Ok(SecretPlace::Keyring);
        }
        if let Some(typed) = passphrase {
            self.unlock(typed);
        }
        let passphrase = self.passphrase()?.ok_or_else(|| {
            Problem::new(
                ProblemKind::NotSetUp,
                "vault-needs-passphrase",
                "there is no system keyring here, and no passphrase for the encrypted file",
                "type a passphrase, or give one in ADDENDUM_VAULT_PASSPHRASE, the credential \
                 addendum-vault-passphrase, or a file named by ADDENDUM_VAULT_KEY_FILE",
            )
        })?;
        self.file.set(name, value, &passphrase)?;
        // An older one in the keyring would be found first.
        let _ = self.ring.delete(&self.entry(name));
        Ok(SecretPlace::VaultFile)
    }

    /// Forgets what is kept in keyring and file. No passphrase is needed.
    ///
    /// # Errors
    ///
    /// `vault-not-written`, `vault-damaged`, `keyring-locked`.
    pub fn delete(&self, name: SecretName) -> Result<(), Problem> {
        self.file.delete(name)?;
        match self.ring.delete(&self.entry(name)) {
            Err(RingError::Locked) => Err(Problem::new(
                ProblemKind::Fault,
                "keyring-locked",
                format!(
                    "the system keyring did not answer; it may still hold the {}",
                    name.as_str()
                ),
                "unlock the keyring and try again",
            )),
            _ => Ok(()),
        }
    }

    fn entry(&self, name: SecretName) -> String {
        format!("{}/{}", self.prefix, name.as_str())
    }

    fn passphrase(&self) -> Result<Option<Passphrase>, Problem> {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if typed.is_some() { Ok(typed) } else { self.environment.passphrase() }
    }
}

fn credential_name(name: SecretName) -> String {
    format!("addendum-{}", name.as_str())
}
