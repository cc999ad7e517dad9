//! A lane: the writes to one agreement, one after another (design 4: never two writes at once on
//! one agreement). Before its first write the agreement's additions are listed once; what is found
//! there decides what is still to be written (design 6.8, 6.9).

use std::collections::{HashMap, HashSet, VecDeque};

use super::fields::{differences_of, same, told};
use super::tally::{Under, concerns_all};
use super::write::Sent;
use super::{fault, problems};
use crate::connectwise::{PsaError, marker_of};
use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::journal::{EntryId, Outcome, Step};
use crate::domain::line::Text;
use crate::domain::plan::{Action, ActionKind, AgreementTarget};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::MarkerPlace;

mod adopt;
mod doubled;
mod netted;

/// Additions by their marker.
pub(super) type ByMarker = HashMap<String, Vec<LiveAddition>>;

/// Sorts a list by the markers in it; additions without one are nobody's business.
pub(super) fn by_marker(all: Vec<LiveAddition>, place: &MarkerPlace) -> ByMarker {
    let mut found = ByMarker::new();
    for addition in all {
        if let Some(marker) = marker_of(&addition, place) {
            found.entry(marker.to_owned()).or_default().push(addition);
        }
    }
    found
}

/// The writes to one agreement.
pub(super) struct Lane {
    /// The agreement; unknown until it is created.
    agreement: Option<i64>,
    live: Option<ByMarker>,
    queue: VecDeque<(EntryId, Action)>,
    /// Results that are not durable yet: the next request carries them.
    pending: Vec<Step>,
    /// What this run knows of a marker since it touched it.
    known: HashMap<Text, AdditionFields>,
    /// Whether the list was looked through for what stands twice.
    looked: bool,
    /// Something in it failed: what it carries is not as planned.
    broken: bool,
    /// Markers that were in the PSA and unknown here.
    adopted: HashSet<Text>,
    /// Lines whose additions failed.
    failed: HashSet<Text>,
    /// Markers of additions that were to be changed, and were not.
    behind: HashSet<Text>,
    /// Markers of several lines that are in the PSA and unknown here, once somebody asked.
    strange: Option<Vec<String>>,
    /// Which lines those stand for, as far as it was found out.
    told: HashMap<String, Vec<Text>>,
}

/// Sorts actions into lanes, each in plan order with the agreement's creation first.
pub(super) fn lanes(
    actions: Vec<(EntryId, Action)>,
    mut listed: HashMap<i64, ByMarker>,
) -> Vec<Lane> {
    let mut order: Vec<AgreementTarget> = Vec::new();
    let mut queues: HashMap<AgreementTarget, VecDeque<(EntryId, Action)>> = HashMap::new();
    for (entry, action) in actions {
        let queue = queues.entry(action.agreement.clone()).or_insert_with(|| {
            order.push(action.agreement.clone());
            VecDeque::new()
        });
        if action.kind == ActionKind::CreateAgreement {
            queue.push_front((entry, action));
        } else {
            queue.push_back((entry, action));
        }
    }
    order
        .into_iter()
        .map(|target| {
            let agreement = match target {
                AgreementTarget::Existing(id) => Some(id),
                AgreementTarget::New { .. } => None,
            };
            Lane {
                agreement,
                live: agreement.and_then(|id| listed.remove(&id)),
                queue: queues.remove(&target).unwrap_or_default(),
                pending: Vec::new(),
                known: HashMap::new(),
                adopted: HashSet::new(),
                failed: HashSet::new(),
                behind: HashSet::new(),
                strange: None,
                told: HashMap::new(),
                looked: false,
                broken: false,
            }
        })
        .collect()
}

impl Lane {
    /// Requests that are still to be sent, when nothing goes wrong.
    pub(super) fn remaining(&self) -> usize {
        self.queue.len() + usize::from(self.live.is_none())
    }

