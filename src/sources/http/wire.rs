//! One request and its answer, tried again while that may help. Blocking, with a small runtime of
//! its own; while it waits it asks whether anybody still wants the answer.

use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, StatusCode, Url};

use super::super::SourceError;
use super::super::collector::Collector;
use crate::config::root_certificates;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// A body that is larger is no page.
const LARGEST: usize = 256 << 20;
const CONNECT: Duration = Duration::from_secs(15);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(120);
const TRIES: usize = 6;
/// No server may stop us for longer at one go.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// How often it is asked whether anybody still waits.
const TICK: Duration = Duration::from_millis(250);

/// What a request is made of.
pub(in crate::sources) struct Request {
    pub method: Method,
    /// Where to, without anything secret in it: it is shown in complaints.
    pub url: Url,
    /// Pairs that are added to the query, and may be secret.
    pub query: Vec<(String, String)>,
    /// Headers, which may be secret.
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
}

impl Request {
    pub(in crate::sources) fn get(url: Url) -> Self {
        let (query, headers) = (Vec::new(), HeaderMap::new());
        Self { method: Method::GET, url, query, headers, body: None }
    }
}

/// A whole answer with the status 200.
pub(in crate::sources) struct Answer {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there is none.
pub(in crate::sources) struct Failure {
    pub problem: Problem,
    /// The status that was answered.
    pub status: Option<u16>,
    again: bool,
    wait: Option<Duration>,
}

/// A client and its runtime.
pub(in crate::sources) struct Wire {
    runtime: tokio::runtime::Runtime,
    client: Client,
    /// Code and remedy for an address that is not what it should be.
    stranger: (&'static str, &'static str),
    /// What must not be shown of an answer.
    hide: Box<dyn Fn(&str) -> String>,
}

impl Wire {
    /// A client; `root` is a file of authorities that are believed beside the system's.
    ///
    /// # Errors
    /// `bad-root-certificate`; the machine has no runtime or no certificates to give.
    pub(in crate::sources) fn new(
        stranger: (&'static str, &'static str),
        root: Option<&Path>,
        hide: Box<dyn Fn(&str) -> String>,
    ) -> Result<Self, Problem> {
        let fault = |e: &dyn std::fmt::Display| {
            let message = format!("an HTTP client cannot be made: {e}");
            Problem::new(ProblemKind::Fault, "no-client", message, "")
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| fault(&e))?;
        let mut client = Client::builder()
            .user_agent(concat!("addendum/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            // The secret goes to the host that was set up, and to no other.
            .redirect(reqwest::redirect::Policy::none());
        if let Some(file) = root {
            client = client.tls_certs_merge(root_certificates(file, "source.root_certificate")?);
        }
        let client = client.build().map_err(|e| fault(&e))?;
        Ok(Self { runtime, client, stranger, hide })
    }

    /// Sends the request until it is answered with 200 or trying again does not help.
    ///
    /// # Errors
    /// The last failure; or nobody waits any more.
    pub(in crate::sources) fn send(
        &self,
        request: &Request,
        to: &mut Collector<'_>,
    ) -> Result<Result<Answer, Failure>, SourceError> {
        let mut delays = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(20))
            .with_max_times(TRIES)
            .with_jitter()
            .build();
        loop {
            let failure = match self.wait(self.attempt(request), to)? {
                Ok(answer) => return Ok(Ok(answer)),
                Err(failure) => failure,
            };
            let delay = match delays.next() {
                Some(delay) if failure.again => delay,
                _ => return Ok(Err(failure)),
            };
            let throttled = failure.status == Some(StatusCode::TOO_MANY_REQUESTS.as_u16());
            let delay = match failure.wait {
                Some(asked) => asked.max(delay),
                // Who throttles and does not say for how long counts in minutes.
                None if throttled => delay * 2,
                None => delay,
            };
            tracing::info!(
                url = shown(&request.url),
                status = failure.status,
                wait_ms = delay.as_millis() as u64,
                "the source is asked again"
            );
            // Made where the runtime is.
            self.wait(async { tokio::time::sleep(delay).await }, to)?;
        }
    }

    /// Drives the work, asking now and then whether anybody still waits for it.
    fn wait<T>(
        &self,
        work: impl Future<Output = T>,
        to: &mut Collector<'_>,
    ) -> Result<T, SourceError> {
        let mut work = pin!(work);
        loop {
            let tick = async { tokio::time::timeout(TICK, &mut work).await };
            match self.runtime.block_on(tick) {
                Ok(done) => return Ok(done),
                Err(_) => to.still_wanted()?,
            }
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Answer, Failure> {
        let url = &request.url;
        let mut call = self.client.request(request.method.clone(), url.clone());
        if !request.query.is_empty() {
            call = call.query(&request.query);
        }
        call = call.headers(request.headers.clone());
        if let Some(body) = &request.body {
            call = call.body(body.clone());
        }
        let mut response = call.send().await.map_err(|e| self.broken(url, &e))?;
        let status = response.status();
        let headers = response.headers().clone();
        let html = headers
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|t| t.to_ascii_lowercase().contains("html"));
        if status != StatusCode::OK {
            // What it says is read as far as it may be shown.
            let said = match response.chunk().await {
                Ok(Some(piece)) if !html => self.said(&piece),
                _ => None,
            };
            return Err(self.refused(url, status, &headers, said.as_deref()));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|e| self.broken(url, &e))? {
            if body.len() + piece.len() > LARGEST || html {
                let message = format!("{} answers with something else than a bill", shown(url));
                return Err(self.stranger(status, message));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { headers, body })
    }

    /// The reason in an error's body, where it has the usual form.
    fn said(&self, body: &[u8]) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(body).ok()?;
        let text = ["message", "error_description", "error", "title"]
            .into_iter()
            .find_map(|name| body.get(name).and_then(|v| v.as_str()))?;
        let text: String = (self.hide)(text).chars().take(200).collect();
        Some(harmless(text.trim()))
    }

    fn stranger(&self, status: StatusCode, message: String) -> Failure {
        let (code, remedy) = self.stranger;
        Failure {
            problem: Problem::new(ProblemKind::Refused, code, message, remedy),
            status: Some(status.as_u16()),
            again: false,
            wait: None,
        }
    }

    fn broken(&self, url: &Url, error: &reqwest::Error) -> Failure {
        let why = if error.is_timeout() {
            "it did not answer in time".to_owned()
        } else {
            (self.hide)(&cause(error))
        };
        if error.is_connect() && why.to_lowercase().contains("certificate") {
            return Failure {
                problem: Problem::new(
                    ProblemKind::Fault,
                    "bad-certificate",
                    format!("{} is not trusted: {why}", shown(url)),
                    "check source.location; where the server's certificate is signed by an authority \
                     of your own, name it in source.root_certificate",
                ),
                status: None,
                again: false,
                wait: None,
            };
        }
        Failure {
            problem: Problem::new(
                ProblemKind::Fault,
                "source-unreachable",
                format!("{} cannot be read: {why}", shown(url)),
                "check the network and source.location, and try again; nothing was loaded",
            ),
            status: None,
            again: true,
            wait: None,
        }
    }

    fn refused(
        &self,
        url: &Url,
        status: StatusCode,
        headers: &HeaderMap,
        said: Option<&str>,
    ) -> Failure {
        let (at, number) = (shown(url), status.as_u16());
        let said = said.map(|s| format!(": {s}")).unwrap_or_default();
        let (kind, code, message, remedy) = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
                ProblemKind::NotSetUp,
                "source-unauthorized",
                format!("{at} refuses the source's secret ({number}){said}"),
                "set it with `addendum credentials set --source-secret`, as Source Secret on the \
                 Credentials tab, or in ADDENDUM_SOURCE_SECRET",
            ),
            StatusCode::NOT_FOUND => {
                return self.stranger(status, format!("{at} does not exist (404){said}"));
            }
            _ if status.is_redirection() => (
                ProblemKind::Fault,
                "source-failed",
                format!("{at} sends elsewhere ({number}), where the secret must not go"),
                "set source.location to the address that answers itself; nothing was loaded",
            ),
            _ => (
                ProblemKind::Fault,
                "source-failed",
                format!("{at} answers with the status {number}{said}"),
                "try again later, or ask the source's support; nothing was loaded",
            ),
        };
        Failure {
            problem: Problem::new(kind, code, message, remedy),
            status: Some(number),
            again: status == StatusCode::TOO_MANY_REQUESTS
                || status == StatusCode::REQUEST_TIMEOUT
                || status.is_server_error(),
            wait: asked(headers, Timestamp::now()),
        }
    }
}

/// How long the answer asks to wait: seconds, or until a date.
fn asked(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            Duration::try_from(at.duration_since(now)).unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

/// An address without what might be secret in it.
pub(in crate::sources) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses without a host, which are refused before.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    harmless(url.as_str())
}

/// An error's last cause, which names no address.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    harmless(&cause.to_string())
}

