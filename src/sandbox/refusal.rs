//! Refusals in ConnectWise's shapes: `{code, message, errors}`, and the other one for throttling.

use serde_json::{Value, json};

/// One entry of `errors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub code: &'static str,
    pub message: String,
    pub resource: &'static str,
    pub field: String,
}

/// A request that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    pub items: Vec<Item>,
}

impl Refusal {
    fn plain(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), items: Vec::new() }
    }

    /// Wrong keys or login company.
    pub(super) fn keys() -> Self {
        Self::plain(401, "Unauthorized", "Incorrect public/private key")
    }

    /// No `clientId` header, or an unknown one.
    pub(super) fn client_id() -> Self {
        Self::plain(401, "Unauthorized", "The clientId header is missing or invalid.")
    }

    /// The member behind the keys was switched off. ConnectWise's own text is not published.
    pub(super) fn member() -> Self {
        Self::plain(401, "Unauthorized", "The member is inactive.")
    }

    /// The other shape of a refused authentication.
    pub(super) fn not_authenticated() -> Self {
        Self::plain(400, "ConnectWiseApi", "UserNotAuthenticated")
    }

    /// Some answer so to a wrong client id.
    pub(super) fn client_id_bad_request() -> Self {
        Self::plain(400, "BadRequest", "The clientId is invalid.")
    }

    /// The web host instead of the API's.
    pub(super) fn ssl() -> Self {
        Self::plain(403, "Security", "SSL is required.")
    }

    /// What a gateway says that shows what it was sent.
    pub(super) fn repeating(authorization: &str, client_id: &str) -> Self {
        let text = format!("Bad request: authorization: {authorization}; clientId: {client_id}");
        Self::plain(400, "BadRequest", text)
    }

    /// A right is missing; the text never names it.
    pub(super) fn security() -> Self {
        let text = "You do not have security permission to perform this action.";
        Self::plain(403, "Security", text)
    }

    /// No such record.
    pub(super) fn no_record(what: &str, id: &str) -> Self {
        Self::plain(404, "NotFound", format!("{what} {id} not found"))
    }

    /// No such path.
    pub(super) fn no_path() -> Self {
        Self::plain(404, "NotFound", "The requested resource was not found.")
    }

    /// The path is there, the method is not.
    pub(super) fn no_method() -> Self {
        Self::plain(405, "MethodNotAllowed", "The requested resource does not support this method.")
    }

    /// The body is no JSON.
    pub(super) fn no_json_type() -> Self {
        Self::plain(415, "UnsupportedMediaType", "The request's content type is not supported.")
    }

    /// The body cannot be read, or has the wrong shape.
    pub(super) fn body(message: impl Into<String>) -> Self {
        Self::plain(400, "InvalidObject", message)
    }

    /// `conditions` and the like cannot be read.
    pub(super) fn query(message: impl Into<String>) -> Self {
        Self::plain(400, "InvalidQuery", message)
    }

    /// A record breaks rules: "addition object is invalid".
    pub(super) fn invalid(resource: &'static str, items: Vec<Item>) -> Self {
        Self {
            status: 400,
            code: "InvalidObject",
            message: format!("{resource} object is invalid"),
            items,
        }
    }

    /// The answer's body.
    pub(super) fn json(&self) -> Value {
        let errors = if self.items.is_empty() {
            Value::Null
        } else {
            self.items
                .iter()
                .map(|i| {
                    json!({"code": i.code, "message": i.message, "resource": i.resource, "field": i.field})
                })
                .collect()
        };
        json!({"code": self.code, "message": self.message, "errors": errors})
    }
}

impl Item {
    pub(super) fn new(
        code: &'static str,
        resource: &'static str,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { code, message: message.into(), resource, field: field.into() }
    }

    pub(super) fn required(resource: &'static str, field: &str) -> Self {
        Self::new("MissingRequiredField", resource, field, format!("{field} is required."))
    }

    pub(super) fn not_found(resource: &'static str, field: &str, message: String) -> Self {
        Self::new("NotFound", resource, field, message)
    }
}
