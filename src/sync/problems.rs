//! What people are told by the executor.

use crate::domain::journal::run_elsewhere;
use crate::domain::money::Currency;
use crate::domain::plan::Action;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;
use crate::domain::text::harmless;

fn incomplete(code: &'static str, message: String, remedy: &str) -> Problem {
    Problem::new(ProblemKind::Incomplete, code, message, remedy)
}

fn where_at(action: &Action) -> String {
    format!("agreement \u{201c}{}\u{201d} of {}", action.agreement_name, action.company)
}

pub(super) fn doubled(action: &Action, times: usize) -> Problem {
    doubled_beside(action, action.marker.as_deref().unwrap_or_default(), times)
}

/// The same for a marker that the action is not about, on its agreement.
pub(super) fn doubled_beside(action: &Action, marker: &str, times: usize) -> Problem {
    incomplete(
        "doubled",
        format!("the marker {marker} stands on {times} additions of {}", where_at(action)),
        "`addendum reconcile --restore` deletes the copies of the one that is known here; of others, \
         delete the one too many in ConnectWise and run `addendum retry`",
    )
}

pub(super) fn in_unknown_net(action: &Action, marker: &str) -> Problem {
    incomplete(
        "in-unknown-net",
        format!(
            "the addition {marker} stands for lines of the same event, and not for a choice of \
             those that are posted now ({})",
            where_at(action)
        ),
        "load the whole period and sync it without --line; if it stays, the bill has changed since: \
         compare the addition with it in ConnectWise",
    )
}

pub(super) fn rest_of_a_net(action: &Action) -> Problem {
    incomplete(
        "rest-of-a-net",
        format!(
            "other lines of its event stand in ConnectWise already ({}), so that it is not one \
             addition with them",
            where_at(action)
        ),
        "run `addendum sync` again: what is left is posted then",
    )
}

pub(super) fn drift(action: &Action, what: &str) -> Problem {
    incomplete(
        "drift",
        format!("the addition was changed in ConnectWise ({}): {what}", where_at(action)),
        "keep it as it is, or run `addendum retry --overwrite-drift` to replace the change",
    )
}

pub(super) fn deleted(action: &Action) -> Problem {
    incomplete(
        "deleted-in-psa",
        format!("the addition was deleted in ConnectWise ({})", where_at(action)),
        "leave it deleted, or run `addendum retry --repost-deleted` to post it again",
    )
}

pub(super) fn earlier_failed(action: &Action) -> Problem {
    incomplete(
        "earlier-line-failed",
        format!(
            "the subscription's addition, or its missing cents, could not be written for an earlier \
             line ({})",
            where_at(action)
        ),
        "put the earlier line right, then run `addendum retry`: both are posted then",
    )
}

pub(super) fn marker_removed(action: &Action) -> Problem {
    incomplete(
        "marker-removed",
        format!(
            "the addition no longer carries the marker {} ({}), so it is not Addendum's to change",
            action.marker.as_deref().unwrap_or_default(),
            where_at(action)
        ),
        "put the marker back in ConnectWise, or change the addition there by hand",
    )
}

pub(super) fn answer_differs(action: &Action, what: &str) -> Problem {
    incomplete(
        "answer-differs",
        format!("ConnectWise kept something else than was asked ({}): {what}", where_at(action)),
        "look at the addition in ConnectWise; `addendum reconcile` shows it until it is put right",
    )
}

pub(super) fn overtaken() -> Problem {
    run_elsewhere(
        "another run has begun on the same store since this plan was made, and nothing was written",
    )
}

pub(super) fn stands_otherwise(action: &Action, what: &str) -> Problem {
    incomplete(
        "stands-otherwise",
        format!(
            "ConnectWise has the addition already, and it bills something else than the line \
             ({}): {what}",
            where_at(action)
        ),
        "`addendum reconcile` shows it: `--restore` brings it to the line, `--adopt` accepts it",
    )
}

pub(super) fn not_applied(action: &Action, what: &str) -> Problem {
    incomplete(
        "not-applied",
        format!("ConnectWise said yes and changed nothing ({}): {what}", where_at(action)),
        "make sure that the addition may be edited in ConnectWise, then run `addendum retry`",
    )
}

pub(super) fn marker_not_kept(action: &Action, addition: i64) -> Problem {
    Problem::new(
        ProblemKind::Fault,
        "marker-not-kept",
        format!(
            "ConnectWise did not keep the marker of addition {addition} ({}); without it nothing \
             can be posted exactly once",
            where_at(action)
        ),
        "delete that addition in ConnectWise and choose another place with billing.identity",
    )
}

pub(super) fn not_made(action: &Action, tries: u32, last: &str) -> Problem {
    incomplete(
        "no-answer",
        format!(
            "{tries} requests got no answer and none of them arrived ({}): {}",
            where_at(action),
            last
        ),
        "run `addendum retry` when the connection is better",
    )
}

pub(super) fn no_agreement(action: &Action) -> Problem {
    incomplete(
        "no-agreement",
        format!("the agreement that should carry it was not created ({})", where_at(action)),
        "see why the agreement failed, then run `addendum retry`",
    )
}

pub(super) fn still_used(action: &Action) -> Problem {
    incomplete(
        "agreement-in-use",
        format!("what is on it could not all be deleted ({})", where_at(action)),
        "see why the additions were left, then undo again",
    )
}

pub(super) fn several_agreements(action: &Action, names: &[String]) -> Problem {
    incomplete(
        "several-agreements",
        format!(
            "{} has several agreements that could carry it by now: {}",
            action.company,
            names.join(", ")
        ),
        "run `addendum pull agreements`, choose one for the contract, then run `addendum retry`",
    )
}

/// ConnectWise made an agreement in another currency than was asked. A second one would be like it,
/// so none is made while it is there.
pub(super) fn other_currency(made: &Agreement, wanted: Currency) -> Problem {
    incomplete(
        "answer-differs",
        format!(
            "agreement {} \u{201c}{}\u{201d} was to be in {wanted}, and ConnectWise keeps it in {}; \
             nothing is posted on it, and no second one is made",
            made.id,
            harmless(&made.name),
            made.currency.map_or_else(|| "none".to_owned(), |c| c.to_string())
        ),
        "give it the right currency in ConnectWise, or delete it and create one there by hand; then \
         run `addendum pull agreements` and `addendum retry`",
    )
}

pub(super) fn stale(message: String) -> Problem {
    Problem::new(
        ProblemKind::Stale,
        "stale-plan",
        message,
        "run `addendum pull agreements`, make a new plan with `addendum plan --out FILE`, and \
         apply that one",
    )
}
