//! What is remembered of decisions on mappings: when they were made, and what was rejected.

use std::collections::HashMap;

use jiff::Timestamp;

use super::line::Text;
use super::mapping::MappingKind;

/// An organization, offer or contract of a source.
pub type MappingKey = (MappingKind, Text, Text);

/// A record that a person does not want suggested for an organization or offer again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejection {
    /// What was suggested for: an organization or an offer.
    pub kind: MappingKind,
    /// The source's id.
    pub source: Text,
    /// The organization's or offer's id at the source.
    pub id: Text,
    /// The company or catalog item by number.
    pub record: i64,
}

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingMemory {
    /// When the mapping of each was last decided, by a person or by a sure match.
    pub decided: HashMap<MappingKey, Timestamp>,
    /// What is not suggested again, in order.
    pub rejected: Vec<Rejection>,
}