/// An address that a secret may be sent to: https, or this machine.
///
/// # Errors
/// It is none.
pub(in crate::sources) fn safe_address(text: &str) -> Result<Url, Problem> {
    let wrong = |why: &str| {
        Problem::new(
            ProblemKind::NotSetUp,
            "bad-location",
            format!("{} is no address of a billing source: {why}", harmless(text)),
            "set source.location to an address that begins with https://",
        )
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong("it is no address"))?;
    if url.cannot_be_a_base() || url.host().is_none() {
        return Err(wrong("it names no host"));
    }
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(wrong("without https, anybody on the way could read the secret")),
        _ => Err(wrong("it is not https")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_until_a_date() {
        let now: Timestamp = "2026-11-26T10:00:00Z".parse().unwrap();
        for (text, seconds) in [
            ("3", Some(3)),
            ("86400", Some(120)),
            ("Thu, 26 Nov 2026 10:00:30 GMT", Some(30)),
            ("Thu, 26 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            assert_eq!(asked(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(asked(&HeaderMap::new(), now), None);
    }

    #[test]
    fn secrets_go_over_https_or_stay_on_this_machine() {
        for good in [
            "https://api.example.com/v1",
            "http://127.0.0.1:8378/x",
            "http://[::1]/",
            "http://localhost",
        ] {
            assert!(safe_address(good).is_ok(), "{good}");
        }
        for bad in
            ["http://api.example.com", "ftp://127.0.0.1", "mailto:a@b", "api.example.com", ""]
        {
            assert_eq!(safe_address(bad).unwrap_err().code, "bad-location", "{bad}");
        }
    }
}
