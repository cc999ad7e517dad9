//! `addendum credentials`: the ConnectWise keys, and where they are kept.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::Global;
use super::jobs::{perform, unexpected};
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use crate::config::{ConnectWiseSettings, Paths, Settings};
use crate::connectwise::{ApiKeys, Client, Connection};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::{harmless, is_harmful};
use crate::vault::{SecretName, SecretPlace, Vault};
use crate::worker::changes::{self, Change};
use crate::worker::job::{Job, Outcome};

/// What to do with them.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Args {
    /// Keep site, company, client id and the two keys; without a terminal the keys are two lines
    /// of standard input: public, private
    Set(SetArgs),
    /// One authenticated call
    Test,
    /// What is set and where it was found; never the private key
    Show,
    /// Forget the keys
    Delete,
}

/// Arguments of `credentials set`.
#[derive(Debug, Clone, clap::Args)]
pub struct SetArgs {
    /// Host or URL, such as na.myconnectwise.net
    #[arg(long, value_name = "S")]
    pub site: Option<String>,
    /// The login company
    #[arg(long, value_name = "C")]
    pub company_id: Option<String>,
    /// The integration's client id, a GUID from developer.connectwise.com
    #[arg(long, value_name = "I")]
    pub client_id: Option<String>,
    /// Keep the billing source's secret instead: one line of standard input without a terminal
    #[arg(long, conflicts_with_all = ["site", "company_id", "client_id"])]
    pub source_secret: bool,
}

/// Does it.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    match args {
        Args::Set(args) if args.source_secret => set_source_secret(global).await,
        Args::Set(args) => set(global, args, output).await,
        Args::Test => test(global, output).await,
        Args::Show => show(global),
        Args::Delete => delete(global).await,
    }
}

async fn set(global: &Global, args: &SetArgs, output: Output) -> Result<Answer, Failure> {
    let paths = Paths::find(global.home.as_deref(), &global.profile)?;
    let mut settings = Settings::read(&paths.settings, &global.profile)?.connectwise;
    let mut writes = Vec::new();
    let mut told = Vec::new();
    for (name, flag, given, kept) in [
        ("site", "--site", &args.site, &mut settings.site),
        ("company_id", "--company-id", &args.company_id, &mut settings.company_id),
        ("client_id", "--client-id", &args.client_id, &mut settings.client_id),
    ] {
        let value = match given {
            Some(value) => value.clone(),
            None if ask::can_ask() => asked(name, kept)?,
            None => kept.clone(),
        };
        let value = plain(name, flag, &value)?;
        if value != *kept {
            let key = format!("connectwise.{name}");
            writes.push((key.clone(), Some(value.as_str().into())));
            told.push(Change {
                what: format!("setting {key}"),
                old: if kept.is_empty() { "not set".to_owned() } else { harmless(kept) },
                new: value.clone(),
            });
            *kept = value;
        }
    }
    if uuid::Uuid::try_parse(&settings.client_id).is_err() {
        output.hint("note: ConnectWise's client ids are GUIDs, and this one is none");
    }
    let keys = read_keys()?;
    // Refuses what the client would refuse later, before anything is kept.
    Client::new(&connection(&settings), keys.clone(), None)?;
    let vault = Vault::new(&paths, &global.profile);
    let before =
        [SecretName::PublicKey, SecretName::PrivateKey].map(|name| (name, words(&vault, name)));
    let place = keep(&vault, SecretName::PublicKey, &keys.public)?;
    keep(&vault, SecretName::PrivateKey, &keys.private)?;
    if !writes.is_empty() {
        Settings::write(&paths.settings, &global.profile, &writes)?;
    }
    told.extend(before.map(|(name, old)| replaced(name, old, place)));
    changes::record(&paths, "credentials set", &told).await;
    warn_overridden(&vault, &keys, output)?;
    let document = json!({
        "action": "set",
        "site": settings.site,
        "company_id": settings.company_id,
        "client_id": settings.client_id,
        "kept_in": place,
        "settings": paths.settings.display().to_string(),
    });
    let text = format!(
        "kept: the keys in {}, the rest in {}\n\nnext: `addendum credentials test`, then `addendum verify`",
        place_word(place),
        paths.settings.display()
    );
    Answer::new("credentials", &document, text)
}

/// Asks for one value; what is set already is taken with Enter.
fn asked(name: &str, kept: &str) -> Result<String, Failure> {
    let title = match name {
        "site" => "Site (such as na.myconnectwise.net)",
        "company_id" => "Login company",
        _ => "Client id",
    };
    let shown = if kept.is_empty() { String::new() } else { format!(" [{}]", harmless(kept)) };
    let typed = ask::line(&format!("{title}{shown}: "))?;
    Ok(if typed.trim().is_empty() { kept.to_owned() } else { typed })
}

