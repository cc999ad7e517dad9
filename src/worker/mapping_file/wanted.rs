//! What several rows of a mapping file say of one thing together.

use std::collections::BTreeSet;

use super::resolve::refused;
use crate::domain::mapping::MappingKind;
use crate::domain::problem::Problem;

/// What the rows of one organization, offer or contract say together.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    rows: u32,
    pub(super) records: Vec<i64>,
    pub(super) excluded: Option<bool>,
    /// Records that are not to be suggested; absent: as they are.
    pub(super) rejected: Option<BTreeSet<i64>>,
}

impl Wanted {
    pub(super) fn add(
        &mut self,
        kind: MappingKind,
        record: Option<i64>,
        excluded: Option<bool>,
    ) -> Option<Problem> {
        self.rows += 1;
        if kind == MappingKind::Offer && self.rows > 1 {
            return Some(refused(
                "stands-twice",
                "the offer stands in an earlier row already".into(),
                "an offer has one product; remove one of the rows",
            ));
        }
        if let Some(id) = record {
            if self.records.contains(&id) {
                return Some(refused(
                    "stands-twice",
                    "the same pair stands in an earlier row already".into(),
                    "remove one of the rows",
                ));
            }
            self.records.push(id);
        }
        match (self.excluded, excluded) {
            (Some(a), Some(b)) if a != b => Some(refused(
                "contradiction",
                "an earlier row of this organization says the contrary under excluded".into(),
                "write the same in all rows of an organization",
            )),
            (None, said) => {
                self.excluded = said;
                None
            }
            _ => None,
        }
    }
}
