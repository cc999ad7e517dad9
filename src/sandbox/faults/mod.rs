//! Faults that can be switched on: from a file (`addendum sandbox --faults FILE`), with
//! `PUT /sandbox/faults` on the running sandbox, or from a test through [`FaultSwitch`].
//!
//! ```toml
//! latency_ms = 100
//! requests_per_minute = 1000
//! withdrawn = ["Finance/Agreements/Add"]
//!
//! [[rules]]
//! kind = "reset-after-commit"   # the write is done, the answer never comes
//! method = "POST"
//! path = "*/additions"
//! probability = 0.1
//! limit = 5
//! ```

mod switch;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use super::feeds::BadData;
pub use switch::FaultSwitch;
pub(super) use switch::Verdict;

/// All faults of a sandbox. The default has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every answer takes at least so long. A write is done after half of it.
    pub latency_ms: u64,
    /// Up to so much more, at random.
    pub jitter_ms: u64,
    /// More requests than this in a minute are answered with 429; 0: no limit.
    pub requests_per_minute: u32,
    /// Rights that the security role lacks, such as `Finance/Agreements/Add`; without the last
    /// part, all of them.
    pub withdrawn: Vec<String>,
    /// Setup tables that the role is not allowed to see, such as `Billing Cycle`: they have no
    /// rows.
    pub hidden_tables: Vec<String>,
    /// Who is let in, and how the others are answered.
    pub entrance: Entrance,
    /// What is wrong with the data of the distributors' feeds.
    pub bad_data: Vec<BadData>,
    /// Faults that hit some requests.
    pub rules: Vec<Rule>,
}

/// Who is let in to the PSA's API. What is not `open` answers every call that carries keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entrance {
    /// Whoever has the keys.
    #[default]
    Open,
    /// The API member was disabled, and the answer says so.
    MemberDisabled,
    /// The API member was disabled, and the answer is that for wrong keys.
    MemberDisabledUnsaid,
    /// Nobody is authenticated, in the other of the two shapes that have been seen.
    NotAuthenticated,
    /// The client id is refused with 400 instead of 401.
    ClientIdRefused,
    /// Something in front refuses, and repeats the request's headers in its answer.
    Repeats,
    /// The host is not the API's: `SSL is required.`
    WebHost,
    /// The host is no ConnectWise: a web page answers.
    WebPage,
    /// The host is no ConnectWise: it knows no such page.
    NothingThere,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The answer takes `milliseconds` longer.
    Latency,
    /// 429 with `retry_after` seconds; nothing is done.
    Throttle,
    /// `status` (500 unless set) with a `body`; nothing is done.
    ServerError,
    /// `status` with a `body`; the write *is* done.
    ServerErrorAfterCommit,
    /// The connection is reset before anything is done.
    ResetBeforeCommit,
    /// The write is done, then the connection is reset.
    ResetAfterCommit,
    /// The body comes in drops of `bytes`, one every `milliseconds`.
    Trickle,
    /// The body ends after half of what `Content-Length` announced, and the connection closes.
    Truncate,
    /// Lists and counts do not show the writes of the last `milliseconds`; reading by id does.
    ListLag,
    /// `conditions` and the like are ignored: everything comes back.
    IgnoreFilters,
    /// A PATCH is answered with 200 and changes nothing.
    PatchIgnored,
    /// A new agreement comes out in its company's currency, whatever was asked.
    CurrencyIgnored,
    /// 403 `Security`, as for a right that the role lacks; nothing is done.
    Forbidden,
}

/// The body of a server error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorBody {
    /// ConnectWise's own shape.
    #[default]
    Json,
    /// A page, as gateways send it.
    Html,
    /// Nothing.
    Empty,
}

