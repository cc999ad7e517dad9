//! A ConnectWise PSA and a billing Platform to play with, served over real HTTP on loopback: the
//! demo's back end, the test bench, and a tool for people who write their own scripts against
//! ConnectWise (design 7, `addendum sandbox`).
//!
//! It is as strict as ConnectWise is known to be, and where public sources do not say how
//! ConnectWise behaves, the stricter of the likely behaviours was taken:
//!
//! - a missing or unknown client id is 401, as two of three sources have it;
//! - `null` is refused where the description does not allow it; `remove` clears a date;
//! - a PATCH of a field that does not exist is 400, a nested path is 200 and changes nothing;
//! - cancelled and expired agreements take no new additions, inactive ones do;
//! - inactive catalog items and bundles cannot become additions;
//! - a start is only checked against the billing start and invoiced periods when it is new;
//! - a condition on a field that does not exist is 400;
//! - an agreement with additions cannot be deleted;
//! - a new agreement's contact must belong to its company.
//!
//! Everything in it is invented and follows from the seed.

pub mod faults;
mod feeds;
mod inspect;
mod options;
mod recorded;
pub mod records;
pub mod sample;

mod conditions;
mod connection;
pub mod direct;
mod lists;
mod paging;
mod patch;
mod platform;
mod psa;
mod refusal;
mod rules;
mod security;
mod seed;
mod server;
mod shown;
mod values;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use faults::{Entrance, FaultSwitch, Faults, Kind, Rule};
pub use feeds::{BadData, Feed};
pub use inspect::Inspect;
pub use options::SandboxOptions;
pub use recorded::{Recorded, most_in_flight, overlapping_writes};
pub use sample::Sample;

use server::Shared;

/// A sandbox that is running. Dropped, it stops.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

/// Reads a text in ConnectWise's condition language, as the sandbox does.
///
/// # Errors
/// What cannot be read, in words.
pub fn read_conditions(text: &str) -> Result<(), String> {
    conditions::parse(text).map(drop)
}

impl Sandbox {
    /// Generates the sample data and listens.
    ///
    /// # Errors
    /// The address is taken, or is not loopback without [`SandboxOptions::anywhere`], or the
    /// faults are not well-formed.
    pub async fn start(options: SandboxOptions) -> io::Result<Self> {
        if !options.listen.ip().is_loopback() && !options.anywhere {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "{} is not a loopback address; the sandbox's keys are no secret, so it only \
                     listens there unless told otherwise",
                    options.listen
                ),
            ));
        }
        let faults = FaultSwitch::new(options.seed, options.faults.clone())
            .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?;
        let listener = tokio::net::TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(options, faults));
        let stop = CancellationToken::new();
        let serving = tokio::spawn(server::serve(listener, Arc::clone(&shared), stop.clone()));
        Ok(Self { shared, address, stop, serving })
    }

    /// What goes into `connectwise.site`: `http://127.0.0.1:PORT`.
    pub fn site(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What goes into `source.location`: `http://127.0.0.1:PORT/platform`.
    pub fn platform_url(&self) -> String {
        format!("{}/platform", self.site())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The login company.
    pub fn company_id(&self) -> &str {
        &self.shared.options.company_id
    }

    /// The only client id that is accepted.
    pub fn client_id(&self) -> &str {
        &self.shared.options.client_id
    }

    /// The API member's public key.
    pub fn public_key(&self) -> &str {
        &self.shared.options.public_key
    }

    /// The API member's private key. It opens nothing but this sandbox.
    pub fn private_key(&self) -> &str {
        &self.shared.options.private_key
    }

    /// The Platform's bearer token.
    pub fn source_secret(&self) -> &str {
        &self.shared.options.source_secret
    }

    /// What goes into `source.location` for a distributor's feed.
    pub fn feed_url(&self, feed: Feed) -> String {
        format!("{}{}", self.site(), feed.base())
    }

    /// The mapping file that fits the sample as a feed tells it, with the feed's own ids.
    pub fn feed_mapping_csv(&self, feed: Feed) -> String {
        self.shared.sample.mapping_csv_with(&|id| feed.id(id))
    }

    /// Name of the agreement type that the sample is meant for (`billing.agreement_type`).
    pub fn agreement_type(&self) -> &'static str {
        seed::DEFAULT_TYPE
    }

    /// Faults, changeable while it runs.
    pub fn faults(&self) -> &FaultSwitch {
        &self.shared.faults
    }

    /// Every request since the start or the last [`Sandbox::forget_requests`], oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.log.all()
    }

    /// How many of them `pick` accepts.
    pub fn count(&self, pick: impl Fn(&Recorded) -> bool) -> usize {
        self.shared.log.all().iter().filter(|r| pick(r)).count()
    }

    /// Empties the request log.
    pub fn forget_requests(&self) {
        self.shared.log.clear();
    }

    /// The PSA's records as plain values, and a person's hands on them.
    pub fn inspect(&self) -> Inspect {
        Inspect::new(Arc::clone(&self.shared))
    }

    /// The sample data that this sandbox's Platform serves.
    pub fn sample(&self) -> &Sample {
        &self.shared.sample
    }

    /// Closes the port and every connection, and waits until that is done.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // A panic of the serving task has been printed already; there is nothing left to stop.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[cfg(test)]
mod tests;
