//! The billing Platform: a marketplace that tells what it bills, as JSON Lines.

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::paging::Address;
use super::server::Shared;
use crate::domain::period::Period;

/// Lines on a page when a client names no size, and the most that it gets.
const PAGE: usize = 1000;
const PAGE_CAP: usize = 5000;

/// `GET /platform/invoice-lines?period=YYYY-MM[&page=N][&pageSize=N]`.
pub(super) fn answer(
    shared: &Shared,
    rest: &[&str],
    method: &Method,
    headers: &HeaderMap,
    address: &Address,
) -> Response {
    let refused = |status: StatusCode, text: &str| {
        let body = json!({"error": text}).to_string();
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    if rest != ["invoice-lines"] {
        return refused(StatusCode::NOT_FOUND, "There is no such resource.");
    }
    if *method != Method::GET {
        return refused(StatusCode::METHOD_NOT_ALLOWED, "Invoice lines can only be read.");
    }
    let wanted = format!("Bearer {}", shared.options.source_secret);
    if headers.get(header::AUTHORIZATION).is_none_or(|v| v.as_bytes() != wanted.as_bytes()) {
        return refused(StatusCode::UNAUTHORIZED, "The access token is missing or invalid.");
    }
    let get = |name: &str| address.query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
    let Some(Ok(period)) = get("period").map(str::parse::<Period>) else {
        return refused(StatusCode::BAD_REQUEST, "The period is missing or not YYYY-MM.");
    };
    let number = |name: &str, default: usize| match get(name) {
        None => Some(default),
        Some(text) => text.parse::<usize>().ok().filter(|n| *n >= 1),
    };
    let (Some(page), Some(size)) = (number("page", 1), number("pageSize", PAGE)) else {
        return refused(StatusCode::BAD_REQUEST, "page and pageSize are numbers from 1.");
    };
    let size = size.min(PAGE_CAP);
    let total = shared.sample.count(period);
    let from = (page - 1).saturating_mul(size).min(total);
    let to = from.saturating_add(size).min(total);
    let mut body = String::new();
    for at in from..to {
        body.push_str(&shared.sample.json(period, at));
        body.push('\n');
    }
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8")];
    let mut response = (StatusCode::OK, kind, Body::from(body)).into_response();
    let link = address.numbered(page, size, total);
    if let (false, Ok(value)) = (link.is_empty(), link.parse()) {
        response.headers_mut().insert(header::LINK, value);
    }
    response
}
