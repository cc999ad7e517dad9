//! Failed lines of subscriptions whose additions show a later line by now: they are superseded
//! (design 6.3), which is to wait, not to fail (design 6.10). Nobody can retry them.

use super::super::{Profile, syslog};
use crate::domain::policy::Scope;
use crate::domain::problem::Problem;
use crate::flows;
use crate::sync::fault;

/// So many are logged by name.
const NAMED: usize = 200;

/// Makes superseded lines wait. Costs nothing where nothing failed, or only in the newest month.
pub(super) async fn release(profile: &Profile) -> Result<(), Problem> {
    let store = &profile.store;
    let periods = store.failed_before_others().await.map_err(fault)?;
    if periods.is_empty() {
        return Ok(());
    }
    let today = Some(profile.today());
    let scope = Scope { periods, failed_only: true, today, ..Scope::default() };
    let input = store.plan_input(&scope).await.map_err(fault)?;
    let settings = profile.settings();
    let planning = move || flows::invoice_lines(&input, &settings.policy, &scope);
    // A plan that cannot be made any more says nothing about its lines.
    let Ok(Ok(plan)) = tokio::task::spawn_blocking(planning).await else { return Ok(()) };
    let keys = store.no_longer_failed(plan.superseded).await.map_err(fault)?;
    let entries = keys.into_iter().take(NAMED).map(|key| {
        let mut entry = syslog::warning(format!(
            "Line {key} waits: the addition of its subscription shows a later line"
        ));
        entry.details =
            "remedy: post it as an addition of its own with `addendum map set line ID --post-once \
             yes`, then `addendum sync`"
                .to_owned();
        entry.line = Some(key);
        entry
    });
    store.log(entries.collect()).await.map_err(fault)
}
