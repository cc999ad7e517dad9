//! How a sandbox is started.

use std::net::{Ipv4Addr, SocketAddr};

use jiff::civil::Date;

use super::faults::Faults;

/// What a sandbox is started with. `SandboxOptions::default()` fits most tests.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Allow `listen` to be something else than loopback. The keys are no secret.
    pub anywhere: bool,
    /// Everything that looks random follows from it.
    pub seed: u64,
    /// How many customers.
    pub companies: usize,
    /// How many sample lines: half of them in the month before today's, half in today's.
    pub lines: usize,
    /// How many organizations the lines are spread over; absent: about one for a dozen lines of a
    /// month. There are never more than customers that fit.
    pub organizations: Option<usize>,
    /// Faults from the start.
    pub faults: Faults,
    /// The biggest page that a list gives, 1000 as ConnectWise does.
    pub page_cap: usize,
    /// The sandbox's today; absent: the machine's, in UTC.
    pub today: Option<Date>,
    /// The sample has only lines that can be posted as they are: no unmapped ones, no ambiguous
    /// agreements, nothing unverified.
    pub tidy: bool,
    /// Captions of the custom fields on agreement additions. With `Addendum ID` among them, the
    /// marker has a field of its own (design 6.7).
    pub addition_fields: Vec<String>,
    /// The login company.
    pub company_id: String,
    /// The only client id that is accepted.
    pub client_id: String,
    /// Public key of the API member.
    pub public_key: String,
    /// Private key of the API member.
    pub private_key: String,
    /// Bearer token of the Platform.
    pub source_secret: String,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            anywhere: false,
            seed: 1,
            companies: 120,
            lines: 600,
            organizations: None,
            faults: Faults::default(),
            page_cap: 1000,
            today: None,
            tidy: false,
            addition_fields: vec!["Cost Centre".into()],
            company_id: "sandbox".into(),
            client_id: "5a4db0c5-0000-4000-8000-000000000001".into(),
            public_key: "SandboxPublicKey".into(),
            private_key: "SandboxPrivate16".into(),
            source_secret: "sandbox-platform-token".into(),
        }
    }
}

impl SandboxOptions {
    /// The day that the sandbox takes for today.
    pub(super) fn today(&self) -> Date {
        self.today
            .unwrap_or_else(|| jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}
