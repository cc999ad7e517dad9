//! What dead runs left open: requests that may have arrived, and nobody wrote down what came of
//! them. Each is looked up by its marker before anything is planned or written (design 6.8).

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, HashMap};

use futures_util::FutureExt;

use super::agreement::{candidates, misfit};
use super::deleted::Deleted;
use super::fields::same;
use super::lane::{ByMarker, by_marker};
use super::look::Looks;
use super::{Executor, RunEvent, all_of, fault, problems};
use crate::connectwise::PsaError;
use crate::domain::journal::{Entry, EntryState, Outcome, RunId, Step};
use crate::domain::plan::{Action, ActionKind, AgreementTarget};
use crate::domain::problem::Problem;
use crate::domain::psa::Agreement;

impl Executor {
    /// Resolves what dead runs left open: by marker, waiting out `settle` where something is not
    /// there (yet). Returns how many entries it resolved.
    ///
    /// # Errors
    /// The PSA or the store does not answer; nothing is lost, the next call tries again.
    pub async fn recover(&self) -> Result<u64, Problem> {
        // As a rule there is nothing: a run that ends leaves no entry and no run open.
        if self.store.unfinished().await.map_err(fault)? == (0, 0) {
            return Ok(0);
        }
        self.store.take_over().await.map_err(fault)?;
        let mut entries = self.store.unresolved().await.map_err(fault)?;
        let found = entries.len() as u64;
        if found > 0 {
            (self.events)(RunEvent::Recovering { entries: found });
            // An addition of a new agreement needs the agreement's number, so those come first.
            entries.sort_by_key(|e| e.action.kind != ActionKind::CreateAgreement);
            let (new, rest): (Vec<_>, Vec<_>) =
                entries.into_iter().partition(|e| e.action.kind == ActionKind::CreateAgreement);
            let most = self.concurrency.max(1);
            let looks = new.into_iter().map(|e| self.recover_agreement(e).boxed());
            all_of(looks.collect(), most).await?;
            let lanes = self.by_agreement(rest).await?;
            let deleted = self.known_deleted().await?;
            let looks =
                lanes.into_iter().map(|(id, open)| self.recover_lane(id, open, &deleted).boxed());
            all_of(looks.collect(), most).await?;
        }
        self.store.drop_dead_intents().await.map_err(fault)?;
        Ok(found)
    }

    /// Entries by the number of their agreement. One whose agreement was never made was never sent.
    async fn by_agreement(
        &self,
        entries: Vec<Entry>,
    ) -> Result<BTreeMap<i64, Vec<Entry>>, Problem> {
        let mut made: HashMap<RunId, HashMap<AgreementTarget, i64>> = HashMap::new();
        let mut lanes: BTreeMap<i64, Vec<Entry>> = BTreeMap::new();
        for entry in entries {
            if let AgreementTarget::Existing(id) = entry.action.agreement {
                lanes.entry(id).or_default().push(entry);
                continue;
            }
            let of_run = match made.entry(entry.run) {
                Occupied(known) => known.into_mut(),
                Vacant(unknown) => unknown.insert(self.agreements_made(entry.run).await?),
            };
            match of_run.get(&entry.action.agreement) {
                Some(id) => lanes.entry(*id).or_default().push(entry),
                None => self.resolve(Step::Dropped { entry: entry.id }).await?,
            }
        }
        Ok(lanes)
    }

    /// The agreements that a run created, by what its actions call them.
    async fn agreements_made(&self, run: RunId) -> Result<HashMap<AgreementTarget, i64>, Problem> {
        let all = self.store.entries(run).await.map_err(fault)?;
        Ok(all
            .into_iter()
            .filter(|e| e.action.kind == ActionKind::CreateAgreement)
            .filter_map(|e| match e.state {
                EntryState::Done(outcome) => Some((e.action.agreement, outcome.agreement_id)),
                _ => None,
            })
            .collect())
    }

    async fn resolve(&self, step: Step) -> Result<(), Problem> {
        self.store.resolve(step).await.map_err(fault)
    }

