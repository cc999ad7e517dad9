//! Guards: what is looked at before money moves. Pure, like the flows that ask them.

pub(super) mod dates;
pub(super) mod margin;
pub(super) mod partial;
