//! Failed lines of subscriptions whose additions show a later line by now: they are superseded
//! (design 6.3), which is to wait, not to fail (design 6.10). Nobody can retry them.

use jiff::civil::Date;

use super::super::labour::Labour;
use super::super::syslog;
use crate::domain::policy::{Policy, Scope};
use crate::domain::problem::Problem;
use crate::flows;
use crate::store::Store;
use crate::sync::fault;

/// So many are logged by name.
const NAMED: usize = 200;

/// Makes superseded lines wait. Costs nothing where nothing failed, or only in the newest month.
///
/// # Errors
/// The store cannot be read or written.
pub(super) async fn release(
    store: &Store,
    policy: &Policy,
    today: Date,
    labour: Labour,
) -> Result<(), Problem> {
    let periods = store.failed_before_others().await.map_err(fault)?;
    if periods.is_empty() {
        return Ok(());
    }
    let scope = Scope { periods, failed_only: true, today: Some(today), ..Scope::default() };
    let input = store.plan_input(&scope).await.map_err(fault)?;
    let policy = policy.clone();
    let planning = move || flows::invoice_lines(&input, &policy, &scope);
    // A plan that cannot be made any more says nothing about its lines.
    let Ok(Ok(plan)) = labour.of(planning).await else { return Ok(()) };
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
    syslog::keep(store, entries.collect()).await.map_err(fault)
}
