//! References to other records: `{id, name | identifier}`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::lenient;
use crate::domain::psa::NamedRef;

/// A reference as it is read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::connectwise) struct Reference {
    pub id: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub identifier: Option<String>,
}

impl Reference {
    /// The number with the best name there is.
    pub(in crate::connectwise) fn named(self) -> Option<NamedRef> {
        let id = self.id.filter(|id| *id > 0)?;
        Some(NamedRef { id, name: self.name.or(self.identifier).unwrap_or_default() })
    }
}

/// The number that a reference names; 0, which no record has, for none.
pub(in crate::connectwise) fn number(reference: Option<&Reference>) -> i64 {
    reference.and_then(|r| r.id).unwrap_or(0)
}

/// A reference as it is written: the number is enough.
pub(in crate::connectwise) fn to(id: i64) -> Value {
    json!({ "id": id })
}
