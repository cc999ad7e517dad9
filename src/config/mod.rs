//! Settings files: where they are, what they say, and how they are changed with their comments
//! kept (design 4).

mod keys;
mod matching;
mod paths;
mod price_file;
pub mod private;
mod reader;
mod replace;
mod root_certificates;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::approval::Approval;
use crate::domain::policy::Policy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

#[cfg(test)]
pub(crate) use keys::all as known_keys;
pub(crate) use keys::nearest;
pub use matching::MatchingSettings;
pub use paths::{Paths, at_home};
pub(crate) use replace::replace_file;
pub use root_certificates::root_certificates;

/// The whole file with its comments, every key at its default.
const DEFAULT_SETTINGS: &str = include_str!("../../config/default.toml");

/// Nobody writes settings of this size; a wrong path might lead to a file that does not end.
const LARGEST: u64 = 1 << 20;

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
    /// A PEM file of root certificates that are trusted beside the system's.
    pub root_certificate: Option<PathBuf>,
}

/// `[source]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSettings {
    /// A shipped profile or the path of one's own.
    pub profile: String,
    /// Names the source in line identities and markers; default: the profile's name.
    pub id: String,
    /// File, folder or URL; absent: the profile's own address, or only `load --from`.
    pub location: Option<String>,
    /// The seller's own id at the source, where its profile asks for one.
    pub account: Option<String>,
    /// The order of dates such as 3/4/2025 where a bill cannot tell: `mdy`, `dmy`; empty: the bill
    /// decides.
    pub date_order: String,
    /// What usage is summed up by, beside subscription and month; empty: as the profile has it.
    pub group_by: String,
    /// Named filters of the profile that are switched on.
    pub leave_out: Vec<String>,
    /// A PEM file of root certificates that are trusted beside the system's, for this source only.
    pub root_certificate: Option<PathBuf>,
}

/// The settings of one profile, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// See [`ConnectWiseSettings`].
    pub connectwise: ConnectWiseSettings,
    /// See [`SourceSettings`].
    pub source: SourceSettings,
    /// See [`MatchingSettings`].
    pub matching: MatchingSettings,
    /// `[billing]` as rules read it.
    pub policy: Policy,
    /// `billing.price.file`: where `policy.prices` has its rules for organizations and offers from.
    pub price_file: Option<String>,
    /// `billing.daily_sync`
    pub daily_sync: bool,
    /// `billing.approval`: whether writes need another person.
    pub approval: Approval,
    /// `billing.timezone`: whose "today" and "this month" are meant.
    pub timezone: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connectwise: ConnectWiseSettings {
                site: String::new(),
                company_id: String::new(),
                client_id: String::new(),
                concurrency: 4,
                requests_per_minute: 900,
                timeout_seconds: 120,
                max_retries: 6,
                settle_seconds: 5,
                root_certificate: None,
            },
            source: SourceSettings {
                profile: "canonical".into(),
                id: "canonical".into(),
                location: None,
                account: None,
                date_order: String::new(),
                group_by: String::new(),
                leave_out: Vec::new(),
                root_certificate: None,
            },
            matching: MatchingSettings::default(),
            policy: Policy::default(),
            price_file: None,
            daily_sync: false,
            approval: Approval::Off,
            timezone: "UTC".into(),
        }
    }
}

impl Settings {
    /// Reads the file; a missing file gives the defaults. Unknown keys are refused with the nearest
    /// known one.
    ///
    /// # Errors
    ///
    /// `settings-...`: the file cannot be read, is no TOML, or holds keys or values that cannot be;
    /// each is named with line, column and the key's full path. `price-file...`: the same for the
    /// price file that they name.
    pub fn read(file: &Path, profile: &str) -> Result<Self, Problem> {
        let mut bytes = Vec::new();
        let read = std::fs::File::open(file)
            .and_then(|f| io::Read::read_to_end(&mut io::Read::take(f, LARGEST + 1), &mut bytes));
        match read {
            Ok(n) if n as u64 > LARGEST => {
                Err(unreadable(file, &io::Error::other("it is larger than 1 MiB")))
            }
            Ok(_) => {
                let text = std::str::from_utf8(&bytes)
                    .map_err(|_| unreadable(file, &io::Error::other("it is not UTF-8 text")))?;
                let mut settings = parse(file, text, profile)?;
                if let Some(file) = &settings.price_file {
                    price_file::read(Path::new(file), &mut settings.policy.prices)?;
                }
                Ok(settings)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(unreadable(file, &e)),
        }
    }

    /// Changes values (`connectwise.site`, `billing.charge_end.CycleFee`, ...) in place, comments
    /// kept; creates the file from the commented defaults when there is none. For a profile other
    /// than `default` the value goes to `[profiles.NAME...]`. `None` goes back to the default, or,
    /// for such a profile, to the top level's value. Gives each value as text, before and after.
    ///
    /// # Errors
    ///
    /// As [`Settings::read`], for the file before and after the change; nothing is written then.
    pub fn write(
        file: &Path,
        profile: &str,
        changes: &[(String, Option<toml_edit::Value>)],
    ) -> Result<Vec<(String, String)>, Problem> {
        writer::write(file, profile, changes)
    }
}

/// Reads the text of a settings file. Tables of other profiles are checked as well: a mistake is
/// told when it is made, not when that profile runs at night.
fn parse(file: &Path, text: &str, profile: &str) -> Result<Settings, Problem> {
    let mut reader = reader::Reader::new(file, text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut settings = Settings::default();
    settings.source.id.clear();
    match toml_edit::Document::parse(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Err(e) => reader.syntax(&e),
        Ok(document) => {
            let root = document.as_table();
            reader.sections(root, "", &mut settings);
            if let Some(item) = root.get("profiles")
                && let Some(profiles) = reader.table(item, "profiles")
            {
                let top = settings.clone();
                for (name, item) in profiles.iter() {
                    let path = format!("profiles.{name}");
                    let Some(table) = reader.table(item, &path) else { continue };
                    if name == profile {
                        reader.sections(table, &path, &mut settings);
                    } else {
                        reader.sections(table, &path, &mut top.clone());
                    }
                }
            }
        }
    }
    reader.finish()?;
    schema::complete(&mut settings, file);
    Ok(settings)
}

fn unreadable(file: &Path, error: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Refused,
        "settings-unreadable",
        format!("the settings {} cannot be read: {error}", harmless(&file.display().to_string())),
        "check the path and its permissions",
    )
}
