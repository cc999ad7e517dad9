//! `verify`: every permission in one pass.

use super::super::job::{JobError, Outcome};
use super::Context;

pub(super) async fn run(context: &Context) -> Result<Outcome, JobError> {
    let (client, _traffic) = context.client().await?;
    let checks = tokio::select! {
        checks = client.permissions() => checks?,
        () = context.cancel.cancelled() => return Err(JobError::Cancelled),
    };
    Ok(Outcome::Verified(checks))
}
