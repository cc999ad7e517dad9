//! Additions that are in the PSA and unknown here: they are taken over (design 6.8). Those of
//! subscriptions and of missing cents, and whatever Addendum asked for before, are brought to what
//! is planned now; another amount that nobody here asked for is said, and shows as drift.

use std::collections::VecDeque;

use super::{Lane, found, found_as};
use crate::domain::addition::{AdditionFields, LiveAddition, Subject};
use crate::domain::journal::EntryId;
use crate::domain::marker::marker;
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind};
use crate::sync::fields::{differences, same, told};
use crate::sync::tally::Under;
use crate::sync::write::Sent;
use crate::sync::{fault, problems};

impl Lane {
    /// The marker is in the PSA and was unknown here: it counts as posted (design 6.8). The newest
    /// line of a recurring subscription brings the addition up to date; it keeps the start that it
    /// has (design 6.3), and an end that does not lie before the line.
    pub(super) async fn adopt(
        &mut self,
        under: &Under<'_>,
        entry: EntryId,
        action: &Action,
        live: &LiveAddition,
    ) -> (Sent, bool) {
        let marker = action.marker.clone().unwrap_or_default();
        let newest = !self.queue.iter().any(|(_, later)| later.marker.as_ref() == Some(&marker));
        let Some(wanted) = action.after.clone() else { return (found(live), false) };
        let month = action.period.map_or(wanted.effective, Period::first_day);
        match action.subject {
            Some(Subject::Recurring { .. }) => {}
            // The cents of what its line was before: they follow the line.
            Some(Subject::Rounding { .. }) if wanted.amount() != live.fields.amount() => {
                self.adopted.insert(marker);
                let (quantity, unit_price) = (wanted.quantity, wanted.unit_price);
                let wanted = AdditionFields { quantity, unit_price, ..live.fields.clone() };
                return (under.change(&mut self.pending, entry, action, live, &wanted).await, true);
            }
            _ => {
                self.adopted.insert(marker);
                if wanted.amount() == live.fields.amount() {
                    return (found(live), false);
                }
                return self.adopt_other_amount(under, entry, action, live, wanted).await;
            }
        }
        // An end that the line itself asks for is no cancellation: it moves on with each period.
        if wanted.cancelled.is_none() && live.fields.cancelled.is_some_and(|end| end < month) {
            // It stands for an earlier life of the subscription, which the store knew nothing of.
            return (self.next_life(under, entry, action).await, false);
        }
        self.adopted.insert(marker);
        if !newest {
            return (found(live), false);
        }
        let wanted = AdditionFields {
            effective: wanted.effective.min(live.fields.effective),
            cancelled: wanted.cancelled.or(live.fields.cancelled),
            ..wanted
        };
        if same(&wanted, &live.fields) {
            return (found(live), false);
        }
        (under.change(&mut self.pending, entry, action, live, &wanted).await, true)
    }

    /// What was posted once, with another amount than its line has now. A request of ours that came
    /// late, from before the source corrected the line, follows the line. Anything else is a
    /// person's doing, or the line was corrected after the store was lost: nobody's to overwrite.
    async fn adopt_other_amount(
        &mut self,
        under: &Under<'_>,
        entry: EntryId,
        action: &Action,
        live: &LiveAddition,
        wanted: AdditionFields,
    ) -> (Sent, bool) {
        let ours = match under.executor.asked_for(action, live).await {
            Ok(ours) => ours,
            Err(problem) => {
                under.stop(problem);
                return (Sent::Dropped, false);
            }
        };
        if ours || under.options.overwrite_drift {
            return (under.change(&mut self.pending, entry, action, live, &wanted).await, true);
        }
        let (quantity, unit_price) = (wanted.quantity, wanted.unit_price);
        let asked = AdditionFields { quantity, unit_price, ..live.fields.clone() };
        let what = told(&differences(&asked, &live.fields));
        under.remark(action, &problems::stands_otherwise(action, &what));
        (found_as(live, asked), false)
    }

    /// The action, and those after it on the same marker, are for a life of the subscription whose
    /// addition has ended: they are intended anew for the next life, and the old intents dropped.
    async fn next_life(&mut self, under: &Under<'_>, entry: EntryId, action: &Action) -> Sent {
        let mut old = vec![(entry, action.clone())];
        let mut others = VecDeque::new();
        for (entry, later) in std::mem::take(&mut self.queue) {
            if later.marker == action.marker {
                old.push((entry, later));
            } else {
                others.push_back((entry, later));
            }
        }
        let new: Vec<Action> =
            old.iter().enumerate().map(|(n, (_, a))| in_next_life(a, n == 0)).collect();
        let intents = old.iter().map(|(entry, _)| *entry).collect();
        match under.executor.store.intend_instead(under.run, intents, new.clone()).await {
            Ok(entries) => {
                self.queue = entries.into_iter().zip(new).chain(others).collect();
                Sent::Replaced
            }
            Err(e) => {
                under.stop(fault(e));
                self.queue = old.into_iter().skip(1).chain(others).collect();
                Sent::Dropped
            }
        }
    }
}

/// The action for the next life of its subscription; the first one creates its addition.
fn in_next_life(action: &Action, first: bool) -> Action {
    let mut next = action.clone();
    if let Some(Subject::Recurring { life, .. }) = &mut next.subject {
        *life += 1;
    }
    next.marker = next.subject.as_ref().map(|s| marker(s).into());
    next.addition_id = None;
    if first {
        next.kind = ActionKind::Create;
        next.before = None;
        // A new life begins with the line that it comes back with.
        let month = action.period.map(Period::first_day);
        if let (Some(after), Some(month)) = (&mut next.after, month) {
            after.effective = after.effective.max(month);
        }
    }
    next
}
