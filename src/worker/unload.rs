//! Drops loaded lines that are not posted, as one step that is on record.

use super::{Profile, syslog, who};
use crate::domain::problem::Problem;
use crate::domain::text::harmless;
use crate::domain::unload::{Unload, Unloaded};
use crate::sync::fault;

/// Drops what is meant. No run may be at work meanwhile.
///
/// # Errors
/// Another run holds the profile, or the store cannot be written; nothing is dropped then.
pub async fn unload(profile: &Profile, what: Unload) -> Result<Unloaded, Problem> {
    let _lease = profile.leases.take("unload")?;
    let store = &profile.store;
    store.acting_as(who());
    let source = harmless(&what.source);
    let periods: Vec<String> = what.periods.iter().map(ToString::to_string).collect();
    let done = store.unload(what).await.map_err(fault)?;
    if done.lines > 0 {
        let mut entry = syslog::warning(format!("{} loaded lines were dropped", done.lines));
        entry.details = format!(
            "source: {source}; months: {}; {} posted lines stay; by: {}",
            periods.join(", "),
            done.posted,
            who()
        );
        if let Err(e) = syslog::keep(store, vec![entry]).await {
            tracing::error!(error = %e, "the System Logs could not be written");
        }
    }
    Ok(done)
}
