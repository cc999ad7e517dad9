//! `map auto`: mappings that matching is sure of.

use super::super::job::{JobError, Outcome};
use super::Context;

pub(super) async fn run(_context: &Context) -> Result<Outcome, JobError> {
    Ok(Outcome::Matched { accepted: 0, open: 0 })
}
