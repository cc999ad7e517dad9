//! Where everything is (design 4).

use std::path::{Path, PathBuf};

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// A path as people write it: `~` and `~/...` are the user's home.
pub fn at_home(path: &str) -> PathBuf {
    let rest = match path.strip_prefix('~') {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix(['/', '\\']),
        None => None,
    };
    match (rest, directories::BaseDirs::new()) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(path),
    }
}

/// Where everything of one profile lives (design 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `config.toml`
    pub settings: PathBuf,
    /// Folder of user files beside it: key map, themes, source profiles.
    pub config_dir: PathBuf,
    /// Folder of the profile's data.
    pub data_dir: PathBuf,
    /// `addendum.db`
    pub store: PathBuf,
    /// `addendum.log`
    pub log: PathBuf,
    /// The encrypted secrets file.
    pub vault: PathBuf,
}

impl Paths {
    /// By the platform's folders, or below `home` (`ADDENDUM_HOME`). Refuses profile names that
    /// are no plain file name.
    ///
    /// # Errors
    ///
    /// `bad-profile-name`, or `no-home` where the platform names no folders.
    pub fn find(home: Option<&Path>, profile: &str) -> Result<Self, Problem> {
        check_profile_name(profile)?;
        let (config_dir, data_root, state_dir) = match home {
            Some(home) => {
                // A relative home must not move when a process changes its folder.
                let home = std::path::absolute(home).unwrap_or_else(|_| home.to_owned());
                (home.join("config"), home.join("data"), home.join("state"))
            }
            None => {
                let base = directories::BaseDirs::new().ok_or_else(|| {
                    Problem::new(
                        ProblemKind::Fault,
                        "no-home",
                        "this account has no home folder to keep settings and data in",
                        "set ADDENDUM_HOME to a folder that Addendum may write to",
                    )
                })?;
                // Only Linux has a folder for states; elsewhere they go to the local data.
                let state = base.state_dir().unwrap_or_else(|| base.data_local_dir());
                (
                    base.config_dir().join("addendum"),
                    base.data_dir().join("addendum"),
                    state.join("addendum"),
                )
            }
        };
        let data_dir = data_root.join(profile);
        Ok(Self {
            settings: config_dir.join("config.toml"),
            store: data_dir.join("addendum.db"),
            vault: data_dir.join("secrets.vault"),
            log: state_dir.join("addendum.log"),
            config_dir,
            data_dir,
        })
    }
}

/// A profile's name is a folder's name on every platform.
pub(super) fn check_profile_name(profile: &str) -> Result<(), Problem> {
    const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
    let lower = profile.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let device = RESERVED.contains(&stem)
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.as_bytes()[3].is_ascii_digit());
    let plain = !profile.is_empty()
        && profile.len() <= 64
        && !profile.starts_with('.')
        && !profile.ends_with('.')
        && profile.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if plain && !device {
        return Ok(());
    }
    let shown: String = harmless(profile).chars().take(64).collect();
    Err(Problem::new(
        ProblemKind::Refused,
        "bad-profile-name",
        format!("\"{shown}\" cannot be a profile's name"),
        "use up to 64 letters, digits, dashes, underscores or dots, not beginning with a dot",
    ))
}
