//! New agreements (design 6.2): one that a person made meanwhile is used instead, and the same
//! look-up tells what became of a creation whose answer was lost.

use super::look::Looks;
use super::tally::{Under, concerns_all};
use super::write::{Sent, refused};
use super::{Executor, fault, problems};
use crate::connectwise::PsaError;
use crate::domain::journal::{EntryId, Outcome, Step};
use crate::domain::plan::{Action, AgreementFields};
use crate::domain::problem::Problem;
use crate::domain::psa::{Agreement, AgreementStatus};

/// The agreements that could stand in for a new one: active, of its company, type and currency.
/// One for which the PSA names no currency counts only where a single currency is in play.
pub(super) fn candidates(
    all: Vec<Agreement>,
    wanted: &AgreementFields,
    single_currency: bool,
) -> Vec<Agreement> {
    all.into_iter()
        .filter(|a| {
            a.status == AgreementStatus::Active
                && a.company_id == wanted.company_id
                && a.type_id == wanted.type_id
                && a.currency.map_or(single_currency, |c| c == wanted.currency)
        })
        .collect()
}

/// An agreement that was made for this, and that ConnectWise keeps in another currency: by its
/// number, where that is known, else by its name, where the name says the currency.
pub(super) fn misfit<'a>(
    all: &'a [Agreement],
    wanted: &AgreementFields,
    made: Option<i64>,
) -> Option<&'a Agreement> {
    let code = wanted.currency.as_str();
    let says_so = wanted.name.split(|c: char| !c.is_alphanumeric()).any(|word| word == code);
    all.iter().find(|a| {
        a.status == AgreementStatus::Active
            && a.company_id == wanted.company_id
            && a.type_id == wanted.type_id
            && a.currency.is_some_and(|c| c != wanted.currency)
            && (made == Some(a.id) || (says_so && a.name == wanted.name))
    })
}

/// The store's note of an agreement that came out in another currency.
fn misfit_note(wanted: &AgreementFields) -> String {
    format!("misfit agreement {} {} {}", wanted.company_id, wanted.type_id, wanted.currency)
}

impl Executor {
    /// The number of the agreement that was made for this in another currency, when there was one.
    async fn made_amiss(&self, wanted: &AgreementFields) -> Result<Option<i64>, Problem> {
        let note = self.store.note(&misfit_note(wanted)).await.map_err(fault)?;
        Ok(note.and_then(|id| id.parse().ok()))
    }

    /// Remembers an agreement in another currency than was asked, and says what is wrong with it.
    pub(super) async fn keep_misfit(
        &self,
        made: Agreement,
        wanted: &AgreementFields,
    ) -> Result<Problem, Problem> {
        let problem = problems::other_currency(&made, wanted.currency);
        let note = (misfit_note(wanted), Some(made.id.to_string()));
        self.store.keep_agreement(made).await.map_err(fault)?;
        self.store.set_note(&note.0, note.1).await.map_err(fault)?;
        Ok(problem)
    }
}