    /// A new agreement that may have been made.
    async fn recover_agreement(&self, entry: Entry) -> Result<(), Problem> {
        let Some(wanted) = &entry.action.new_agreement else {
            return self.resolve(Step::Dropped { entry: entry.id }).await;
        };
        let mut looks = Looks::from_now(self.settle);
        let step = loop {
            let last = looks.last();
            let all = self.client.agreements_of(wanted.company_id).await.map_err(told)?;
            let amiss = misfit(&all, wanted, None).cloned();
            let mut there = candidates(all, wanted, true);
            there.sort_by_key(|a| (a.name != wanted.name, a.id));
            let fits = |now: &Agreement| !candidates(vec![now.clone()], wanted, true).is_empty();
            if let Some(agreement) = self.first_there(there, fits).await? {
                let outcome = Outcome {
                    agreement_id: agreement.id,
                    addition_id: None,
                    found: false,
                    fields: None,
                    before: None,
                };
                self.store.keep_agreement(agreement).await.map_err(fault)?;
                break Step::Done { entry: entry.id, outcome: Box::new(outcome) };
            }
            if let Some(agreement) = self.first_there(amiss, |_| true).await? {
                let problem = self.keep_misfit(agreement, wanted).await?;
                break Step::Failed { entry: entry.id, problem };
            }
            if last {
                break Step::Dropped { entry: entry.id };
            }
            looks.wait().await;
        };
        self.resolve(step).await
    }

    /// The first agreement that is there and fits. A list that lags behind still shows what an undo
    /// or a person deleted or ended; the record itself does not.
    async fn first_there(
        &self,
        listed: impl IntoIterator<Item = Agreement>,
        fits: impl Fn(&Agreement) -> bool,
    ) -> Result<Option<Agreement>, Problem> {
        for agreement in listed {
            match self.client.agreement(agreement.id).await {
                Ok(now) if fits(&now) => return Ok(Some(now)),
                Ok(_) => {}
                Err(PsaError::Refused { status: 404, .. }) => {}
                Err(e) => return Err(told(e)),
            }
        }
        Ok(None)
    }

    /// The open entries of one agreement.
    async fn recover_lane(
        &self,
        agreement: i64,
        entries: Vec<Entry>,
        deleted: &Deleted,
    ) -> Result<(), Problem> {
        // A request can have been sent long after it was marked (the PSA may have told everybody
        // to wait), but not after this process began: absence counts from now.
        let mut looks = Looks::from_now(self.settle);
        let mut open = entries;
        loop {
            let last = looks.last();
            let live = match self.client.additions(agreement).await {
                Ok(all) => Some(by_marker(deleted.taken_out(all), &self.place)),
                Err(PsaError::Refused { status: 404, .. }) => None,
                Err(e) => return Err(told(e)),
            };
            let mut still = Vec::new();
            for entry in open {
                if let Some(marker) = &entry.action.marker {
                    (self.events)(RunEvent::LookingUp { marker: marker.to_string() });
                }
                if self.is_unlisted(&entry, agreement, live.as_ref()).await?
                    || self.is_earlier(&entry, live.as_ref()).await?
                {
                    if last {
                        self.resolve(Step::Dropped { entry: entry.id }).await?;
                    } else {
                        still.push(entry);
                    }
                    continue;
                }
                match seen(&entry, agreement, live.as_ref(), last) {
                    Some(step) => self.resolve(step).await?,
                    None => still.push(entry),
                }
            }
            open = still;
            if open.is_empty() {
                return Ok(());
            }
            looks.wait().await;
        }
    }

