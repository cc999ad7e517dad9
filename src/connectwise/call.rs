//! One request, and what became of one try of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use reqwest::Method;
use serde::de::IgnoredAny;
use url::Url;

use super::PsaError;
use super::refusal::{self, Asked, Told};
use super::wire::{Arrived, NoAnswer};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// Code of the problem when no answer came in time; lists are then read in smaller pages.
pub(super) const TIMEOUT: &str = "timeout";

/// Asked right before a request leaves, each time that it does: whether it still may.
#[derive(Clone)]
pub(super) struct Gate(pub Arc<dyn Fn() -> BoxFuture<'static, Result<(), Problem>> + Send + Sync>);

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub method: Method,
    /// Below `apis/3.0`, such as `/finance/agreements/7`.
    pub path: String,
    /// Sent percent-encoded, in this order.
    pub query: Vec<(String, String)>,
    /// Instead of `query`: the encoded query that a server's link gave.
    pub raw_query: Option<String>,
    /// JSON.
    pub body: Option<Vec<u8>>,
    /// `pagination-type: forward-only`
    pub forward_only: bool,
    /// An address outside the API, asked without keys.
    pub keyless: Option<Url>,
    /// False: a read that times out is not tried again as it is.
    pub retry_timeouts: bool,
    /// At most so many tries after the first, where the settings allow more.
    pub most_retries: u32,
    /// Who may stop it at the last moment.
    pub gate: Option<Gate>,
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            raw_query: None,
            body: None,
            forward_only: false,
            keyless: None,
            retry_timeouts: true,
            most_retries: u32::MAX,
            gate: None,
        }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    pub(super) fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self { body: Some(bytes(body)), ..Self::new(Method::POST, path) }
    }

    pub(super) fn patch(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self { body: Some(bytes(body)), ..Self::new(Method::PATCH, path) }
    }

    /// Adds a query parameter.
    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Whether it changes something at the PSA.
    pub(super) fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// A word on what could be written twice, for messages.
    pub(super) fn asked<'a>(&'a self, host: &'a str) -> Asked<'a> {
        Asked { method: self.method.as_str(), path: &self.path, host }
    }
}

fn bytes(body: &serde_json::Value) -> Vec<u8> {
    serde_json::to_vec(body).expect("a JSON value can be written to memory")
}

/// A usable answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    /// The `Link` header.
    pub link: Option<String>,
    pub body: String,
}

/// Reads an answer while it is judged. Its error tells what is no whole JSON document apart from what
/// is one and says something else.
pub(super) type Read<'a> = dyn FnMut(&str) -> serde_json::Result<()> + Send + 'a;

/// Reads nothing out of an answer.
pub(super) fn nothing(text: &str) -> serde_json::Result<()> {
    serde_json::from_str::<IgnoredAny>(text).map(drop)
}

/// What became of one try.
#[derive(Debug)]
pub(super) enum Tried {
    /// It was carried out.
    Good(Answer),
    /// It was refused: nothing was written.
    Refused { status: u16, problem: Problem, raw: String },
    /// It was refused, to be sent again after a pause.
    Throttled { wait: Duration, problem: Problem, raw: String },
    /// It may or may not have been carried out.
    Doubt(Problem),
    /// It surely did not arrive.
    NotSent(Problem),
}

