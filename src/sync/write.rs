//! One write: request marked, request sent, answer compared with what was asked, a lost answer
//! looked up, and sent again only when it surely did not arrive.

use futures_util::FutureExt;

use super::crash::{Point, point};
use super::fields::{differences, differences_of, same, told};
use super::look::Seen;
use super::tally::{Under, concerns_all};
use super::{fault, problems};
use crate::connectwise::{AdditionChange, PsaError, Write, marker_of};
use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::exchange::Request;
use crate::domain::journal::{EntryId, Outcome, Step};
use crate::domain::plan::Action;
use crate::domain::problem::Problem;

/// How often a request that did not arrive is sent again.
const AGAIN: u32 = 3;

/// What became of an action.
pub(super) enum Sent {
    /// It is in the PSA; the addition as it is now, where there is one.
    Done(Box<Outcome>, Option<LiveAddition>),
    /// Nothing was written.
    Failed(Problem, Option<String>),
    /// Nothing was written, and the run stops.
    Dropped,
    /// It is not known, and the run stops: the next run looks it up.
    Open,
    /// Other entries stand in its place, at the head of the lane.
    Replaced,
}

/// What follows from an error other than a lost answer.
pub(super) fn refused(under: &Under<'_>, error: PsaError) -> Sent {
    if concerns_all(&error) {
        under.stop(error.problem().clone());
        return Sent::Dropped;
    }
    match error {
        PsaError::Refused { problem, raw, .. } => Sent::Failed(problem, Some(raw)),
        PsaError::Lost { problem } | PsaError::NotSent { problem } => Sent::Failed(problem, None),
    }
}

