//! Serving: axum in front, faults around, the PSA and the Platform behind.

use std::convert::Infallible;
use std::future::IntoFuture;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::connection::{Breaker, Door};
use super::faults::{Entrance, ErrorBody, FaultSwitch, Faults, Verdict};
use super::feeds::{self, Memory};
use super::options::SandboxOptions;
use super::paging::Address;
use super::platform;
use super::psa::{Answer, Call};
use super::recorded::{Recorded, RequestLog};
use super::refusal::Refusal;
use super::sample::Sample;
use super::seed;
use super::world::World;

/// Bigger bodies are refused.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Longer addresses are refused (connectwise-api.md 4.3).
const ADDRESS_LIMIT: usize = 10_000;

/// What all requests of a sandbox share.
#[derive(Debug)]
pub(super) struct Shared {
    pub options: SandboxOptions,
    pub faults: FaultSwitch,
    pub log: RequestLog,
    pub feeds: Memory,
    pub sample: Sample,
    pub world: RwLock<World>,
}

impl Shared {
    pub(super) fn new(options: SandboxOptions, faults: FaultSwitch) -> Self {
        let world = RwLock::new(seed::world(&options));
        let sample = Sample::new(&options);
        Self {
            options,
            faults,
            log: RequestLog::default(),
            feeds: Memory::default(),
            sample,
            world,
        }
    }
}

/// Serves until told to stop.
pub(super) async fn serve(
    listener: tokio::net::TcpListener,
    shared: Arc<Shared>,
    stop: CancellationToken,
) {
    let app = Router::new()
        .route("/sandbox/faults", get(show_faults).put(set_faults))
        .route("/sandbox/requests", get(show_requests).delete(forget_requests))
        .fallback(any(handle))
        .with_state(shared)
        .into_make_service_with_connect_info::<Breaker>();
    let door = Door { listener, stop: stop.clone() };
    let serving = axum::serve(door, app).with_graceful_shutdown(stop.cancelled_owned());
    // Its error type promises that it never fails.
    let _ = serving.into_future().await;
}

async fn show_faults(State(shared): State<Arc<Shared>>) -> Response {
    axum::Json(shared.faults.current()).into_response()
}

async fn set_faults(State(shared): State<Arc<Shared>>, body: String) -> Response {
    match Faults::parse(&body).and_then(|f| shared.faults.set(f)) {
        Ok(()) => axum::Json(shared.faults.current()).into_response(),
        Err(e) => (StatusCode::BAD_REQUEST, format!("{e}\n")).into_response(),
    }
}

async fn show_requests(State(shared): State<Arc<Shared>>) -> Response {
    axum::Json(shared.log.all()).into_response()
}

async fn forget_requests(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.log.clear();
    StatusCode::NO_CONTENT
}

/// A request as far as it is understood before it is answered.
struct Arrived {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    request: Request,
) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let arrived = Arrived {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
    };
    let ticket = shared.log.arrived(Recorded {
        at: Timestamp::now(),
        started,
        ended: None,
        method: arrived.method.to_string(),
        path: arrived.path.clone(),
        query: arrived.query.clone(),
        body: String::from_utf8_lossy(&arrived.body).into_owned(),
        status: None,
        reset: false,
    });
    if arrived.path.len() + arrived.query.len() > ADDRESS_LIMIT {
        shared.log.answered(ticket, Some(414));
        return StatusCode::URI_TOO_LONG.into_response();
    }
    let verdict = shared.faults.decide(arrived.method.as_str(), &arrived.path, started);
    if verdict.reset_before {
        breaker.reset();
        shared.log.answered(ticket, None);
        return StatusCode::OK.into_response();
    }
    let half = verdict.half_latency;
    let (answer, verdict) = if half.is_zero() {
        (work(&shared, &arrived, &verdict), verdict)
    } else {
        // On a task of its own: a client that hangs up does not take its request back.
        let shared = Arc::clone(&shared);
        let working = tokio::spawn(async move {
            tokio::time::sleep_until((started + half).into()).await;
            (work(&shared, &arrived, &verdict), verdict)
        });
        let Ok(done) = working.await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        tokio::time::sleep_until((started + half * 2).into()).await;
        done
    };
    if verdict.reset_after {
        breaker.reset();
        shared.log.answered(ticket, None);
        return StatusCode::OK.into_response();
    }
    shared.log.answered(ticket, Some(answer.status().as_u16()));
    spoiled(answer, &verdict).await
}

