//! A plan that was saved and approved earlier: what it rests on in the PSA is read again before the
//! first write, and any difference stops everything (design 7, exit 7).

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::FutureExt;

use super::agreement::candidates;
use super::deleted::Deleted;
use super::fields::{differences_of, told};
use super::lane::{ByMarker, by_marker};
use super::{Executor, all_of, fault, problems};
use crate::connectwise::PsaError;
use crate::domain::plan::{Action, ActionKind, AgreementTarget};
use crate::domain::problem::Problem;
use crate::domain::psa::Agreement;

/// Reads the agreements and additions of the actions, compares them with what the plan was made
/// from, and gives the lists, so that the run need not read them a second time.
pub(super) async fn read_again(
    executor: &Executor,
    actions: &[Action],
) -> Result<HashMap<i64, ByMarker>, Problem> {
    let known: HashMap<i64, Agreement> =
        executor.store.agreements().await.map_err(fault)?.into_iter().map(|a| (a.id, a)).collect();
    let mut existing: BTreeMap<i64, Vec<&Action>> = BTreeMap::new();
    let mut new: Vec<&Action> = Vec::new();
    for action in actions {
        match &action.agreement {
            AgreementTarget::Existing(id) => existing.entry(*id).or_default().push(action),
            AgreementTarget::New { .. } if action.kind == ActionKind::CreateAgreement => {
                new.push(action);
            }
            AgreementTarget::New { .. } => {}
        }
    }
    let most = executor.concurrency.max(1);
    let single = actions.iter().all(|a| a.currency == actions[0].currency);
    let reads = new.into_iter().map(|action| still_none(executor, action, single).boxed());
    all_of(reads.collect(), most).await?;
    let deleted = executor.known_deleted().await?;
    let reads = existing
        .into_iter()
        .map(|(id, actions)| still_same(executor, id, known.get(&id), actions, &deleted).boxed());
    Ok(all_of(reads.collect(), most).await?.into_iter().collect())
}

/// There is still no agreement that could carry what a new one is planned for.
async fn still_none(executor: &Executor, action: &Action, single: bool) -> Result<(), Problem> {
    let Some(wanted) = &action.new_agreement else { return Ok(()) };
    let all = executor.client.agreements_of(wanted.company_id).await.map_err(read_failed)?;
    match candidates(all, wanted, single).first() {
        None => Ok(()),
        Some(there) => Err(problems::stale(format!(
            "the plan creates an agreement for {}, which has one by now: \u{201c}{}\u{201d}",
            action.company, there.name
        ))),
    }
}

async fn still_same(
    executor: &Executor,
    id: i64,
    known: Option<&Agreement>,
    actions: Vec<&Action>,
    deleted: &Deleted,
) -> Result<(i64, ByMarker), Problem> {
    let name = &actions[0].agreement_name;
    let gone =
        || problems::stale(format!("the agreement \u{201c}{name}\u{201d} is no longer in the PSA"));
    let now = match executor.client.agreement(id).await {
        Ok(now) => now,
        Err(PsaError::Refused { status: 404, .. }) => return Err(gone()),
        Err(e) => return Err(read_failed(e)),
    };
    let known = known.ok_or_else(gone)?;
    if let Some(what) = changed(known, &now) {
        return Err(problems::stale(format!(
            "the agreement \u{201c}{name}\u{201d} has changed in the PSA since the plan was made: \
             {what}"
        )));
    }
    let list = deleted.taken_out(executor.client.additions(id).await.map_err(read_failed)?);
    let live = by_marker(list, &executor.place);
    let mut seen = HashSet::new();
    for action in actions {
        let Some(marker) = action.marker.as_deref() else { continue };
        // Later actions on a marker rest on what the first one makes.
        if !seen.insert(marker) {
            continue;
        }
        let there = live.get(marker).and_then(|a| a.first());
        match (action.kind, there) {
            (ActionKind::Create, None) => {}
            (ActionKind::Create, Some(addition)) => {
                return Err(problems::stale(format!(
                    "the plan creates {marker} on \u{201c}{name}\u{201d}, and it is there by now \
                     as addition {}",
                    addition.id
                )));
            }
            (_, None) => {
                return Err(problems::stale(format!(
                    "the addition {marker} is no longer on \u{201c}{name}\u{201d}"
                )));
            }
            (_, Some(addition)) => {
                let Some(before) = &action.before else { continue };
                let different = differences_of(before, addition);
                if !different.is_empty() {
                    return Err(problems::stale(format!(
                        "the addition {marker} on \u{201c}{name}\u{201d} has changed in the PSA \
                         since the plan was made: {}",
                        told(&different)
                    )));
                }
            }
        }
    }
    Ok((id, live))
}

fn changed(known: &Agreement, now: &Agreement) -> Option<&'static str> {
    if known.status != now.status {
        Some("its status")
    } else if known.company_id != now.company_id {
        Some("its company")
    } else if known.type_id != now.type_id {
        Some("its type")
    } else if known.currency != now.currency {
        Some("its currency")
    } else if known.next_invoice != now.next_invoice {
        Some("its next invoice date")
    } else if known.bill_start != now.bill_start {
        Some("its billing start")
    } else if known.start != now.start || known.end != now.end {
        Some("its dates")
    } else if known.prorates != now.prorates || known.bills_once != now.bills_once {
        Some("how it bills")
    } else {
        None
    }
}

fn read_failed(error: PsaError) -> Problem {
    error.problem().clone()
}
