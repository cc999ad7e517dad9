//! What was sent to the PSA for a write and what it answered, for the audit journal: as it went over
//! the wire, without headers, and therefore without keys.

use serde::Serialize;
use serde::ser::SerializeMap;

use super::audit::AuditHash;

/// More of a body is not kept: an addition and its answer are far shorter.
const MOST: usize = 4096;

/// A request that writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// Below the API's base address, such as `/finance/agreements/7/additions`.
    pub path: String,
    /// JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The status; absent where there was no answer that could be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The answer's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Why there was no answer that could be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A body, or the beginning of a long one with the digest of all of it. As JSON the first is a text,
/// the second an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    kept: String,
    /// Length and digest of a body that is not kept whole.
    whole: Option<(usize, AuditHash)>,
}

impl Body {
    /// What is kept of a body; `None` for an empty one. Bytes that are no text are replaced.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        if bytes.len() <= MOST {
            let text = str::from_utf8(bytes).map(str::to_owned);
            let kept = text.unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned());
            return Some(Self { kept, whole: None });
        }
        let begins = bytes.get(..MOST).unwrap_or(bytes);
        // A character that the cut falls into is left out.
        let kept = match std::str::from_utf8(begins) {
            Ok(text) => text.to_owned(),
            Err(e) if e.error_len().is_none() => {
                String::from_utf8_lossy(&begins[..e.valid_up_to()]).into_owned()
            }
            Err(_) => String::from_utf8_lossy(begins).into_owned(),
        };
        Some(Self { kept, whole: Some((bytes.len(), AuditHash::of_bytes(bytes))) })
    }
}

impl Serialize for Body {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Some((bytes, digest)) = &self.whole else { return to.serialize_str(&self.kept) };
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("begins", &self.kept)?;
        map.serialize_entry("bytes", bytes)?;
        map.serialize_entry("digest", digest)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_kept_as_it_is_and_a_long_one_as_far_as_it_fits() {
        assert_eq!(Body::of(b""), None);
        let short = Body::of(br#"{"id":7}"#).unwrap();
        assert_eq!(serde_json::to_value(&short).unwrap(), json!(r#"{"id":7}"#));
        let exact = "x".repeat(MOST);
        assert_eq!(serde_json::to_value(Body::of(exact.as_bytes())).unwrap(), json!(exact));
        // A character of two bytes, of which the first is the last that fits.
        let long = format!("{}\u{e9}{}", "x".repeat(MOST - 1), "y".repeat(9));
        let kept = serde_json::to_value(Body::of(long.as_bytes())).unwrap();
        assert_eq!(kept["begins"], json!("x".repeat(MOST - 1)));
        assert_eq!(kept["bytes"], MOST + 10);
        assert_eq!(kept["digest"], json!(AuditHash::of_bytes(long.as_bytes())));
        assert!(Body::of(&[0xff; MOST + 1]).is_some());
    }

    #[test]
    fn what_there_is_not_is_not_told() {
        let request = Request { method: "DELETE".into(), path: "/x/1".into(), body: None };
        let told = serde_json::to_value(&request).unwrap();
        assert_eq!(told, json!({ "method": "DELETE", "path": "/x/1" }));
        let lost = Answer { status: None, body: None, problem: Some("no answer in time".into()) };
        assert_eq!(serde_json::to_value(&lost).unwrap(), json!({ "problem": "no answer in time" }));
    }
}
