//! ConnectWise's error bodies in their three shapes, or what came instead, and what people are
//! told: its code, message and field errors, and our remedy (connectwise-api.md 6).

use serde::Deserialize;
use serde_json::Value;

use super::rights;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// How much of a body is kept for the log.
const KEPT: usize = 2_000;

/// An error body as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// ConnectWise's code, such as `InvalidObject`.
    pub code: String,
    /// Its message.
    pub message: String,
    /// Its field errors.
    pub items: Vec<Item>,
}

/// One field error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    pub code: String,
    pub message: String,
    pub field: String,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    code: Value,
    #[serde(default)]
    message: Value,
    #[serde(default)]
    error: Value,
    #[serde(default)]
    errors: Value,
}

fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.trim().to_owned(),
        Value::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

impl Told {
    /// Reads a body. HTML, nothing and anything else give an empty value.
    pub(super) fn read(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Body>(body) else { return Self::default() };
        let items = body.errors.as_array().into_iter().flatten();
        // In a bundle's answer `error` is an object of the ordinary shape.
        let inner = |key: &str| body.error.get(key).map(text).unwrap_or_default();
        let or = |a: String, b: String| if a.is_empty() { b } else { a };
        Self {
            code: or(or(text(&body.code), text(&body.error)), inner("code")),
            message: or(text(&body.message), inner("message")),
            items: items
                .map(|i| Item {
                    code: text(&i["code"]),
                    message: text(&i["message"]),
                    field: text(&i["field"]),
                })
                .collect(),
        }
    }

    /// Whether it has one of ConnectWise's shapes at all.
    #[cfg(test)]
    pub(super) fn understood(&self) -> bool {
        !self.code.is_empty() || !self.message.is_empty() || !self.items.is_empty()
    }

    /// Everything that it says, in one line.
    fn words(&self) -> String {
        let mut parts = Vec::new();
        if !self.message.is_empty() {
            parts.push(self.message.clone());
        }
        for item in &self.items {
            let said = if item.message.is_empty() { &item.code } else { &item.message };
            if said.is_empty() || parts.iter().any(|p| p == said) {
                continue;
            }
            // Most messages name their field already.
            let named = item.field.is_empty() || said.contains(item.field.as_str());
            parts.push(if named { said.clone() } else { format!("{}: {said}", item.field) });
        }
        shortened(&harmless(&parts.join("; ")), 1_000)
    }

    fn item(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.code.eq_ignore_ascii_case(code))
    }
}

/// A body for the log: its start, made harmless.
pub(super) fn raw(body: &[u8]) -> String {
    shortened(&harmless(&String::from_utf8_lossy(&body[..body.len().min(4 * KEPT)])), KEPT)
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

/// A request that was answered, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub method: &'a str,
    /// Below `apis/3.0`.
    pub path: &'a str,
    pub host: &'a str,
}

/// What people are told about a refusal.
pub(super) fn problem(asked: Asked<'_>, status: u16, body: &[u8]) -> Problem {
    let told = Told::read(body);
    let words = told.words();
    let lower = words.to_lowercase();
    let said = if words.is_empty() { format!("status {status}, no reason given") } else { words };
    let code =
        if told.code.is_empty() { String::new() } else { format!(", {}", harmless(&told.code)) };
    let (method, path) = (asked.method, asked.path);
    let message = |what: &str| format!("{what}: {said} [{status}{code}; {method} {path}]");
    let make =
        |kind, code, what: &str, remedy: String| Problem::new(kind, code, message(what), remedy);
    let names_client = lower.contains("clientid") || lower.contains("client id");
    if lower.contains("ssl is required") {
        return make(
            ProblemKind::PsaRefused,
            "wrong-host",
            "ConnectWise does not take API calls at this address",
            format!("set connectwise.site to the API host; {} was used", asked.host),
        );
    }
    match status {
        400 | 401 | 403 if names_client => make(
            ProblemKind::PsaRefused,
            "bad-client-id",
            "ConnectWise does not accept the client id",
            "check connectwise.client_id against the integration's GUID at \
             developer.connectwise.com; a private id works only for its owner's company"
                .into(),
        ),
        400 | 401 | 403 if names_a_disabled_member(&lower) => make(
            ProblemKind::PsaRefused,
            "member-disabled",
            "ConnectWise says that the API member is not active",
            "in ConnectWise, System > Members > API Members, open the member that the keys belong \
             to and make it active; or make keys of another one"
                .into(),
        ),
        401 => bad_keys(&message),
        _ if lower.contains("usernotauthenticated") => bad_keys(&message),
        403 => {
            let remedy = rights::behind(method, path).map_or_else(
                || "run `addendum verify` to see which right is missing".to_owned(),
                |right| format!("probably {}; `addendum verify` checks all rights", right.remedy()),
            );
            make(
                ProblemKind::PsaRefused,
                "no-permission",
                "ConnectWise says that the API member may not do this",
                remedy,
            )
        }
        429 => make(
            ProblemKind::Fault,
            "throttled",
            "ConnectWise keeps asking to slow down",
            "lower connectwise.requests_per_minute or connectwise.concurrency, or try later; other \
             programs with the same keys share the limit"
                .into(),
        ),
        404 => make(
            ProblemKind::Incomplete,
            "not-in-psa",
            "ConnectWise does not find it",
            "the record may have been deleted: run `addendum pull`; if everything is not found, \
             check connectwise.site and the keys with `addendum credentials test`"
                .into(),
        ),
        300..400 => make(
            ProblemKind::PsaRefused,
            "redirected",
            "the PSA's host answers with a redirect, which is not followed with keys in hand",
            "set connectwise.site to the host that it leads to, if you trust it".into(),
        ),
        _ => {
            let (code, remedy) = remedy_of(&told, &lower, status);
            make(ProblemKind::Incomplete, code, "ConnectWise refused it", remedy)
        }
    }
}

