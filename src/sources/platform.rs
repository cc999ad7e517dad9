//! A Platform that serves canonical lines over HTTP: `GET {url}/invoice-lines?period=YYYY-MM`,
//! JSON Lines, paged with `Link: rel="next"`, the secret as a bearer token.
//!
//! A page is taken as a whole or not at all: a broken connection is tried again, and half a page
//! is never read as a short one.

use std::collections::HashSet;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use reqwest::header::{HeaderMap, LINK, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};

use super::collector::Collector;
use super::records::Records;
use super::{SourceError, json_lines};
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// A page that is larger is none.
const LARGEST_PAGE: usize = 256 << 20;
const CONNECT: Duration = Duration::from_secs(15);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(120);
const TRIES: usize = 4;
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Why a page was not read, and whether trying again may help.
struct Failure {
    problem: Problem,
    again: bool,
    wait: Option<Duration>,
}

/// Reads all lines of the periods. Blocking: it has a small runtime of its own.
pub(super) fn read(
    url: &str,
    secret: Option<&SecretString>,
    periods: &[Period],
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    let fault = |e: &dyn std::fmt::Display| {
        SourceError::Failed(Problem::new(
            ProblemKind::Fault,
            "no-client",
            format!("an HTTP client cannot be made: {e}"),
            "",
        ))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| fault(&e))?;
    let client = Client::builder()
        .user_agent(concat!("addendum/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        // The secret goes to the host that was set up, and to no other.
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| fault(&e))?;
    if periods.is_empty() {
        return Err(failed(
            "no-period",
            "a Platform is asked month by month, and no month was named",
            "name one with --period YYYY-MM",
        ));
    }
    let base = base(url).map_err(SourceError::Failed)?;
    for period in periods {
        let mut page = base.clone();
        page.query_pairs_mut().append_pair("period", &period.to_string());
        let mut next = Some(page);
        let mut seen: HashSet<Url> = HashSet::new();
        while let Some(page) = next {
            if !seen.insert(page.clone()) {
                return Err(failed(
                    "page-twice",
                    "the Platform's pages lead in a circle",
                    "tell the Platform's support: a page's next link was served before",
                ));
            }
            let (body, following) =
                runtime.block_on(fetch(&client, &page, secret)).map_err(SourceError::Failed)?;
            to.enter(page.as_str());
            if !body.iter().all(u8::is_ascii_whitespace) {
                json_lines::read(Records::new(body.as_slice()), to)?;
            }
            next = following;
        }
    }
    Ok(())
}

fn failed(code: &'static str, message: &str, remedy: &str) -> SourceError {
    SourceError::Failed(Problem::new(ProblemKind::Refused, code, message, remedy))
}

/// `{url}/invoice-lines`.
fn base(url: &str) -> Result<Url, Problem> {
    let wrong = || {
        Problem::new(
            ProblemKind::NotSetUp,
            "bad-location",
            format!("{} is no address of a Platform", harmless(url)),
            "set source.location to an address that begins with https://",
        )
    };
    let mut base = Url::parse(url.trim()).map_err(|_| wrong())?;
    base.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().push("invoice-lines");
    base.set_fragment(None);
    Ok(base)
}

/// One page and the address of the next one.
async fn fetch(
    client: &Client,
    page: &Url,
    secret: Option<&SecretString>,
) -> Result<(Vec<u8>, Option<Url>), Problem> {
    let backoff = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(20))
        .with_max_times(TRIES)
        .with_jitter();
    (|| attempt(client, page, secret))
        .retry(backoff)
        .when(|f: &Failure| f.again)
        .adjust(|f, delay| delay.map(|d| f.wait.map_or(d, |w| w.max(d))))
        .await
        .map_err(|f| f.problem)
}

