//! Settings files: where they are, what they say, and how they are changed with their comments
//! kept (design 4).

use std::path::{Path, PathBuf};

use crate::domain::policy::Policy;
use crate::domain::problem::Problem;

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

/// `[connectwise]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectWiseSettings {
    /// Host or URL as written; empty: not set up.
    pub site: String,
    /// Login company; empty: not set up.
    pub company_id: String,
    /// The integration's GUID; empty: not set up.
    pub client_id: String,
    /// Requests in flight.
    pub concurrency: usize,
    /// Requests a minute; 0: no limit of ours.
    pub requests_per_minute: u32,
    /// Seconds for one request.
    pub timeout_seconds: u64,
    /// Tries after the first.
    pub max_retries: u32,
    /// How long a lost write is looked for before it counts as not made.
    pub settle_seconds: u64,
}

/// `[source]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSettings {
    /// A shipped profile or the path of one's own.
    pub profile: String,
    /// Names the source in line identities and markers; default: the profile's name.
    pub id: String,
    /// File, folder or URL; absent: only `load --from`.
    pub location: Option<String>,
}

/// The settings of one profile, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// See [`ConnectWiseSettings`].
    pub connectwise: ConnectWiseSettings,
    /// See [`SourceSettings`].
    pub source: SourceSettings,
    /// `[billing]` as rules read it.
    pub policy: Policy,
    /// `billing.daily_sync`
    pub daily_sync: bool,
    /// `billing.timezone`: whose "today" and "this month" are meant.
    pub timezone: String,
}

#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
impl Paths {
    /// By the platform's folders, or below `home` (`ADDENDUM_HOME`). Refuses profile names that
    /// are no plain file name.
    pub fn find(home: Option<&Path>, profile: &str) -> Result<Self, Problem> {
        todo!()
    }
}

#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
impl Settings {
    /// Reads the file; a missing file gives the defaults. Unknown keys are refused with the nearest
    /// known one.
    pub fn read(file: &Path, profile: &str) -> Result<Self, Problem> {
        todo!()
    }
    /// Changes values (`connectwise.site`, `billing.charge_end.CycleFee`, ...) in place, comments
    /// kept; creates the file from the commented defaults when there is none. For a profile other
    /// than `default` the value goes to `[profiles.NAME...]`.
    pub fn write(
        file: &Path,
        profile: &str,
        changes: &[(String, Option<toml_edit::Value>)],
    ) -> Result<(), Problem> {
        todo!()
    }
}
