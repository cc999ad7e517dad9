//! The system keyring (feature `keyring`). It may be absent, locked, or wait for a person who is
//! not there: every call has a thread of its own and a time limit.

use std::sync::Arc;

use secrecy::SecretString;

/// Why the keyring gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RingError {
    /// There is none here.
    Absent,
    /// There is one, and it does not answer or refuses.
    Locked,
}

/// What a vault needs of a keyring.
pub(super) trait Ring: Send + Sync {
    fn get(&self, entry: &str) -> Result<Option<SecretString>, RingError>;
    fn set(&self, entry: &str, secret: &SecretString) -> Result<(), RingError>;
    fn delete(&self, entry: &str) -> Result<(), RingError>;
}

/// A machine without a keyring.
pub(super) struct NoRing;

impl Ring for NoRing {
    fn get(&self, _: &str) -> Result<Option<SecretString>, RingError> {
        Err(RingError::Absent)
    }
    fn set(&self, _: &str, _: &SecretString) -> Result<(), RingError> {
        Err(RingError::Absent)
    }
    fn delete(&self, _: &str) -> Result<(), RingError> {
        Err(RingError::Absent)
    }
}

#[cfg(not(feature = "keyring"))]
pub(super) fn system() -> Arc<dyn Ring> {
    Arc::new(NoRing)
}

#[cfg(feature = "keyring")]
pub(super) fn system() -> Arc<dyn Ring> {
    if real::session() { Arc::new(real::SystemRing::default()) } else { Arc::new(NoRing) }
}

#[cfg(feature = "keyring")]
mod real {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use keyring::{Entry, Error};
    use secrecy::{ExposeSecret, SecretString};
    use zeroize::Zeroizing;

    use super::{Ring, RingError};

    const SERVICE: &str = "addendum";
    /// Long enough for a bus to wake up, short enough for a job at night.
    const LIMIT: Duration = Duration::from_secs(4);

    /// Elsewhere than on Linux and its relatives a keyring is always there; here it needs a bus,
    /// and asking for one that is not there may start a new one and wait for it.
    pub(super) fn session() -> bool {
        if cfg!(any(target_os = "macos", windows)) {
            return true;
        }
        let set = |name| std::env::var_os(name).filter(|v| !v.is_empty());
        set("DBUS_SESSION_BUS_ADDRESS").is_some()
            || set("XDG_RUNTIME_DIR").is_some_and(|d| std::path::Path::new(&d).join("bus").exists())
    }

    #[derive(Default)]
    pub(super) struct SystemRing {
        /// It did not answer once: it is not waited for again.
        silent: AtomicBool,
    }

    impl SystemRing {
        fn ask<T: Send + 'static>(
            &self,
            call: impl FnOnce() -> Result<T, Error> + Send + 'static,
        ) -> Result<Option<T>, RingError> {
            if self.silent.load(Ordering::Relaxed) {
                return Err(RingError::Locked);
            }
            let (tell, hear) = mpsc::sync_channel(1);
            // A thread that hangs is left behind: the process ends without it.
            std::thread::Builder::new()
                .name("keyring".into())
                .spawn(move || drop(tell.send(call())))
                .map_err(|_| RingError::Absent)?;
            match hear.recv_timeout(LIMIT) {
                Ok(Ok(value)) => Ok(Some(value)),
                Ok(Err(Error::NoEntry)) => Ok(None),
                Ok(Err(Error::NoStorageAccess(_))) => Err(RingError::Locked),
                Ok(Err(_)) => Err(RingError::Absent),
                Err(_) => {
                    self.silent.store(true, Ordering::Relaxed);
                    tracing::warn!("the system keyring does not answer");
                    Err(RingError::Locked)
                }
            }
        }
    }

    impl Ring for SystemRing {
        fn get(&self, entry: &str) -> Result<Option<SecretString>, RingError> {
            let entry = entry.to_owned();
            self.ask(move || {
                let text = Zeroizing::new(Entry::new(SERVICE, &entry)?.get_password()?);
                Ok(SecretString::from(Box::<str>::from(text.as_str())))
            })
        }

        fn set(&self, entry: &str, secret: &SecretString) -> Result<(), RingError> {
            let (entry, secret) = (entry.to_owned(), secret.clone());
            self.ask(move || Entry::new(SERVICE, &entry)?.set_password(secret.expose_secret()))
                .map(drop)
        }

        fn delete(&self, entry: &str) -> Result<(), RingError> {
            let entry = entry.to_owned();
            self.ask(move || Entry::new(SERVICE, &entry)?.delete_credential()).map(drop)
        }
    }
}