impl Under<'_> {
    /// Makes results durable together with the mark of the next request. False: the store failed,
    /// nothing may be sent, the run stops.
    pub(super) async fn mark(
        &self,
        pending: &mut Vec<Step>,
        entry: EntryId,
        request: Request,
    ) -> bool {
        let results = !pending.is_empty();
        let mut steps = pending.clone();
        let (at, request) = (self.executor.store.now(), Some(Box::new(request)));
        steps.push(Step::Requested { entry, at, request });
        point(Point::BeforeRequestMark);
        match self.executor.store.record(steps).await {
            Ok(()) => {
                pending.clear();
                point(Point::AfterRequestMark);
                if results {
                    point(Point::AfterResult);
                }
                true
            }
            Err(e) => {
                self.stop(fault(e));
                false
            }
        }
    }

    /// Sends a write whose request is marked, and keeps the answer for the record. Another run on
    /// the same store may take this one for dead while a request waits; then it does not leave.
    pub(super) async fn send<T: Send>(
        &self,
        pending: &mut Vec<Step>,
        entry: EntryId,
        write: &Write<T>,
    ) -> Result<T, PsaError> {
        let (result, answer) = {
            let _slot = self.slot().await;
            let store = self.executor.store.clone();
            let may = move || {
                let store = store.clone();
                async move { store.may_send(entry).await.map_err(fault) }.boxed()
            };
            write.send_while(&self.executor.client, may).await
        };
        point(Point::AfterSend);
        pending.push(Step::Answered { entry, answer: Box::new(answer) });
        result
    }

    /// Makes results durable.
    pub(super) async fn keep(&self, pending: &mut Vec<Step>) {
        if pending.is_empty() {
            return;
        }
        match self.executor.store.record(pending.clone()).await {
            Ok(()) => {
                pending.clear();
                point(Point::AfterResult);
            }
            Err(e) => self.stop(fault(e)),
        }
    }

    /// Creates an addition.
    pub(super) async fn create(
        &self,
        pending: &mut Vec<Step>,
        entry: EntryId,
        action: &Action,
        agreement: i64,
        fields: &AdditionFields,
    ) -> Sent {
        let marker = action.marker.as_deref().unwrap_or_default();
        let (client, place) = (&self.executor.client, &self.executor.place);
        let write = client.addition_creation(agreement, fields, marker, place);
        let mut last = None;
        for _ in 0..=AGAIN {
            if !self.mark(pending, entry, write.request()).await {
                return Sent::Dropped;
            }
            let lost = match self.send(pending, entry, &write).await {
                Ok(live) => return self.created(action, agreement, fields, live).await,
                Err(PsaError::Lost { problem }) => problem,
                Err(e) => return refused(self, e),
            };
            match self.look_for(agreement, marker).await {
                Seen::There(mut own) if own.len() == 1 => {
                    let live = own.remove(0);
                    // An earlier request of ours that came late follows the line.
                    if !same(fields, &live.fields) {
                        match self.executor.asked_for(action, &live).await {
                            Ok(true) => {
                                return self.change(pending, entry, action, &live, fields).await;
                            }
                            Ok(false) => {}
                            Err(problem) => {
                                self.stop(problem);
                                return Sent::Open;
                            }
                        }
                    }
                    return self.created(action, agreement, fields, live).await;
                }
                Seen::There(own) => {
                    return Sent::Failed(problems::doubled(action, own.len()), None);
                }
                Seen::Absent if self.halted() => return Sent::Dropped,
                Seen::Absent => last = Some(lost),
                Seen::Unknown(problem) => {
                    self.stop(problem);
                    return Sent::Open;
                }
            }
            if self.halted() {
                return Sent::Dropped;
            }
        }
        self.not_made(action, last)
    }

    /// A created addition is as asked, or it is said that it is not. What stands in the journal is
    /// what was asked, so that a difference shows as drift until somebody puts it right.
    async fn created(
        &self,
        action: &Action,
        agreement: i64,
        asked: &AdditionFields,
        mut live: LiveAddition,
    ) -> Sent {
        let place = &self.executor.place;
        let marked = |live: &LiveAddition| marker_of(live, place) == action.marker.as_deref();
        if !marked(&live) || !same(asked, &live.fields) {
            // An answer may be shorter than the record.
            match self.get(agreement, live.id).await {
                Ok(Some(whole)) => live = whole,
                Ok(None) => {}
                Err(e) if concerns_all(&e) => self.stop(e.problem().clone()),
                Err(_) => {}
            }
            if !marked(&live) {
                self.stop(problems::marker_not_kept(action, live.id));
            }
        }
        let different = differences_of(asked, &live);
        if !different.is_empty() {
            self.remark(action, &problems::answer_differs(action, &told(&different)));
        }
        let fields = if same(asked, &live.fields) { live.fields.clone() } else { asked.clone() };
        let outcome = Outcome {
            agreement_id: agreement,
            addition_id: Some(live.id),
            found: false,
            fields: Some(fields),
            before: None,
        };
        Sent::Done(Box::new(outcome), Some(live))
    }

    /// Changes an addition from what it is to what is wanted.
    pub(super) async fn change(
        &self,
        pending: &mut Vec<Step>,
        entry: EntryId,
        action: &Action,
        live: &LiveAddition,
        wanted: &AdditionFields,
    ) -> Sent {
        let marker = action.marker.as_deref().unwrap_or_default();
        let agreement = live.agreement_id;
        let change = AdditionChange { to: wanted.clone(), from: live.fields.clone() };
        let Some(write) = self.executor.client.addition_change(agreement, live.id, &change) else {
            return self.changed(action, live, wanted, live.clone()).await;
        };
        let mut last = None;
        for _ in 0..=AGAIN {
            if !self.mark(pending, entry, write.request()).await {
                return Sent::Dropped;
            }
            let lost = match self.send(pending, entry, &write).await {
                Ok(now) => return self.changed(action, live, wanted, now).await,
                Err(PsaError::Lost { problem }) => problem,
                Err(PsaError::Refused { status: 404, .. }) => {
                    return self.gone(action, live.id).await;
                }
                // It said yes and did not do it all: what is there now decides.
                Err(PsaError::Refused { status: 200..300, problem, .. }) => {
                    return match self.get(agreement, live.id).await {
                        Ok(Some(now)) => self.changed(action, live, wanted, now).await,
                        _ => Sent::Failed(problem, None),
                    };
                }
                Err(e) => return refused(self, e),
            };
            match self.look_changed(agreement, live.id, marker, wanted).await {
                Seen::There(now) => return self.changed(action, live, wanted, now).await,
                Seen::Absent if self.halted() => return Sent::Dropped,
                Seen::Absent => {
                    last = Some(lost);
                    // Between the two writes somebody may have made a third one.
                    match self.get(agreement, live.id).await {
                        Ok(Some(now)) if same(&live.fields, &now.fields) => {}
                        Ok(Some(now)) => {
                            let what = told(&differences(&live.fields, &now.fields));
                            return Sent::Failed(problems::drift(action, &what), None);
                        }
                        Ok(None) => return self.gone(action, live.id).await,
                        Err(e) => {
                            self.stop(e.problem().clone());
                            return Sent::Dropped;
                        }
                    }
                }
                Seen::Unknown(problem) => {
                    self.stop(problem);
                    return Sent::Open;
                }
            }
            if self.halted() {
                return Sent::Dropped;
            }
        }
        self.not_made(action, last)
    }

    async fn changed(
        &self,
        action: &Action,
        before: &LiveAddition,
        wanted: &AdditionFields,
        mut now: LiveAddition,
    ) -> Sent {
        if !same(wanted, &now.fields)
            && let Ok(Some(whole)) = self.get(before.agreement_id, before.id).await
        {
            now = whole;
        }
        let different = differences(wanted, &now.fields);
        if !different.is_empty() {
            let what = told(&different);
            if same(&before.fields, &now.fields) {
                return Sent::Failed(problems::not_applied(action, &what), None);
            }
            self.remark(action, &problems::answer_differs(action, &what));
        }
        let fields = if different.is_empty() { now.fields.clone() } else { wanted.clone() };
        let outcome = Outcome {
            agreement_id: before.agreement_id,
            addition_id: Some(before.id),
            found: false,
            fields: Some(fields),
            before: Some(before.clone()),
        };
        Sent::Done(Box::new(outcome), Some(now))
    }

    /// Deletes an addition (undo).
    pub(super) async fn delete(
        &self,
        pending: &mut Vec<Step>,
        entry: EntryId,
        action: &Action,
        live: &LiveAddition,
    ) -> Sent {
        let marker = action.marker.as_deref().unwrap_or_default();
        let agreement = live.agreement_id;
        let outcome = Outcome {
            agreement_id: agreement,
            addition_id: Some(live.id),
            found: false,
            fields: None,
            before: Some(live.clone()),
        };
        let write = self.executor.client.addition_deletion(agreement, live.id);
        let mut last = None;
        for _ in 0..=AGAIN {
            if !self.mark(pending, entry, write.request()).await {
                return Sent::Dropped;
            }
            match self.send(pending, entry, &write).await {
                Ok(()) | Err(PsaError::Refused { status: 404, .. }) => {
                    self.deleted.add(live.id);
                    return Sent::Done(Box::new(outcome), None);
                }
                Err(PsaError::Lost { problem }) => last = Some(problem),
                Err(e) => return refused(self, e),
            }
            match self.look_deleted(agreement, live.id, marker).await {
                Seen::Absent => {
                    self.deleted.add(live.id);
                    return Sent::Done(Box::new(outcome), None);
                }
                Seen::There(()) if self.halted() => return Sent::Dropped,
                Seen::There(()) => {}
                Seen::Unknown(problem) => {
                    self.stop(problem);
                    return Sent::Open;
                }
            }
        }
        self.not_made(action, last)
    }

    /// None of the requests arrived.
    fn not_made(&self, action: &Action, last: Option<Problem>) -> Sent {
        let last = last.map(|p| p.message).unwrap_or_default();
        let problem = problems::not_made(action, AGAIN + 1, &last);
        self.unanswered(&problem);
        Sent::Failed(problem, None)
    }

    /// A person deleted the addition: remembered, and the line fails.
    pub(super) async fn gone(&self, action: &Action, addition: i64) -> Sent {
        self.deleted.add(addition);
        if let Some(marker) = &action.marker
            && let Err(e) = self.executor.store.set_gone(marker, true).await
        {
            self.stop(fault(e));
        }
        tracing::warn!(addition, "an addition was deleted in the PSA");
        Sent::Failed(problems::deleted(action), None)
    }
}
