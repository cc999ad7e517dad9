//! The sandbox's PSA without a port: the same world and the same rules, asked by a call instead of
//! over HTTP. What becomes of request and answer on their way is the caller's affair.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use super::faults::{FaultSwitch, Faults, FaultsError, Verdict};
use super::feeds::Memory;
use super::inspect::Inspect;
use super::options::SandboxOptions;
use super::paging::Address;
use super::psa::Call;
use super::recorded::RequestLog;
use super::sample::Sample;
use super::server::Shared;

/// A PSA that answers calls; cheap to clone, all clones are the same one.
#[derive(Debug, Clone)]
pub struct Direct {
    shared: Arc<Shared>,
}

/// A request that passed the door: keys were checked, or nobody minds them.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// `GET`, `POST`, ...
    pub method: &'a str,
    /// Below `apis/3.0`, such as `/finance/agreements/7`.
    pub path: &'a str,
    /// Percent-encoded, without the question mark.
    pub query: &'a str,
    /// `pagination-type: forward-only`
    pub forward_only: bool,
    /// JSON; empty: none.
    pub body: &'a [u8],
}

/// What ConnectWise is known to do with a request, and no client can rely on its not doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mood {
    /// Lists and counts do not show the changes of so long.
    pub list_lag: Option<Duration>,
    /// Conditions are ignored: everything comes back.
    pub ignores_filters: bool,
    /// A PATCH is answered with 200 and changes nothing.
    pub ignores_patches: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// HTTP status.
    pub status: u16,
    /// The `Link` header; empty: none.
    pub link: String,
    /// JSON, or nothing.
    pub body: Vec<u8>,
}

impl Direct {
    /// A PSA with the sample records of these options. Their faults are not used.
    ///
    /// # Errors
    /// Never with the default options; the faults' own errors otherwise.
    pub fn new(options: SandboxOptions) -> Result<Self, FaultsError> {
        let faults = FaultSwitch::new(options.seed, Faults::default())?;
        Ok(Self { shared: Arc::new(Shared::new(options, faults)) })
    }

    /// Another PSA with the same records, which goes its own way from here on, but for agreements of
    /// companies that are not named. No list of it lags behind what was changed before.
    #[must_use]
    pub fn copy_of(&self, companies: &[i64]) -> Self {
        let old = &self.shared;
        let shared = Shared {
            options: old.options.clone(),
            faults: old.faults.clone(),
            log: RequestLog::default(),
            feeds: Memory::default(),
            sample: Sample::clone(&old.sample),
            world: RwLock::new(old.look(|world| world.at_rest(companies))),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Answers a request.
    pub fn answer(&self, asked: &Asked<'_>, mood: Mood) -> Told {
        let verdict = Verdict {
            list_lag: mood.list_lag,
            ignore_filters: mood.ignores_filters,
            patch_ignored: mood.ignores_patches,
            ..Verdict::default()
        };
        let call = Call {
            shared: &self.shared,
            method: asked.method,
            segments: asked.path.split('/').filter(|s| !s.is_empty()).collect(),
            address: Address {
                base: asked.path.to_owned(),
                query: url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect(),
            },
            forward_only: asked.forward_only,
            json: !asked.body.is_empty(),
            body: asked.body,
            verdict: &verdict,
        };
        match call.answer() {
            Ok(answer) => Told {
                status: answer.status,
                link: answer.link,
                body: answer.body.unwrap_or_default(),
            },
            Err(refusal) => Told {
                status: refusal.status,
                link: String::new(),
                body: refusal.json().to_string().into_bytes(),
            },
        }
    }

    /// The records as plain values, and a person's hands on them.
    pub fn inspect(&self) -> Inspect {
        Inspect::new(Arc::clone(&self.shared))
    }
}
