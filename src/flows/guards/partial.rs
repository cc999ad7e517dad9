//! A month that looks partial: fewer organizations, or less money, than the month before. What is
//! missing from it is not billed, and nobody asks for it later.

use std::collections::BTreeMap;

use super::super::auto_cancel::looks_partial;
use crate::domain::line::Text;
use crate::domain::period::Period;
use crate::domain::plan::Reason;
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::Policy;

/// A word for the newest month in scope of each source, where its load looks partial. A month
/// without one before it says nothing.
pub(in super::super) fn notices(
    input: &PlanInput,
    policy: &Policy,
    periods: &[Period],
) -> Vec<Reason> {
    let mut newest: BTreeMap<&Text, Period> = BTreeMap::new();
    for (period, source) in input.totals.keys().filter(|(p, _)| periods.contains(p)) {
        let p = newest.entry(source).or_insert(*period);
        *p = (*p).max(*period);
    }
    newest
        .into_iter()
        .filter_map(|(source, period)| {
            let now = input.totals.get(&(period, source.clone()))?;
            let before = input.totals.get(&(period.previous(), source.clone()))?;
            let why = looks_partial(now, Some(before), policy.partial_share)?;
            Some(Reason {
                code: "month-looks-partial".into(),
                text: format!(
                    "{period}: {why}; load the rest before it is posted, or go on when that is the \
                     whole bill (billing.partial_share)"
                )
                .into(),
            })
        })
        .collect()
}
