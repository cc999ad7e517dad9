use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use secrecy::ExposeSecret;

use super::keyring::NoRing;
use super::*;

const SECRET: &str = "s3cr3t-Private-Value";

/// A keyring in memory, or one that does not answer.
#[derive(Default)]
struct FakeRing {
    entries: Mutex<HashMap<String, SecretString>>,
    locked: bool,
}

impl FakeRing {
    fn open(&self) -> Result<(), RingError> {
        if self.locked { Err(RingError::Locked) } else { Ok(()) }
    }
}

impl Ring for FakeRing {
    fn get(&self, entry: &str) -> Result<Option<SecretString>, RingError> {
        self.open()?;
        Ok(self.entries.lock().unwrap().get(entry).cloned())
    }
    fn set(&self, entry: &str, secret: &SecretString) -> Result<(), RingError> {
        self.open()?;
        self.entries.lock().unwrap().insert(entry.into(), secret.clone());
        Ok(())
    }
    fn delete(&self, entry: &str) -> Result<(), RingError> {
        self.open()?;
        self.entries.lock().unwrap().remove(entry);
        Ok(())
    }
}

fn vault(dir: &Path, env: &[(&str, &OsStr)], ring: Arc<dyn Ring>) -> Vault {
    let file = dir.join("secrets.vault");
    Vault::with(Environment::made_of(env), ring, "default".into(), file, "default".into())
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn found(v: &Vault, name: SecretName) -> Option<(String, SecretPlace)> {
    v.get(name).unwrap().map(|(s, p)| (s.expose_secret().to_owned(), p))
}

fn pass(text: &str) -> [(&str, &OsStr); 1] {
    [("ADDENDUM_VAULT_PASSPHRASE", OsStr::new(text))]
}

#[test]
fn the_first_place_in_the_designs_order_wins() {
    let dir = tempfile::tempdir().unwrap();
    let credentials = dir.path().join("credentials");
    fs::create_dir(&credentials).unwrap();
    let ring = Arc::new(FakeRing::default());
    vault(dir.path(), &pass("pp"), Arc::new(NoRing))
        .set(SecretName::PublicKey, &secret("from-file"), None)
        .unwrap();
    let mut env = pass("pp").to_vec();
    let look = |env: &[(&str, &OsStr)]| {
        found(&vault(dir.path(), env, ring.clone()), SecretName::PublicKey).unwrap()
    };
    assert_eq!(look(&env), ("from-file".into(), SecretPlace::VaultFile));
    ring.set("default/public-key", &secret("from-ring")).unwrap();
    assert_eq!(look(&env), ("from-ring".into(), SecretPlace::Keyring));
    fs::write(credentials.join("addendum-public-key"), "from-systemd\n").unwrap();
    env.push(("CREDENTIALS_DIRECTORY", credentials.as_os_str()));
    assert_eq!(look(&env), ("from-systemd".into(), SecretPlace::SystemdCredential));
    env.push(("ADDENDUM_CW_PUBLIC_KEY", OsStr::new("from-env")));
    assert_eq!(look(&env), ("from-env".into(), SecretPlace::Environment));
}

#[test]
fn the_keyring_is_preferred_and_the_file_is_the_fallback() {
    let dir = tempfile::tempdir().unwrap();
    let ring = Arc::new(FakeRing::default());
    let v = vault(dir.path(), &[], ring.clone());
    assert_eq!(v.set(SecretName::PrivateKey, &secret(SECRET), None).unwrap(), SecretPlace::Keyring);
    assert!(!dir.path().join("secrets.vault").exists());
    assert_eq!(found(&v, SecretName::PrivateKey).unwrap().1, SecretPlace::Keyring);
    v.delete(SecretName::PrivateKey).unwrap();
    assert_eq!(found(&v, SecretName::PrivateKey), None);

    let v = vault(dir.path(), &[], Arc::new(NoRing));
    let refused = v.set(SecretName::PrivateKey, &secret(SECRET), None).unwrap_err();
    assert_eq!(refused.code, "vault-needs-passphrase");
    let typed = secret("typed pass");
    let place = v.set(SecretName::PrivateKey, &secret(SECRET), Some(&typed)).unwrap();
    assert_eq!(place, SecretPlace::VaultFile);
    assert_eq!(found(&v, SecretName::PrivateKey), Some((SECRET.into(), SecretPlace::VaultFile)));

    // Another process has to be told the passphrase, and only for what is in the file.
    let v = vault(dir.path(), &[], Arc::new(NoRing));
    assert_eq!(v.get(SecretName::PrivateKey).unwrap_err().code, "vault-locked");
    assert_eq!(found(&v, SecretName::SourceSecret), None);
    v.unlock(&typed);
    assert_eq!(found(&v, SecretName::PrivateKey).unwrap().0, SECRET);
    // Nothing but the right passphrase adds to the file.
    let other = secret("other");
    let refused = v.set(SecretName::PublicKey, &secret("p"), Some(&other)).unwrap_err();
    assert_eq!(refused.code, "vault-passphrase");
}

#[test]
fn passphrases_come_from_a_credential_or_a_key_file_too() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("addendum-vault-passphrase"), "pp\n").unwrap();
    fs::write(dir.path().join("key"), [0xff, 0x00, 0x80]).unwrap();
    let key = dir.path().join("key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let env = [("ADDENDUM_VAULT_KEY_FILE", key.as_os_str())];
        for open in [0o644, 0o640, 0o604, 0o660] {
            mode(open);
            let v = vault(dir.path(), &env, Arc::new(NoRing));
            let refused = v.set(SecretName::PublicKey, &secret("x"), None).unwrap_err();
            assert_eq!(refused.code, "key-file-open", "{refused}");
            assert!(refused.message.contains(&format!("{open:04o}")), "{refused}");
        }
        mode(0o600);
    }
    for env in [
        [("CREDENTIALS_DIRECTORY", dir.path().as_os_str())],
        [("ADDENDUM_VAULT_KEY_FILE", key.as_os_str())],
    ] {
        let home = tempfile::tempdir().unwrap();
        let v = vault(home.path(), &env, Arc::new(FakeRing::default()));
        let place = v.set(SecretName::SourceSecret, &secret(SECRET), None).unwrap();
        assert_eq!(place, SecretPlace::VaultFile, "a passphrase outside chooses the file");
        assert_eq!(found(&v, SecretName::SourceSecret).unwrap().0, SECRET);
    }
    let env = [("ADDENDUM_VAULT_KEY_FILE", OsStr::new("/does/not/exist"))];
    let v = vault(dir.path(), &env, Arc::new(NoRing));
    let refused = v.set(SecretName::PublicKey, &secret("x"), None).unwrap_err();
    assert_eq!(refused.code, "secret-unreadable");
}