/// One fault and the requests that it hits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What goes wrong.
    pub kind: Kind,
    /// Which method; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Which path; `*` stands for anything, and a pattern without a star is looked for anywhere in
    /// the path. Absent: the PSA's and the Platform's, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Share of the matching requests that are hit, 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// So many are hit and no more; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// So many matching requests pass first.
    #[serde(default)]
    pub after: u64,
    /// Status of a server error; 500 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Body of a server error.
    #[serde(default)]
    pub body: ErrorBody,
    /// Seconds in `Retry-After`; 0: the header is left out.
    #[serde(default = "one")]
    pub retry_after: u64,
    /// Time of latency, lag and drops.
    #[serde(default)]
    pub milliseconds: u64,
    /// Size of a drop; 64 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
}

fn always() -> f64 {
    1.0
}

fn one() -> u64 {
    1
}

impl Rule {
    /// A fault that hits every request, until it is narrowed.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            method: None,
            path: None,
            probability: 1.0,
            limit: None,
            after: 0,
            status: None,
            body: ErrorBody::Json,
            retry_after: 1,
            milliseconds: 0,
            bytes: None,
        }
    }

    /// Only this method and paths like this.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// So many matching requests pass first.
    #[must_use]
    pub fn after(mut self, requests: u64) -> Self {
        self.after = requests;
        self
    }

    /// Only this share of the requests.
    #[must_use]
    pub fn chance(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// Status and body of a server error.
    #[must_use]
    pub fn answering(mut self, status: u16, body: ErrorBody) -> Self {
        self.status = Some(status);
        self.body = body;
        self
    }

    /// Time of latency, lag and drops.
    #[must_use]
    pub fn lasting(mut self, milliseconds: u64) -> Self {
        self.milliseconds = milliseconds;
        self
    }

    /// Seconds in `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = seconds;
        self
    }
}

/// Faults that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultsError {
    /// The text is neither TOML nor JSON of the right shape.
    #[error("the faults cannot be read: {0}")]
    Unreadable(String),
    /// A probability outside 0 to 1.
    #[error("rule {rule}: a probability lies between 0 and 1")]
    Probability {
        /// From 1.
        rule: usize,
    },
    /// A status that is no error.
    #[error("rule {rule}: a server error's status lies between 400 and 599")]
    Status {
        /// From 1.
        rule: usize,
    },
    /// A right that the sandbox does not know.
    #[error("`{0}` is no right; they are called like Finance/Agreements/Add")]
    Right(String),
    /// A setup table that the sandbox does not know.
    #[error("`{0}` is no setup table; they are called like Billing Cycle")]
    Table(String),
}

impl Faults {
    /// Reads TOML, or JSON where the text begins with a brace.
    ///
    /// # Errors
    /// The text is neither, or the faults cannot be.
    pub fn parse(text: &str) -> Result<Self, FaultsError> {
        let faults: Self = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|e| FaultsError::Unreadable(e.to_string()))?
        } else {
            toml::from_str(text).map_err(|e| FaultsError::Unreadable(e.to_string()))?
        };
        faults.check()?;
        Ok(faults)
    }

    /// Adds a rule.
    #[must_use]
    pub fn with(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Whether the faults can be.
    ///
    /// # Errors
    /// The first thing that cannot be.
    pub fn check(&self) -> Result<(), FaultsError> {
        for (i, rule) in self.rules.iter().enumerate() {
            if !(0.0..=1.0).contains(&rule.probability) {
                return Err(FaultsError::Probability { rule: i + 1 });
            }
            if rule.status.is_some_and(|s| !(400..600).contains(&s)) {
                return Err(FaultsError::Status { rule: i + 1 });
            }
        }
        let unknown = |t: &&String| !super::security::is_table(t);
        if let Some(table) = self.hidden_tables.iter().find(unknown) {
            return Err(FaultsError::Table(table.clone()));
        }
        match self.withdrawn.iter().find(|right| !super::security::is_right(right)) {
            Some(unknown) => Err(FaultsError::Right(unknown.clone())),
            None => Ok(()),
        }
    }
}
