//! Taking a run back: only what the PSA has not invoiced and nobody edited since (design 7). Each
//! marker's writes of the run are taken back with one write, through the same journal.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures_util::FutureExt;
use rust_decimal::Decimal;

use super::apply::Begun;
use super::fields::{differences_of, same, told};
use super::lane::{ByMarker, by_marker};
use super::{ApplyOptions, Executor, Left, RunReport, all_of, fault};
use crate::connectwise::PsaError;
use crate::domain::addition::{AdditionFields, OwnAddition};
use crate::domain::journal::{Entry, EntryState, Outcome, Run, RunId, RunKind};
use crate::domain::line::{Line, Text};
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Counts, Reason};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;

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
    lines: Vec<Text>,
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
    /// left, each with its reason and remedy.
    ///
    /// # Errors
    /// [`ProblemKind::Refused`] for a run that does not exist, is an undo itself, wrote nothing, or
    /// was taken back already; otherwise as [`Executor::apply`].
    pub async fn undo(&self, run: RunId) -> Result<(RunReport, Vec<Left>), Problem> {
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
        let reads = touched.into_iter().map(|id| self.place(id).boxed()).collect();
        let mut places: HashMap<i64, Place> =
            all_of(reads, self.concurrency.max(1)).await?.into_iter().collect();
        let own: HashMap<Text, OwnAddition> = self
            .store
            .own_additions()
            .await
            .map_err(fault)?
            .into_iter()
            .map(|a| (a.marker.clone(), a))
            .collect();

        let mut left = Vec::new();
        let mut actions = Vec::new();
        // The newest write first: additions before their agreement.
        made.reverse();
        for m in made {
            let place = &places[&m.outcome.agreement_id];
            let marker = m.action.marker.clone().unwrap_or_default();
            let lines = self.store.lines_of(&marker).await.map_err(fault)?;
            match check(&m, place, own.get(&marker), &lines, newest) {
                Ok(()) => actions.push(inverse(m, &lines, run)),
                Err(problem) => left.push(Left { what: marker.to_string(), problem }),
            }
        }
        for (action, id) in agreements {
            match check_agreement(&action, id, &places[&id], &actions) {
                Ok(Some(delete)) => actions.push(delete),
                Ok(None) => {}
                Err(problem) => {
                    left.push(Left { what: action.agreement_name.to_string(), problem })
                }
            }
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
            left.push(Left { what: refused.line.to_string(), problem: refused.problem });
        }
        Ok((report, left))
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

    async fn place(&self, id: i64) -> Result<(i64, Place), Problem> {
        let failed = |e: PsaError| e.problem().clone();
        let agreement = match self.client.agreement(id).await {
            Ok(agreement) => Some(agreement),
            Err(PsaError::Refused { status: 404, .. }) => None,
            Err(e) => return Err(failed(e)),
        };
        let list = if agreement.is_some() {
            self.client.additions(id).await.map_err(failed)?
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
            .or_else(|| action.before.clone())
            .filter(|_| !created);
        let (lines, amount) = (action.lines.clone(), action.amount);
        order.push(marker.clone());
        made.insert(marker, Made { action, created, before, outcome: *outcome, lines, amount });
    }
    let made = order.iter().filter_map(|marker| made.remove(marker)).collect();
    (made, agreements)
}

fn leave(code: &'static str, message: String, remedy: &str) -> Problem {
    Problem::new(ProblemKind::Incomplete, code, message, remedy)
}

/// Whether a write may be taken back. `newest` is the newest period of the run.
fn check(
    made: &Made,
    place: &Place,
    own: Option<&OwnAddition>,
    lines: &[Line],
    newest: Option<Period>,
) -> Result<(), Problem> {
    let at =
        format!("on \u{201c}{}\u{201d} of {}", made.action.agreement_name, made.action.company);
    let marker = made.action.marker.as_deref().unwrap_or_default();
    let live = place.live.get(marker).map(Vec::as_slice).unwrap_or_default();
    let live = match live {
        // Gone already: what is left to do is done here.
        [] if made.created => return Ok(()),
        [] => {
            return Err(leave(
                "deleted-in-psa",
                format!("the addition {at} was deleted in ConnectWise"),
                "nothing is left to take back",
            ));
        }
        [live] => live,
        several => {
            return Err(leave(
                "doubled",
                format!("the marker stands on {} additions {at}", several.len()),
                "delete the one that is one too many in ConnectWise, then undo again",
            ));
        }
    };
    let written = made.outcome.fields.as_ref().or(made.action.after.as_ref());
    let edited = written.map(|w| differences_of(w, live)).unwrap_or_default();
    if made.outcome.addition_id != Some(live.id) || !edited.is_empty() {
        let later = own.is_some_and(|own| {
            written.is_some_and(|w| !same(w, &own.fields)) && same(&own.fields, &live.fields)
        });
        return Err(if later {
            leave(
                "changed-by-later-run",
                format!("a later run changed the addition {at}: {}", told(&edited)),
                "undo the later run first",
            )
        } else {
            leave(
                "edited",
                format!("somebody changed the addition {at}: {}", told(&edited)),
                "put the change back in ConnectWise and undo again, or correct it there by hand",
            )
        });
    }
    let later: BTreeSet<Period> = lines
        .iter()
        .filter(|l| !made.lines.contains(&l.key))
        .map(|l| l.period)
        .filter(|p| newest.is_some_and(|n| *p > n))
        .collect();
    if let Some(period) = later.first() {
        return Err(leave(
            "later-lines",
            format!("lines of {period} rest on the addition {at} by now"),
            "undo the later runs first, or end the addition in ConnectWise by hand",
        ));
    }
    // A creation is invoiced once its start is; a change once the month that it is for is; an
    // ending once the first day without it is.
    let ended = live.fields.cancelled.filter(|_| made.action.kind == ActionKind::Cancel);
    let from = if let Some(day) = ended.and_then(|end| end.tomorrow().ok()) {
        day
    } else if made.created {
        live.fields.effective
    } else {
        let month = made.action.period.map(Period::first_day);
        month.map_or(live.fields.effective, |m| m.max(live.fields.effective))
    };
    if let Some(next) = place.agreement.as_ref().and_then(|a| a.next_invoice)
        && next > from
    {
        return Err(leave(
            "invoiced",
            format!("ConnectWise has invoiced the addition {at} (up to {next})"),
            "credit it in ConnectWise by hand",
        ));
    }
    if !made.created && made.before.is_none() {
        return Err(leave(
            "before-unknown",
            format!("it is not known what the addition {at} was before the run"),
            "correct it in ConnectWise by hand",
        ));
    }
    Ok(())
}

/// The write that takes another one back.
fn inverse(made: Made, lines: &[Line], run: RunId) -> Action {
    let Made { action, created, before, outcome, lines: own, amount } = made;
    // A deleted addition covers no line any more, those of the run that needed no write included.
    let (keys, ids): (Vec<Text>, Vec<_>) = lines
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
        before: outcome.fields.or_else(|| action.after.clone()),
        after: if created { None } else { before },
        amount: -amount,
        reasons: vec![because(run)],
        new_agreement: None,
        ..action
    }
}

fn because(run: RunId) -> Reason {
    Reason { code: "undo".into(), text: format!("takes back run {}", run.0).into() }
}

/// An agreement that the run created goes when nothing else is on it.
fn check_agreement(
    action: &Action,
    id: i64,
    place: &Place,
    actions: &[Action],
) -> Result<Option<Action>, Problem> {
    if place.agreement.is_none() {
        return Ok(None);
    }
    let deleted: HashSet<i64> = actions
        .iter()
        .filter(|a| a.kind == ActionKind::Delete)
        .filter(|a| a.agreement == AgreementTarget::Existing(id))
        .filter_map(|a| a.addition_id)
        .collect();
    let others = place.all.iter().filter(|a| !deleted.contains(a)).count();
    if others > 0 {
        return Err(leave(
            "agreement-in-use",
            format!(
                "the agreement \u{201c}{}\u{201d} of {} has {others} other additions on it",
                action.agreement_name, action.company
            ),
            "delete it in ConnectWise when nothing on it is needed",
        ));
    }
    Ok(Some(Action {
        kind: ActionKind::DeleteAgreement,
        agreement: AgreementTarget::Existing(id),
        amount: Decimal::ZERO,
        reasons: action.reasons.clone(),
        ..action.clone()
    }))
}