async fn attempt(
    client: &Client,
    page: &Url,
    secret: Option<&SecretString>,
) -> Result<(Vec<u8>, Option<Url>), Failure> {
    let mut request = client.get(page.clone()).header("Accept", "application/x-ndjson");
    if let Some(secret) = secret {
        request = request.bearer_auth(secret.expose_secret());
    }
    let mut response = request.send().await.map_err(|e| broken(page, &e))?;
    let status = response.status();
    if status != StatusCode::OK {
        return Err(refused(page, status, response.headers()));
    }
    let html = response
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .is_some_and(|t| t.to_ascii_lowercase().contains("html"));
    let next = next_page(page, response.headers())?;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|e| broken(page, &e))? {
        if body.len() + piece.len() > LARGEST_PAGE || html {
            return Err(Failure {
                problem: Problem::new(
                    ProblemKind::Refused,
                    "not-a-platform",
                    format!("{} answers with something else than invoice lines", shown(page)),
                    "check source.location: it is the address above /invoice-lines",
                ),
                again: false,
                wait: None,
            });
        }
        body.extend_from_slice(&piece);
    }
    Ok((body, next))
}

/// The page's address without what might be secret in it.
fn shown(page: &Url) -> String {
    let mut page = page.clone();
    // Both fail only for addresses without a host, which are refused before.
    let _ = page.set_username("");
    let _ = page.set_password(None);
    harmless(page.as_str())
}

fn broken(page: &Url, error: &reqwest::Error) -> Failure {
    let mut why = error.without_url_text();
    if error.is_timeout() {
        why = "it did not answer in time".into();
    }
    Failure {
        problem: Problem::new(
            ProblemKind::Fault,
            "source-unreachable",
            format!("{} cannot be read: {why}", shown(page)),
            "check the network and source.location, and try again; nothing was loaded",
        ),
        again: true,
        wait: None,
    }
}

/// An error's chain of causes without the address, which is named once already.
trait WithoutUrl {
    fn without_url_text(&self) -> String;
}

impl WithoutUrl for reqwest::Error {
    fn without_url_text(&self) -> String {
        let mut cause: &dyn std::error::Error = self;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        harmless(&cause.to_string())
    }
}

fn refused(page: &Url, status: StatusCode, headers: &HeaderMap) -> Failure {
    let wait = headers
        .get(RETRY_AFTER)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.trim().parse().ok())
        .map(|s| Duration::from_secs(s).min(LONGEST_WAIT));
    let (kind, code, message, remedy) = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
            ProblemKind::NotSetUp,
            "source-unauthorized",
            format!("{} refuses the source's secret ({})", shown(page), status.as_u16()),
            "set it with `addendum credentials set --source-secret`, as Source Secret on the \
             Credentials tab, or in ADDENDUM_SOURCE_SECRET",
        ),
        StatusCode::NOT_FOUND => (
            ProblemKind::Refused,
            "not-a-platform",
            format!("{} does not exist (404)", shown(page)),
            "check source.location: it is the address above /invoice-lines",
        ),
        _ => (
            ProblemKind::Fault,
            "source-failed",
            format!("{} answers with the status {}", shown(page), status.as_u16()),
            "try again later, or ask the Platform's support; nothing was loaded",
        ),
    };
    let again = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
    Failure { problem: Problem::new(kind, code, message, remedy), again, wait }
}

/// The address behind `rel="next"`; another host is refused, because the secret goes with it.
fn next_page(page: &Url, headers: &HeaderMap) -> Result<Option<Url>, Failure> {
    for value in headers.get_all(LINK) {
        let Ok(text) = value.to_str() else { continue };
        for link in text.split(',') {
            let mut parts = link.split(';').map(str::trim);
            let Some(target) =
                parts.next().and_then(|t| t.strip_prefix('<')).and_then(|t| t.strip_suffix('>'))
            else {
                continue;
            };
            let next = parts.any(|p| {
                p.split_once('=').is_some_and(|(k, v)| {
                    k.trim().eq_ignore_ascii_case("rel")
                        && v.trim().trim_matches('"').eq_ignore_ascii_case("next")
                })
            });
            if !next {
                continue;
            }
            return match page.join(target) {
                Ok(url) if url.origin() == page.origin() => Ok(Some(url)),
                _ => Err(Failure {
                    problem: Problem::new(
                        ProblemKind::Refused,
                        "foreign-page",
                        "the Platform's next page is at another host, which must not see the secret",
                        "check source.location, or tell the Platform's support",
                    ),
                    again: false,
                    wait: None,
                }),
            };
        }
    }
    Ok(None)
}