/// Faults in place of the work, then the work, then faults in place of its answer.
fn work(shared: &Shared, arrived: &Arrived, verdict: &Verdict) -> Response {
    if let Some(seconds) = verdict.throttle {
        let text = format!("Too many requests. Please try again in {seconds} seconds.");
        let body = json!({"error": "ConnectWiseAPI", "message": text});
        let mut response = json_response(429, body.to_string().into_bytes());
        if seconds > 0 {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        return response;
    }
    if verdict.forbidden {
        return refused(&Refusal::security());
    }
    if let Some((status, body, false)) = verdict.server_error {
        return broken(status, body);
    }
    let response = route(shared, arrived, verdict);
    match verdict.server_error {
        Some((status, body, true)) => broken(status, body),
        _ => response,
    }
}

fn route(shared: &Shared, arrived: &Arrived, verdict: &Verdict) -> Response {
    let segments: Vec<&str> = arrived.path.split('/').filter(|s| !s.is_empty()).collect();
    match segments.as_slice() {
        ["login", "companyinfo", id] => {
            elsewhere(verdict.entrance).unwrap_or_else(|| company_info(shared, arrived, id))
        }
        ["platform", rest @ ..] => {
            platform::answer(shared, rest, &arrived.method, &arrived.headers, &address(arrived))
        }
        [name, rest @ ..] if feeds::named(name).is_some() => feeds::answer(&feeds::Call {
            shared,
            feed: feeds::named(name).unwrap_or(feeds::Feed::Pax8),
            rest,
            method: &arrived.method,
            headers: &arrived.headers,
            address: address(arrived),
            body: &arrived.body,
            bad: shared.faults.current().bad_data,
        }),
        [code_base, "apis", "3.0", rest @ ..] if code_base.starts_with('v') => {
            if let Some(page) = elsewhere(verdict.entrance) {
                return page;
            }
            let answer = allowed_in(shared, &arrived.headers, verdict.entrance).and_then(|()| {
                let text = |name: &str| {
                    arrived.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
                };
                Call {
                    shared,
                    method: arrived.method.as_str(),
                    segments: rest.to_vec(),
                    address: address(arrived),
                    forward_only: text("pagination-type").eq_ignore_ascii_case("forward-only"),
                    json: text("content-type").to_ascii_lowercase().contains("json"),
                    body: &arrived.body,
                    verdict,
                }
                .answer()
            });
            match answer {
                Ok(Answer { status, link, body }) => {
                    let mut response = match body {
                        Some(body) => json_response(status, body),
                        None => as_connectwise(StatusCode::NO_CONTENT.into_response()),
                    };
                    if let (false, Ok(value)) = (link.is_empty(), link.parse()) {
                        response.headers_mut().insert(header::LINK, value);
                    }
                    response
                }
                Err(refusal) => refused(&refusal),
            }
        }
        _ => (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], NOT_FOUND_PAGE)
            .into_response(),
    }
}

/// What a host answers that is no ConnectWise.
fn elsewhere(entrance: Entrance) -> Option<Response> {
    let status = match entrance {
        Entrance::WebPage => StatusCode::OK,
        Entrance::NothingThere => StatusCode::NOT_FOUND,
        _ => return None,
    };
    let page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body></body></html>";
    Some((status, [(header::CONTENT_TYPE, "text/html")], page).into_response())
}

const NOT_FOUND_PAGE: &str =
    "<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>";

fn address(arrived: &Arrived) -> Address {
    let host = arrived.headers.get(header::HOST).and_then(|h| h.to_str().ok());
    Address {
        base: format!("http://{}{}", host.unwrap_or("localhost"), arrived.path),
        query: url::form_urlencoded::parse(arrived.query.as_bytes()).into_owned().collect(),
    }
}

