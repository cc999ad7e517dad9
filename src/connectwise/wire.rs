//! The wire: how one request travels, and what comes back of it. Whether it is sent again, how long
//! everybody pauses and what an answer means is decided on our side of it, in `transport`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, LINK, RETRY_AFTER};

use super::Connection;
use super::site::Site;
use crate::config::root_certificates;
use crate::domain::clock::Clock;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

pub use reqwest::Request;

/// No answer is bigger; a server that goes on for ever is cut off.
const BIGGEST_BODY: usize = 256 << 20;

/// Carries requests. Whoever lets go of the future does not take the request back: it may be on
/// its way already.
pub trait Wire: Send + Sync {
    /// Sends a request once, and reads its whole answer.
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Arrived, NoAnswer>>;
}

/// What a client takes from outside. The default of a client is HTTP, the machine's clock and
/// chance; a simulation brings its own.
#[derive(Clone)]
pub struct Outside {
    /// Carries the requests.
    pub wire: Arc<dyn Wire>,
    /// Tells the time, where an answer names a date.
    pub clock: Clock,
    /// What the jitter of waits follows from; absent: chance.
    pub jitter: Option<u64>,
}

/// What came back, before anybody judged it.
#[derive(Debug, Clone, Default)]
pub struct Arrived {
    /// HTTP status.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Link` header.
    pub link: Option<String>,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Arrived {
    /// Whether it is a web page, by its header or its first character.
    pub(super) fn html(&self) -> bool {
        let header = self.content_type.as_ref();
        header.is_some_and(|t| t.to_ascii_lowercase().contains("html"))
            || self.body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<')
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// There was no connection, so nothing was sent.
    NotConnected(String),
    /// The request could not be put together, so nothing was sent.
    NotBuilt(String),
    /// It did not come in time.
    Timeout,
    /// The connection broke when the request may have arrived.
    Broken(String),
    /// It had no end.
    TooBig,
}

/// The real wire.
pub(super) struct Http {
    client: reqwest::Client,
}

impl Http {
    /// # Errors
    /// The machine's certificates or proxy settings cannot be used.
    pub(super) fn new(connection: &Connection, site: &Site) -> Result<Self, Problem> {
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("Addendum/", env!("CARGO_PKG_VERSION")))
            .timeout(connection.timeout)
            .connect_timeout(connection.timeout.min(Duration::from_secs(10)))
            // Keys go to the configured host only.
            .redirect(reqwest::redirect::Policy::none())
            // Shorter than servers keep idle connections: a write on one that is about to be
            // closed would be a lost answer.
            .pool_idle_timeout(Duration::from_secs(15));
        if site.is_loopback() {
            client = client.no_proxy();
        }
        if let Some(file) = &connection.root_certificate {
            let roots = root_certificates(file, "connectwise.root_certificate")?;
            client = client.tls_certs_merge(roots);
        }
        let client = client.build().map_err(|e| {
            Problem::new(
                ProblemKind::Fault,
                "no-http-client",
                format!("the HTTP client cannot be made: {}", harmless(&e.to_string())),
                "check the system's certificates and proxy settings",
            )
        })?;
        Ok(Self { client })
    }

    async fn send(&self, request: Request) -> Result<Arrived, NoAnswer> {
        let mut response = self.client.execute(request).await.map_err(why)?;
        let head = response.headers();
        let text = |name: &str| header(head, name);
        tracing::debug!(
            path = response.url().path(),
            status = response.status().as_u16(),
            request_id = text("x-cw-request-id").map(|t| harmless(&t)),
            api_version = text("api-current-version").map(|t| harmless(&t)),
            "headers"
        );
        let mut arrived = Arrived {
            status: response.status().as_u16(),
            content_type: text("content-type"),
            link: text(LINK.as_str()),
            retry_after: text(RETRY_AFTER.as_str()),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(why)? {
            if arrived.body.len() + chunk.len() > BIGGEST_BODY {
                return Err(NoAnswer::TooBig);
            }
            arrived.body.extend_from_slice(&chunk);
        }
        Ok(arrived)
    }
}

impl Wire for Http {
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Arrived, NoAnswer>> {
        self.send(request).boxed()
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned())
}

/// What an error of the HTTP client says about whether the request arrived.
fn why(error: reqwest::Error) -> NoAnswer {
    // The address is left out: a query can hold names of customers.
    let error = error.without_url();
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(s) = source {
        let text = s.to_string();
        if !why.contains(&text) {
            why = format!("{why}: {text}");
        }
        source = s.source();
    }
    if error.is_connect() {
        NoAnswer::NotConnected(why)
    } else if error.is_builder() {
        NoAnswer::NotBuilt(why)
    } else if error.is_timeout() {
        NoAnswer::Timeout
    } else {
        NoAnswer::Broken(why)
    }
}
