//! A Platform that serves canonical lines over HTTP: `GET {url}/invoice-lines?period=YYYY-MM`,
//! JSON Lines, paged with `Link: rel="next"`, the secret as a bearer token.
//!
//! A page is taken as a whole or not at all: a broken connection is tried again, and half a page
//! is never read as a short one.

use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::collector::Collector;
use super::http::{
    Asked, Next, Page, Pager, PagingForm, PagingStyle, Request, Wire, safe_address, shown,
};
use super::records::Records;
use super::{SourceError, json_lines};
use crate::domain::problem::{Problem, ProblemKind};

/// An address that is no Platform's.
const STRANGER: (&str, &str) =
    ("not-a-platform", "check source.location: it is the address above /invoice-lines");

/// Reads all lines of the periods. Blocking: it has a small runtime of its own.
pub(super) fn read(
    url: &str,
    asked: &Asked<'_>,
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    let (secret, periods) = (asked.secret, asked.periods);
    if periods.is_empty() {
        return Err(failed(
            ProblemKind::Refused,
            "no-period",
            "a Platform is asked month by month, and no month was named",
            "name one with --period YYYY-MM",
        ));
    }
    let base = base(url).map_err(SourceError::Failed)?;
    let hidden = secret.cloned();
    let hide = move |text: &str| match &hidden {
        Some(secret) => text.replace(secret.expose_secret(), "***"),
        None => text.to_owned(),
    };
    let wire = Wire::new(STRANGER, asked.root, Box::new(hide)).map_err(SourceError::Failed)?;
    let paging = PagingForm { style: PagingStyle::LinkHeader, ..PagingForm::default() };
    for period in periods {
        let mut page = base.clone();
        page.query_pairs_mut().append_pair("period", &period.to_string());
        let mut pager = Pager::new(&paging);
        loop {
            let answer = wire.send(&request(&page, secret)?, to)?;
            let answer = answer.map_err(|f| SourceError::Failed(f.problem))?;
            let empty = answer.body.iter().all(u8::is_ascii_whitespace);
            let next = pager.next(&Page {
                url: &page,
                headers: &answer.headers,
                document: &Value::Null,
                records: u64::from(!empty),
                digest: *blake3::hash(&answer.body).as_bytes(),
            });
            let next =
                next.map_err(|a| failed(ProblemKind::Refused, a.code, &a.message, a.remedy))?;
            to.enter(&shown(&page));
            if !empty {
                json_lines::read(Records::new(answer.body.as_slice()), to)?;
            }
            page = match next {
                Some(Next::Address(url)) => url,
                _ => break,
            };
        }
    }
    Ok(())
}

fn request(page: &Url, secret: Option<&SecretString>) -> Result<Request, SourceError> {
    let mut request = Request::get(page.clone());
    request.headers.insert(ACCEPT, HeaderValue::from_static("application/x-ndjson"));
    if let Some(secret) = secret {
        let bearer = format!("Bearer {}", secret.expose_secret());
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| {
            failed(
                ProblemKind::NotSetUp,
                "bad-header",
                "the source's secret holds characters that no header can hold",
                "copy it again: `addendum credentials set --source-secret`",
            )
        })?;
        bearer.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, bearer);
    }
    Ok(request)
}

fn failed(kind: ProblemKind, code: &'static str, message: &str, remedy: &str) -> SourceError {
    SourceError::Failed(Problem::new(kind, code, message, remedy))
}

/// `{url}/invoice-lines`.
fn base(url: &str) -> Result<Url, Problem> {
    let mut base = safe_address(url)?;
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop_if_empty().push("invoice-lines");
    }
    base.set_fragment(None);
    Ok(base)
}
