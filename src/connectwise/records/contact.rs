//! `/company/contacts`: asked only for companies without a default contact.

use serde::Deserialize;

use super::lenient;
use super::reference::{self, Reference};
use crate::connectwise::paging::Record;
use crate::domain::psa::NamedRef;

/// What is asked for.
pub(in crate::connectwise) const FIELDS: &str =
    "id,firstName,lastName,company,inactiveFlag,defaultFlag";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct ContactRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    last_name: Option<String>,
    company: Option<Reference>,
    #[serde(default, deserialize_with = "lenient::flag")]
    inactive_flag: bool,
    #[serde(default, deserialize_with = "lenient::flag")]
    default_flag: bool,
}

impl Record for ContactRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

impl ContactRecord {
    /// Its company; 0 for none.
    pub(in crate::connectwise) fn company(&self) -> i64 {
        reference::number(self.company.as_ref())
    }

    /// Usable contacts only: the default one first, then the oldest.
    pub(in crate::connectwise) fn rank(&self) -> Option<(bool, i64)> {
        (!self.inactive_flag).then_some((!self.default_flag, self.id))
    }

    /// By number and name.
    pub(in crate::connectwise) fn named(&self) -> NamedRef {
        let names: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        NamedRef { id: self.id, name: names.join(" ") }
    }
}
