//! What may be taken back, and why something may not.

use std::collections::{BTreeSet, HashSet};

use rust_decimal::Decimal;

use super::super::fields::{differences_of, same, told};
use super::{Made, Place};
use crate::domain::addition::OwnAddition;
use crate::domain::line::{Line, Text};
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, AgreementTarget};
use crate::domain::problem::{Problem, ProblemKind};

fn leave(code: &'static str, message: String, remedy: &str) -> Problem {
    Problem::new(ProblemKind::Incomplete, code, message, remedy)
}

/// Whether a write may be taken back. `newest` is the newest period of the run.
pub(super) fn check(
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
                "delete the copies with `addendum reconcile --restore`, then undo again",
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
            "post the credit with `addendum undo RUN --credit`, or credit it in ConnectWise by hand",
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

/// The missing cents of a line that stays posted stay with it: without them it is billed too little,
/// and no plan asks for cents of a line that is posted.
pub(super) fn cents_may_go(made: &Made, staying: &HashSet<Text>) -> Result<(), Problem> {
    match made.action.cents_of() {
        Some(line) if staying.contains(line) => Err(leave(
            "line-stays",
            format!("the missing cents of the line {line} stay with it, because it has to be left"),
            "see why the line is left; both are taken back together",
        )),
        _ => Ok(()),
    }
}

/// An agreement that the run created goes when nothing else is on it.
pub(super) fn check_agreement(
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