    /// Whether what stands under the marker of an addition that was to be created is not that one: an
    /// earlier request for it, from before its line changed, came late; or it was there before, unknown
    /// here, and what was asked for was to change it. The next plan finds it.
    async fn is_earlier(&self, entry: &Entry, live: Option<&ByMarker>) -> Result<bool, Problem> {
        let action = &entry.action;
        let marker = action.marker.as_deref().unwrap_or_default();
        let own = live.and_then(|l| l.get(marker)).map(Vec::as_slice);
        let (ActionKind::Create, Some([one]), Some(after)) = (action.kind, own, &action.after)
        else {
            return Ok(false);
        };
        if same(after, &one.fields) {
            return Ok(false);
        }
        let changes =
            self.store.last_method(entry.id).await.map_err(fault)?.as_deref() == Some("PATCH");
        Ok(changes || self.asked_for(action, one).await?)
    }

    /// Whether an addition that was to be deleted is there, and the list does not show it: a list
    /// that lags behind lacks what was made a moment ago, and that does not mean that it is gone.
    async fn is_unlisted(
        &self,
        entry: &Entry,
        agreement: i64,
        live: Option<&ByMarker>,
    ) -> Result<bool, Problem> {
        let action = &entry.action;
        let listed = live.is_none_or(|l| lists(l, action));
        let (ActionKind::Delete, false, Some(id)) = (action.kind, listed, action.addition_id)
        else {
            return Ok(false);
        };
        match self.client.addition(agreement, id).await {
            Ok(_) => Ok(true),
            Err(PsaError::Refused { status: 404, .. }) => Ok(false),
            Err(e) => Err(told(e)),
        }
    }
}

/// What a list says about an open entry; `None`: it cannot be said yet. Without a list the
/// agreement is gone, and all that was on it.
fn seen(entry: &Entry, agreement: i64, live: Option<&ByMarker>, last: bool) -> Option<Step> {
    let action = &entry.action;
    let dropped = || last.then_some(Step::Dropped { entry: entry.id });
    let done = |outcome: Outcome| Some(Step::Done { entry: entry.id, outcome: Box::new(outcome) });
    let outcome = |addition_id, fields| Outcome {
        agreement_id: agreement,
        addition_id,
        found: false,
        fields,
        before: None,
    };
    if action.kind == ActionKind::DeleteAgreement {
        return match live {
            None => done(outcome(None, None)),
            Some(_) => dropped(),
        };
    }
    if action.kind == ActionKind::Delete {
        return match live {
            Some(live) if lists(live, action) => dropped(),
            _ => done(outcome(action.addition_id, None)),
        };
    }
    let marker = action.marker.as_deref().unwrap_or_default();
    let own = live.and_then(|l| l.get(marker)).map(Vec::as_slice).unwrap_or_default();
    match (action.kind, own) {
        (_, []) => dropped(),
        (_, [_, _, ..]) => {
            Some(Step::Failed { entry: entry.id, problem: problems::doubled(action, own.len()) })
        }
        (ActionKind::Create, [addition]) => {
            // What was asked stands in the journal; somebody's change since then is drift.
            let fields = match &action.after {
                Some(after) if !same(after, &addition.fields) => after.clone(),
                _ => addition.fields.clone(),
            };
            done(outcome(Some(addition.id), Some(fields)))
        }
        (_, [addition]) => match (&action.before, &action.after) {
            (_, Some(after)) if same(after, &addition.fields) => {
                done(outcome(Some(addition.id), Some(addition.fields.clone())))
            }
            (Some(before), _) if same(before, &addition.fields) => dropped(),
            (before, after) if last => {
                let asked = after.as_ref().or(before.as_deref())?;
                let what = super::fields::told(&super::fields::differences_of(asked, addition));
                Some(Step::Failed { entry: entry.id, problem: problems::drift(action, &what) })
            }
            _ => None,
        },
    }
}

/// Whether a list shows the addition that an action deletes. Another one with its marker is a second
/// copy of the request that made it.
fn lists(live: &ByMarker, action: &Action) -> bool {
    let own = action.marker.as_deref().and_then(|marker| live.get(marker));
    own.is_some_and(|all| all.iter().any(|a| Some(a.id) == action.addition_id))
}

fn told(error: PsaError) -> Problem {
    error.problem().clone()
}
