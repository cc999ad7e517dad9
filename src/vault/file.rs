//! The encrypted file: text lines, so that a secret can be deleted without the passphrase, and
//! each line sealed on its own.
//!
//! ```text
//! addendum-vault 1 argon2id m=19456 t=2 p=1 salt=BASE64
//! check NONCE SEALED
//! public-key NONCE SEALED
//! ```
//!
//! Key: Argon2id (RFC 9106) over the passphrase. Lines: XChaCha20-Poly1305 with a nonce of their
//! own; the header, the profile and the line's name are authenticated with each, so that no line
//! can be moved to another name, file or profile. `check` tells a wrong passphrase from damage.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Generate, Key, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::SecretName;
use super::environment::Passphrase;
use crate::config::{private, replace_file};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

const MAGIC: &str = "addendum-vault";
const VERSION: &str = "1";
const CHECK: &str = "check";
const CHECK_TEXT: &[u8] = b"addendum";
/// OWASP's least figures for Argon2id: 19 MiB, two passes.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LARGEST: u64 = 1 << 20;

/// The encrypted file of one profile.
#[derive(Clone)]
pub(super) struct VaultFile {
    path: Arc<Path>,
    profile: Arc<str>,
}

/// The file's parts, still sealed.
struct Content {
    header: String,
    memory: u32,
    passes: u32,
    salt: Vec<u8>,
    /// Name, nonce, sealed bytes.
    lines: Vec<(String, Vec<u8>, Vec<u8>)>,
}

