//! ConnectWise's records as they come over the wire, and the domain's nouns that they become.
//! Unknown fields and words are data, not errors; a missing or empty date is none; numbers never
//! pass through a binary float (connectwise-api.md 8).

pub(super) mod addition;
pub(super) mod agreement;
pub(super) mod agreement_type;
pub(super) mod catalog;
pub(super) mod company;
pub(super) mod contact;
pub(super) mod lenient;
pub(super) mod reference;
pub(super) mod setup;
