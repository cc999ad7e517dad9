//! Answers in JSON, and lists cut into pages.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_decimal::Decimal;
use serde_json::{Number, Value, json};

use super::{BadData, Call};
use crate::sandbox::values::number;

/// A JSON document.
pub(super) fn json_answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// What stands in for data while it is switched on.
pub(super) fn in_place_of_data(call: &Call<'_>) -> Option<Response> {
    if call.is(BadData::Redirects) {
        let to = [(header::LOCATION, "http://192.0.2.1/elsewhere")];
        return Some((StatusCode::FOUND, to).into_response());
    }
    if call.is(BadData::HtmlPages) {
        let page = "<html><body>Please sign in</body></html>";
        return Some(([(header::CONTENT_TYPE, "text/html")], page).into_response());
    }
    None
}

/// A part of a list.
pub(super) struct Part {
    pub items: Vec<Value>,
    pub total: usize,
    pub pages: usize,
}

/// Page `at`, counted from 0.
pub(super) fn part(call: &Call<'_>, items: Vec<Value>, at: usize, size: usize) -> Part {
    let total = items.len() + usize::from(call.is(BadData::GrowingLists) && at > 0);
    let at = if call.is(BadData::CircularPages) { 0 } else { at };
    Part {
        pages: total.div_ceil(size),
        items: items.into_iter().skip(at.saturating_mul(size)).take(size).collect(),
        total,
    }
}

/// A number of the query, or a default.
pub(super) fn whole(call: &Call<'_>, name: &str, default: usize) -> Option<usize> {
    call.get(name).map_or(Some(default), |text| text.parse().ok())
}

/// An amount as a JSON number; with float noise, as `double` prints it.
pub(super) fn amount(call: &Call<'_>, d: Decimal) -> Value {
    let double = d.to_string().parse::<f64>().ok().filter(|_| call.is(BadData::FloatNoise));
    // All 17 digits: 47.6 is 4.7600000000000001e1.
    if let Some(text) = double.map(|double| format!("{double:.16e}"))
        && let Ok(noisy) = text.parse::<Number>()
    {
        return Value::Number(noisy);
    }
    number(d.normalize())
}

/// A refusal without further form.
pub(super) fn refused(status: u16, message: &str) -> Response {
    json_answer(status, &json!({"message": message, "status": status}))
}