/// `companyinfo` needs no keys; an unknown company is JSON `null`.
fn company_info(shared: &Shared, arrived: &Arrived, id: &str) -> Response {
    let known = id.eq_ignore_ascii_case(&shared.options.company_id);
    let host = arrived.headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let body = if known {
        json!({
            "CompanyName": "Sandbox IT Services", "Codebase": "v2026_1/",
            "VersionCode": "v2026.1", "VersionNumber": "v4.6.112358",
            "CompanyID": shared.options.company_id, "IsCloud": false,
            "SiteUrl": host.unwrap_or_default(),
        })
    } else {
        Value::Null
    };
    json_response(200, body.to_string().into_bytes())
}

/// Basic authorization first, then the client id.
fn allowed_in(shared: &Shared, headers: &HeaderMap, entrance: Entrance) -> Result<(), Refusal> {
    match entrance {
        Entrance::MemberDisabled => return Err(Refusal::member()),
        Entrance::MemberDisabledUnsaid => return Err(Refusal::keys()),
        Entrance::NotAuthenticated => return Err(Refusal::not_authenticated()),
        Entrance::ClientIdRefused => return Err(Refusal::client_id_bad_request()),
        Entrance::WebHost => return Err(Refusal::ssl()),
        Entrance::Repeats => {
            let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
            return Err(Refusal::repeating(text("authorization"), text("clientid")));
        }
        Entrance::Open | Entrance::WebPage | Entrance::NothingThere => {}
    }
    let o = &shared.options;
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, code)| STANDARD.decode(code.trim()).ok());
    let wanted = format!("{}+{}:{}", o.company_id, o.public_key, o.private_key);
    if given.as_deref() != Some(wanted.as_bytes()) {
        return Err(Refusal::keys());
    }
    let client = headers.get("clientid").and_then(|v| v.to_str().ok());
    if !client.is_some_and(|c| c.trim().eq_ignore_ascii_case(&o.client_id)) {
        return Err(Refusal::client_id());
    }
    Ok(())
}

fn refused(refusal: &Refusal) -> Response {
    json_response(refusal.status, refusal.json().to_string().into_bytes())
}

fn json_response(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    as_connectwise((status, kind, body).into_response())
}

/// The headers that ConnectWise puts on every answer.
fn as_connectwise(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("api-current-version", "2026.4".parse().expect("plain text is a header"));
    let id = uuid::Uuid::now_v7().to_string();
    headers.insert("x-cw-request-id", id.parse().expect("a uuid is a header"));
    response
}

fn broken(status: u16, body: ErrorBody) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match body {
        ErrorBody::Json => refused(&Refusal {
            status,
            code: "ConnectWiseApi",
            message: "A timeout has occured. Please try again.".into(),
            items: Vec::new(),
        }),
        ErrorBody::Html => {
            let page = format!("<html><body><h1>{code}</h1><hr>gateway</body></html>");
            (code, [(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
        ErrorBody::Empty => code.into_response(),
    }
}

/// Sends the answer slowly, or only half of it.
async fn spoiled(response: Response, verdict: &Verdict) -> Response {
    if verdict.trickle.is_none() && !verdict.truncate {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if whole.is_empty() {
        return Response::from_parts(parts, Body::empty());
    }
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().into());
    let body = if verdict.truncate {
        let half = whole.slice(..whole.len() / 2);
        Body::from_stream(stream::unfold(Some(half), |half| async move {
            match half {
                Some(half) => Some((Ok(half), None)),
                None => {
                    // The half must be on its way before the connection goes.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                    Some((Err(cut), None))
                }
            }
        }))
    } else {
        let (bytes, pause) = verdict.trickle.unwrap_or((64, Duration::ZERO));
        Body::from_stream(stream::unfold(whole, move |mut rest| async move {
            if rest.is_empty() {
                return None;
            }
            tokio::time::sleep(pause).await;
            let drop = rest.split_to(bytes.min(rest.len()));
            Some((Ok::<_, Infallible>(drop), rest))
        }))
    };
    Response::from_parts(parts, body)
}

impl Shared {
    /// The PSA's state, for looking.
    pub(super) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The PSA's state, for changing.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.world.write().unwrap_or_else(PoisonError::into_inner))
    }
}