fn plain(name: &str, flag: &str, value: &str) -> Result<String, Failure> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Failure::usage(
            format!("connectwise.{name} is not set, and {flag} was not given"),
            format!("give {flag}"),
        ));
    }
    if value.chars().any(|c| is_harmful(c) || c.is_whitespace()) {
        return Err(Failure::usage(
            format!("{flag} has spaces or control characters in it"),
            "copy it again without them",
        ));
    }
    Ok(value.to_owned())
}

fn read_keys() -> Result<ApiKeys, Failure> {
    let (public, private) = if ask::can_ask() {
        (ask::secret("Public key: ")?, ask::secret("Private key: ")?)
    } else {
        let lines = (ask::stdin_secret()?, ask::stdin_secret()?);
        let (Some(public), Some(private)) = lines else {
            return Err(Failure::usage(
                "standard input did not hold two lines",
                "give the public key and the private key, each on a line of standard input",
            ));
        };
        (public, private)
    };
    check_secret("public key", &public)?;
    check_secret("private key", &private)?;
    // Basic authorization is COMPANY+PUBLIC:PRIVATE; a colon would end the public key early.
    if public.expose_secret().contains(':') {
        return Err(Failure::usage("the public key has a colon in it", "copy it again"));
    }
    Ok(ApiKeys { public, private })
}

fn check_secret(what: &str, secret: &SecretString) -> Result<(), Failure> {
    let text = secret.expose_secret();
    if text.is_empty() {
        return Err(Failure::usage(format!("the {what} is empty"), "copy it again"));
    }
    if text.len() > 4096 || text.chars().any(|c| is_harmful(c) || c.is_whitespace()) {
        return Err(Failure::usage(
            format!("the {what} has spaces or control characters in it, or is too long"),
            "copy it again without them",
        ));
    }
    Ok(())
}

/// Keeps a secret. The encrypted file needs a passphrase, which a person can be asked for.
fn keep(vault: &Vault, name: SecretName, value: &SecretString) -> Result<SecretPlace, Failure> {
    match vault.set(name, value, None) {
        Ok(place) => Ok(place),
        Err(p) if p.kind == ProblemKind::NotSetUp && ask::can_ask() => {
            let passphrase = ask::secret("Passphrase for the encrypted file: ")?;
            Ok(vault.set(name, value, Some(&passphrase))?)
        }
        Err(p) => Err(p.into()),
    }
}

/// What stands in the environment is found first (design 4): then what was kept is not used.
fn warn_overridden(vault: &Vault, keys: &ApiKeys, output: Output) -> Result<(), Failure> {
    for (name, kept) in
        [(SecretName::PublicKey, &keys.public), (SecretName::PrivateKey, &keys.private)]
    {
        if let Some((found, place)) = vault.get(name)?
            && found.expose_secret() != kept.expose_secret()
        {
            output.hint(&format!(
                "note: another {} is found first, in {}; it is the one that is used",
                secret_word(name),
                place_word(place)
            ));
        }
    }
    Ok(())
}

async fn set_source_secret(global: &Global) -> Result<Answer, Failure> {
    let paths = Paths::find(global.home.as_deref(), &global.profile)?;
    let secret = if ask::can_ask() {
        ask::secret("Secret of the billing source: ")?
    } else {
        ask::stdin_secret()?.ok_or_else(|| {
            Failure::usage("standard input is empty", "give the secret on a line of standard input")
        })?
    };
    check_secret("secret", &secret)?;
    let vault = Vault::new(&paths, &global.profile);
    let old = words(&vault, SecretName::SourceSecret);
    let place = keep(&vault, SecretName::SourceSecret, &secret)?;
    let told = [replaced(SecretName::SourceSecret, old, place)];
    changes::record(&paths, "credentials set --source-secret", &told).await;
    let document = json!({ "action": "set", "secret": "source", "kept_in": place });
    Answer::new(
        "credentials",
        &document,
        format!("kept: the source's secret in {}", place_word(place)),
    )
}

async fn test(global: &Global, output: Output) -> Result<Answer, Failure> {
    let Outcome::Connected(info) = perform(global, output, Job::TestConnection).await? else {
        return Err(unexpected());
    };
    let text = format!(
        "connected: {}\n  version    {}\n  time zone  {}\n\nnext: `addendum verify`",
        harmless(&info.base),
        harmless(&info.version),
        harmless(info.time_zone.as_deref().unwrap_or("-"))
    );
    let document = json!({
        "action": "test", "connected": true, "base": info.base, "version": info.version,
        "time_zone": info.time_zone,
    });
    Answer::new("credentials", &document, text)
}

/// Where a secret stands, for people who look.
struct Found {
    value: Option<SecretString>,
    place: Option<SecretPlace>,
    locked: bool,
}

/// Looks for a secret; one that is in the locked file is there, but cannot be shown.
fn look(vault: &Vault, name: SecretName) -> Result<Found, Problem> {
    match vault.get(name) {
        Ok(Some((value, place))) => {
            Ok(Found { value: Some(value), place: Some(place), locked: false })
        }
        Ok(None) => Ok(Found { value: None, place: None, locked: false }),
        Err(p) if p.code == "vault-locked" => {
            Ok(Found { value: None, place: Some(SecretPlace::VaultFile), locked: true })
        }
        Err(p) => Err(p),
    }
}

