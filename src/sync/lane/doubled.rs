//! Markers that stand on more than one addition: a request that something on the way delivered
//! twice, or a copy that a person made. ConnectWise bills both, and no client can keep it from
//! happening; whoever lists the agreement next says so.

use std::collections::HashSet;

use super::Lane;
use crate::sync::tally::Under;
use crate::sync::{fault, problems};

impl Lane {
    /// Tells of the doubled markers in the list that no action of the lane is about: those fail for
    /// it. What somebody decided on is not told again.
    pub(super) async fn tell_doubled(&mut self, under: &Under<'_>) {
        self.looked = true;
        let (Some(live), Some((_, action))) = (&self.live, self.queue.front()) else { return };
        let planned: HashSet<&str> =
            self.queue.iter().filter_map(|(_, a)| a.marker.as_deref()).collect();
        let mut doubled: Vec<(&str, usize)> = live
            .iter()
            .filter(|(marker, all)| all.len() > 1 && !planned.contains(marker.as_str()))
            .map(|(marker, all)| (marker.as_str(), all.len()))
            .collect();
        if doubled.is_empty() {
            return;
        }
        doubled.sort_unstable();
        match under.executor.store.decisions().await {
            Ok(decided) => doubled.retain(|(marker, _)| !decided.contains_key(*marker)),
            Err(e) => return under.stop(fault(e)),
        }
        for (marker, times) in doubled {
            under.notice(marker, problems::doubled_beside(action, marker, times));
        }
    }
}
