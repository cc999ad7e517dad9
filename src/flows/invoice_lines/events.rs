//! The events among the lines that a plan posts one by one, told as one each.

use foldhash::{HashMap, HashMapExt, HashSet};
use rust_decimal::Decimal;

use crate::domain::event::{EventKey, tell_with_money};
use crate::domain::line::Line;
use crate::domain::plan::{Action, PlanEvent};

/// The events of lines with additions of their own. `singles`: each line with the place of its
/// action before `shift` agreements were put in front, and what it is sold for.
pub(super) fn of_plan(
    singles: &[(&Line, usize, Decimal)],
    shift: u32,
    actions: &[Action],
) -> Vec<PlanEvent> {
    // Without a refund and without a word of the source there is no event, and most plans of a
    // million lines have few of either.
    let refund = |l: &Line| l.total.is_sign_negative() && !l.total.is_zero();
    let wanted: HashSet<EventKey<'_>> = singles
        .iter()
        .filter(|(l, ..)| refund(l) || l.side.as_ref().is_some_and(|s| s.event_id.is_some()))
        .filter_map(|(l, ..)| EventKey::of(l))
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut place: HashMap<EventKey<'_>, usize> = HashMap::new();
    let mut groups: Vec<(EventKey<'_>, Vec<usize>)> = Vec::new();
    for (n, (line, ..)) in singles.iter().enumerate() {
        let Some(key) = EventKey::of(line).filter(|k| wanted.contains(k)) else { continue };
        let at = *place.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(n);
    }
    groups
        .into_iter()
        .filter_map(|(key, at)| {
            let lines: Vec<&Line> = at.iter().map(|n| singles[*n].0).collect();
            let same_money = lines.iter().all(|l| l.currency == lines[0].currency);
            if !same_money || !key.joins(&lines) {
                return None;
            }
            let amount =
                at.iter().map(|n| singles[*n].2).fold(Decimal::ZERO, Decimal::saturating_add);
            let first = lines[0];
            let ids: Vec<u32> = at
                .iter()
                .map(|n| u32::try_from(singles[*n].1).unwrap_or(u32::MAX).saturating_add(shift))
                .collect();
            Some(PlanEvent {
                text: tell_with_money(&lines, amount),
                what: first.subscription_name.clone().unwrap_or_else(|| first.offer_name.clone()),
                company: actions
                    .get(ids[0] as usize)
                    .map_or_else(|| first.organization_name.clone(), |a| a.company.clone()),
                lines: lines.iter().map(|l| l.key.clone()).collect(),
                actions: ids,
                amount,
                currency: first.currency,
            })
        })
        .collect()
}

/// Whether a line is a part of one of the events.
pub(super) fn holds(events: &[PlanEvent], line: &str) -> bool {
    events.iter().any(|e| e.lines.iter().any(|l| **l == *line))
}
