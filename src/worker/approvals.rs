//! Approvals: put on record and looked up in the audit journal.

use serde_json::json;

use super::Profile;
use crate::domain::approval::{Approval, Matter, may_approve, may_carry_out};
use crate::domain::audit::AuditKind;
use crate::domain::problem::Problem;
use crate::store::Store;
use crate::sync::fault;

/// Puts on record that `who` saved a plan: its maker.
///
/// # Errors
/// The store cannot be written.
pub async fn made(store: &Store, who: &str, plan: &str, digest: &str) -> Result<(), Problem> {
    let of = Matter::Plan(digest.to_owned()).told();
    let body = json!({ "of": of, "plan": plan });
    store.acting_as(who);
    store.witness(AuditKind::PlanMade, body).await.map_err(fault)
}

/// Whether `who`, the person at the keyboard, may approve a matter.
///
/// # Errors
/// See [`may_approve`].
pub async fn check(store: &Store, who: &str, matter: &Matter) -> Result<(), Problem> {
    let makers = store.said_of(AuditKind::PlanMade, &matter.told()).await.map_err(fault)?;
    may_approve(matter, &makers, who)
}

/// Puts the approval of `who`, the person at the keyboard, on record.
///
/// # Errors
/// See [`may_approve`]; the store cannot be written.
pub async fn approve(store: &Store, who: &str, matter: &Matter) -> Result<(), Problem> {
    check(store, who, matter).await?;
    store.acting_as(who);
    store.witness(AuditKind::Approved, json!({ "of": matter.told() })).await.map_err(fault)
}

/// Whether the profile's person may carry out a matter under a rule.
///
/// # Errors
/// See [`may_carry_out`].
pub(super) async fn required(
    profile: &Profile,
    rule: Approval,
    matter: &Matter,
) -> Result<(), Problem> {
    if rule == Approval::Off {
        return Ok(());
    }
    let (store, of) = (&profile.store, matter.told());
    let makers = store.said_of(AuditKind::PlanMade, &of).await.map_err(fault)?;
    let approvers = store.said_of(AuditKind::Approved, &of).await.map_err(fault)?;
    may_carry_out(matter, &makers, &approvers, &profile.person)
}