/// Judges an answer that came at this time (connectwise-api.md 6.2).
pub(super) fn judge(
    call: &Call,
    host: &str,
    arrived: Arrived,
    now: Timestamp,
    read: &mut Read<'_>,
) -> Tried {
    let (status, html) = (arrived.status, arrived.html());
    let asked = call.asked(host);
    let told = || refusal::problem(asked, status, &arrived.body);
    match status {
        200..300 => {
            let needs_json = call.method != Method::DELETE;
            let blank = arrived.body.iter().all(u8::is_ascii_whitespace);
            if blank && !needs_json {
                return Tried::Good(Answer { status, link: None, body: String::new() });
            }
            if html {
                return Tried::Doubt(no_json(call, host, status, "a web page instead of data"));
            }
            let breaks_off = || no_json(call, host, status, "an answer that breaks off");
            let other = || no_json(call, host, status, "an answer that is no JSON");
            let body = match String::from_utf8(arrived.body) {
                Ok(body) => body,
                Err(e) if e.utf8_error().error_len().is_none() => {
                    return Tried::Doubt(breaks_off());
                }
                Err(_) => return Tried::Doubt(other()),
            };
            match read(&body).or_else(|e| if e.is_data() { nothing(&body) } else { Err(e) }) {
                Ok(()) => Tried::Good(Answer { status, link: arrived.link, body }),
                Err(e) if blank || e.is_eof() => Tried::Doubt(breaks_off()),
                Err(_) => Tried::Doubt(other()),
            }
        }
        429 => {
            let said = Told::read(&arrived.body).message;
            let wait = super::pause::asked(arrived.retry_after.as_deref(), &said, now);
            Tried::Throttled { wait, problem: told(), raw: refusal::raw(&arrived.body) }
        }
        // ConnectWise's own 500 for a bad value is a refusal in truth.
        500 if Told::read(&arrived.body)
            .message
            .to_lowercase()
            .contains("error converting value") =>
        {
            Tried::Refused { status, problem: told(), raw: refusal::raw(&arrived.body) }
        }
        408 | 500.. => {
            let said = Told::read(&arrived.body).message;
            let what = match (said.is_empty(), html) {
                (false, _) => harmless(&said),
                (true, true) => "a web page".to_owned(),
                (true, false) => "no reason given".to_owned(),
            };
            Tried::Doubt(Problem::new(
                ProblemKind::Fault,
                "psa-busy",
                format!(
                    "the PSA answered {} {} with status {status}: {what}",
                    asked.method, asked.path
                ),
                "try again later; if it stays, ConnectWise or something in front of it has trouble",
            ))
        }
        // A page with a 4xx is a gateway's or a wrong host's; nothing was carried out.
        _ => Tried::Refused { status, problem: told(), raw: refusal::raw(&arrived.body) },
    }
}

fn no_json(call: &Call, host: &str, status: u16, what: &str) -> Problem {
    Problem::new(
        ProblemKind::Fault,
        "not-json",
        format!("{host} answered {} {} with {what} (status {status})", call.method, call.path),
        "check connectwise.site: it must be the API's host, not a proxy's or a web page's; \
         otherwise try again later",
    )
}

/// What people are told when no answer came.
pub(super) fn no_answer(call: &Call, host: &str, why: NoAnswer) -> Tried {
    let make = |code: &'static str, message: String, remedy: &str| {
        Problem::new(ProblemKind::Fault, code, message, remedy.to_owned())
    };
    let (method, path) = (&call.method, &call.path);
    match why {
        NoAnswer::NotConnected(why) if why.to_lowercase().contains("certificate") => {
            Tried::NotSent(make(
                "bad-certificate",
                format!("{host} is not trusted: {}", harmless(&why)),
                "check connectwise.site; where the server's certificate is signed by an authority of \
                 your own, name it in connectwise.root_certificate",
            ))
        }
        NoAnswer::NotConnected(why) => Tried::NotSent(make(
            "no-connection",
            format!("{host} cannot be reached: {}", harmless(&why)),
            "check connectwise.site, the network and the proxy settings",
        )),
        NoAnswer::NotBuilt(why) => Tried::NotSent(make(
            "request-not-built",
            format!("{method} {path} cannot be sent: {}", harmless(&why)),
            "check connectwise.site, company_id and client_id",
        )),
        NoAnswer::Timeout => Tried::Doubt(make(
            TIMEOUT,
            format!("{host} gave no answer to {method} {path} in time"),
            "try again later, or raise connectwise.timeout_seconds",
        )),
        NoAnswer::Broken(why) => Tried::Doubt(make(
            "connection-broken",
            format!(
                "the connection to {host} broke before {method} {path} was answered: {}",
                harmless(&why)
            ),
            "try again; if it stays, check network and proxy",
        )),
        NoAnswer::TooBig => Tried::Doubt(make(
            "answer-too-big",
            format!("{host} answers {method} {path} without end"),
            "check connectwise.site",
        )),
    }
}

/// A try that is not repeated, as the caller sees it.
pub(super) fn failed(tried: Tried) -> Result<Answer, PsaError> {
    match tried {
        Tried::Good(answer) => Ok(answer),
        Tried::Refused { status, problem, raw } => Err(PsaError::Refused { status, problem, raw }),
        Tried::Throttled { problem, raw, .. } => {
            Err(PsaError::Refused { status: 429, problem, raw })
        }
        Tried::Doubt(problem) => Err(PsaError::Lost { problem }),
        Tried::NotSent(problem) => Err(PsaError::NotSent { problem }),
    }
}