impl VaultFile {
    pub(super) fn new(path: PathBuf, profile: String) -> Self {
        Self { path: path.into(), profile: profile.into() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file has the secret; needs no passphrase.
    pub(super) fn holds(&self, name: SecretName) -> Result<bool, Problem> {
        Ok(self.read()?.is_some_and(|c| c.line(name.as_str()).is_some()))
    }

    pub(super) fn get(
        &self,
        name: SecretName,
        passphrase: &Passphrase,
    ) -> Result<Option<SecretString>, Problem> {
        let Some(content) = self.read()? else { return Ok(None) };
        let cipher = self.open(&content, passphrase)?;
        let Some((_, nonce, sealed)) = content.line(name.as_str()) else { return Ok(None) };
        let plain = self
            .unseal(&cipher, &content.header, name.as_str(), nonce, sealed)
            .ok_or_else(|| self.damaged("a secret in it was altered"))?;
        let text =
            std::str::from_utf8(&plain).map_err(|_| self.damaged("a secret in it is no text"))?;
        Ok(Some(SecretString::from(Box::<str>::from(text))))
    }

    pub(super) fn set(
        &self,
        name: SecretName,
        value: &SecretString,
        passphrase: &Passphrase,
    ) -> Result<(), Problem> {
        let (mut content, cipher) = match self.read()? {
            Some(content) => {
                let cipher = self.open(&content, passphrase)?;
                (content, cipher)
            }
            None => {
                let mut content = Content::new();
                let cipher = self.cipher(&content, passphrase)?;
                let line = self.seal(&cipher, &content.header, CHECK, CHECK_TEXT)?;
                content.lines.push(line);
                (content, cipher)
            }
        };
        let plain = value.expose_secret().as_bytes();
        let line = self.seal(&cipher, &content.header, name.as_str(), plain)?;
        content.lines.retain(|(n, _, _)| n != name.as_str());
        content.lines.push(line);
        self.write(&content)
    }

    pub(super) fn delete(&self, name: SecretName) -> Result<(), Problem> {
        let Some(mut content) = self.read()? else { return Ok(()) };
        let before = content.lines.len();
        content.lines.retain(|(n, _, _)| n != name.as_str());
        if content.lines.len() == before {
            return Ok(());
        }
        if content.lines.iter().any(|(n, _, _)| n != CHECK) {
            return self.write(&content);
        }
        // Nothing is left: the next one may choose another passphrase.
        fs::remove_file(&self.path).map_err(|e| self.not_written(&e))
    }

    /// The key's cipher, once the passphrase is proven right.
    fn open(
        &self,
        content: &Content,
        passphrase: &Passphrase,
    ) -> Result<XChaCha20Poly1305, Problem> {
        let cipher = self.cipher(content, passphrase)?;
        let (_, nonce, sealed) =
            content.line(CHECK).ok_or_else(|| self.damaged("its check line is missing"))?;
        match self.unseal(&cipher, &content.header, CHECK, nonce, sealed) {
            Some(plain) if *plain == CHECK_TEXT => Ok(cipher),
            _ => Err(Problem::new(
                ProblemKind::NotSetUp,
                "vault-passphrase",
                format!(
                    "this is not the passphrase of {}, or its header was altered",
                    self.shown()
                ),
                "try again; if the passphrase is lost, delete the file and run addendum \
                 credentials set",
            )),
        }
    }

    fn cipher(
        &self,
        content: &Content,
        passphrase: &Passphrase,
    ) -> Result<XChaCha20Poly1305, Problem> {
        let mut key = Zeroizing::new([0u8; 32]);
        Params::new(content.memory, content.passes, 1, Some(key.len()))
            .map(|p| Argon2::new(Algorithm::Argon2id, Version::V0x13, p))
            .and_then(|a| a.hash_password_into(passphrase.bytes(), &content.salt, &mut *key))
            .map_err(|_| self.damaged("its header cannot be"))?;
        XChaCha20Poly1305::new_from_slice(&*key).map_err(|_| self.damaged("its key cannot be"))
    }

    /// What is authenticated beside a line's content.
    fn bound(&self, header: &str, name: &str) -> Vec<u8> {
        format!("{header}\n{}\n{name}", self.profile).into_bytes()
    }

    fn seal(
        &self,
        cipher: &XChaCha20Poly1305,
        header: &str,
        name: &str,
        plain: &[u8],
    ) -> Result<(String, Vec<u8>, Vec<u8>), Problem> {
        let nonce = XNonce::generate();
        let aad = self.bound(header, name);
        let sealed = cipher
            .encrypt(&nonce, Payload { msg: plain, aad: &aad })
            .map_err(|_| self.not_written(&io::Error::other("it cannot be encrypted")))?;
        Ok((name.to_owned(), nonce.to_vec(), sealed))
    }

    fn unseal(
        &self,
        cipher: &XChaCha20Poly1305,
        header: &str,
        name: &str,
        nonce: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let nonce = XNonce::try_from(nonce).ok()?;
        let aad = self.bound(header, name);
        cipher.decrypt(&nonce, Payload { msg: sealed, aad: &aad }).ok().map(Zeroizing::new)
    }

    fn read(&self) -> Result<Option<Content>, Problem> {
        let mut text = String::new();
        let opened = private::open(&self.path, OpenOptions::new().read(true));
        match opened.and_then(|f| f.take(LARGEST).read_to_string(&mut text)) {
            Ok(_) => Content::parse(&text).map(Some).map_err(|why| self.damaged(why)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                Err(self.damaged("it is not UTF-8 text"))
            }
            Err(e) => Err(Problem::new(
                ProblemKind::NotSetUp,
                "secret-unreadable",
                format!("{} cannot be read: {e}", self.shown()),
                "check who may read it",
            )),
        }
    }

    fn write(&self, content: &Content) -> Result<(), Problem> {
        let mut text = format!("{}\n", content.header);
        for (name, nonce, sealed) in &content.lines {
            text.push_str(&format!("{name} {} {}\n", BASE64.encode(nonce), BASE64.encode(sealed)));
        }
        replace_file(&self.path, text.as_bytes()).map_err(|e| self.not_written(&e))
    }

    fn shown(&self) -> String {
        harmless(&self.path.display().to_string())
    }

    fn damaged(&self, why: &str) -> Problem {
        Problem::new(
            ProblemKind::NotSetUp,
            "vault-damaged",
            format!("the encrypted file {} is damaged: {why}", self.shown()),
            "restore it from a backup, or delete it and run addendum credentials set",
        )
    }

    fn not_written(&self, error: &io::Error) -> Problem {
        Problem::new(
            ProblemKind::Fault,
            "vault-not-written",
            format!("{} cannot be written: {error}", self.shown()),
            "check the folder's permissions and free space; the old file is untouched",
        )
    }
}

impl Content {
    fn new() -> Self {
        // Any random bytes will do as a salt; a key's generator gives 32 of them.
        let salt = Key::<XChaCha20Poly1305>::generate().to_vec();
        let header = format!(
            "{MAGIC} {VERSION} argon2id m={MEMORY} t={PASSES} p=1 salt={}",
            BASE64.encode(&salt)
        );
        Self { header, memory: MEMORY, passes: PASSES, salt, lines: Vec::new() }
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut lines = text.lines();
        let header = lines.next().unwrap_or_default();
        let words: Vec<&str> = header.split(' ').collect();
        let [magic, version, kdf, memory, passes, lanes, salt] = words[..] else {
            return Err("its first line is not that of such a file");
        };
        if magic != MAGIC {
            return Err("its first line is not that of such a file");
        }
        if version != VERSION || kdf != "argon2id" || lanes != "p=1" {
            return Err("it was made by another version of Addendum");
        }
        let number = |word: &str, key: &str, most: u32| {
            let n = word.strip_prefix(key).and_then(|n| n.parse::<u32>().ok());
            // Bounded: a forged header must not make us take all memory or time.
            n.filter(|n| (1..=most).contains(n)).ok_or("its header cannot be")
        };
        let memory = number(memory, "m=", 1 << 20)?;
        let passes = number(passes, "t=", 32)?;
        let salt = salt
            .strip_prefix("salt=")
            .and_then(|s| BASE64.decode(s.as_bytes()).ok())
            .ok_or("its header cannot be")?;
        let mut parsed = Vec::new();
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            let [name, nonce, sealed] = words[..] else { return Err("a line cannot be read") };
            let decode = |w: &str| BASE64.decode(w.as_bytes()).map_err(|_| "a line cannot be read");
            parsed.push((name.to_owned(), decode(nonce)?, decode(sealed)?));
        }
        Ok(Self { header: header.to_owned(), memory, passes, salt, lines: parsed })
    }

    fn line(&self, name: &str) -> Option<&(String, Vec<u8>, Vec<u8>)> {
        self.lines.iter().find(|(n, _, _)| n == name)
    }
}