/// ConnectWise's text for a member that was switched off is not published.
fn names_a_disabled_member(lower: &str) -> bool {
    let state = ["inactive", "not active", "disabled", "deactivated", "locked"];
    lower.contains("member") && state.iter().any(|word| lower.contains(word))
}

fn bad_keys(message: &dyn Fn(&str) -> String) -> Problem {
    Problem::new(
        ProblemKind::PsaRefused,
        "bad-keys",
        message("ConnectWise does not accept the credentials"),
        "check company id, keys and client id with `addendum credentials set` and `addendum \
         credentials test`; a member that was disabled, and keys of another company, can be \
         answered in the same way: look under System > Members > API Members",
    )
}

/// Code and remedy of a refused record (connectwise-api.md 6.3).
fn remedy_of(told: &Told, lower: &str, status: u16) -> (&'static str, String) {
    let field = |item: &Item| harmless(&item.field);
    if lower.contains("already been invoiced") {
        return (
            "period-invoiced",
            "move the line's start to the agreement's next invoice date or later (billing.\
             closed_period = \"next-open\" does it), or let the agreement prorate"
                .into(),
        );
    }
    if lower.contains("billing start date") || lower.contains("billstartdate") {
        return (
            "before-billing-start",
            "the line starts before the agreement's billing start: move the line's start, or the \
             agreement's billing start in ConnectWise, then pull and sync again"
                .into(),
        );
    }
    if let Some(item) = told.item("MaxLengthField") {
        return (
            "text-too-long",
            format!("shorten what goes into {} (see billing.description)", field(item)),
        );
    }
    if told.item("ObjectExists").is_some() || told.code == "ObjectExists" || status == 409 {
        return (
            "already-exists",
            "ConnectWise has such a record already: run `addendum pull` and try again".into(),
        );
    }
    if let Some(item) = told.item("NotFound") {
        return (
            "reference-not-found",
            format!(
                "{} names a record that ConnectWise does not have (any more): run `addendum pull` \
                 and map it again",
                if item.field.is_empty() { "a field".to_owned() } else { field(item) }
            ),
        );
    }
    if let Some(item) = told.item("MissingRequiredField") {
        return (
            "field-missing",
            format!(
                "ConnectWise wants {} filled in; where that is a required custom field, give it a \
                 default or make it optional",
                field(item)
            ),
        );
    }
    if told.item("UnsupportedFormat").is_some() || lower.contains("error converting value") {
        return (
            "bad-value",
            "ConnectWise cannot read a value that was sent; this is a fault of Addendum: please \
             report it with the log"
                .into(),
        );
    }
    if let Some(item) = told.item("OutOfRange") {
        return (
            "out-of-range",
            format!("put {} right, in the line or in ConnectWise", field(item)),
        );
    }
    if status == 415 || lower.contains(" version") {
        return (
            "api-version",
            "this ConnectWise does not speak the API version that Addendum asks for; update it, \
             or report it with the log"
                .into(),
        );
    }
    (
        "psa-refused",
        "put right what ConnectWise names, then `addendum retry`; its whole answer is in the log"
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked<'static> =
        Asked { method: "POST", path: "/finance/agreements/7/additions", host: "psa.example.com" };

    #[test]
    fn each_shape_is_read_and_anything_else_is_none() {
        let ordinary = br#"{"code":"InvalidObject","message":"addition object is invalid","errors":[{"code":"MaxLengthField","message":"too long","resource":"addition","field":"serialNumber"}]}"#;
        let told = Told::read(ordinary);
        assert_eq!((told.code.as_str(), told.items.len()), ("InvalidObject", 1));
        assert_eq!(told.words(), "addition object is invalid; serialNumber: too long");
        let throttled = br#"{"error":"ConnectWiseAPI","message":"Too many requests."}"#;
        assert_eq!(Told::read(throttled).code, "ConnectWiseAPI");
        let bundle = br#"{"error":{"code":"NotFound","message":"no such record"}}"#;
        assert_eq!(Told::read(bundle).code, "NotFound");
        assert_eq!(Told::read(bundle).message, "no such record");
        for other in ["", "null", "[]", "<html>", "{\"code\":", "{}", "\"x\"", "{\"errors\":null}"]
        {
            assert!(!Told::read(other.as_bytes()).understood(), "{other}");
        }
    }

    #[test]
    fn every_known_refusal_has_its_code_and_a_remedy() {
        let item = |code: &str, message: &str, field: &str| {
            format!(
                r#"{{"code":"InvalidObject","message":"addition object is invalid","errors":[{{"code":"{code}","message":"{message}","field":"{field}"}}]}}"#
            )
        };
        let plain = |code: &str, message: &str| {
            format!(r#"{{"code":"{code}","message":"{message}","errors":null}}"#)
        };
        for (status, body, code) in [
            (
                400,
                item("MaxLengthField", "The field x must be ...", "serialNumber"),
                "text-too-long",
            ),
            (
                400,
                item(
                    "InvalidField",
                    "effectiveDate cannot be less than the agreement billing start date.",
                    "effectiveDate",
                ),
                "before-billing-start",
            ),
            (
                400,
                item(
                    "InvalidField",
                    "Since this period has already been invoiced there will not be ...",
                    "",
                ),
                "period-invoiced",
            ),
            (400, item("NotFound", "Product 9 not found", "product/id"), "reference-not-found"),
            (400, item("ObjectExists", "already in use", "identifier"), "already-exists"),
            (400, item("MissingRequiredField", "product is required.", "product"), "field-missing"),
            (
                400,
                item(
                    "UnsupportedFormat",
                    "Unsupported format applied to effectiveDate",
                    "effectiveDate",
                ),
                "bad-value",
            ),
            (400, item("OutOfRange", "between", "quantity"), "out-of-range"),
            (500, plain("ConnectWiseApi", "Error converting value 1 to type"), "bad-value"),
            (400, plain("InvalidObject", "something new"), "psa-refused"),
            (400, plain("BadRequest", "The clientId is invalid"), "bad-client-id"),
            (401, plain("Unauthorized", "The clientId header is missing"), "bad-client-id"),
            (401, plain("Unauthorized", "Incorrect public/private key"), "bad-keys"),
            (400, plain("ConnectWiseApi", "UserNotAuthenticated"), "bad-keys"),
            (401, String::new(), "bad-keys"),
            (401, plain("Unauthorized", "The member is inactive."), "member-disabled"),
            (403, plain("Security", "Member account has been locked"), "member-disabled"),
            (
                403,
                plain("Security", "You do not have security permission to perform this action."),
                "no-permission",
            ),
            (403, plain("Security", "SSL is required."), "wrong-host"),
            (404, plain("NotFound", "Agreement 7 not found"), "not-in-psa"),
            (409, String::new(), "already-exists"),
            (415, String::new(), "api-version"),
            (429, plain("x", "Too many requests"), "throttled"),
            (302, "<html>".to_owned(), "redirected"),
        ] {
            let p = problem(ASKED, status, body.as_bytes());
            assert_eq!(p.code, code, "{status} {body}");
            assert!(!p.remedy.is_empty() && p.message.contains("/finance/agreements/7"), "{p}");
            let refused = matches!(status, 401 | 403) || code.starts_with("bad-") && status == 400;
            if refused && code != "bad-value" {
                assert_eq!(p.kind, ProblemKind::PsaRefused, "{p}");
            }
        }
        let p = problem(ASKED, 403, b"{\"code\":\"Security\",\"message\":\"no\"}");
        assert!(p.remedy.contains("Finance > Agreements > Add"), "{p}");
    }

    #[test]
    fn text_from_the_psa_is_made_harmless_and_short() {
        let body = format!(r#"{{"code":"X","message":"\u001b[2J{}"}}"#, "a".repeat(5_000));
        let p = problem(ASKED, 400, body.as_bytes());
        assert!(!p.message.contains('\u{1b}'));
        assert!(p.message.chars().count() < 1_200);
        assert!(!raw(b"\x1b[31m\xff").contains('\u{1b}'));
        assert!(raw(&[b'x'; 100_000]).chars().count() <= 2_001);
    }
}
