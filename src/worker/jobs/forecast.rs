//! `source forecast`: what the source is going to bill, as far as it tells. It is shown and goes
//! nowhere: no line of it ever enters the store, so none can be posted.

use super::super::forecast::Forecast;
use super::super::job::{JobError, Outcome};
use super::Context;
use crate::domain::load::LoadedLine;
use crate::domain::problem::{Problem, ProblemKind};
use crate::sources::{self, Options, Source, SourceError};
use crate::vault::SecretName;

pub(super) async fn run(context: &Context) -> Result<Outcome, JobError> {
    let settings = context.profile.settings();
    let own = sources::address(&settings.source.profile)?;
    let location = settings.source.location.clone().filter(|l| l.contains("://"));
    let Some(url) = location.or(own) else {
        return Err(JobError::Problem(Problem::new(
            ProblemKind::NotSetUp,
            "no-forecast",
            "files hold what was billed; only a source that is asked over HTTP can have a forecast",
            "set source.profile to a profile with one, such as pax8",
        )));
    };
    let secret = context.profile.secret(SecretName::SourceSecret).await?;
    let cancel = context.cancel.clone();
    let read = tokio::task::spawn_blocking(move || {
        let mut lines = Vec::new();
        let mut sink = |batch: Vec<LoadedLine>| {
            lines.extend(batch.into_iter().map(|l| l.line));
            !cancel.is_cancelled()
        };
        let options = Options::from(&settings.source);
        let source = Source {
            profile: &settings.source.profile,
            account: settings.source.account.as_deref(),
            options: &options,
            secret: secret.as_ref(),
        };
        let read = sources::forecast(source, &url, &settings.policy, &mut sink)?;
        Ok(Forecast { lines, left_out: read.left_out })
    });
    match read.await {
        Ok(Ok(forecast)) => Ok(Outcome::Forecast(Box::new(forecast))),
        Ok(Err(SourceError::Failed(problem))) => Err(JobError::Problem(problem)),
        Ok(Err(SourceError::Refused(refusal))) => Err(JobError::Refused(refusal)),
        Ok(Err(SourceError::Abandoned)) => Err(JobError::Cancelled),
        Err(e) => Err(super::died(&e)),
    }
}