impl Found {
    fn document(&self) -> Value {
        json!({ "set": self.place.is_some(), "found_in": self.place, "locked": self.locked })
    }

    fn words(&self) -> String {
        let place =
            self.place.map_or("not set".to_owned(), |p| format!("set, in {}", place_word(p)));
        if self.locked { format!("{place}, which is locked") } else { place }
    }
}

/// Whether a secret is there, for the System Logs: never more than that.
fn words(vault: &Vault, name: SecretName) -> String {
    look(vault, name).map_or_else(|_| "unreadable".to_owned(), |found| found.words())
}

fn replaced(name: SecretName, old: String, place: SecretPlace) -> Change {
    let new = format!("set anew, in {}", place_word(place));
    Change { what: secret_word(name).into(), old, new }
}

fn show(global: &Global) -> Result<Answer, Failure> {
    let paths = Paths::find(global.home.as_deref(), &global.profile)?;
    let settings = Settings::read(&paths.settings, &global.profile)?.connectwise;
    let vault = Vault::new(&paths, &global.profile);
    let public = look(&vault, SecretName::PublicKey)?;
    let private = look(&vault, SecretName::PrivateKey)?;
    let source = look(&vault, SecretName::SourceSecret)?;
    let public_key = public.value.as_ref().map(|key| key.expose_secret().to_owned());
    let mut public_document = public.document();
    public_document["value"] = json!(public_key);
    let document = json!({
        "action": "show",
        "profile": global.profile,
        "site": settings.site,
        "company_id": settings.company_id,
        "client_id": settings.client_id,
        "public_key": public_document,
        "private_key": private.document(),
        "source_secret": source.document(),
    });
    let word = |s: &str| if s.is_empty() { "not set".to_owned() } else { harmless(s) };
    let text = format!(
        "Site           {}\nCompany        {}\nClient id      {}\nPublic key     {}{}\n\
         Private key    {}\nSource secret  {}",
        word(&settings.site),
        word(&settings.company_id),
        word(&settings.client_id),
        public_key.map(|key| format!("{}; ", harmless(&key))).unwrap_or_default(),
        public.words(),
        private.words(),
        source.words()
    );
    Answer::new("credentials", &document, text)
}

async fn delete(global: &Global) -> Result<Answer, Failure> {
    let paths = Paths::find(global.home.as_deref(), &global.profile)?;
    let vault = Vault::new(&paths, &global.profile);
    let before = SecretName::ALL.map(|name| (name, words(&vault, name)));
    let left = forget(&vault)?;
    let told: Vec<Change> = before
        .into_iter()
        .map(|(name, old)| Change { what: secret_word(name).into(), old, new: words(&vault, name) })
        .filter(|c| c.old != c.new)
        .collect();
    changes::record(&paths, "credentials delete", &told).await;
    let document = json!({ "action": "delete", "still_found": left.iter().map(|(name, place)| json!({
        "secret": secret_word(*name), "found_in": place,
    })).collect::<Vec<_>>() });
    let mut text =
        "forgotten: both keys and the source's secret, in keyring and encrypted file".to_owned();
    for (name, place) in left {
        text.push_str(&format!(
            "\nstill there: the {} in {}, which is not ours to delete",
            secret_word(name),
            place_word(place)
        ));
    }
    Answer::new("credentials", &document, text)
}

/// Forgets all secrets of a profile. Gives what is still found, in places that are not ours.
pub fn forget(vault: &Vault) -> Result<Vec<(SecretName, SecretPlace)>, Problem> {
    let mut left = Vec::new();
    for name in SecretName::ALL {
        vault.delete(name)?;
    }
    for name in SecretName::ALL {
        // A vault that cannot be read any more holds nothing of use.
        if let Ok(Some((_, place))) = vault.get(name) {
            left.push((name, place));
        }
    }
    Ok(left)
}

fn connection(settings: &ConnectWiseSettings) -> Connection {
    Connection {
        site: settings.site.clone(),
        company_id: settings.company_id.clone(),
        client_id: settings.client_id.clone(),
        concurrency: settings.concurrency,
        requests_per_minute: settings.requests_per_minute,
        timeout: Duration::from_secs(settings.timeout_seconds),
        max_retries: settings.max_retries,
        root_certificate: settings.root_certificate.clone(),
    }
}

/// The secret in words.
pub fn secret_word(name: SecretName) -> &'static str {
    match name {
        SecretName::PublicKey => "public key",
        SecretName::PrivateKey => "private key",
        SecretName::SourceSecret => "source's secret",
    }
}

/// The place in words.
pub fn place_word(place: SecretPlace) -> &'static str {
    match place {
        SecretPlace::Environment => "the environment",
        SecretPlace::SystemdCredential => "systemd's credentials",
        SecretPlace::Keyring => "the system keyring",
        SecretPlace::VaultFile => "the encrypted file",
    }
}
