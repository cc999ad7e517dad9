//! What comes from outside: environment variables, systemd credentials, key files.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use zeroize::{Zeroize, Zeroizing};

use super::SecretName;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// No secret is larger; a wrong path might lead to a file that does not end.
const LARGEST: u64 = 64 * 1024;

type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// The environment of the process, or one made for a test.
#[derive(Clone)]
pub(super) struct Environment(Arc<Lookup>);

/// Bytes that open the encrypted file; wiped when dropped.
#[derive(Clone)]
pub(super) struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    pub(super) fn from_secret(secret: &SecretString) -> Self {
        Self(Zeroizing::new(secret.expose_secret().as_bytes().to_vec()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn into_secret(self) -> Result<SecretString, Problem> {
        let text = std::str::from_utf8(&self.0)
            .map_err(|_| unreadable("a credential", "it is not UTF-8 text"))?;
        let secret = SecretString::from(Box::<str>::from(text));
        check("credential", &secret)?;
        Ok(secret)
    }
}

impl Environment {
    pub(super) fn real() -> Self {
        Self(Arc::new(|name| std::env::var_os(name)))
    }

    #[cfg(test)]
    pub(super) fn made_of(pairs: &[(&str, &std::ffi::OsStr)]) -> Self {
        let map: std::collections::HashMap<String, OsString> =
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self(Arc::new(move |name| map.get(name).cloned()))
    }

    /// The variable's text; an empty one counts as not set.
    fn text(&self, variable: &str) -> Result<Option<Zeroizing<String>>, Problem> {
        match self.0(variable).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(Zeroizing::new(text)).filter(|t| !t.is_empty())),
            Some(Err(other)) => {
                other.into_encoded_bytes().zeroize();
                Err(unreadable(variable, "it is not UTF-8 text"))
            }
        }
    }

    /// The secret's own variable.
    pub(super) fn secret(&self, name: SecretName) -> Result<Option<SecretString>, Problem> {
        let Some(text) = self.text(name.variable())? else { return Ok(None) };
        let secret = SecretString::from(Box::<str>::from(text.trim()));
        check(name.variable(), &secret)?;
        Ok(Some(secret))
    }

    /// A file in `$CREDENTIALS_DIRECTORY`.
    pub(super) fn credential(&self, name: &str) -> Result<Option<Passphrase>, Problem> {
        match (self.0)("CREDENTIALS_DIRECTORY").filter(|d| !d.is_empty()) {
            Some(folder) => read(&Path::new(&folder).join(name), true, Access::Guarded),
            None => Ok(None),
        }
    }

    /// The passphrase of the encrypted file, where it is set up outside.
    pub(super) fn passphrase(&self) -> Result<Option<Passphrase>, Problem> {
        if let Some(text) = self.text("ADDENDUM_VAULT_PASSPHRASE")? {
            return Ok(Some(Passphrase(Zeroizing::new(text.as_bytes().to_vec()))));
        }
        if let Some(found) = self.credential("addendum-vault-passphrase")? {
            return Ok(Some(found));
        }
        match (self.0)("ADDENDUM_VAULT_KEY_FILE").filter(|f| !f.is_empty()) {
            Some(file) => read(Path::new(&file), false, Access::OwnersAlone),
            None => Ok(None),
        }
    }
}

/// Who may read a file that holds a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Somebody else sees to it: systemd.
    Guarded,
    /// Its owner alone, which is looked at.
    OwnersAlone,
}

/// The content of a file without the line break at its end; an empty file is no secret. A link is
/// followed: what counts is who may read the file that it leads to.
fn read(file: &Path, may_be_missing: bool, access: Access) -> Result<Option<Passphrase>, Problem> {
    let shown = harmless(&file.display().to_string());
    let mut content = Zeroizing::new(Vec::with_capacity(4096));
    let opened = File::open(file);
    if let (Ok(f), Access::OwnersAlone) = (&opened, access) {
        owners_alone(f, &shown)?;
    }
    match opened.and_then(|f| f.take(LARGEST + 1).read_to_end(&mut content)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound && may_be_missing => return Ok(None),
        Err(e) => return Err(unreadable(&shown, &e.to_string())),
        Ok(n) if n as u64 > LARGEST => return Err(unreadable(&shown, "it is larger than 64 KiB")),
        Ok(_) => {}
    }
    while matches!(content.last(), Some(b'\n' | b'\r')) {
        content.pop();
    }
    if content.is_empty() {
        return Err(unreadable(&shown, "it is empty"));
    }
    Ok(Some(Passphrase(content)))
}

/// A key that others can read opens the secrets to them.
#[cfg(unix)]
fn owners_alone(file: &File, shown: &str) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(|e| unreadable(shown, &e.to_string()))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::NotSetUp,
        "key-file-open",
        format!("the key file {shown} can be read by others: its mode is {:04o}", mode & 0o7777),
        "close it with `chmod 600 FILE`; where others may have read it, make a new key and set the \
         credentials again",
    ))
}

#[cfg(not(unix))]
fn owners_alone(_: &File, _: &str) -> Result<(), Problem> {
    Ok(())
}

/// A secret that could not stand in a header, or that is none.
pub(super) fn check(what: &str, secret: &SecretString) -> Result<(), Problem> {
    let text = secret.expose_secret();
    if text.is_empty() || text.chars().any(char::is_control) || text.len() as u64 > LARGEST {
        return Err(Problem::new(
            ProblemKind::Refused,
            "bad-secret",
            format!("the {what} is empty, too long or holds control characters"),
            "copy it again, on one line",
        ));
    }
    Ok(())
}

fn unreadable(what: &str, why: &str) -> Problem {
    Problem::new(
        ProblemKind::NotSetUp,
        "secret-unreadable",
        format!("{what} cannot be read: {why}"),
        "check the file or variable, and who may read it",
    )
}