    /// Whether there is something left to do.
    pub(super) fn has_work(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The steps that end the lane: results not yet durable, and the rest dropped.
    pub(super) fn into_last_steps(self) -> Vec<Step> {
        let mut steps = self.pending;
        steps.extend(self.queue.into_iter().map(|(entry, _)| Step::Dropped { entry }));
        steps
    }

    /// Goes on by one request, or by none where nothing has to be sent.
    pub(super) async fn step(&mut self, under: &Under<'_>) {
        let Some(agreement) = self.agreement else { return self.begin_new(under).await };
        if self.live.is_none() {
            return self.list(under, agreement).await;
        }
        if !self.looked {
            self.tell_doubled(under).await;
        }
        while !under.halted()
            && let Some((entry, action)) = self.queue.pop_front()
        {
            if self.one(under, agreement, entry, action).await {
                break;
            }
        }
        if self.queue.is_empty() {
            under.keep(&mut self.pending).await;
        }
    }

    /// The agreement is created, or nothing of the lane can be done.
    async fn begin_new(&mut self, under: &Under<'_>) {
        let Some((entry, action)) = self.queue.pop_front() else { return };
        if action.kind != ActionKind::CreateAgreement {
            self.queue.push_front((entry, action));
            return self.fail_rest(under, None).await;
        }
        match under.create_agreement(&mut self.pending, entry, &action).await {
            Sent::Done(outcome, _) => {
                self.agreement = Some(outcome.agreement_id);
                if !outcome.found {
                    // A new agreement has no additions: nothing to list.
                    self.live = Some(ByMarker::new());
                }
                under.done(&action, &outcome);
                self.pending.push(Step::Done { entry, outcome });
                if self.queue.is_empty() {
                    under.keep(&mut self.pending).await;
                }
            }
            Sent::Failed(problem, raw) => {
                self.pending.push(Step::Failed { entry, problem: problem.clone() });
                under.failed(&action, &problem, raw.as_deref());
                self.fail_rest(under, Some((problem, raw))).await;
            }
            Sent::Dropped => self.pending.push(Step::Dropped { entry }),
            Sent::Open | Sent::Replaced => {}
        }
    }

    async fn list(&mut self, under: &Under<'_>, agreement: i64) {
        match under.list(agreement).await {
            Ok(all) => {
                under.worked();
                self.live = Some(by_marker(all, &under.executor.place));
            }
            Err(e) if concerns_all(&e) => under.stop(e.problem().clone()),
            Err(PsaError::Refused { problem, raw, .. }) => {
                self.fail_rest(under, Some((problem, Some(raw)))).await;
            }
            Err(PsaError::Lost { problem } | PsaError::NotSent { problem }) => {
                under.strike(&problem);
                if !under.halted() {
                    self.fail_rest(under, Some((problem, None))).await;
                }
            }
        }
    }

    /// Everything left in the lane fails for one reason.
    async fn fail_rest(&mut self, under: &Under<'_>, why: Option<(Problem, Option<String>)>) {
        for (entry, action) in std::mem::take(&mut self.queue) {
            if self.stands_alone(&action) {
                self.leave_out(under, entry);
                continue;
            }
            let (problem, raw) =
                why.clone().unwrap_or_else(|| (problems::no_agreement(&action), None));
            // It concerns lines now, whatever it was for the agreement.
            let problem = Problem { kind: ProblemKind::Incomplete, ..problem };
            under.failed(&action, &problem, raw.as_deref());
            self.failed.extend(action.lines.iter().cloned());
            self.pending.push(Step::Failed { entry, problem });
        }
        under.keep(&mut self.pending).await;
    }

    /// Whether an action is the missing cents of an addition that failed: they are nothing without
    /// it, and the plan that makes it makes them again.
    fn stands_alone(&self, action: &Action) -> bool {
        action.cents_of().is_some_and(|line| self.failed.contains(line))
    }

    fn leave_out(&mut self, under: &Under<'_>, entry: EntryId) {
        under.left_out();
        self.pending.push(Step::Dropped { entry });
    }

    /// One action. True when a request was sent for it.
    async fn one(
        &mut self,
        under: &Under<'_>,
        agreement: i64,
        entry: EntryId,
        action: Action,
    ) -> bool {
        if self.stands_alone(&action) {
            self.leave_out(under, entry);
            return false;
        }
        let (sent, asked) = self.decide(under, agreement, entry, &action).await;
        match sent {
            Sent::Done(outcome, live) => {
                under.done(&action, &outcome);
                if let Some(marker) = &action.marker {
                    let own = self.live.get_or_insert_default();
                    match (&live, outcome.fields.clone()) {
                        (Some(now), Some(fields)) => {
                            self.known.insert(marker.clone(), fields);
                            own.insert(marker.to_string(), vec![now.clone()]);
                        }
                        _ => {
                            own.remove(&**marker);
                        }
                    }
                }
                self.pending.push(Step::Done { entry, outcome });
            }
            Sent::Failed(problem, raw) => {
                under.failed(&action, &problem, raw.as_deref());
                self.failed.extend(action.lines);
                self.behind.extend(action.marker);
                self.pending.push(Step::Failed { entry, problem });
                self.broken = true;
            }
            Sent::Dropped => self.pending.push(Step::Dropped { entry }),
            Sent::Open | Sent::Replaced => {}
        }
        asked
    }

    /// What the list says about an action, and the write that follows from it.
    async fn decide(
        &mut self,
        under: &Under<'_>,
        agreement: i64,
        entry: EntryId,
        action: &Action,
    ) -> (Sent, bool) {
        if action.kind == ActionKind::DeleteAgreement {
            if self.broken {
                return (Sent::Failed(problems::still_used(action), None), false);
            }
            return (
                under.delete_agreement(&mut self.pending, entry, action, agreement).await,
                true,
            );
        }
        let marker = action.marker.as_deref().unwrap_or_default();
        if action.kind == ActionKind::Update && under.lacks_cents(marker) {
            return (Sent::Failed(problems::earlier_failed(action), None), false);
        }
        let own = self.live.as_ref().and_then(|l| l.get(marker)).cloned().unwrap_or_default();
        if action.kind == ActionKind::Create
            && own.is_empty()
            && let Some(instead) = self.stands_elsewhere(under, entry, action).await
        {
            return (instead, false);
        }
        match (action.kind, own.as_slice()) {
            // A copy that is one too many; an undo deletes nothing that stands twice.
            (ActionKind::Delete, several @ [_, _, ..]) => {
                match several.iter().find(|a| Some(a.id) == action.addition_id) {
                    Some(copy) => self.alter(under, entry, action, copy).await,
                    None => self.ask(under, agreement, entry, action).await,
                }
            }
            (_, [_, _, ..]) => (Sent::Failed(problems::doubled(action, own.len()), None), false),
            (ActionKind::Create, []) => match &action.after {
                Some(after) => {
                    (under.create(&mut self.pending, entry, action, agreement, after).await, true)
                }
                None => (Sent::Failed(problems::no_agreement(action), None), false),
            },
            (ActionKind::Create, [live]) => self.adopt(under, entry, action, live).await,
            (ActionKind::Update, [live]) if self.adopted.contains(marker) => {
                self.adopt(under, entry, action, live).await
            }
            (_, []) => self.ask(under, agreement, entry, action).await,
            // Nobody but us was to make it so: the list may show what a run made that was taken back
            // since.
            (ActionKind::Update, [live])
                if action.addition_id == Some(live.id)
                    && action.after.as_ref().is_some_and(|wanted| same(wanted, &live.fields)) =>
            {
                self.ask(under, agreement, entry, action).await
            }
            (_, [live]) => self.alter(under, entry, action, live).await,
        }
    }

    /// A known addition that the list does not show, because it lags or a person deleted it, or shows
    /// as it is to be already: the record itself knows.
    async fn ask(
        &mut self,
        under: &Under<'_>,
        agreement: i64,
        entry: EntryId,
        action: &Action,
    ) -> (Sent, bool) {
        let Some(id) = action.addition_id else {
            // Its addition was to be made by an earlier action of the plan.
            return (Sent::Failed(problems::earlier_failed(action), None), false);
        };
        match under.get(agreement, id).await {
            Ok(Some(live)) => {
                if marker_of(&live, &under.executor.place) == action.marker.as_deref() {
                    return self.alter(under, entry, action, &live).await;
                }
                (Sent::Failed(problems::marker_removed(action), None), true)
            }
            Ok(None) if action.kind == ActionKind::Delete => {
                let outcome = Outcome {
                    agreement_id: agreement,
                    addition_id: Some(id),
                    found: true,
                    fields: None,
                    before: None,
                };
                (Sent::Done(Box::new(outcome), None), true)
            }
            Ok(None) => {
                under.deleted.add(id);
                if let Some(marker) = &action.marker
                    && let Err(e) = under.executor.store.set_gone(marker, true).await
                {
                    under.stop(fault(e));
                    return (Sent::Dropped, true);
                }
                match &action.after {
                    Some(after) if under.options.repost_deleted => {
                        let p = &mut self.pending;
                        (under.create(p, entry, action, agreement, after).await, true)
                    }
                    _ => (Sent::Failed(problems::deleted(action), None), true),
                }
            }
            Err(e) if concerns_all(&e) => {
                under.stop(e.problem().clone());
                (Sent::Dropped, true)
            }
            Err(PsaError::Refused { problem, raw, .. }) => (Sent::Failed(problem, Some(raw)), true),
            Err(PsaError::Lost { problem } | PsaError::NotSent { problem }) => {
                under.strike(&problem);
                (Sent::Failed(problem, None), true)
            }
        }
    }

    /// Changes or deletes an addition that is there, unless somebody else changed it.
    async fn alter(
        &mut self,
        under: &Under<'_>,
        entry: EntryId,
        action: &Action,
        live: &LiveAddition,
    ) -> (Sent, bool) {
        let marker = action.marker.clone().unwrap_or_default();
        let wanted = action.after.clone();
        if let Some(wanted) = &wanted
            && same(wanted, &live.fields)
        {
            return (found(live), false);
        }
        if self.behind.contains(&marker) && action.kind == ActionKind::Update {
            // It lacks what an earlier line of the run was to change, and that is nobody's drift.
            return (Sent::Failed(problems::earlier_failed(action), None), false);
        }
        let expected = self.known.get(&marker).or(action.before.as_deref());
        if let Some(expected) = expected
            && !under.options.overwrite_drift
        {
            let different = differences_of(expected, live);
            if !different.is_empty() {
                return (Sent::Failed(problems::drift(action, &told(&different)), None), false);
            }
        }
        match wanted {
            Some(wanted) => {
                (under.change(&mut self.pending, entry, action, live, &wanted).await, true)
            }
            None => (under.delete(&mut self.pending, entry, action, live).await, true),
        }
    }
}

/// Nothing had to be written.
fn found(live: &LiveAddition) -> Sent {
    found_as(live, live.fields.clone())
}

/// Nothing was written, and what stands there is to be remembered as these fields.
fn found_as(live: &LiveAddition, fields: AdditionFields) -> Sent {
    let outcome = Outcome {
        agreement_id: live.agreement_id,
        addition_id: Some(live.id),
        found: true,
        fields: Some(fields),
        before: None,
    };
    Sent::Done(Box::new(outcome), Some(live.clone()))
}
