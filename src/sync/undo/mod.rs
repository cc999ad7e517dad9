//! Taking a run back: only what the PSA has not invoiced and nobody edited since (design 7). Each
//! marker's writes of the run are taken back with one write, through the same journal.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures_util::FutureExt;
use rust_decimal::Decimal;
use smallvec::{SmallVec, smallvec};

use super::apply::Begun;
use super::deleted::Deleted;
use super::lane::{ByMarker, by_marker};
use super::{ApplyOptions, Credit, Executor, Left, RunReport, all_of, fault};
use crate::connectwise::PsaError;
use crate::domain::addition::AdditionFields;
use crate::domain::journal::{Entry, EntryState, Outcome, Run, RunId, RunKind};
use crate::domain::line::{Line, LineId, Text};
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Counts, Reason};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;

mod check;
mod credit;

use check::{cents_may_go, check, check_agreement};

/// What a run made of one addition, its writes taken together.
struct Made {
    /// The last write's action.
    action: Action,
    /// The run created it.
    created: bool,
    /// The fields before the first write.
    before: Option<AdditionFields>,
    /// What came of the last write.
    outcome: Outcome,
    lines: SmallVec<[Text; 2]>,
    amount: Decimal,
}

/// An agreement as it is now, with what is on it.
struct Place {
    agreement: Option<Agreement>,
    live: ByMarker,
    /// Numbers of all additions on it, marked or not.
    all: Vec<i64>,
}

impl Executor {
    /// Takes a run back: only what the PSA has not invoiced and nobody edited. Gives what had to be
    /// left, each with its reason and remedy, and with the credit that would put it right.
    ///
    /// # Errors
    /// [`ProblemKind::Refused`] for a run that does not exist, is an undo itself, wrote nothing, or
    /// was taken back already; otherwise as [`Executor::apply`].
    pub async fn undo(&self, run: RunId) -> Result<(RunReport, Vec<Left>), Problem> {
        self.take_back(run, false).await
    }

    /// As [`Executor::undo`], and posts the credits for what is invoiced, each once however often it
    /// is asked for.
    ///
    /// # Errors
    /// As [`Executor::undo`].
    pub async fn undo_with_credit(&self, run: RunId) -> Result<(RunReport, Vec<Left>), Problem> {
        self.take_back(run, true).await
    }

    async fn take_back(
        &self,
        run: RunId,
        with_credit: bool,
    ) -> Result<(RunReport, Vec<Left>), Problem> {
        self.recover().await?;
        let (taken, entries) = self.to_take_back(run).await?;
        let settled = self.store.settled_markers(run).await.map_err(fault)?;
        if entries.is_empty() && settled.is_empty() {
            return Err(nothing_left(&taken, run));
        }
        let newest = entries.iter().filter_map(|e| e.action.period).max();
        let newest = taken.periods.iter().copied().max().or(newest);
        let (mut made, agreements) = collapse(entries);
        let touched: BTreeSet<i64> = made
            .iter()
            .map(|m| m.outcome.agreement_id)
            .chain(agreements.iter().map(|(_, id)| *id))
            .collect();
        let deleted = self.known_deleted().await?;
        let reads = touched.into_iter().map(|id| self.place(id, &deleted).boxed()).collect();
        let mut places: HashMap<i64, Place> =
            all_of(reads, self.concurrency.max(1)).await?.into_iter().collect();
        let own = self.own_by_marker().await?;

        let mut left = Vec::new();
        let mut credits: Vec<Action> = Vec::new();
        let mut actions = Vec::new();
        // The newest write first: additions before their agreement. What is missing of a line comes
        // after its addition, and stays where that one has to.
        made.reverse();
        made.sort_by_key(|m| m.action.carries_cents());
        let mut staying: HashSet<Text> = HashSet::new();
        for m in made {
            let place = &places[&m.outcome.agreement_id];
            let marker = m.action.marker.clone().unwrap_or_default();
            let lines = self.store.lines_of(&marker).await.map_err(fault)?;
            let checked = check(&m, place, own.get(&marker), &lines, newest);
            match checked.and_then(|()| cents_may_go(&m, &staying)) {
                Ok(()) => actions.push(inverse(m, &lines, run)),
                Err(problem) => {
                    let credit = if problem.code == "invoiced" {
                        credit::propose(&m, place, &own)
                    } else {
                        staying.extend(m.lines.iter().cloned());
                        None
                    };
                    let (credit, write) = credit.unzip();
                    credits.extend(write);
                    left.push(Left { what: marker.to_string(), problem, credit });
                }
            }
        }
        for (action, id) in agreements {
            match check_agreement(&action, id, &places[&id], &actions) {
                Ok(Some(delete)) => actions.push(delete),
                Ok(None) => {}
                Err(problem) => {
                    let what = action.agreement_name.to_string();
                    left.push(Left { what, problem, credit: None });
                }
            }
        }
        if with_credit {
            // One that is there already is found by its marker, and nothing is written for it.
            actions.append(&mut credits);
        }
        for (n, action) in (0u32..).zip(&mut actions) {
            action.id = n;
        }
        // What rests on an addition that had to be left rests on; what is taken back with a write
        // follows that write.
        let left_out = left.iter().map(|l| Text::from(l.what.as_str()));
        let kept = left_out.chain(actions.iter().filter_map(|a| a.marker.clone())).collect();
        let listed = places.drain().map(|(id, place)| (id, place.live)).collect();
        let undo =
            self.store.begin_run(RunKind::Undo, &taken.periods, Some(run)).await.map_err(fault)?;
        let begun = Begun {
            run: undo,
            periods: taken.periods.clone(),
            actions,
            settled: Vec::new(),
            options: ApplyOptions::default(),
            counts: Counts::default(),
            errors: Vec::new(),
        };
        self.store.unsettle(run, kept).await.map_err(fault)?;
        let mut report = self.carry_out(begun, listed).await?;
        // A line whose undo was refused is posted as before: it is left, not failed.
        for refused in std::mem::take(&mut report.errors) {
            let what = refused.line.to_string();
            left.push(Left { what, problem: refused.problem, credit: None });
        }
        self.mark_credited(&mut left).await?;
        Ok((report, left))
    }

