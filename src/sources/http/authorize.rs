//! What a request carries to prove who asks, and the token that may have to be fetched first.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::super::SourceError;
use super::super::collector::Collector;
use super::form::{AuthorizationKind, BodyKind};
use super::plan::Asking;
use super::secret::Parts;
use super::template::Fill;
use super::wire::{Request, Wire, safe_address, shown};
use crate::domain::problem::{Problem, ProblemKind};

/// A token is renewed this long before it ends.
const EARLY: Duration = Duration::from_secs(60);
/// A token whose answer does not say for how long it is good.
const UNSAID: Duration = Duration::from_secs(300);

/// Who asks.
pub(super) struct Passport<'a> {
    asking: &'a Asking,
    parts: &'a Parts,
    account: Option<&'a str>,
    base: Url,
    token: Option<(SecretString, Instant)>,
}

impl<'a> Passport<'a> {
    pub(super) fn new(
        asking: &'a Asking,
        parts: &'a Parts,
        account: Option<&'a str>,
        base: Url,
    ) -> Self {
        Self { asking, parts, account, base, token: None }
    }

    fn fill(&self) -> Fill<'_> {
        Fill { period: None, account: self.account, secret: Some(self.parts), record: None }
    }

    /// Puts headers and query of every request onto this one.
    pub(super) fn stamp(
        &mut self,
        request: &mut Request,
        wire: &Wire,
        to: &mut Collector<'_>,
    ) -> Result<(), SourceError> {
        let fill = self.fill();
        for (name, template) in &self.asking.query {
            let value = template.fill(&fill).map_err(SourceError::Failed)?;
            request.query.push((name.clone(), value));
        }
        for (name, template) in &self.asking.headers {
            let value = template.fill(&fill).map_err(SourceError::Failed)?;
            put(&mut request.headers, name, &value)?;
        }
        let form = &self.asking.form.authorization;
        let part = |at: usize, given: &str| -> Result<String, SourceError> {
            if !given.is_empty() {
                let template = super::template::Template::new(given).map_err(bad)?;
                return template.fill(&fill).map_err(SourceError::Failed);
            }
            let name = self.asking.form.secret.get(at).map(String::as_str).unwrap_or_default();
            Ok(self.parts.get(name).unwrap_or_default().to_owned())
        };
        match form.kind {
            AuthorizationKind::None => {}
            AuthorizationKind::Bearer => {
                let token = part(0, &form.token)?;
                put(&mut request.headers, "authorization", &format!("Bearer {token}"))?;
            }
            AuthorizationKind::Basic => {
                let pair = basic(&part(0, &form.user)?, &part(1, &form.password)?);
                put(&mut request.headers, "authorization", &pair)?;
            }
            AuthorizationKind::ClientCredentials => {
                let token = self.token(wire, to)?;
                put(&mut request.headers, "authorization", &format!("Bearer {token}"))?;
            }
        }
        Ok(())
    }

    /// Whether a refusal may be cured by another token; the present one is forgotten.
    pub(super) fn may_renew(&mut self) -> bool {
        self.token.take().is_some()
    }

    fn token(&mut self, wire: &Wire, to: &mut Collector<'_>) -> Result<String, SourceError> {
        if let Some((token, until)) = &self.token
            && Instant::now() < *until
        {
            return Ok(token.expose_secret().to_owned());
        }
        let request = self.token_request()?;
        let at = shown(&request.url);
        let answer = wire.send(&request, to)?.map_err(|f| {
            // Many servers answer a wrong client with 400, as RFC 6749 has it.
            if matches!(f.status, Some(400)) {
                return SourceError::Failed(Problem::new(
                    ProblemKind::NotSetUp,
                    "source-unauthorized",
                    f.problem.message,
                    "check the source's secret and set it anew: `addendum credentials set \
                     --source-secret`",
                ));
            }
            SourceError::Failed(f.problem)
        })?;
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let Some(token) = document.get("access_token").and_then(Value::as_str) else {
            return Err(SourceError::Failed(Problem::new(
                ProblemKind::Refused,
                "no-token",
                format!("{at} answers without an access token"),
                "check http.authorization.token_url in the profile",
            )));
        };
        let lifetime = match document.get("expires_in") {
            Some(Value::Number(seconds)) => seconds.as_u64(),
            Some(Value::String(seconds)) => seconds.parse().ok(),
            _ => None,
        };
        let lifetime = lifetime.map_or(UNSAID, Duration::from_secs);
        let until = Instant::now() + lifetime.saturating_sub(EARLY.min(lifetime / 2));
        self.token = Some((SecretString::from(token), until));
        Ok(token.to_owned())
    }

    fn token_request(&self) -> Result<Request, SourceError> {
        let form = &self.asking.form.authorization;
        let url = if form.token_url.contains("://") {
            safe_address(&form.token_url).map_err(SourceError::Failed)?
        } else {
            let mut url = self.base.clone();
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().extend(form.token_url.split('/').filter(|s| !s.is_empty()));
            }
            url
        };
        let mut fields: Vec<(String, String)> =
            vec![("grant_type".into(), "client_credentials".into())];
        let mut headers = HeaderMap::new();
        let part = |name: &str| self.parts.get(name).unwrap_or_default().to_owned();
        if form.basic {
            put(&mut headers, "authorization", &basic(&part("client_id"), &part("client_secret")))?;
        } else {
            for name in ["client_id", "client_secret"] {
                fields.push((name.to_owned(), part(name)));
            }
        }
        for (name, template) in &self.asking.fields {
            let value = template.fill(&self.fill()).map_err(SourceError::Failed)?;
            fields.push((name.clone(), value));
        }
        let (kind, body) = match form.body {
            BodyKind::Form => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(&fields);
                ("application/x-www-form-urlencoded", form.finish().into_bytes())
            }
            BodyKind::Json => {
                let fields = fields.into_iter().map(|(k, v)| (k, Value::String(v)));
                let object = Value::Object(fields.collect::<Map<_, _>>());
                ("application/json", object.to_string().into_bytes())
            }
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Ok(Request { method: Method::POST, url, query: Vec::new(), headers, body: Some(body) })
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn bad(why: String) -> SourceError {
    SourceError::Failed(Problem::new(
        ProblemKind::Refused,
        "bad-profile",
        why,
        "correct [http] in the profile",
    ))
}

/// A header that no log shows.
fn put(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), SourceError> {
    let cannot = || {
        SourceError::Failed(Problem::new(
            ProblemKind::NotSetUp,
            "bad-header",
            format!("the header {name} holds characters that no header can hold"),
            "check [http.headers] in the profile, and that the source's secret was copied whole",
        ))
    };
    let name_of: HeaderName = name.parse().map_err(|_| cannot())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| cannot())?;
    value.set_sensitive(true);
    headers.insert(name_of, value);
    Ok(())
}
