//! `credentials test`: one authenticated call.

use super::super::job::{JobError, Outcome};
use super::Context;

pub(super) async fn run(context: &Context) -> Result<Outcome, JobError> {
    context.profile.discover_again().await?;
    let (client, _traffic) = context.client().await?;
    let info = tokio::select! {
        info = client.system_info() => info?,
        () = context.cancel.cancelled() => return Err(JobError::Cancelled),
    };
    Ok(Outcome::Connected(info))
}