    /// Which of the credits are posted by now.
    async fn mark_credited(&self, left: &mut [Left]) -> Result<(), Problem> {
        let mut open: Vec<&mut Credit> =
            left.iter_mut().filter_map(|l| l.credit.as_mut()).filter(|c| !c.posted).collect();
        if open.is_empty() {
            return Ok(());
        }
        let own = self.store.own_additions().await.map_err(fault)?;
        let there: HashSet<&str> = own.iter().filter(|a| !a.gone).map(|a| &*a.marker).collect();
        for credit in &mut open {
            credit.posted = there.contains(credit.marker.as_str());
        }
        Ok(())
    }

    /// The run and its writes that no earlier undo took back.
    async fn to_take_back(&self, run: RunId) -> Result<(Run, Vec<Entry>), Problem> {
        let refuse = |code: &'static str, message: String, remedy: &str| {
            Problem::new(ProblemKind::Refused, code, message, remedy)
        };
        let taken = self.store.run(run).await.map_err(fault)?.ok_or_else(|| {
            refuse(
                "no-such-run",
                format!("there is no run {}", run.0),
                "see the runs with `addendum status`",
            )
        })?;
        if taken.kind == RunKind::Undo {
            return Err(refuse(
                "undo-of-undo",
                format!("run {} is an undo itself", run.0),
                "run `addendum sync`: what it took back is Not Synced and is posted again",
            ));
        }
        if taken.kind == RunKind::Restore {
            return Err(refuse(
                "undo-of-restore",
                format!("run {} put back what an earlier run had posted", run.0),
                "undo the run that posted it",
            ));
        }
        let written: Vec<Entry> = self
            .store
            .entries(run)
            .await
            .map_err(fault)?
            .into_iter()
            .filter(|e| matches!(&e.state, EntryState::Done(outcome) if !outcome.found))
            .collect();
        let mut undone: HashSet<(Option<Text>, i64)> = HashSet::new();
        for earlier in self.store.runs(usize::MAX).await.map_err(fault)? {
            if earlier.undoes != Some(run) {
                continue;
            }
            for entry in self.store.entries(earlier.id).await.map_err(fault)? {
                if let EntryState::Done(outcome) = entry.state {
                    undone.insert((entry.action.marker, outcome.agreement_id));
                }
            }
        }
        let entries: Vec<Entry> = written
            .into_iter()
            .filter(|e| match &e.state {
                EntryState::Done(o) => !undone.contains(&(e.action.marker.clone(), o.agreement_id)),
                _ => false,
            })
            .collect();
        Ok((taken, entries))
    }

    async fn place(&self, id: i64, deleted: &Deleted) -> Result<(i64, Place), Problem> {
        let failed = |e: PsaError| e.problem().clone();
        let agreement = match self.client.agreement(id).await {
            Ok(agreement) => Some(agreement),
            Err(PsaError::Refused { status: 404, .. }) => None,
            Err(e) => return Err(failed(e)),
        };
        let list = if agreement.is_some() {
            deleted.taken_out(self.client.additions(id).await.map_err(failed)?)
        } else {
            Vec::new()
        };
        let all = list.iter().map(|a| a.id).collect();
        Ok((id, Place { agreement, live: by_marker(list, &self.place), all }))
    }
}