impl Under<'_> {
    /// Creates the agreement of a lane, or finds it. Keeps its record in the store.
    pub(super) async fn create_agreement(
        &self,
        pending: &mut Vec<Step>,
        entry: EntryId,
        action: &Action,
    ) -> Sent {
        let Some(wanted) = &action.new_agreement else {
            return Sent::Failed(problems::no_agreement(action), None);
        };
        let amiss = match self.executor.made_amiss(wanted).await {
            Ok(amiss) => amiss,
            Err(problem) => {
                self.stop(problem);
                return Sent::Dropped;
            }
        };
        match self.agreements_like(wanted, amiss).await {
            Ok(mut there) if there.len() == 1 => {
                return self.made(there.remove(0), wanted, true).await;
            }
            Ok(there) if there.is_empty() => {}
            Ok(there) => {
                let names: Vec<String> = there.into_iter().map(|a| a.name).collect();
                return Sent::Failed(problems::several_agreements(action, &names), None);
            }
            Err(e) if concerns_all(&e) => {
                self.stop(e.problem().clone());
                return Sent::Dropped;
            }
            Err(PsaError::Refused { problem, raw, .. }) => return Sent::Failed(problem, Some(raw)),
            Err(PsaError::Lost { problem } | PsaError::NotSent { problem }) => {
                self.strike(&problem);
                return Sent::Failed(problem, None);
            }
        }
        let write = {
            let _slot = self.slot().await;
            self.executor.client.agreement_creation(wanted).await
        };
        let write = match write {
            Ok(write) => write,
            Err(e) => return refused(self, e),
        };
        if !self.mark(pending, entry, write.request()).await {
            return Sent::Dropped;
        }
        let lost = match self.send(pending, entry, &write).await {
            Ok(agreement) => return self.made(agreement, wanted, false).await,
            Err(PsaError::Lost { problem }) => problem,
            Err(e) if concerns_all(&e) => {
                self.stop(e.problem().clone());
                return Sent::Dropped;
            }
            Err(PsaError::Refused { problem, raw, .. }) => return Sent::Failed(problem, Some(raw)),
            Err(PsaError::NotSent { problem }) => return Sent::Failed(problem, None),
        };
        // Not sent again within the run: the next one looks and plans anew, and an agreement that
        // arrives late is found then.
        match self.look_for_agreement(wanted).await {
            Ok(Some(agreement)) => self.made(agreement, wanted, false).await,
            Ok(None) => Sent::Failed(problems::not_made(action, 1, &lost.message), None),
            Err(problem) => {
                self.stop(problem);
                Sent::Open
            }
        }
    }

    /// The agreements that could stand in; where there are none, one that was made for this and is
    /// in another currency.
    async fn agreements_like(
        &self,
        wanted: &AgreementFields,
        amiss: Option<i64>,
    ) -> Result<Vec<Agreement>, PsaError> {
        let all = {
            let _slot = self.slot().await;
            self.executor.client.agreements_of(wanted.company_id).await?
        };
        self.worked();
        let other = misfit(&all, wanted, amiss).cloned();
        let there = candidates(all, wanted, self.single_currency);
        let mut there = if there.is_empty() { other.into_iter().collect() } else { there };
        // A list that lags behind still shows what was deleted or ended; the record itself does not.
        if let [one] = there.as_slice() {
            let _slot = self.slot().await;
            there = match self.executor.client.agreement(one.id).await {
                Err(PsaError::Refused { status: 404, .. }) => Vec::new(),
                Err(e) => return Err(e),
                Ok(now) => {
                    let now = vec![now];
                    let still = misfit(&now, wanted, amiss).is_some();
                    if still { now } else { candidates(now, wanted, self.single_currency) }
                }
            };
        }
        Ok(there)
    }

    /// Looks until it is there or `settle` has passed. There was none before, so any is it.
    pub(super) async fn look_for_agreement(
        &self,
        wanted: &AgreementFields,
    ) -> Result<Option<Agreement>, Problem> {
        let mut looks = Looks::from_now(self.executor.settle);
        loop {
            let last = looks.last();
            match self.agreements_like(wanted, None).await {
                Ok(there) if !there.is_empty() => return Ok(pick(there, &wanted.name)),
                Ok(_) if last => return Ok(None),
                Ok(_) => {}
                Err(e) if last || concerns_all(&e) => return Err(e.problem().clone()),
                Err(_) => {}
            }
            looks.wait().await;
        }
    }

    /// Deletes an agreement that Addendum created, when nothing is on it (undo).
    pub(super) async fn delete_agreement(
        &self,
        pending: &mut Vec<Step>,
        entry: EntryId,
        action: &Action,
        id: i64,
    ) -> Sent {
        let write = self.executor.client.agreement_deletion(id);
        if !self.mark(pending, entry, write.request()).await {
            return Sent::Dropped;
        }
        let answer = self.send(pending, entry, &write).await;
        let outcome = Outcome {
            agreement_id: id,
            addition_id: None,
            found: false,
            fields: None,
            before: None,
        };
        match answer {
            Ok(()) | Err(PsaError::Refused { status: 404, .. }) => {
                Sent::Done(Box::new(outcome), None)
            }
            Err(PsaError::Lost { problem }) => match self.agreement_gone(id).await {
                Ok(true) => Sent::Done(Box::new(outcome), None),
                Ok(false) => Sent::Failed(problems::not_made(action, 1, &problem.message), None),
                Err(problem) => {
                    self.stop(problem);
                    Sent::Open
                }
            },
            Err(e) if concerns_all(&e) => {
                self.stop(e.problem().clone());
                Sent::Dropped
            }
            Err(PsaError::Refused { problem, raw, .. }) => Sent::Failed(problem, Some(raw)),
            Err(PsaError::NotSent { problem }) => Sent::Failed(problem, None),
        }
    }

    /// Looks until an agreement is gone or `settle` has passed.
    pub(super) async fn agreement_gone(&self, id: i64) -> Result<bool, Problem> {
        let mut looks = Looks::from_now(self.executor.settle);
        loop {
            let last = looks.last();
            match self.executor.client.agreement(id).await {
                Err(PsaError::Refused { status: 404, .. }) => return Ok(true),
                Ok(_) if last => return Ok(false),
                Ok(_) => {}
                Err(e) if last || concerns_all(&e) => return Err(e.problem().clone()),
                Err(_) => {}
            }
            looks.wait().await;
        }
    }

    async fn made(&self, agreement: Agreement, wanted: &AgreementFields, found: bool) -> Sent {
        let id = agreement.id;
        if agreement.currency.is_some_and(|c| c != wanted.currency) {
            return match self.executor.keep_misfit(agreement, wanted).await {
                Ok(problem) => Sent::Failed(problem, None),
                Err(problem) => {
                    self.stop(problem);
                    Sent::Open
                }
            };
        }
        if let Err(e) = self.executor.store.keep_agreement(agreement).await {
            self.stop(fault(e));
        }
        let outcome =
            Outcome { agreement_id: id, addition_id: None, found, fields: None, before: None };
        Sent::Done(Box::new(outcome), None)
    }
}

/// The one with the name that was asked for, else the oldest.
fn pick(mut there: Vec<Agreement>, name: &str) -> Option<Agreement> {
    there.sort_by_key(|a| (a.name != name, a.id));
    there.into_iter().next()
}