#[test]
fn a_wrong_passphrase_is_told_from_a_damaged_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secrets.vault");
    let v = vault(dir.path(), &pass("right"), Arc::new(NoRing));
    v.set(SecretName::PublicKey, &secret("pub"), None).unwrap();
    v.set(SecretName::PrivateKey, &secret(SECRET), None).unwrap();
    let wrong = vault(dir.path(), &pass("wrong"), Arc::new(NoRing));
    assert_eq!(wrong.get(SecretName::PublicKey).unwrap_err().code, "vault-passphrase");
    let good = fs::read_to_string(&file).unwrap();
    let swapped = good.replace("private-key", "x").replace("public-key", "private-key");
    let lines: Vec<&str> = good.lines().collect();
    let mut flipped = good.clone().into_bytes();
    let last = flipped.len() - 8;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    for (bad, code) in [
        (swapped.as_bytes(), "vault-damaged"),
        (&flipped, "vault-damaged"),
        (b"junk", "vault-damaged"),
        (b"", "vault-damaged"),
        (b"\xff\xfe", "vault-damaged"),
        (good.replace("vault 1", "vault 2").as_bytes(), "vault-damaged"),
        (good.replace("m=19456", "m=4000000000").as_bytes(), "vault-damaged"),
        (good.replace("t=2", "t=3").as_bytes(), "vault-passphrase"),
        ([lines[0], lines[3]].join("\n").as_bytes(), "vault-damaged"),
    ] {
        fs::write(&file, bad).unwrap();
        let told = v.get(SecretName::PrivateKey).unwrap_err();
        assert_eq!(told.code, code, "{}", String::from_utf8_lossy(bad));
        assert!(!told.to_string().contains(SECRET));
    }
}

#[test]
fn deleting_needs_no_passphrase_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let v = vault(dir.path(), &pass("pp"), Arc::new(NoRing));
    v.set(SecretName::PublicKey, &secret("pub"), None).unwrap();
    v.set(SecretName::PrivateKey, &secret(SECRET), None).unwrap();
    let locked = vault(dir.path(), &[], Arc::new(NoRing));
    locked.delete(SecretName::PublicKey).unwrap();
    assert_eq!(found(&v, SecretName::PublicKey), None);
    assert_eq!(found(&v, SecretName::PrivateKey).unwrap().0, SECRET);
    locked.delete(SecretName::PrivateKey).unwrap();
    locked.delete(SecretName::SourceSecret).unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_sleeping_keyring_is_told_only_where_the_secret_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let ring = Arc::new(FakeRing { locked: true, ..FakeRing::default() });
    let v = vault(dir.path(), &[], ring);
    assert_eq!(v.get(SecretName::PrivateKey).unwrap_err().code, "keyring-locked");
    assert_eq!(found(&v, SecretName::SourceSecret), None);
    assert_eq!(v.delete(SecretName::PrivateKey).unwrap_err().code, "keyring-locked");
}

#[test]
fn no_secret_shows_in_the_file_in_debug_or_in_errors() {
    let dir = tempfile::tempdir().unwrap();
    let v = vault(dir.path(), &pass("p4ss-phrase"), Arc::new(NoRing));
    v.set(SecretName::PrivateKey, &secret(SECRET), None).unwrap();
    let file = dir.path().join("secrets.vault");
    let content = fs::read_to_string(&file).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let got = v.get(SecretName::PrivateKey).unwrap();
    let base64 = data_encoding::BASE64.encode(SECRET.as_bytes());
    let refused = v.set(SecretName::PublicKey, &secret(&format!("{SECRET}\n")), None).unwrap_err();
    for shown in [content, format!("{v:?} {got:?}"), format!("{refused} {refused:?}")] {
        for hidden in [SECRET, base64.trim_end_matches('='), "p4ss-phrase"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}

#[test]
fn other_homes_have_entries_of_their_own_in_the_keyring() {
    let dir = tempfile::tempdir().unwrap();
    let usual = Vault::new(&Paths::find(None, "acme").unwrap(), "acme");
    let other = Vault::new(&Paths::find(Some(dir.path()), "acme").unwrap(), "acme");
    assert_eq!(usual.entry(SecretName::PublicKey), "acme/public-key");
    assert_ne!(usual.prefix, other.prefix);
}