/// There is nothing of a run that could be taken back.
fn nothing_left(taken: &Run, run: RunId) -> Problem {
    let c = &taken.counts;
    if c.create + c.update + c.cancel + c.create_agreement == 0 {
        return Problem::new(
            ProblemKind::Refused,
            "nothing-to-undo",
            format!("run {} wrote nothing to the PSA", run.0),
            "see the runs with `addendum status`",
        );
    }
    Problem::new(
        ProblemKind::Refused,
        "already-undone",
        format!("run {} was taken back already; nothing was done", run.0),
        "nothing is left to do",
    )
}

/// The writes of a run, one for each marker in the order of their first write, and the agreements
/// that it created.
fn collapse(entries: Vec<Entry>) -> (Vec<Made>, Vec<(Action, i64)>) {
    let mut order: Vec<Text> = Vec::new();
    let mut made: BTreeMap<Text, Made> = BTreeMap::new();
    let mut agreements = Vec::new();
    for Entry { action, state, .. } in entries {
        let EntryState::Done(outcome) = state else { continue };
        let Some(marker) = action.marker.clone() else {
            if action.kind == ActionKind::CreateAgreement {
                agreements.push((action, outcome.agreement_id));
            }
            continue;
        };
        if let Some(m) = made.get_mut(&marker) {
            m.lines.extend(action.lines.iter().cloned());
            m.amount += action.amount;
            m.outcome = *outcome;
            m.action = action;
            continue;
        }
        // A creation that found the addition and brought it up to date created nothing.
        let created = action.kind == ActionKind::Create && outcome.before.is_none();
        let before = outcome
            .before
            .as_ref()
            .map(|b| b.fields.clone())
            .or_else(|| action.before.as_deref().cloned())
            .filter(|_| !created);
        let (lines, amount) = (action.lines.clone(), action.amount);
        order.push(marker.clone());
        made.insert(marker, Made { action, created, before, outcome: *outcome, lines, amount });
    }
    let made = order.iter().filter_map(|marker| made.remove(marker)).collect();
    (made, agreements)
}

/// The write that takes another one back.
fn inverse(made: Made, lines: &[Line], run: RunId) -> Action {
    let Made { action, created, before, outcome, lines: own, amount } = made;
    // A deleted addition covers no line any more, those of the run that needed no write included.
    let (keys, ids): (SmallVec<[Text; 2]>, SmallVec<[LineId; 2]>) = lines
        .iter()
        .filter(|l| created || own.contains(&l.key))
        .map(|l| (l.key.clone(), l.id))
        .unzip();
    let shown = lines.iter().filter(|l| !own.contains(&l.key)).map(|l| l.period).max();
    Action {
        kind: if created { ActionKind::Delete } else { ActionKind::Update },
        agreement: AgreementTarget::Existing(outcome.agreement_id),
        addition_id: outcome.addition_id,
        lines: if keys.is_empty() { own } else { keys },
        line_ids: ids,
        period: if created { action.period } else { shown.or(action.period) },
        before: outcome.fields.or_else(|| action.after.clone()).map(Box::new),
        after: if created { None } else { before },
        amount: -amount,
        reasons: smallvec![because(run)],
        new_agreement: None,
        ..action
    }
}

fn because(run: RunId) -> Reason {
    Reason { code: "undo".into(), text: format!("takes back run {}", run.0).into() }
}
