//! `verify`: every permission in one pass, for what is switched on.

use super::super::job::{JobError, Outcome};
use super::Context;
use crate::connectwise::Feature;
use crate::domain::policy::{AutoCancel, IdentityPlace, Policy, RecurringPolicy};

pub(super) async fn run(context: &Context) -> Result<Outcome, JobError> {
    let on = switched_on(&context.profile.settings().policy);
    let (client, _traffic) = context.client().await?;
    let checks = tokio::select! {
        checks = client.permissions(&on) => checks?,
        () = context.cancel.cancelled() => return Err(JobError::Cancelled),
    };
    Ok(Outcome::Verified(checks))
}

/// The features that the settings switch on. `undo` is a command and always there.
fn switched_on(policy: &Policy) -> Vec<Feature> {
    Feature::ALL
        .into_iter()
        .filter(|feature| match feature {
            Feature::Posting | Feature::Undo => true,
            Feature::Updating => {
                policy.recurring == RecurringPolicy::Persistent
                    || policy.auto_cancel != AutoCancel::Off
            }
            Feature::MarkerField => policy.identity != IdentityPlace::SerialNumber,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_asked_for_what_is_switched_on() {
        let mut policy = Policy::default();
        assert_eq!(switched_on(&policy), Feature::ALL);
        policy.recurring = RecurringPolicy::PerLine;
        assert!(switched_on(&policy).contains(&Feature::Updating), "auto-cancel ends additions");
        policy.auto_cancel = AutoCancel::Off;
        policy.identity = IdentityPlace::SerialNumber;
        assert_eq!(switched_on(&policy), [Feature::Posting, Feature::Undo]);
    }
}
